"""What an abandoned attempt at lowering learned is forgotten with the checks that showed it."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import vjp


def comprehension(x, y, n):
    return np.array([v * 2.0 for v in x * y]).sum()


def generator(x, y, n):
    return sum(v * 2.0 for v in x * y)


def stops_early(x, y, n):
    return x.sum() if any(v > 2.0 for v in x * y) else x[0]


def of_two_shapes(x, y, n):
    total = x @ y
    if n:
        return y[:1]
    return total * y


def written_alias(x, y, n):
    total = x @ y
    z = x if n else y
    z[0] += total
    return x.sum()


def other_trips(x, y, n):
    z = 0
    for i in range(3):
        w = x * y
        z = z + w[0] * (1.0, 2, 3.0)[i]
    return z


FUNCTIONS = [comprehension, generator, stops_early, of_two_shapes, written_alias, other_trips]


@pytest.mark.parametrize("fn", FUNCTIONS, ids=lambda fn: fn.__name__)
def test_shapes_are_compared_in_the_attempt_that_counts(fn):
    x, y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0])
    for n in (0, 1):
        value, _ = vjp(fn, x, y, n, target="python")
        np.testing.assert_array_equal(value, fn(x.copy(), y.copy(), n))
        for other in (y[:2], np.append(y, 1.0)):
            with pytest.raises(ValueError):
                fn(x.copy(), other.copy(), n)
            with pytest.raises(ValueError):
                vjp(fn, x, other, n, target="python")
