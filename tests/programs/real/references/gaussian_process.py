"""torch's Cholesky factor."""

import math

import torch


def _kernel(a, b, hyper):
    d = a.shape[1]
    diff = (a[:, None] - b[None]) / hyper[:d]
    r = torch.sqrt(((diff / 2) ** 2).sum(-1) + 1e-6) * 3**0.5
    return hyper[d] * torch.exp(-0.5 * (diff**2).sum(-1)) + hyper[d + 1] * (1 + r) * torch.exp(-r)


def reference(theta, X, y, X_new, weights):
    n = len(y)
    hyper = theta.exp()
    K = _kernel(X, X, hyper) + hyper[-1] ** 2 * torch.eye(n, dtype=X.dtype)
    # The loops read the lower triangle only, as NumPy's Cholesky does: no symmetrisation is needed, K is symmetric.
    L = torch.linalg.cholesky(K)
    alpha = torch.cholesky_solve(y[:, None], L)[:, 0]
    lml = -0.5 * y @ alpha - L.diagonal().log().sum() - 0.5 * n * math.log(2 * math.pi)
    return lml + weights @ (_kernel(X_new, X, hyper) @ alpha)
