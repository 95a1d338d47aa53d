"""Vector math in other processes: machine code from the cache, a missing library, other targets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from s2sad.runtime import vecmath

ROOT = Path(__file__).resolve().parents[2]
needs_library = pytest.mark.skipif(not vecmath.LOADED, reason="no libmvec here")

MISSING = """\
import llvmlite.binding as ll
def missing(name):
    raise RuntimeError(f"{name}: cannot open shared object file")
ll.load_library_permanently = missing
"""
DERIVATIVE = """\
import numpy as np
from s2sad import value_and_grad
from s2sad.backend.vecmath import key
from s2sad.runtime.vecmath import LOADED
def f(x, w):
    return np.sum(np.exp(-x) * np.tanh(w) + np.log(x) * x**1.7)
if __name__ == "__main__":
    g = value_and_grad(f, argnums=(0, 1))
    x, w = np.linspace(0.5, 3.0, 1003), np.linspace(-2.0, 2.0, 1003)
    value, (x_bar, w_bar) = g(x, w)
    x_exact = -np.exp(-x) * np.tanh(w) + x**0.7 + np.log(x) * 1.7 * x**0.7
    np.testing.assert_allclose(value, f(x, w), rtol=1e-14)
    np.testing.assert_allclose(x_bar, x_exact, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(w_bar, np.exp(-x) / np.cosh(w) ** 2, rtol=1e-13, atol=1e-14)
    hits = sum(g.dispatcher.stats.cache_hits.values())
    print(LOADED, key() != "none", hits, g._latest().path.stem, value.hex())
"""
MIXED = """\
import re
import numba
import numpy as np
from s2sad.runtime.vecmath import exp, sin
@numba.njit(error_model="numpy")
def mixed(y32, x32):
    for i in range(x32.size):
        y32[i] = np.float32(exp(np.float64(x32[i])))
@numba.njit(error_model="numpy")
def wide(y, x):
    for i in range(x.size):
        y[i] = exp(x[i])
x32 = np.random.default_rng(0).uniform(-80.0, 80.0, 100003).astype(np.float32)
y32 = np.empty_like(x32)
mixed(y32, x32)
reference = np.exp(x32.astype(np.float64))
assert np.max(np.abs(y32 / reference - 1.0)) < 6.1e-8, np.max(np.abs(y32 / reference - 1.0))
x = np.random.default_rng(1).uniform(-700.0, 700.0, 100003)
y = np.empty_like(x)
wide(y, x)
ulp = np.max(np.abs(y.astype(np.longdouble) - np.exp(x.astype(np.longdouble))) / np.spacing(y))
assert ulp <= 4.0, ulp
found = set()
for f in (mixed, wide):
    found |= set(re.findall(r"_ZGV(\\w)", f.inspect_asm(f.signatures[0])))
print("".join(sorted(found)))
"""


def python(code: str, folder: Path, **environment: str) -> str:
    """What a new process prints that runs ``code``."""
    script = folder / "script.py"
    script.write_text(code)
    settings = os.environ | {"PYTHONPATH": str(ROOT), "S2SAD_CACHE_DIR": str(folder / "cache")} | environment
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=settings, check=False)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr[-2000:]}"
    return done.stdout.strip()


@needs_library
def test_a_second_process_uses_cached_machine_code_and_one_without_the_library_does_not(tmp_path):
    first = python(DERIVATIVE, tmp_path).split()
    second = python(DERIVATIVE, tmp_path).split()
    assert first[:3] == ["True", "True", "0"] and second[:3] == ["True", "True", "1"]
    assert first[3:] == second[3:]
    # the same function of the same file: only the library is gone
    missing = python(MISSING + DERIVATIVE, tmp_path).split()
    assert missing[:3] == ["False", "False", "0"]
    assert missing[3] != first[3]


def test_without_the_library_everything_compiles_to_scalar_calls(tmp_path):
    code = [
        MISSING,
        "import numba, numpy as np, math",
        "from s2sad.runtime import vecmath",
        "from s2sad.backend.vecmath import SCALAR, key",
        "assert key() == 'none'",
        "for name in SCALAR:",
        "    f = getattr(vecmath, name)",
        "    args = (0.3, 0.4)[: 2 if name in ('power', 'arctan2', 'hypot') else 1]",
        "    args = (1.3,) if name == 'arccosh' else args",
        "    one = numba.njit(lambda x: f(x))",
        "    two = numba.njit(lambda x, y: f(x, y))",
        "    for dtype in (np.float64, np.float32):",
        "        call = [dtype(a) for a in args]",
        "        got = (two if len(args) == 2 else one)(*call)",
        "        assert np.isclose(got, f(*call), rtol=4 * np.finfo(dtype).eps), name",
        "print('right')",
    ]
    assert python("\n".join(code), tmp_path) == "right"


TARGETS = [
    pytest.param({}, "", id="host"),
    pytest.param({"NUMBA_CPU_NAME": "haswell"}, "", id="haswell"),
    pytest.param({"NUMBA_CPU_NAME": "nehalem"}, "", id="nehalem"),
    pytest.param({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"}, "bd", id="haswell-avx2"),
    pytest.param({"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "+sse4.2"}, "b", id="nehalem-sse"),
    pytest.param({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}, "b", id="haswell-unknown"),
    pytest.param({"NUMBA_CPU_NAME": "generic"}, "b", id="generic"),
]


@needs_library
@pytest.mark.parametrize(("environment", "letters"), TARGETS)
def test_targets(environment, letters, tmp_path):
    """The loop of float32 arrays that computes in float64 is where a wrong width showed (1.6 % error)."""
    found = python(MIXED, tmp_path, **environment)
    assert found and (not letters or set(found) <= set(letters))
