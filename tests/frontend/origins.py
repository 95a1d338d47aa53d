"""Functions of every shape, for `test_source`. The line numbers are part of the tests."""

import functools
from itertools import chain

import numba
import numpy as np


def plain(x, y=2.0, *, z=3.0):
    return x * y + z


__secret = 4.0  # inside a class the name is _Model__secret
pair = (lambda x: x + 1, lambda x: x + 2, lambda x: x + 1.0, lambda y: y + 1)


def outer(c, d):
    e = 2.0

    def inner(x):
        """Uses c and e."""
        return c * x + e

    return inner, lambda x: c * x + d


class Model:
    scale = 2.0

    def method(self, x):
        return self.scale * x

    @staticmethod
    def static(x):
        return 3 * x

    @classmethod
    def of_class(cls, x):
        return x

    def private(self, x):
        return x * __secret

    def __call__(self, x):
        return x


def keep(*args):
    """A decorator that returns the function."""
    return lambda fn: fn


@keep(lambda x: x + 1)
@keep()
def decorated(
    x,
):
    return x * x


@numba.njit(error_model="numpy")
def compiled(x):
    return x / 2


@numba.njit
def compiled_by_default(x):
    return x


@numba.vectorize
def vectorized(x):
    return x


def wrap(fn):
    @functools.wraps(fn)
    def wrapper(*args):
        return 2 * fn(*args)

    return wrapper


@wrap
def wrapped(x):
    return x


wrapped_by_hand = functools.update_wrapper(lambda x: np.sin(x), plain)
α = lambda x: ("é", (lambda: x), list(chain([x])))[2][0]  # a line whose bytes are not its characters
asserting = 0


def with_assert(x):
    assert x > 0, "positive"
    y = 2 * x
    return y


async def coroutine(x):
    return x


if asserting:

    def twice(x):
        return 2 * x

else:

    def twice(x):
        return x + x


def recursive_names(x):
    def recursive_names(x):
        return x

    return recursive_names(x)


def documented(x):
    """
    >>> from s2sad.frontend.source import get_source
    >>> def g(x):
    ...     return x * 7
    >>> source = get_source(g)
    >>> place = source.loc(source.tree.body[0])
    >>> place.line, place.col, place.text, place.filename.startswith("<doctest")
    (2, 4, 'return x * 7', True)
    """
