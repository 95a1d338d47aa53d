"""Cholesky and LU with partial pivoting as loops, used to solve systems and for determinants."""

import math

import numpy as np


def cholesky(A):
    """Lower factor of a symmetric positive definite matrix; raises otherwise."""
    n = A.shape[0]
    L = np.zeros((n, n))
    for j in range(n):
        s = A[j, j]
        for k in range(j):
            s -= L[j, k] ** 2
        if s <= 0.0:
            raise ValueError("matrix is not positive definite")
        L[j, j] = math.sqrt(s)
        for i in range(j + 1, n):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            L[i, j] = s / L[j, j]
    return L


def lu(A):
    """Factors in one array, the permutation of the rows and its sign."""
    A = A.copy()
    n = len(A)
    perm = np.arange(n)
    sign = 1.0
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            perm[[k, p]] = perm[[p, k]]
            sign = -sign
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1 :] -= A[i, k] * A[k, k + 1 :]
    return A, perm, sign


def lu_solve(LU, perm, b):
    n = len(b)
    x = b[perm]
    for i in range(1, n):
        x[i] -= LU[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - LU[i, i + 1 :] @ x[i + 1 :]) / LU[i, i]
    return x


def refine(A, LU, perm, b, steps):
    """Iterative refinement."""
    x = lu_solve(LU, perm, b)
    for _ in range(steps):
        x += lu_solve(LU, perm, b - A @ x)
    return x


def loss(A, S, b, weights):
    """Weighted solution, logarithm of |det A| and of det S, weighted factor of S."""
    LU, perm, sign = lu(A)
    x = refine(A, LU, perm, b, 2)
    logdet = 0.0
    for i in range(len(LU)):
        logdet += math.log(abs(LU[i, i]))
    L = cholesky(S @ S.T + np.eye(len(S)))
    return weights[0] @ x + sign * logdet + 2.0 * np.sum(np.log(np.diag(L))) + np.sum(weights[1:] * L)


def make(rng):
    n, m = 5, 4
    A = rng.normal(size=(n, n))
    A[0, 0] = 0.05
    return A, rng.normal(size=(n, m)), rng.normal(size=n), rng.normal(size=(n + 1, n))


entry = loss
