"""What a derivative object offers besides being called."""

import inspect
import math
import os
import pickle
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

from s2sad import InternalError, S2SADError, grad, jvp, pipeline, value_and_grad, vjp
from tests.api import functions as f

X, N, R = 0.3, 7, 2.7
ROOT = Path(__file__).parents[2]


@grad
def decorated(x):
    """Three x squared."""
    return x * x * x


def test_it_looks_like_the_function():
    g = grad(f.logistic)
    assert g.__name__ == "logistic" and g.__doc__ == f.logistic.__doc__ and g.__module__ == f.__name__
    assert inspect.signature(g) == inspect.signature(f.logistic)
    assert g.primal is f.logistic and g.__wrapped__ is f.logistic
    assert repr(g) == "<s2sad grad of logistic>"


def test_source_is_that_of_the_latest_specialisation():
    g = grad(lambda x: x * x)
    assert "# reverse sweep" in g.source  # all-scalar float64 before any call
    g(2.0)
    assert "def " in g.source and g.source == g.inspect_source(2.0)


def test_source_before_any_call_follows_annotations():
    def power(x: float, n: int):
        s = 1.0
        for _ in range(n):
            s = s * x
        return s

    assert "for " in grad(power).source
    with pytest.raises(S2SADError, match=r"inspect_source\(\*args\)"):
        _ = grad(f.at).source


def test_inspect_source_does_not_run():
    def fails(x, n):
        for _ in range(n):
            x = x * x
        return x

    assert "# reverse sweep" in grad(fails).inspect_source(1.0, 3)


def test_styles():
    fast, plain = grad(f.squares, style="fast"), grad(f.squares, style="plain")
    x = np.linspace(0.0, 1.0, 7)
    assert np.allclose(fast(x), plain(x), rtol=1e-14)
    assert len(plain.source) <= len(fast.source)


def test_compile_then_call_compiles_nothing():
    g = grad(lambda x: np.sum(np.sin(x)))
    x = np.ones(3)
    assert g.compile(x) is g
    before = len(g.dispatcher.overloads)
    g(x)
    assert len(g.dispatcher.overloads) == before == 1
    v = vjp(lambda x: x * 2.0).compile(x)
    v(x, x)
    assert len(v.dispatcher.overloads) == 1


def test_numbas_inspection_is_delegated():
    g = grad(f.helper)
    g(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of code from the cache, Numba has no text
        assert list(g.inspect_llvm()) == list(g.inspect_asm()) == list(g.dispatcher.overloads)


def test_tapes():
    g = grad(f.logistic)
    g(X, N, R)
    (entry,) = g.inspect_tape()
    assert entry.dtype == "float64" and "n" in entry.shape[0] and entry.loc.text == "x = r * x * (1 - x)"
    (entry,) = g.inspect_tape(X, N, R)
    assert entry.nbytes == 8 * N and "x = r * x * (1 - x)" in repr(g.inspect_tape())
    assert not grad(f.helper).inspect_tape(1.0) and repr(grad(f.helper).inspect_tape(1.0)) == "no tape"


def test_stages_can_be_printed(capsys, monkeypatch):
    assert grad(f.logistic).inspect_stage("lower", X, N, R).name == "logistic"
    with pytest.raises(KeyError, match="no stage named 'nothing'; there are lower"):
        grad(f.logistic).inspect_stage("nothing", X, N, R)
    monkeypatch.setenv("S2SAD_SHOW", "lower,scalarize")
    grad(f.logistic).inspect_stage("lower", X, N, R)
    err = capsys.readouterr().err
    assert "---- lower ----" in err and "---- scalarize ----" in err and "---- fold" not in err


def test_export_runs_without_s2sad(tmp_path):
    x = np.linspace(0.1, 1.0, 9)
    g = value_and_grad(f.squares)
    value, gradient = g(x)
    path = g.export(tmp_path / "exported.py")
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys, numpy as np; sys.path.insert(0, '.')\n"
        "import exported\n"
        f"v, g = exported.{g.dispatcher.__name__}(np.load('x.npy'), 1.0)\n"
        "np.save('g.npy', g); print(float(v).hex()); assert 's2sad' not in sys.modules"
    )
    assert path.is_file()
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == float(value).hex() and np.array_equal(np.load(tmp_path / "g.npy"), gradient)


def test_export_needs_a_specialisation():
    with pytest.raises(S2SADError, match="no specialisation yet"):
        grad(lambda x: x).export("nowhere.py")


def test_pickling():
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    g = pickle.loads(pickle.dumps(grad(f.logistic, ("x", "r"), target="python")))
    assert g.options.argnums == ("x", "r") and g(X, N, R) == grad(f.logistic, ("x", "r"), target="python")(X, N, R)


def test_one_object_per_function_and_options():
    assert grad(f.logistic) is grad(f.logistic) and grad(f.logistic) is not grad(f.logistic, "r")


def test_as_a_class_attribute():
    class Model:
        slope = staticmethod(decorated)
        direct = decorated

    assert Model.slope(2.0) == 12.0 and Model.direct(2.0) == 12.0


# ---- errors that lead to the user's line ----------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["cpu", "python"])
def test_errors_lead_to_the_users_line(target):
    with pytest.raises(IndexError) as caught:
        grad(f.at, target=target)(np.ones(3), 5)
    text = "".join(traceback.format_exception(caught.value))
    assert "raised while evaluating" in text and "functions.py" in text and "return x[k] * x[k]" in text


def test_unexpected_errors_name_the_stage(monkeypatch):
    def broken(fn):
        raise KeyError("oops")

    stages = tuple(pipeline._pass("fold", broken) if s.name == "fold" else s for s in pipeline.STAGES)
    monkeypatch.setattr(pipeline, "STAGES", stages)
    with pytest.raises(InternalError, match=r"(?s)stage 'fold'.*unexpected.*KeyError.*please report it") as caught:
        grad(lambda x: x * 2.5).inspect_stage("fold", 1.0)
    assert isinstance(caught.value.__cause__, KeyError)


def test_debug_raises_as_python_does():
    def domain(x):
        return math.log(x)

    assert grad(domain, debug=True)(2.0) == 0.5
    assert math.isfinite(grad(domain)(-1.0))
    with pytest.raises(ValueError) as caught:
        grad(domain, debug=True)(-1.0)
    assert "return math.log(x)" in "".join(traceback.format_exception(caught.value))
    with pytest.raises(ValueError):
        vjp(domain, -1.0, debug=True)
    with pytest.raises(ValueError):
        jvp(domain, (-1.0,), (1.0,), debug=True)


CHECKED = """
import numpy as np
from s2sad import grad, pipeline
from s2sad.adjoint import reverse as module
from tests.api import functions as f
if {broken}:
    right = pipeline.reverse
    def reverse(fn, wrt, **options):
        from dataclasses import replace
        from s2sad.ir import nodes as n
        def flip(s):
            return replace(s, op="add") if isinstance(s, n.Assign) and s.op == "mul" else s
        made = right(fn, wrt, **options)
        return replace(made, body=tuple(map(flip, made.body)))
    pipeline.reverse = reverse
print(grad(f.helper, target="python")(3.0))
"""


@pytest.mark.parametrize("broken", [False, True])
def test_self_check(broken, tmp_path):
    env = {**os.environ, "S2SAD_CHECK": "1", "S2SAD_CACHE_DIR": str(tmp_path)}
    code = CHECKED.format(broken=broken)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    if broken:
        assert done.returncode and "CheckError: S2SAD_CHECK of helper" in done.stderr
    else:
        assert done.stdout.strip() == "6.0", done.stderr
