"""A Generator as argument: draws happen once, and its state advances as one call of the function advances it."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import ArgumentError, UnsupportedError, check_grads, grad, jvp, value_and_grad, vjp

TARGETS = ("python", "cpu")


def walk(rng, x, drift):
    total = 0.0
    for k in range(x.shape[0]):
        e = rng.normal(drift, 1.0)
        if e > 0.0:
            rng.random(2)  # drawn for nothing
        total += x[k] * e * e
    return total


def stretched(rng, x, y):
    return np.sum(rng.normal(size=x.shape[0]) * x * y)


def state(rng):
    return rng.bit_generator.state["state"]


@pytest.mark.parametrize("target", TARGETS)
def test_state_advances_once(target):
    x = np.arange(1.0, 6.0)
    reference = np.random.default_rng(7)
    value = walk(reference, x, 0.1)
    rng = np.random.default_rng(7)
    got, gradient = value_and_grad(walk, argnums="x", target=target)(rng, x, 0.1)
    assert got == value
    assert state(rng) == state(reference)
    rng = np.random.default_rng(7)
    np.testing.assert_array_equal(grad(walk, argnums="x", target=target)(rng, x, 0.1), gradient)
    assert state(rng) == state(reference)
    second = grad(walk, argnums="x", target=target)(rng, x, 0.1)
    assert not np.array_equal(second, gradient)


def test_pullback_sees_the_draws_of_the_value():
    x = np.arange(1.0, 6.0)
    rng = np.random.default_rng(7)
    out, pullback = vjp(walk, rng, x, 0.1, target="python")
    after = state(rng)
    first = pullback(1.0)
    rng.random(3)
    assert first[0] is None
    for a, b in zip(first, pullback(1.0), strict=True):
        np.testing.assert_array_equal(a, b)
    reference = np.random.default_rng(7)
    assert walk(reference, x, 0.1) == out
    assert state(reference) == after


def test_jvp_draws_once():
    x = np.arange(1.0, 6.0)
    rng, reference = np.random.default_rng(7), np.random.default_rng(7)
    out, _ = jvp(walk, (rng, x, 0.1), (None, x, 0.0), target="python")
    assert out == walk(reference, x, 0.1)
    assert state(rng) == state(reference)


def test_a_second_attempt_draws_again_from_the_start():
    """Where extents of 1 ask for another variant, the first attempt's draws do not count."""
    x, y = np.arange(1.0, 4.0), np.array([2.0])
    rng, reference = np.random.default_rng(7), np.random.default_rng(7)
    got, _ = value_and_grad(stretched, argnums="x", target="python")(rng, x, y)
    assert got == pytest.approx(stretched(reference, x, y), rel=1e-14)
    assert state(rng) == state(reference)


GENERATOR = np.random.default_rng(0)


def test_refused():
    for f, words in (
        (lambda x: x * GENERATOR.normal(), "GENERATOR is a captured random generator"),
        (lambda x: x * np.random.normal(), "np.random.normal draws from a hidden global state"),
    ):
        with pytest.raises(UnsupportedError, match=words):
            grad(f, target="python")(1.0)
    with pytest.raises(UnsupportedError, match="the method binomial of a random generator is not supported"):
        grad(lambda x, rng: x * rng.binomial(3, 0.5), target="python")(1.0, GENERATOR)
    with pytest.raises(ArgumentError, match="inside of another argument"):
        grad(lambda x, both: x * both[1], target="python")(1.0, (GENERATOR, 2.0))


def located(x, rng):
    return np.sum(x * rng.permutation(3)) + np.sum(rng.normal(x, np.array([1.0, 2.0, 3.0])) ** 2)


def test_check_grads_draws_the_same_each_time():
    rng = np.random.default_rng(2)
    before = state(rng)
    check_grads(located, (np.arange(3.0), rng), target="python")
    assert state(rng) == before
