"""Rules on opaque functions: called as they are, checked, from many threads, kept on disk where they have a name."""

from __future__ import annotations

import ctypes
import functools
import math
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from scipy import interpolate, special

from s2sad import UnsupportedError, check_grads, custom_jvp, custom_vjp, grad, value_and_grad, vjp, zero_derivative
from s2sad.api import derivative as derivative_module
from s2sad.runtime.opaque import is_lasting, opaque_key
from tests.support.threads import check_threads

TARGETS = ("python", "cpu")
calls: Counter[str] = Counter()


class Recorder:
    """An opaque object that returns what it was made with and keeps what it was given."""

    def __init__(self, result=None, change=False):
        self.result = result
        self.change = change
        self.given = []

    def __call__(self, *args):
        self.given.append(args)
        if self.change:
            args[0][0] = 7.0
        return args[0] if self.result is None else self.result


def through(opaque, target, *args):
    """The gradient of a sum of what ``opaque`` makes, times x."""

    def f(*args):
        return np.sum(opaque(*args)) * np.sum(args[0])

    return value_and_grad(f, target=target)(*args)


@pytest.mark.parametrize("target", TARGETS)
def test_arguments_are_those_of_the_plain_call(target):
    record = Recorder(2.5)
    g = zero_derivative(record, result=0.0)

    def f(x, k, on, y, a):
        return g(x, k, on, y, a, np.float32(0.5), x > 1.0) * x

    args = (1.5, 3, True, np.float64(0.25), np.arange(3))
    assert grad(f, target=target)(*args) == f(*args) / 1.5
    (compiled, plain) = record.given
    assert [type(v) for v in compiled] == [type(v) for v in plain]
    assert compiled[4].dtype == plain[4].dtype


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("made", "error", "text"),
    [
        (np.ones(4), ValueError, r"Recorder returned an array of shape \(4,\); its result= declares \(3,\)"),
        (np.ones(3, np.float32), TypeError, "Recorder returned an array of 1 dimensions of float32"),
        (np.ones((3, 1)), TypeError, "Recorder returned an array of 2 dimensions of float64"),
        (1.0, TypeError, "Recorder returned a float"),
        (np.ma.masked_array(np.ones(3)), TypeError, "Recorder returned an array of 1 dimensions"),
    ],
)
def test_what_comes_back_is_checked(target, made, error, text):
    opaque = zero_derivative(Recorder(made), result=lambda x: x)
    with pytest.raises(error, match=text):
        through(opaque, target, np.arange(3.0))
    with pytest.raises(error, match=text):
        opaque(np.arange(3.0))


@pytest.mark.parametrize("target", TARGETS)
def test_arguments_stay(target):
    opaque = zero_derivative(Recorder(change=True), result=lambda x: x)
    x = np.arange(3.0)
    with pytest.raises(ValueError, match="Recorder changed one of its arguments"):
        through(opaque, target, x)
    np.testing.assert_array_equal(x, np.arange(3.0))


@pytest.mark.parametrize("target", TARGETS)
def test_results_are_memory_of_their_own(target):
    same = zero_derivative(Recorder(), result=lambda x: x)

    def f(x):
        a = same(x)
        b = same(x)
        a[0] = 100.0
        return np.sum(b) * x[0]

    assert grad(f, target=target)(np.ones(3))[0] == 3.0
    assert f(np.ones(3)) == 3.0


def fail(x):
    raise LookupError("no such point", x)


@pytest.mark.parametrize("target", TARGETS)
def test_errors_come_through(target):
    opaque = zero_derivative(fail, result=0.0)
    with pytest.raises(LookupError) as caught:
        grad(lambda x: opaque(x) * x, target=target)(1.5)
    assert caught.value.args == ("no such point", 1.5)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("primal", "error"), [(fail, LookupError), (lambda x: "1.5", TypeError)])
def test_errors_name_the_line(target, primal, error):
    opaque = zero_derivative(primal, result=0.0)

    def f(x):
        y = 2.0 * x
        return opaque(y) * x

    with pytest.raises(error) as caught:
        grad(f, target=target)(1.5)
    note = "".join(getattr(caught.value, "__notes__", caught.value.args))
    assert "test_opaque.py" in note
    assert "return opaque(y) * x" in note


@pytest.mark.parametrize("target", TARGETS)
def test_it_is_called_in_order_and_also_for_nothing(target):
    seen = []
    opaque = zero_derivative(lambda k, v: seen.append((k, v)) or v, result=0.0)

    def f(x):
        for k in range(3):
            opaque(k, x * k)
        return x * x

    assert grad(f, target=target)(2.0) == 4.0
    assert seen == [(0, 0.0), (1, 2.0), (2, 4.0)]


