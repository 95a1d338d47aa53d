"""Functions that a decorator has wrapped: what runs is the wrapper, which has parameters of its own."""

import numpy as np
import pytest

import s2sad
from tests.programs.everyday import weighted


@weighted(3.0)
def product(x, y):
    return x * x * y


def test_gradients_of_a_wrapper_have_the_structure_of_its_parameters():
    value, args_bar = s2sad.value_and_grad(product, target="python")(2.0, 5.0)
    assert value == product(2.0, 5.0) == 60.0
    assert args_bar == (60.0, 12.0)


def test_a_wrapper_is_differentiated_inside_a_function():
    def total(x, y):
        return np.sum(product(x, y)) + product(x[0], y=y[1])

    x, y = np.array([1.0, 2.0]), np.array([0.5, -1.5])
    x_bar, y_bar = s2sad.vjp(total, x, y, target="python")[1](1.0)
    np.testing.assert_allclose(x_bar, 6.0 * x * y + np.array([6.0 * x[0] * y[1], 0.0]))
    np.testing.assert_allclose(y_bar, 3.0 * x * x + np.array([0.0, 3.0 * x[0] ** 2]))


def test_a_wrapper_of_another_function_is_another_derivative():
    """Both have the same code; what they wrap differs."""
    made = [weighted(2.0)(f) for f in (lambda x: x * x, lambda x: x * x * x)]
    assert s2sad.vjp(lambda x: made[0](x), 1.5, target="python")[1](1.0)[0] == pytest.approx(6.0)
    assert s2sad.vjp(lambda x: made[1](x), 1.5, target="python")[1](1.0)[0] == pytest.approx(13.5)
