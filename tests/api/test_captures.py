"""Captured values, functions and extents of 1: what changes between calls is seen, or specialised again."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from numba import njit

from s2sad import ArgumentError, grad, pipeline, value_and_grad, vjp
from tests.api import functions as f

both_targets = pytest.mark.parametrize("target", ["cpu", "python"])


@both_targets
def test_changed_global_is_seen(target, monkeypatch):
    g = grad(f.scaled, target=target)
    assert g(3.0) == 12.0
    before = pipeline.counters.transformations
    monkeypatch.setattr(f, "FACTOR", 5.0)
    assert g(3.0) == 30.0
    assert pipeline.counters.transformations == before  # the same code: the value is an argument of it


def test_global_of_another_type_is_another_specialisation(monkeypatch):
    g = grad(f.scaled)
    assert g(3.0) == 12.0
    monkeypatch.setattr(f, "FACTOR", 5)
    assert g(3.0) == 30.0
    monkeypatch.setattr(f, "FACTOR", 2.0)
    assert g(3.0) == 12.0


def test_changed_array_is_seen(monkeypatch):
    g = grad(f.looked_up)
    assert g(1.0) == 4.0
    f.TABLE[1] = 10.0
    try:
        assert g(1.0) == 20.0
    finally:
        f.TABLE[1] = 2.0
    monkeypatch.setattr(f, "TABLE", np.arange(5.0))
    assert g(1.0) == 2.0


def test_changed_function_is_another_specialisation(monkeypatch):
    g = grad(f.calls_helper)
    assert g(2.0) == 12.0
    monkeypatch.setattr(f, "helper", lambda x: x * x * x)
    assert g(2.0) == 36.0
    monkeypatch.undo()
    assert g(2.0) == 12.0


def test_closures_are_live():
    k = 2.0

    def scaled(x):
        return k * x

    g = grad(scaled)
    assert g(1.0) == 2.0
    k = 7.0
    assert g(1.0) == 7.0


def test_pullback_keeps_the_captured_values(monkeypatch):
    _, pullback = vjp(f.scaled, 3.0)
    monkeypatch.setattr(f, "FACTOR", 5.0)
    assert pullback(1.0) == (12.0,)


factor = 2.0


@njit
def frozen(x):
    return factor * x


def test_a_dispatchers_globals_are_frozen(monkeypatch):
    g = grad(frozen)
    assert g(1.0) == 2.0 == frozen(1.0)
    monkeypatch.setitem(globals(), "factor", 3.0)
    assert g(1.0) == 2.0 == frozen(1.0)


@both_targets
def test_extents_of_one(target):
    g = value_and_grad(f.added, ("x", "y"), target=target)
    x, y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    value, (x_bar, y_bar) = g(x, y)
    assert value == np.sum((x + y) ** 2) and np.array_equal(x_bar, 2 * (x + y)) and np.array_equal(y_bar, x_bar)
    for _ in range(2):
        value, (x_bar, y_bar) = g(x, y[:1])
        assert value == np.sum((x + 4.0) ** 2)
        assert np.array_equal(x_bar, 2 * (x + 4.0)) and np.array_equal(y_bar, [np.sum(x_bar)])
    value, (x_bar, y_bar) = g(x[:1], y[:1])
    assert value == 25.0 and x_bar.shape == y_bar.shape == (1,)
    out, pullback = vjp(f.added, x[:1], y, target=target)
    assert out == np.sum((1.0 + y) ** 2) and pullback(1.0)[0].shape == (1,)
    with pytest.raises(ValueError, match="broadcast"):
        g(x, y[:2])


def test_extents_of_one_that_are_computed():
    def shifted(x, y):
        return np.sum(x[1:] * y)

    x, y = np.array([1.0, 3.0]), np.array([4.0, 5.0, 6.0])
    x_bar, y_bar = grad(shifted, ("x", "y"))(x, y)
    assert np.array_equal(x_bar, [0.0, 15.0]) and np.array_equal(y_bar, [3.0, 3.0, 3.0])


def square(x):
    return x * x


def cube(x):
    return x * x * x


helper, shape = square, 2.0


def calls_it(x):
    return np.sum(shape * helper(x))


@pytest.mark.parametrize("name, value", [("helper", cube), ("shape", np.ones(2)), ("shape", 3)])
@both_targets
def test_a_pullback_belongs_to_what_was_captured_at_its_vjp(target, name, value, monkeypatch):
    _, pullback = vjp(calls_it, 3.0, target=target)
    monkeypatch.setitem(globals(), name, value)
    assert pullback(1.0)[0] == 12.0
    monkeypatch.undo()


def stretched(x):
    return np.sum(shape * helper(x[1:]) * x)


def test_a_pullback_that_would_need_a_new_specialisation_says_so(monkeypatch):
    x = np.array([3.0, 2.0])
    value, pullback = vjp(stretched, x, target="python")
    assert value == 40.0
    monkeypatch.setitem(globals(), "helper", cube)
    with pytest.raises(ArgumentError, match="captures has changed since vjp was called"):
        pullback(1.0)
    monkeypatch.undo()
    assert pullback(1.0)[0].tolist() == [8.0, 48.0]


def stretched_with_columns(x, k):
    column = x[::1, k]
    return np.dot(x[0 : len(column), np.newaxis, k], column[0:3]) + x


def test_a_seed_is_compared_with_the_result_whose_extents_of_one_are_known():
    """Its axis of 1 stretches: the first specialisation takes it for as long as the other one."""
    x, y_bar = np.array([[0.5, 0.25, 2.0]]), np.array([[1.0, 2.0, 4.0]])
    value, pullback = vjp(stretched_with_columns, x, 1, target="python")
    assert value.tolist() == stretched_with_columns(x, 1).tolist() == [[0.5625, 0.3125, 2.0625]]
    assert pullback(y_bar)[0].tolist() == [[1.0, 5.5, 4.0]]
    with pytest.raises(ArgumentError, match="y_bar must be an array .* shape \\(1, 3\\), not one of shape \\(3, 3\\)"):
        pullback(np.ones((3, 3)))


def test_new_code_or_defaults_in_an_old_function_are_seen():
    def inner(x, c=2.0):
        return c * x * x

    def outer(x, *, d=1.0):
        return d * inner(x)

    g = grad(outer, target="python")
    assert g(3.0) == 12.0
    inner.__defaults__ = (5.0,)
    assert g(3.0) == 30.0
    outer.__kwdefaults__ = {"d": 2.0}
    assert g(3.0) == 60.0
    inner.__code__ = cube.__code__
    assert g(3.0) == 54.0

    def power(x):
        return x * x

    g = grad(power, target="python")
    assert g(3.0) == 6.0
    power.__code__ = cube.__code__
    assert g(3.0) == 27.0
    power.__code__ = (lambda y: y).__code__
    with pytest.raises(ArgumentError, match="power has other parameters than when its derivative was made"):
        g(3.0)


def test_a_global_that_hides_a_builtin_is_seen(monkeypatch):
    g = grad(lambda x: max(x, 1.0), target="python")
    assert g(3.0) == 1.0
    monkeypatch.setitem(globals(), "max", lambda a, b: a * a)
    assert g(3.0) == 6.0
    monkeypatch.undo()
    assert g(3.0) == 1.0


class Scaled:
    scale = 3.0

    def __call__(self, x):
        return self.scale * x * x

    def optional(self, x):
        return x * x if not hasattr(self, "more") else self.more * x * x  # type: ignore[attr-defined]


def test_an_attribute_that_hides_that_of_the_class_is_seen():
    scaled = Scaled()
    g, h = grad(scaled, target="python"), grad(scaled.optional, target="python")
    assert (g(3.0), h(3.0)) == (18.0, 6.0)
    scaled.scale, scaled.more = 5.0, 2.0  # type: ignore[attr-defined]
    assert (g(3.0), h(3.0)) == (30.0, 12.0)
    del scaled.scale, scaled.more  # type: ignore[attr-defined]
    assert (g(3.0), h(3.0)) == (18.0, 6.0)


class Other(Scaled):
    def __call__(self, x):
        return self.scale * x


def test_another_class_of_an_object_is_seen():
    scaled = Scaled()
    g = grad(lambda x: scaled(x), target="python")
    assert g(3.0) == 18.0
    scaled.__class__ = Other
    assert g(3.0) == 3.0


TABLE = np.array([2.0, 3.0])


@njit
def frozen_table(x):
    return TABLE[0] * x


def test_a_dispatchers_arrays_are_frozen():
    g = grad(frozen_table, target="python")
    assert (g(1.0), frozen_table(1.0)) == (2.0, 2.0)
    TABLE[0] = 5.0
    try:
        assert (g(1.0), frozen_table(1.0)) == (2.0, 2.0)
    finally:
        TABLE[0] = 2.0


@dataclass
class Spring:
    length: float
    stiffness: ClassVar[float] = 2.0


def test_an_attribute_that_hides_that_of_a_dataclass_is_refused():
    spring = Spring(3.0)
    g = grad(lambda s: s.length * s.stiffness, target="python")
    assert g(spring).length == 2.0
    spring.stiffness = 5.0  # type: ignore[misc]
    with pytest.raises(ArgumentError, match="stiffness of a Spring is set on the object, and is no field"):
        g(spring)
