"""Hidden Markov model with Gaussian emissions: log-likelihood by the forward algorithm, missing observations."""

import math

import numpy as np


def logsumexp(a):
    m = a.max()
    if not np.isfinite(m):
        return m
    return m + math.log(np.sum(np.exp(a - m)))


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2.0 * np.pi)


def log_normalize(a):
    """Rows of unnormalized log weights to rows of log probabilities."""
    out = np.empty_like(a)
    for i, row in enumerate(a):
        out[i] = row - logsumexp(row)
    return out


def log_likelihood(start, transition, mu, log_sigma, x, observed):
    """``start`` and ``transition`` are unnormalized log weights; ``observed[t]`` says whether ``x[t]`` counts."""
    n_states = len(start)
    log_p = log_normalize(transition)
    sigma = np.exp(log_sigma)
    alpha = start - logsumexp(start)
    for t in range(len(x)):
        if t > 0:
            previous = alpha.copy()
            for j in range(n_states):
                alpha[j] = logsumexp(previous + log_p[:, j])
        if not observed[t]:
            continue
        alpha += log_normal(x[t], mu, sigma)
    return logsumexp(alpha)


def penalized(start, transition, mu, log_sigma, sequences, observed, weights):
    """Several sequences of one length, and a prior that keeps the means apart."""
    total = 0.0
    for w, x, seen in zip(weights, sequences, observed):
        total += w * log_likelihood(start, transition, mu, log_sigma, x, seen)
    for i in range(len(mu)):
        for j in range(i):
            total += 0.1 * math.log((mu[i] - mu[j]) ** 2 + 0.5)
    return total


def make(rng):
    n, length, count = 3, 6, 2
    observed = np.ones((count, length), dtype=bool)
    observed[0, 2] = observed[1, 4] = False
    return (
        rng.normal(size=n),
        rng.normal(size=(n, n)),
        2.0 * rng.normal(size=n),
        0.3 * rng.normal(size=n),
        2.0 * rng.normal(size=(count, length)),
        observed,
        rng.uniform(0.5, 1.5, count),
    )


entry = penalized
