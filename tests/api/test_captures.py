"""Captured values, functions and extents of 1: what changes between calls is seen, or specialised again."""

import numpy as np
import pytest
from numba import njit

from s2sad import grad, pipeline, value_and_grad, vjp
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
