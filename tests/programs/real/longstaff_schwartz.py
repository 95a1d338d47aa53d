"""American put by least-squares Monte Carlo: a regression per exercise date on the paths in the money."""

import numpy as np


def simulate(spot, rate, sigma, maturity, normals):
    """Paths of a geometric Brownian motion: (steps + 1, paths)."""
    steps, n_paths = normals.shape
    dt = maturity / steps
    paths = np.empty((steps + 1, n_paths))
    paths[0] = spot
    for t in range(1, steps + 1):
        growth = (rate - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * normals[t - 1]
        paths[t] = paths[t - 1] * np.exp(growth)
    return paths


def basis(x):
    """Weighted Laguerre polynomials."""
    e = np.exp(-0.5 * x)
    return np.column_stack([e, e * (1.0 - x), e * (1.0 - 2.0 * x + 0.5 * x**2)])


def american_put(spot, strike, rate, sigma, maturity, normals, weights):
    """The price, with a weight per path."""
    paths = simulate(spot, rate, sigma, maturity, normals)
    steps = normals.shape[0]
    discount = np.exp(-rate * maturity / steps)

    cashflow = np.maximum(strike - paths[-1], 0.0)
    for t in range(steps - 1, 0, -1):
        cashflow = cashflow * discount
        exercise = strike - paths[t]
        in_money = exercise > 0
        if np.count_nonzero(in_money) < 4:
            continue
        A = basis(paths[t, in_money] / strike)
        coefficients = np.linalg.lstsq(A, cashflow[in_money], rcond=None)[0]
        continuation = A @ coefficients
        now = exercise[in_money]
        cashflow[in_money] = np.where(now > continuation, now, cashflow[in_money])
    return discount * np.sum(weights * cashflow) / len(weights)


def make(rng):
    steps, n_paths = 5, 16
    normals = rng.normal(size=(steps, n_paths))
    return 36.0, 40.0, 0.06, 0.25, 1.0, normals, rng.uniform(0.5, 1.5, n_paths)


entry = american_put
