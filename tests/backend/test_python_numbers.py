"""Divisions by zero of NumPy's meaning are inf or nan also where the text, without Numba, holds Python's numbers."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import vjp

FUNCTIONS = [
    lambda x, k, n: np.mean(x) + 1.0,
    lambda x, k, n: np.sum(x) / n,
    lambda x, k, n: np.sum(x) / np.sum(k),
    lambda x, k, n: np.sum(k) / np.sum(k) + x.sum(),
    lambda x, k, n: np.sum(k) // np.sum(k) + x.sum(),
    lambda x, k, n: np.sum(k) % np.sum(k) + x.sum(),
    lambda x, k, n: np.sum(k) / n + x.sum(),
    lambda x, k, n: np.sum(x) % np.sum(x),
    lambda x, k, n: np.sum(x) ** -1.0,
    lambda x, k, n: x.mean() / np.prod(k),
    lambda x, k, n: np.float64(1.0) / n * x.sum(),
    lambda x, k, n: np.float64(0.0) ** -1 + x.sum(),
    lambda x, k, n: np.divide(1.0, n) + x.sum(),
    lambda x, k, n: (x > 0).mean() + x.sum(),
    lambda x, k, n: np.count_nonzero(x) / x.sum(),
    lambda x, k, n: np.dot(x, x) / n,
    lambda x, k, n: np.trace(np.zeros((0, 0))) / n + x.sum(),
    lambda x, k, n: np.cumsum(x).sum() / n,
    lambda x, k, n: np.add.reduce(x) / n,
    lambda x, k, n: sum(v for v in x) / np.float64(n),
]
COMPILED = FUNCTIONS[:5]


@pytest.mark.parametrize(
    "index, target", [(i, "python") for i in range(len(FUNCTIONS))] + [(i, "cpu") for i in range(len(COMPILED))]
)
@pytest.mark.parametrize("size", [0, 2])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_division_by_zero(index, target, size):
    x, k = np.zeros(size), np.zeros(size, dtype=np.int64)
    with np.errstate(all="ignore"):
        expected = FUNCTIONS[index](x, k, size)
    value, pullback = vjp(FUNCTIONS[index], x, k, size, target=target)
    np.testing.assert_equal(value, expected)
    assert pullback(1.0)[0].shape == x.shape


def test_python_raises_where_python_would():
    with pytest.raises(ZeroDivisionError):
        vjp(lambda x, n: x * (1.0 / n), 2.0, 0, target="python")