def test_python_floats_are_python_floats():
    opaque = zero_derivative(special.digamma, result=0.0)
    assert type(opaque(2.0)) is float
    x = np.ones(2, np.float32)
    assert grad(lambda x: np.sum(opaque(2.0) * x), target="python")(x).dtype == np.float32


def test_from_many_threads():
    opaque = custom_vjp(special.gammaln, result=lambda x: x)
    opaque.defvjp(lambda y, x, *, y_bar: y_bar * y)
    derivative = grad(lambda x: np.sum(opaque(x) * x))
    check_threads(derivative, [np.linspace(1.0, 2.0 + k, 50) for k in range(4)], times=50)


def test_another_function_under_the_same_name(monkeypatch):
    def build():
        opaque = zero_derivative(math.lgamma, result=0.0)

        def f(x):
            return opaque(x) * x

        return grad(f, target="python")

    assert build()(5.0) == math.lgamma(5.0)
    other = lambda x: 3.0
    other.__module__, other.__qualname__, other.__name__ = "math", "lgamma", "lgamma"
    monkeypatch.setattr(math, "lgamma", other)
    assert build()(5.0) == 3.0


def test_keys():
    assert opaque_key(math.lgamma) == "math:lgamma"
    assert is_lasting(opaque_key(special.gammaln))
    assert not is_lasting(opaque_key(functools.partial(math.pow, 2.0)))
    assert opaque_key(len) == "builtins:len"


@custom_vjp(result=0.0)
def decorated(x):
    return math.lgamma(x)


@decorated.defvjp
def decorated_vjp(y, x, *, y_bar):
    return 3.0 * y_bar


def test_a_decorated_function_is_found_in_its_module(tmp_path):
    assert is_lasting(opaque_key(decorated.primal))
    (tmp_path / "named.py").write_text(
        "import math\nfrom s2sad import custom_vjp, grad\n"
        "@custom_vjp(result=0.0)\ndef opaque(x):\n    return math.lgamma(x)\n"
        "@opaque.defvjp\ndef opaque_vjp(y, x, *, y_bar):\n    return 3.0 * y_bar\n"
        "def f(x):\n    return opaque(x) * x\n"
        "derivative = grad(f)\n"
    )
    environment = {**os.environ, "S2SAD_CACHE_DIR": str(tmp_path / "cache")}
    code = "import named; print(named.derivative(2.5))"
    out = [
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
        for _ in range(2)
    ]
    kept = {path.name for path in (tmp_path / "cache").rglob("*.nbc")}
    assert [float(o.stdout) for o in out] == [math.lgamma(2.5) + 7.5] * 2, out[0].stderr
    assert kept


def test_two_functions_of_one_name():
    def scaled(k):
        def product(x):
            return k * x

        opaque = custom_vjp(product, result=0.0)
        opaque.defvjp(lambda y, x, *, y_bar: k * y_bar)
        return opaque

    double, triple = scaled(2.0), scaled(3.0)

    def chain(x):
        return x if x > 10.0 else chain(double(x) + 1.0)

    def both(x):
        return double(x) * triple(x)

    def mixed(x):
        return chain(triple(x))

    assert grad(both, target="python")(1.5) == 18.0
    assert grad(chain, target="python")(1.5) == 8.0
    with pytest.raises(UnsupportedError, match="two functions named product are called as they are"):
        grad(mixed, target="python")(1.5)


@pytest.mark.parametrize("target", TARGETS)
def test_float32(target):
    opaque = custom_vjp(lambda x, s: (x * s, s), result=lambda x, s: (x, s))
    opaque.defvjp(lambda r, x, s, *, r_bar: (s * r_bar[0], np.sum(x * r_bar[0]) + r_bar[1]))

    def f(x, s):
        y, t = opaque(x, s)
        return np.sum(y) * t

    x, s = np.arange(3, dtype=np.float32), np.float32(0.5)
    x_bar, s_bar = grad(f, argnums=(0, 1), target=target)(x, s)
    np.testing.assert_array_equal(x_bar, np.full(3, 0.25, np.float32))
    assert (x_bar.dtype, np.dtype(type(s_bar)), s_bar) == (np.float32, np.float32, 3.0)


@pytest.mark.parametrize("target", TARGETS)
def test_a_foreign_function_by_ctypes(target):
    cosine = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(math.cos)
    opaque = custom_vjp(cosine, result=0.0)
    opaque.defvjp(lambda y, x, *, y_bar: -np.sin(x) * y_bar)
    assert grad(lambda x: opaque(x) * 2.0, target=target)(0.5) == pytest.approx(-2.0 * math.sin(0.5), rel=1e-15)


