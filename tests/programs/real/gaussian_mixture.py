"""Log-likelihood of a Gaussian mixture with a Wishart prior on the precisions.

The precision of component k is Q Q^T, Q lower triangular with the exponentials of the first d parameters on its
diagonal and the others below it, column by column.
"""

import math
from typing import NamedTuple

import numpy as np


class Wishart(NamedTuple):
    gamma: float
    m: int


def log_gamma_distrib(a, p):
    """Logarithm of the multivariate gamma function."""
    out = 0.25 * p * (p - 1) * math.log(math.pi)
    for j in range(1, p + 1):
        out += math.lgamma(a + 0.5 * (1 - j))
    return out


def log_wishart_prior(p, wishart, sum_qs, Qdiags, icf):
    n = p + wishart.m + 1
    k = icf.shape[0]
    frobenius = np.sum(Qdiags**2, axis=1) + np.sum(icf[:, p:] ** 2, axis=1)
    out = np.sum(0.5 * wishart.gamma * wishart.gamma * frobenius - wishart.m * sum_qs)
    C = n * p * (math.log(wishart.gamma) - 0.5 * math.log(2)) - log_gamma_distrib(0.5 * n, p)
    return out - k * C


def construct_L(d, icf):
    L = np.zeros((d, d))
    idx = d
    for i in range(d):
        nelems = d - i - 1
        L[i + 1 :, i] = icf[idx : idx + nelems]
        idx += nelems
    return L


def Q_times_x(Qdiag, L, x):
    return Qdiag * x + L @ x


def logsumexp(x):
    mx = np.max(x)
    return np.log(np.sum(np.exp(x - mx))) + mx


def log_posterior(alphas, means, icf, x, weights, wishart):
    """Weighted observations; up to a term that depends on their number only."""
    n, d = x.shape
    k = len(alphas)
    Qdiags = np.exp(icf[:, :d])
    sum_qs = np.sum(icf[:, :d], axis=1)
    Ls = [construct_L(d, curr) for curr in icf]

    slse = 0.0
    for ix in range(n):
        lse = np.empty(k)
        for ik in range(k):
            scaled = Q_times_x(Qdiags[ik], Ls[ik], x[ix] - means[ik])
            lse[ik] = alphas[ik] + sum_qs[ik] - 0.5 * np.sum(scaled**2)
        slse += weights[ix] * logsumexp(lse)

    constant = -0.5 * d * math.log(2 * math.pi)
    total = np.sum(weights)
    return constant * total + slse - total * logsumexp(alphas) + log_wishart_prior(d, wishart, sum_qs, Qdiags, icf)


def make(rng):
    k, d, n = 4, 3, 7
    alphas = rng.normal(size=k)
    means = rng.normal(size=(k, d))
    icf = 0.3 * rng.normal(size=(k, d + d * (d - 1) // 2))
    x = 1.5 * rng.normal(size=(n, d))
    weights = rng.uniform(0.5, 2.0, n)
    return alphas, means, icf, x, weights, Wishart(0.8, 2)


entry = log_posterior
