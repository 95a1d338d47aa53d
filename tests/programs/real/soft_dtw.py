"""Soft dynamic time warping: soft minima in a dynamic program, a band, a barycentre's objective."""

import numpy as np


def softmin3(a, b, c, gamma):
    a, b, c = -a / gamma, -b / gamma, -c / gamma
    top = max(a, b, c)
    return -gamma * (np.log(np.exp(a - top) + np.exp(b - top) + np.exp(c - top)) + top)


def squared_distances(x, y):
    return np.sum((x[:, None, :] - y[None, :, :]) ** 2, axis=2)


def soft_dtw(x, y, gamma, bandwidth=0):
    """Cells outside the Sakoe-Chiba band stay at a large cost; no band where ``bandwidth`` is 0."""
    D = squared_distances(x, y)
    n, m = D.shape
    R = np.full((n + 2, m + 2), 1e8)
    R[0, 0] = 0.0
    for j in range(1, m + 1):
        for i in range(1, n + 1):
            if 0 < bandwidth < abs(i - j):
                continue
            R[i, j] = D[i - 1, j - 1] + softmin3(R[i - 1, j - 1], R[i - 1, j], R[i, j - 1], gamma)
    return R[n, m]


def barycenter_objective(center, series, weights, gamma):
    """``series``: a list of arrays of different lengths."""
    total = 0.0
    for k, x in enumerate(series):
        total += weights[k] / len(x) * soft_dtw(center, x, gamma, bandwidth=3 if k == 0 else 0)
    return total


def make(rng):
    center = rng.normal(size=(5, 2))
    series = [rng.normal(size=(n, 2)) for n in (6, 4)]
    return center, series, rng.uniform(0.5, 1.5, 2), 0.7


entry = barycenter_objective
