"""Gaussian-process regression: log marginal likelihood and weighted predictive means."""

import numpy as np


def rbf(a, b, lengthscales, variance):
    """Squared exponential with one length scale per input."""
    diff = (a[:, np.newaxis, :] - b[np.newaxis, :, :]) / lengthscales
    return variance * np.exp(-0.5 * np.sum(diff**2, axis=-1))


def matern32(a, b, lengthscales, variance):
    diff = (a[:, None, :] - b[None, :, :]) / lengthscales
    r = np.sqrt(np.sum(diff**2, axis=-1) + 1e-6)
    return variance * (1.0 + np.sqrt(3.0) * r) * np.exp(-np.sqrt(3.0) * r)


def forward_substitution(L, b):
    y = np.zeros_like(b)
    for i in range(len(b)):
        y[i] = (b[i] - L[i, :i] @ y[:i]) / L[i, i]
    return y


def fit(theta, X, y):
    """Cholesky factor, weights and log marginal likelihood; ``theta`` has logarithms of the hyperparameters."""
    n, d = X.shape
    hyper = np.exp(theta)
    kernel = lambda a, b: rbf(a, b, hyper[:d], hyper[d]) + matern32(a, b, 2.0 * hyper[:d], hyper[d + 1])
    K = kernel(X, X)
    K[np.diag_indices(n)] += hyper[-1] ** 2
    L = np.linalg.cholesky(K)
    z = forward_substitution(L, y)
    alpha = np.linalg.solve(L.T, z)
    lml = -0.5 * z @ z - np.log(np.diag(L)).sum() - 0.5 * n * np.log(2.0 * np.pi)
    return alpha, lml


def objective(theta, X, y, X_new, weights):
    """Log marginal likelihood plus weighted predictions at new points."""
    d = X.shape[1]
    alpha, lml = fit(theta, X, y)
    hyper = np.exp(theta)
    K_star = rbf(X_new, X, hyper[:d], hyper[d]) + matern32(X_new, X, 2.0 * hyper[:d], hyper[d + 1])
    return lml + weights @ (K_star @ alpha)


def make(rng):
    n, d, m = 7, 2, 4
    theta = np.concatenate([0.2 * rng.normal(size=d + 2), [-1.0]])
    X = rng.uniform(-2.0, 2.0, (n, d))
    y = np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.1 * rng.normal(size=n)
    return theta, X, y, rng.uniform(-2.0, 2.0, (m, d)), rng.normal(size=m)


entry = objective
