"""Kalman filter with the Joseph form of the update: log-likelihood of a tracked target, outages skipped."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Model:
    F: np.ndarray
    H: np.ndarray
    L: np.ndarray  # Q = L L^T
    r: np.ndarray  # standard deviations of the measurement


def predict(model, x, P):
    Q = model.L @ model.L.T
    return model.F @ x, model.F @ P @ model.F.T + Q


def update(model, x, P, z):
    """The new mean and covariance, and the log density of the innovation."""
    H = model.H
    R = np.diag(model.r**2)
    y = z - H @ x
    S = H @ P @ H.T + R
    K = np.linalg.solve(S, H @ P).T
    x = x + K @ y
    I_KH = np.eye(len(x)) - K @ H
    P = I_KH @ P @ I_KH.T + K @ R @ K.T
    sign, logdet = np.linalg.slogdet(S)
    assert sign > 0
    logp = -0.5 * (y @ np.linalg.solve(S, y) + logdet + len(y) * np.log(2.0 * np.pi))
    return x, P, logp


def filter_track(model, x0, P0, measurements, outage):
    x, P = x0, P0
    log_likelihood = 0.0
    means = np.zeros((len(measurements), len(x0)))
    for t, z in enumerate(measurements):
        x, P = predict(model, x, P)
        if outage[t]:
            means[t] = x
            continue
        x, P, logp = update(model, x, P, z)
        log_likelihood += logp
        means[t] = x
    return log_likelihood, means, P


def objective(model, x0, P0, measurements, outage, weights):
    """The log-likelihood, and a weighted sum of the means and of the last covariance."""
    log_likelihood, means, P = filter_track(model, x0, P0, measurements, outage)
    return log_likelihood + np.sum(weights * means) + np.trace(P) * weights[0, 0]


def make(rng):
    n, m, steps = 4, 2, 6
    dt = 0.3
    F = np.eye(n) + 0.02 * rng.normal(size=(n, n))
    F[0, 2] += dt
    F[1, 3] += dt
    H = np.eye(m, n) + 0.05 * rng.normal(size=(m, n))
    L = np.tril(0.2 * rng.normal(size=(n, n))) + 0.3 * np.eye(n)
    A = rng.normal(size=(n, n))
    P0 = 0.2 * A @ A.T + np.eye(n)
    measurements = rng.normal(size=(steps, m)) + np.arange(steps)[:, None] * 0.4
    model = Model(F, H, L, rng.uniform(0.3, 0.7, m))
    outage = np.array([False, False, True, False, True, False])
    return model, rng.normal(size=n), P0, measurements, outage, rng.normal(size=(steps, n))


entry = objective
