"""What NumPy decides by values is an error."""

import numpy as np
import pytest

from s2sad import grad, vjp


@pytest.mark.parametrize("p, q", [([0.0, 1.0], [2.0, 3.0]), ([1.0, 2.0], [0.0, 0.0, 1.0])])
def test_leading_zeros_of_products(p, q):
    assert len(np.polymul(p, q)) < len(np.convolve(p, q))
    with pytest.raises(ValueError, match="polymul drops leading zeros; np.convolve keeps them"):
        vjp(lambda p, q: np.polymul(p, q), np.array(p), np.array(q), target="python")


def test_other_zeros_stay():
    p, q = np.array([2.0, 0.0]), np.array([0.0])
    g = grad(lambda p, q: np.sum(np.polymul(p, q)), argnums=(0, 1), target="python")
    assert [bar.tolist() for bar in g(p, q)] == [[0.0, 0.0], [2.0]]
