"""Matrices by their shape and their triangles: what the functions of ``np.linalg`` share."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.library.axes import is_float, is_sequence
from s2sad.library.registry import match, refuse, require, static

LinAlgError = np.linalg.LinAlgError


def floats(a: Any) -> Any:
    """``a`` as a float array."""
    if is_sequence(a):
        a = np.array(a)
    return a if is_float(a) else a.astype(np.float64)


def stack_of(a: Any) -> Any:
    """``a`` as a float matrix, or a stack of them."""
    a = floats(a)
    if a.ndim < 2:
        refuse("Array must be at least two-dimensional", "a matrix")
    return a


def squares_of(a: Any) -> Any:
    """``a`` as a square float matrix, or a stack of them."""
    a = stack_of(a)
    match(a.shape[-1], a.shape[-2], "Last 2 dimensions of the array must be square", LinAlgError)
    return a


def count(shape: Any) -> Any:
    """The product of ``shape``."""
    total = 1
    for extent in shape:
        total = total * extent
    return total


def flat(a: Any) -> Any:
    """A stack of matrices with one leading dimension."""
    return np.reshape(a, (count(a.shape[:-2]), a.shape[-2], a.shape[-1]))


@static
def is_wide(shape: Any) -> bool:
    """Whether it is known that a matrix of this shape has more columns than rows."""
    return all(isinstance(n, int) for n in shape) and shape[0] < shape[1]


def _by_places(compare: Any, a: Any, other: Any) -> Any:
    """Elements of ``a`` where ``compare(row, column)``, else of ``other``."""
    i, j = np.arange(a.shape[0]), np.arange(a.shape[1])
    return np.where(compare(i[:, None], j[None, :]), a, other)


def lower(a: Any) -> Any:
    """The lower triangle."""
    return _by_places(np.greater_equal, a, 0.0)


def strictly_lower(a: Any) -> Any:
    """The lower triangle without the diagonal."""
    return _by_places(np.greater, a, 0.0)


def upper(a: Any) -> Any:
    """The upper triangle."""
    return _by_places(np.less_equal, a, 0.0)


def mirrored(a: Any) -> Any:
    """The symmetric matrix whose lower triangle is that of ``a``."""
    return _by_places(np.greater_equal, a, a.T)


def halved(a: Any) -> Any:
    """The lower triangle, half of the diagonal."""
    return 0.5 * (lower(a) + strictly_lower(a))


def of_lower(s: Any) -> Any:
    """The cotangent of what is read of a symmetric matrix, its lower triangle, from the symmetric cotangent ``s``."""
    return lower(s) + strictly_lower(s)


def diagonal(a: Any) -> Any:
    """The diagonal of a square matrix."""
    return np.sum(_by_places(np.equal, a, 0.0), axis=1)


def on_diagonal(d: Any) -> Any:
    """The diagonal matrix of the vector ``d``."""
    i = np.arange(len(d))
    return np.where(i[:, None] == i[None, :], d[:, None], 0.0)


def off_diagonal(a: Any) -> Any:
    """``a`` with zeros (``False``) on its diagonal."""
    return _by_places(np.not_equal, a, np.zeros_like(a))


def tolerance(a: Any) -> Any:
    """The relative error up to which two singular values or eigenvalues count as equal."""
    return 16.0 * epsilon(a) * max(a.shape[0], a.shape[1])


def quotient(numerator: Any, denominator: Any, level: Any) -> Any:
    """``numerator / denominator``, 0 where ``level``."""
    return np.where(level, 0.0, numerator / np.where(level, 1.0, denominator))


def require_apart(level: Any, message: str) -> None:
    """There is no place where ``level``.

    There the derivative cannot be had from a cotangent: also for a function of the common subspace, which has one, it
    is 0 / 0.

    Raises
    ------
    LinAlgError
        ``message``.
    """
    require(np.sum(level.astype(np.int64)) == 0, message, LinAlgError)


def require_small(level: Any, numerator: Any, size: Any, message: str) -> None:
    """Where ``level``, the numerator vanishes too, up to rounding relative to ``size``.

    Then the tangent of the vectors is one within their common subspace, which no function that has a derivative here
    depends on, and may be 0.

    Raises
    ------
    LinAlgError
        ``message``.
    """
    bad = level & (np.abs(numerator) > 4.0 * tolerance(numerator) * size)
    require(np.sum(bad.astype(np.int64)) == 0, message, LinAlgError)


def magnitude(a: Any) -> Any:
    """The Euclidean norm of all elements."""
    return np.sqrt(np.sum(a * a))


@static
def epsilon(a: Any) -> float:
    """The relative rounding error of the dtype of ``a``."""
    return float(np.finfo(a.dtype).eps)
