"""Derivatives called from compiled code."""

import threading

import numpy as np
import pytest
from numba import njit, prange
from numba.core.errors import TypingError

from s2sad import grad, jvp, value_and_grad, vjp
from tests.api import functions as f
from tests.support.threads import check_threads

X, N, R = 0.3, 7, 2.7
logistic_grad = grad(f.logistic, ("x", "r"))
squares_grad = grad(f.squares)
defaults_grad = grad(f.with_defaults)
running_grad = value_and_grad(f.running)
helper_grad = grad(f.helper)


@njit
def as_global(x, n, r):
    return logistic_grad(x, n, r)


@njit
def as_argument(g, x):
    return g(x)


@njit(parallel=True)
def in_prange(x):
    out = np.empty(x.shape[0])
    for i in prange(x.shape[0]):
        out[i] = helper_grad(x[i])
    return out


def test_as_global():
    assert as_global(X, N, R) == logistic_grad(X, N, R)


def test_as_argument():
    x = np.array([1.0, 2.0])
    assert np.array_equal(as_argument(squares_grad, x), 2 * x)
    assert as_argument(helper_grad, 3.0) == 6.0


def test_in_prange():
    x = np.linspace(0.0, 1.0, 50)
    assert np.array_equal(in_prange(x), 2 * x)


def test_keywords_defaults_and_literals():
    @njit
    def caller(x):
        return defaults_grad(x), defaults_grad(x, 5.0), defaults_grad(x, scale=1.0), helper_grad(2.0)

    assert caller(3.0) == (12.0, 30.0, 6.0, 4.0)


def test_written_arguments_are_copied():
    @njit
    def caller(x):
        return running_grad(x)

    x = np.array([2.0, 3.0, 5.0])
    value, gradient = caller(x)
    assert value == 30.0 and np.array_equal(gradient, [15.0, 10.0, 6.0]) and np.array_equal(x, [2.0, 3.0, 5.0])


def test_vjp_and_jvp():
    pull, push = vjp(f.logistic), jvp(f.logistic)

    @njit
    def caller(x, n, r):
        return pull(x, n, r, 2.0), push(x, n, r, 1.0, 0.0)

    bars, (_, out_dot) = caller(X, N, R)
    assert bars[1] is None and bars[0] == pytest.approx(2 * logistic_grad(X, N, R)[0], rel=1e-13)
    assert out_dot == pytest.approx(logistic_grad(X, N, R)[0], rel=1e-12)


def test_refusals_are_typing_errors():
    @njit
    def caller(n):
        return helper_grad(n)

    with pytest.raises(TypingError, match="with respect to x, which is of dtype int64"):
        caller(3)

    @njit
    def short():
        return logistic_grad(1.0)

    with pytest.raises(TypingError, match="missing a required argument"):
        short()


scale = 2.0


def scaled(x):
    return scale * x * x


def test_a_compiled_caller_keeps_the_globals_of_its_compilation(monkeypatch):
    g = grad(scaled)

    @njit
    def caller(x):
        return g(x)

    assert caller(1.0) == 4.0
    monkeypatch.setitem(globals(), "scale", 5.0)
    assert g(1.0) == 10.0 and caller(1.0) == 4.0

    @njit
    def later(x):
        return g(x)

    assert later(1.0) == 10.0


def test_from_four_threads():
    check_threads(squares_grad, [np.linspace(0.0, 1.0 + k, 200) for k in range(4)], times=200)


def test_two_threads_may_specialise_at_once():
    g = grad(lambda x: x * x * x)
    found = []
    threads = [threading.Thread(target=lambda: found.append(g(2.0))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [12.0] * 4
