"""Registration: a primitive in one place, and errors that say what is wrong with a rule and where."""

from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad.errors import UnsupportedError
from s2sad.rules import OPS, Apply, Arg, Literal, Result, by_function, elementwise, op, registry, zero_derivative
from s2sad.rules.template import Bar, Dot
from s2sad.rules.translate import partials_of

LENGTH = 4.0


@pytest.fixture
def scratch():
    """A registry that is as before after the test."""
    ops, functions = dict(OPS), dict(registry._BY_FUNCTION)
    yield
    OPS.clear()
    OPS.update(ops)
    registry._BY_FUNCTION.clear()
    registry._BY_FUNCTION.update(functions)


def softplus(x):
    return np.logaddexp(x, 0.0)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_lookups():
    assert op("sin") is by_function(np.sin) is by_function(math.sin)
    assert op("add").infix == "+" and op("sin").call == "np.sin"
    assert by_function(print) is None
    assert by_function([]) is None
    assert by_function(np.degrees) is by_function(np.rad2deg) is by_function(math.degrees)
    with pytest.raises(KeyError):
        op("no such op")


def test_at_least_55_differentiable_functions_of_numpy_and_math():
    functions = {f for entry in OPS.values() if entry.differentiable for f in entry.functions}
    names = {e.name for e in OPS.values() if e.differentiable and any(f is not None for f in e.functions)}
    assert len(names) >= 55
    assert len(functions) >= 90


def test_one_place_three_lines(scratch):
    @elementwise(sigmoid, call="rt.sigmoid")
    def sigmoid_(y, x):
        return y * (1.0 - y)

    entry = by_function(sigmoid)
    assert entry is not None and entry.name == "sigmoid" and entry.arity == 1
    assert entry.partials == (Apply("mul", (Result(), Apply("sub", (Literal(1.0), Result())))),)

    @elementwise(softplus, call="rt.softplus")
    def softplus_(y, x):
        return sigmoid(x)

    assert op("softplus").partials == (Apply("sigmoid", (Arg(0),)),)


def test_locals_constants_and_folding():
    def rule(y, a, b):
        half = 1.0 / 2.0
        t = a - LENGTH
        return half * t, np.where((t < 0.0) & ~(b >= 1.0), -np.pi, None or 2)  # noqa: SIM222

    with pytest.raises(UnsupportedError, match="None or 2 has no template"):
        partials_of(rule, registry._name_of)

    def right(y, a, b):
        half = 1.0 / 2.0
        t = a - LENGTH
        return half * t, np.where((t < 0.0) & ~(b >= 1.0), -np.pi, 2)

    t = Apply("sub", (Arg(0), Literal(4.0)))
    cond = Apply("and", (Apply("lt", (t, Literal(0.0))), Apply("not", (Apply("ge", (Arg(1), Literal(1.0))),))))
    assert partials_of(right, registry._name_of) == (
        Apply("mul", (Literal(0.5), t)),
        Apply("select", (cond, Literal(-math.pi), Literal(2.0))),
    )


def loops(y, x):
    for _ in range(3):
        x = x * x
    return x


def calls(y, x):
    return np.linalg.norm(x)


def subscripts(y, x):
    return x[0]


def too_many(y, x):
    return 1.0, 2.0


def nothing(y, x):
    "Only a docstring."


def undefined(y, x):
    return no_such_name * x  # noqa: F821  # pyright: ignore[reportUndefinedVariable]


def chained(y, x):
    return np.where(0.0 < x < 1.0, 1.0, 0.0)


def not_a_number(y, x):
    return np.sin * x


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (loops, "only assignments to a name and one return can be translated"),
        (calls, "np.linalg.norm is not a registered primitive"),
        (subscripts, r"x\[0\] has no template"),
        (too_many, "2 partials for 1 arguments"),
        (nothing, "it returns nothing"),
        (undefined, "no_such_name is not defined"),
        (chained, "has no template"),
        (not_a_number, "np.sin is not a number"),
    ],
)
def test_errors_of_rules_point_at_the_line(scratch, rule, reason):
    with pytest.raises(UnsupportedError, match=reason) as caught:
        elementwise(sigmoid, call="rt.sigmoid", name="broken")(rule)
    assert __file__ in str(caught.value) and f"rule {rule.__name__}" in str(caught.value)
    line = int(str(caught.value).split(__file__)[1].split(":")[1])
    assert 0 <= line - rule.__code__.co_firstlineno <= 3
    assert "broken" not in OPS and by_function(sigmoid) is None


def test_a_lambda_is_no_rule(scratch):
    with pytest.raises(UnsupportedError, match="not as a lambda"):
        elementwise(sigmoid, call="rt.sigmoid", name="broken")(lambda y, x: y)


def test_names_and_functions_are_taken_once(scratch):
    with pytest.raises(ValueError, match="'floor' is registered twice"):
        zero_derivative(sigmoid, name="floor", call="rt.floor")
    with pytest.raises(ValueError, match="already means 'floor'"):
        zero_derivative(np.floor, name="floor2")
    with pytest.raises(ValueError, match="say what generated code calls"):
        zero_derivative(sigmoid)


def test_library_routines():
    a, b, y_bar = Arg(0), Arg(1), Bar()
    at, bt = Apply("transpose", (a,)), Apply("transpose", (b,))
    assert registry.vjp_of("matmul") == (Apply("matmul", (y_bar, bt)), Apply("matmul", (at, y_bar)))
    assert registry.vjp_of("matvec") == (Apply("outer", (y_bar, b)), Apply("matvec", (at, y_bar)))
    assert registry.jvp_of("matmul") == (Apply("matmul", (Dot(0), b)), Apply("matmul", (a, Dot(1))))
    assert registry.jvp_of("matvec") == (Apply("matvec", (Dot(0), b)), Apply("matvec", (a, Dot(1))))


@pytest.mark.parametrize("shapes", [((3, 4), (4, 5)), ((3, 4), (4,)), ((2, 0), (0, 3))])
def test_library_rules_are_adjoint_to_one_another(shapes):
    rng = np.random.default_rng(3)
    a, b, a_dot, b_dot = (rng.standard_normal(s) for s in (*shapes, *shapes))
    y_bar = rng.standard_normal((a @ b).shape)
    name = "matmul" if b.ndim == 2 else "matvec"
    library = {"matmul": np.matmul, "matvec": np.matmul, "outer": np.outer, "transpose": np.transpose}

    def value(t):
        match t:
            case Arg(k):
                return (a, b)[k]
            case Dot(k):
                return (a_dot, b_dot)[k]
            case Bar():
                return y_bar
        return library[t.op](*(value(u) for u in t.args))

    a_bar, b_bar = (value(t) for t in registry.vjp_of(name))
    y_dot = sum(value(t) for t in registry.jvp_of(name))
    np.testing.assert_allclose(np.sum(a_bar * a_dot) + np.sum(b_bar * b_dot), np.sum(y_bar * y_dot), rtol=1e-12)
    h = 1e-6
    numeric = ((a + h * a_dot) @ (b + h * b_dot) - (a - h * a_dot) @ (b - h * b_dot)) / (2 * h)
    np.testing.assert_allclose(y_dot, numeric, rtol=1e-7, atol=1e-8)