def test_export(tmp_path):
    lgamma = zero_derivative(math.lgamma, result=0.0)
    derivative = grad(lambda x: lgamma(x) * x, target="python")
    derivative(2.5)
    path = derivative.export(tmp_path / "exported.py")
    code = "import exported, sys; print(exported.anonymous_grad(2.5)); assert 's2sad' not in sys.modules"
    out = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(out.stdout) == derivative(2.5)
    assert path.exists()
    fleeting = zero_derivative(Recorder(1.0), result=0.0)
    derivative = grad(lambda x: fleeting(x) * x, target="python")
    derivative(2.5)
    with pytest.raises(UnsupportedError, match="Recorder, which anonymous_grad calls, cannot be imported"):
        derivative.export(tmp_path / "other.py")


def test_pullbacks():
    gammaln = custom_vjp(special.gammaln, result=lambda x: x)
    gammaln.defvjp(lambda y, x, *, y_bar: 2.0 * y_bar)
    out, pullback = vjp(lambda x: gammaln(x) * x, np.array([1.5, 2.5]), target="python")
    np.testing.assert_array_equal(out, special.gammaln([1.5, 2.5]) * [1.5, 2.5])
    np.testing.assert_array_equal(pullback(np.ones(2))[0], pullback(np.ones(2))[0])


def test_the_object_itself_is_differentiated():
    gammaln = custom_vjp(special.gammaln, result=lambda x: x)
    digamma = zero_derivative(special.digamma, result=lambda x: x)
    gammaln.defvjp(lambda y, x, *, y_bar: digamma(x) * y_bar)
    gammaln.defjvp(lambda y, x, *, x_dot: digamma(x) * x_dot)
    assert grad(gammaln, target="python")(2.5) == special.digamma(2.5)
    assert grad(gammaln, target="python") is grad(gammaln, target="python")
    check_grads(gammaln, (np.array([2.5, 1.5]),), target="python")
    with pytest.raises(UnsupportedError, match="the parameters of max are not known by name"):
        grad(zero_derivative(max, result=0.0))


def test_the_object_itself_has_its_defaults():
    @custom_vjp
    def power(x, n=2):
        return x**n

    power.defvjp(lambda y, x, n, *, y_bar: (3.0 * n * y_bar, None))
    derivative = grad(power, target="python")
    assert (derivative(2.5), derivative(2.5, 3), derivative(2.5, n=4)) == (6.0, 9.0, 12.0)


class Scaled:
    """An object in the language, with a constant attribute."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * x

    def squared(self, x):
        return self(x) * self(x)


@pytest.mark.parametrize(
    "primal",
    [Scaled(3.0), Scaled(3.0).squared, functools.partial(lambda n, x: x**n, 3)],
    ids=["object", "method", "partial"],
)
@pytest.mark.parametrize("result", [{}, {"result": lambda x: x}], ids=["read", "called"])
def test_callables_that_are_no_functions(primal, result):
    ruled = custom_vjp(primal, **result)
    ruled.defvjp(lambda y, x, *, y_bar: y * y_bar)
    value, slope = value_and_grad(lambda x: ruled(x), target="python")(2.0)
    assert value == slope == ruled(2.0) == primal(2.0)


def test_a_spline_of_scipy():
    knots = np.linspace(0.0, 3.0, 7)
    spline = interpolate.CubicSpline(knots, np.sin(knots))
    slope = zero_derivative(spline.derivative(), result=lambda x: np.empty_like(x))
    curve = custom_vjp(spline, result=lambda x: np.empty_like(x))
    curve.defvjp(lambda y, x, *, y_bar: slope(x) * y_bar)
    x = np.array([0.4, 1.9])
    np.testing.assert_array_equal(grad(lambda x: np.sum(curve(x)), target="python")(x), spline.derivative()(x))


UNDECLARED_SPLINE = custom_vjp(interpolate.CubicSpline([0.0, 1.0, 2.0], [0.0, 1.0, 4.0]))


def test_a_spline_without_a_result():
    with pytest.raises(UnsupportedError, match="CubicSpline is a function that s2sad cannot read"):
        grad(lambda x: np.sum(UNDECLARED_SPLINE(x)), target="python")(np.ones(2))


def test_a_missing_rule_is_refused_at_the_call():
    lgamma = custom_jvp(math.lgamma, result=0.0)
    with pytest.raises(UnsupportedError, match=r"lgamma has no rule for reverse mode\n.*lgamma\(x\) \* x"):
        grad(lambda x: lgamma(x) * x, target="python")(1.5)


def test_keywords_are_refused():
    opaque = zero_derivative(round, result=0.0)
    with pytest.raises(TypeError, match="round, which is called as it is, takes positional arguments"):
        opaque(2.5, ndigits=1)


def test_self_check_of_one_mode(monkeypatch):
    """Without a rule for forward mode there is nothing to compare the reverse mode with."""
    monkeypatch.setattr(derivative_module, "_SELF_CHECK", True)
    opaque = custom_vjp(special.gammaln, result=lambda x: x)
    opaque.defvjp(lambda y, x, *, y_bar: 2.0 * y_bar)
    assert grad(lambda x: opaque(x), target="python")(2.5) == 2.0
