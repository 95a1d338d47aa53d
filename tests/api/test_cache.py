"""A second process finds source and machine code: nothing is transformed, nothing compiled."""

import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys
import numpy as np
from numba import njit
from s2sad import grad, pipeline, vjp, value_and_grad

C = {constant}
def helper(x):
    return {body}
def f(x, n):
    s = 0.0
    for i in range(n):
        s += C * helper(x[i])
    return s
g = grad(f)
x = np.arange(1.0, 4.0)
first = g(x, 3).tolist()
C = 10.0
second = g(x, 3).tolist()
out, pullback = vjp(f, x, 2)
print(json.dumps([first, second, out, pullback(1.0)[0].tolist(), pipeline.counters.transformations,
                  pipeline.counters.compilations]))
"""


def run(folder, constant="2.0", body="x * x"):
    path = folder / "program.py"
    path.write_text(PROGRAM.format(constant=constant, body=body))
    env = {**os.environ, "S2SAD_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, str(path)], env=env, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_second_process(tmp_path):
    *values, transformed, compiled = run(tmp_path)
    assert values == [[4.0, 8.0, 12.0], [20.0, 40.0, 60.0], 50.0, [20.0, 40.0, 0.0]]
    assert transformed == 3 and compiled == 3
    *again, transformed, compiled = run(tmp_path)
    assert again == values and (transformed, compiled) == (0, 0)
    *changed, transformed, compiled = run(tmp_path, body="x * x * x")
    assert changed[0] == [6.0, 24.0, 54.0] and transformed == 3
    *other, transformed, compiled = run(tmp_path, constant="3.0")
    assert other[0] == [6.0, 12.0, 18.0] and compiled == 0  # another value of a hidden argument: the same machine code


CALLER = """
from numba import njit
from s2sad import grad, pipeline
def f(x):
    return x * x * x
g = grad(f)
@njit(cache=True)
def as_argument(d, x):
    return d(x)
@njit(cache=True)
def as_global(x):
    return g(x)
print(as_argument(g, 2.0), as_global(2.0), sum(as_global.stats.cache_hits.values()), pipeline.counters.compilations)
"""


def test_cached_callers(tmp_path):
    """Compiled callers that Numba caches find the derivative they contain, in a process that has not made it."""
    path = tmp_path / "caller.py"
    path.write_text(CALLER)
    env = {**os.environ, "S2SAD_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    out = []
    for _ in range(2):
        done = subprocess.run([sys.executable, str(path)], env=env, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        out.append(done.stdout.split())
    assert out[0][:3] == ["12.0", "12.0", "0"] and out[1] == ["12.0", "12.0", "1", "0"]


def test_a_damaged_entry_counts_as_none(tmp_path):
    values = run(tmp_path)[:4]
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text("{")
    *again, transformed, compiled = run(tmp_path)
    assert again == values and transformed == 3 and compiled == 0
