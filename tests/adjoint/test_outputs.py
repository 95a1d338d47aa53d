"""Outputs that come with a gradient are those of the primal, whatever the reverse sweep does to memory afterwards."""

import numpy as np
import pytest

from s2sad import grad, value_and_grad


def recurrence(x):
    y = x.copy()
    for _ in range(3):
        for i in range(1, y.shape[0]):
            y[i] = y[i] * y[i - 1] + 0.1
    return y.sum(), y


def swapped(x):
    a = x.copy()
    b = np.zeros_like(x)
    for _ in range(3):
        b[1:] = a[:-1] * a[1:]
        a, b = b, a
    return (a * a).sum(), a, b


@pytest.mark.parametrize("f", [recurrence, swapped])
def test_an_array_output_that_the_reverse_sweep_restores(f):
    x = np.array([1.1, 0.7, 0.9, 1.3])
    expected = f(x)
    (value, *aux), gradient = value_and_grad(f, has_aux=True, target="python")(x) if f is recurrence else _three(f, x)
    assert value == pytest.approx(expected[0], rel=1e-14)
    for a, b in zip(aux, expected[1:], strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.all(np.isfinite(gradient))


def _three(f, x):
    def wrapped(x):
        value, a, b = f(x)
        return value, (a, b)

    (value, aux), gradient = value_and_grad(wrapped, has_aux=True, target="python")(x)
    return (value, *aux), gradient


def test_the_auxiliary_output_of_grad():
    x = np.array([1.1, 0.7, 0.9, 1.3])
    _, aux = grad(recurrence, has_aux=True, target="python")(x)
    np.testing.assert_array_equal(aux, recurrence(x)[1])
