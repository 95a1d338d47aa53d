"""A dense matrix; the same number of iterations, by the same criterion."""

import torch


def reference(data, indices, indptr, b, x0, weights):
    n = len(b)
    rows = torch.repeat_interleave(torch.arange(n), indptr.diff())
    A = torch.zeros(n, n, dtype=data.dtype).index_put((rows, indices), data)
    inverse = 1 / A.diagonal()
    x, r = x0, b - A @ x0
    p = inverse * r
    rz = r @ p
    k = 0
    while k < 20 and r.norm() > 1e-2 * b.norm():
        Ap = A @ p
        alpha = rz / (p @ Ap)
        x, r = x + alpha * p, r - alpha * Ap
        z = inverse * r
        rz, old = r @ z, rz
        p = z + rz / old * p
        k += 1
    return weights @ x + 0.01 * k + 0.5 * x @ A @ x
