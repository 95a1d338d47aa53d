"""Diagonals, triangles, and matrices made of vectors."""

from __future__ import annotations

import numpy as np

from s2sad.library.axes import axis_of, common, counting, dtype_by, is_number, static
from s2sad.library.joining import as_array, interleaved
from s2sad.library.registry import aliased, implements, match, refuse


@static
def _pair(ndim, axis1, axis2):
    first, second = axis_of(axis1, ndim), axis_of(axis2, ndim)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    return first, second


def diagonals(a, offset=0, axis1=0, axis2=1):
    """The diagonals, as the last axis of a fresh array."""
    if a.ndim < 2:
        refuse("diag requires an array of at least two dimensions")
    matrix = np.moveaxis(a, _pair(a.ndim, axis1, axis2), (0, 1))
    down, right = max(-offset, 0), max(offset, 0)
    count = max(min(matrix.shape[0] - down, matrix.shape[1] - right), 0)
    out = np.empty((*matrix.shape[2:], count), a.dtype)
    target = np.moveaxis(out, -1, 0)
    for k in range(count):
        target[k] = matrix[k + down, k + right]
    return out


@implements(np.diagonal, method="diagonal")
def diagonal(a, offset=0, axis1=0, axis2=1):
    """NumPy gives a read-only view; here it is a copy, and stores into either are refused from here on."""
    return aliased(diagonals(a, offset, axis1, axis2), a)


@implements(np.diag)
def diag(v, k=0):
    """A diagonal matrix of a vector, the diagonal of a matrix."""
    v = as_array(v)
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        refuse("Input must be 1- or 2-d.")
    n = v.shape[0] + abs(k)
    out = np.zeros((n, n), v.dtype)
    for i in range(v.shape[0]):
        out[i + max(-k, 0), i + max(k, 0)] = v[i]
    return out


@implements(np.diagflat)
def diagflat(v, k=0):
    """A diagonal matrix of all elements."""
    return diag(as_array(v).flatten(), k)


@implements(np.trace, method="trace")
def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    """The sum of a diagonal."""
    return np.sum(diagonals(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def _below(n, m, k):
    """Whether an element is on the ``k``-th diagonal or below it."""
    return np.arange(n)[:, None] + k >= np.arange(m)[None, :]


@implements(np.tril)
def tril(m, k=0):
    """The lower triangle, zeros above it."""
    m = as_array(m)
    m = np.broadcast_to(m, (m.shape[0], m.shape[0])) if m.ndim == 1 else m
    return np.where(_below(m.shape[-2], m.shape[-1], k), m, np.zeros_like(m))


@implements(np.triu)
def triu(m, k=0):
    """The upper triangle, zeros below it."""
    m = as_array(m)
    m = np.broadcast_to(m, (m.shape[0], m.shape[0])) if m.ndim == 1 else m
    return np.where(_below(m.shape[-2], m.shape[-1], k - 1), np.zeros_like(m), m)


@implements(np.tri)
def tri(N, M=None, k=0, dtype=float):
    """Ones on and below a diagonal."""
    return _below(N, N if M is None else M, k).astype(dtype)


@implements(np.eye)
def eye(N, M=None, k=0, dtype=float):
    """Ones on a diagonal."""
    columns = np.arange(N if M is None else M)
    return (np.arange(N)[:, None] + k == columns[None, :]).astype(dtype)


@implements(np.identity)
def identity(n, dtype=float):
    """The identity matrix."""
    return eye(n, dtype=dtype)


@implements(np.vander)
def vander(x, N=None, increasing=False):
    """Powers of the elements of a vector, as columns."""
    x = as_array(x)
    n = x.shape[0] if N is None else N
    out = np.empty((x.shape[0], n), dtype_by(np.vander, x))
    powers = out if increasing else out[:, ::-1]
    if n > 0:
        powers[:, 0] = 1
    for k in range(1, n):
        powers[:, k] = powers[:, k - 1] * x
    return out


@static
def _spread(rank, ndim, first):
    """The index that puts the axes of a factor of `kron` at every other place."""
    index = (None,) * (rank - ndim) + (slice(None),) * ndim
    return interleaved(index, (None,) * rank) if first else interleaved((None,) * rank, index)


@implements(np.kron)
def kron(a, b):
    """The Kronecker product."""
    a, b = as_array(a), as_array(b)
    if is_number(a) or is_number(b):
        return a * b
    rank = max(a.ndim, b.ndim)
    product = a[_spread(rank, a.ndim, True)] * b[_spread(rank, b.ndim, False)]
    shape = tuple(product.shape[2 * k] * product.shape[2 * k + 1] for k in counting(rank))
    return np.reshape(product, shape)


@implements(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Cross products of vectors of three components."""
    a, b = as_array(a), as_array(b)
    if axis is not None:
        axisa = axisb = axisc = axis
    u, v = np.moveaxis(a, axisa, 0), np.moveaxis(b, axisb, 0)
    message = "cross takes vectors of 3 components (2 are no longer supported by NumPy)"
    match(u.shape[0], 3, message)
    match(v.shape[0], 3, message)
    parts = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    if is_number(parts[0]):
        axis_of(axisc, 1)
        return np.array(parts, common(a, b))
    return np.moveaxis(np.stack(parts, -1), -1, axisc)
