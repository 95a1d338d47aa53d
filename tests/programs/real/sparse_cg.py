"""Conjugate gradients with a matrix in compressed rows and a Jacobi preconditioner; compiled loops."""

import numpy as np
from numba import njit


@njit
def spmv(data, indices, indptr, x):
    n = len(indptr) - 1
    y = np.zeros(n)
    for i in range(n):
        for jj in range(indptr[i], indptr[i + 1]):
            y[i] += data[jj] * x[indices[jj]]
    return y


@njit
def diagonal(data, indices, indptr):
    n = len(indptr) - 1
    d = np.empty(n)
    for i in range(n):
        for jj in range(indptr[i], indptr[i + 1]):
            if indices[jj] == i:
                d[i] = data[jj]
                break
    return d


@njit
def conjugate_gradient(data, indices, indptr, b, x0, tol, max_iter):
    """The solution and the number of iterations."""
    m_inv = 1.0 / diagonal(data, indices, indptr)
    x = x0.copy()
    r = b - spmv(data, indices, indptr, x)
    z = m_inv * r
    p = z.copy()
    rz = np.dot(r, z)
    k = 0
    while k < max_iter and np.sqrt(np.dot(r, r)) > tol * np.sqrt(np.dot(b, b)):
        Ap = spmv(data, indices, indptr, p)
        alpha = rz / np.dot(p, Ap)
        x += alpha * p
        r -= alpha * Ap
        z = m_inv * r
        rz_new = np.dot(r, z)
        p = z + rz_new / rz * p
        rz = rz_new
        k += 1
    return x, k


@njit
def loss(data, indices, indptr, b, x0, weights):
    x, iterations = conjugate_gradient(data, indices, indptr, b, x0, 1e-2, 20)
    return np.dot(weights, x) + 0.01 * iterations + 0.5 * np.dot(x, spmv(data, indices, indptr, x))


def make(rng):
    n = 9
    dense = np.zeros((n, n))
    for i in range(n):
        for offset in (1, 3):
            if i + offset < n:
                dense[i, i + offset] = dense[i + offset, i] = -rng.uniform(0.3, 1.0)
    dense += np.diag(np.abs(dense).sum(axis=1) + rng.uniform(0.3, 0.8, n))
    indptr = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=1))])
    rows, cols = np.nonzero(dense)
    return dense[rows, cols], cols, indptr, rng.normal(size=n), 0.1 * rng.normal(size=n), rng.normal(size=n)


entry = loss
