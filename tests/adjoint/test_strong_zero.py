"""A cotangent of exactly zero contributes zero, also where overflow makes a partial infinite (pitfall S10)."""

import numpy as np
import pytest

from s2sad import grad


def exponential_not_taken(x):
    return np.sum(np.where(x < 1.0, np.exp(x), 1.0))


def product_not_taken(x):
    return np.sum(np.where(x > 0.0, (1.0 / x) * (1.0 / x), 1.0))


def scaled_sigmoid(x, k=2.0):
    return np.sum(1.0 / (1.0 + k * np.exp(-x)))


def root_not_taken(x):
    t = np.sqrt(x)
    z = t[::2]
    return np.sum(np.where(x > 0.0, t, 0.0)) + z[1]


def weighted(x, y):
    return np.exp(x) * y * x


CASES = [
    (exponential_not_taken, np.array([1000.0, 0.5]), np.array([0.0, np.exp(0.5)])),
    (product_not_taken, np.array([0.0, 2.0]), np.array([0.0, -0.25])),
    (scaled_sigmoid, np.array([-1000.0, 0.0]), np.array([0.0, 2.0 / 9.0])),
    (root_not_taken, np.array([0.0, 4.0, 1.0]), np.array([0.0, 0.25, 1.0])),
]


@pytest.mark.parametrize(("f", "x", "expected"), CASES, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.parametrize("target", ["python", "cpu"])
def test_no_nan_from_what_was_not_taken(f, x, expected, target):
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(grad(f, target=target)(x), expected, rtol=1e-14)


def test_the_scale_of_an_overflowing_exponential():
    with np.errstate(all="ignore"):
        assert grad(scaled_sigmoid, argnums="k", target="python")(np.array([-1000.0]), 2.0) == 0.0


def test_products_elsewhere_are_not_guarded():
    """The guard costs a comparison: it is only where infinity can disappear."""
    assert "!=" not in grad(weighted, target="python").inspect_source(1.0, 2.0)
