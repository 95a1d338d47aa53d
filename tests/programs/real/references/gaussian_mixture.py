"""The mixture with torch's own log-sum-exp, batched over observations and components."""

import math

import torch


def reference(alphas, means, icf, x, weights, wishart):
    k, d = means.shape
    gamma, m = wishart
    rows = []
    for c in range(k):
        L = torch.zeros(d, d, dtype=x.dtype)
        i, j = torch.triu_indices(d, d, 1)
        L = L.index_put((j, i), icf[c, d:])
        rows.append(L + torch.diag(torch.exp(icf[c, :d])))
    Q = torch.stack(rows)
    y = torch.einsum("kij,nkj->nki", Q, x[:, None, :] - means[None])
    inner = alphas + icf[:, :d].sum(1) - 0.5 * (y**2).sum(-1)
    slse = weights @ torch.logsumexp(inner, 1)
    total = weights.sum()
    n = d + m + 1
    mvl = torch.mvlgamma(torch.tensor(0.5 * n, dtype=x.dtype), d)
    C = n * d * (torch.log(gamma) - 0.5 * math.log(2)) - mvl
    prior = (0.5 * gamma**2 * (Q**2).sum((1, 2)) - m * icf[:, :d].sum(1)).sum() - k * C
    return -0.5 * d * math.log(2 * math.pi) * total + slse - total * torch.logsumexp(alphas, 0) + prior
