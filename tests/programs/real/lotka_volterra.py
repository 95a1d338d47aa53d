"""Predators and prey by the adaptive Runge-Kutta method of Dormand and Prince, fitted to observations."""

import numpy as np

C = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
A = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
E = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
SAFETY, MIN_FACTOR, MAX_FACTOR = 0.9, 0.2, 5.0


def lotka_volterra(t, y, params):
    """Growth of the prey varies with the season."""
    alpha, beta, delta, gamma = params
    prey, predator = y
    season = 1.0 + 0.1 * np.sin(2.0 * t)
    return np.array([alpha * season * prey - beta * prey * predator, delta * prey * predator - gamma * predator])


def step(fun, t, y, h, k1, params):
    """One trial step: the new value, its derivative, and the estimate of the error."""
    k = np.empty((7, len(y)))
    k[0] = k1
    for s in range(1, 7):
        dy = A[s, :s] @ k[:s] * h
        k[s] = fun(t + C[s] * h, y + dy, params)
    y_new = y + dy
    return y_new, k[6], h * (E @ k)


def integrate(fun, y, t, t_end, params, h, rtol=1e-4, atol=1e-5):
    """Advance ``y`` from ``t`` to ``t_end``; also the last step size and the number of rejected steps."""
    k1 = fun(t, y, params)
    rejected = 0
    just_rejected = False
    while t < t_end:
        last = t + h >= t_end
        h_try = t_end - t if last else h
        y_new, k_new, error = step(fun, t, y, h_try, k1, params)
        scale = atol + rtol * np.maximum(np.abs(y), np.abs(y_new))
        error_norm = np.sqrt(np.mean((error / scale) ** 2))
        if error_norm > 1.0:
            rejected += 1
            just_rejected = True
            h = h_try * max(MIN_FACTOR, SAFETY * error_norm**-0.2)
            continue
        factor = min(MAX_FACTOR, SAFETY * error_norm**-0.2)
        if just_rejected:
            factor = min(1.0, factor)
        just_rejected = False
        t = t_end if last else t + h_try
        y, k1 = y_new, k_new
        h = h_try * factor
    return y, h, rejected


def misfit(y0, params, times, observed, weights, h0):
    """Weighted squared differences to the observations at ``times``."""
    loss = 0.0
    t = 0.0
    y, h = y0, h0
    for i, t_next in enumerate(times):
        y, h, _ = integrate(lotka_volterra, y, t, t_next, params, h)
        t = t_next
        loss += np.sum(weights[i] * (y - observed[i]) ** 2)
    return loss


def make(rng):
    times = np.array([1.3, 2.4])
    observed = rng.uniform(0.5, 3.0, (2, 2))
    params = (1.1, 0.45, 0.12, 0.42)
    return np.array([8.7, 4.2]), params, times, observed, rng.uniform(0.5, 1.5, (2, 2)), 0.9


entry = misfit
