"""Fit the parameters of a predator-prey model to the fur trade's lynx and hare counts.

The solver is an adaptive Runge-Kutta method as one would write it: a ``while`` loop that rejects steps with
``continue``. Its derivative goes through the steps that were accepted, with the sizes that they had.
"""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from s2sad import value_and_grad

# Pelts of the Hudson's Bay Company, 1900 to 1920, in thousands.
YEARS = np.arange(21.0)
HARE = np.array([30, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22, 25.4, 27.1, 40.3, 57, 76.6, 52.3, 19.5, 11.2, 7.6,
                 14.6, 16.2, 24.7])  # fmt: skip
LYNX = np.array([4, 6.1, 9.8, 35.2, 59.4, 41.7, 19, 13, 8.3, 9.1, 7.4, 8, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7,
                 10.1, 8.6])  # fmt: skip


def rates(y, p):
    """Lotka and Volterra: hares grow, lynxes eat them."""
    hare, lynx = y
    return np.array([p[0] * hare - p[1] * hare * lynx, p[2] * hare * lynx - p[3] * lynx])


def advance(y, t, t_end, p, h, tol):
    """Bogacki and Shampine's method of order 3 with an error estimate of order 2."""
    k1 = rates(y, p)
    while t < t_end:
        h = min(h, t_end - t)
        k2 = rates(y + 0.5 * h * k1, p)
        k3 = rates(y + 0.75 * h * k2, p)
        new = y + h * (2.0 * k1 + 3.0 * k2 + 4.0 * k3) / 9.0
        k4 = rates(new, p)
        error = h * (-5.0 * k1 + 6.0 * k2 + 8.0 * k3 - 9.0 * k4) / 72.0
        size = np.sqrt(np.mean((error / (tol + tol * np.abs(new))) ** 2)) + 1e-10
        factor = min(4.0, 0.9 * size ** (-1.0 / 3.0))
        if size > 1.0:
            h = h * factor
            continue
        t = t + h
        y, k1 = new, k4
        h = h * factor
    return y, h


def trajectory(theta, times):
    """Counts at ``times``; ``theta`` has the logarithms of the four rates and the two first counts."""
    p = np.exp(theta[:4])
    y = np.exp(theta[4:])
    h = 0.1
    path = np.empty((len(times), 2))
    path[0] = y
    for i in range(1, len(times)):
        y, h = advance(y, times[i - 1], times[i], p, max(h, 0.01), 1e-4)
        path[i] = y
    return path


def misfit(theta, times, counts):
    """Squared differences of the logarithms."""
    return np.sum((np.log(trajectory(theta, times)) - np.log(counts)) ** 2)


def main() -> None:
    """Fit, print and plot."""
    counts = np.stack([HARE, LYNX], axis=1)
    start = np.log([0.48, 0.03, 0.02, 0.9, 30.0, 4.0])
    gradient = value_and_grad(misfit)
    fit = minimize(gradient, start, args=(YEARS, counts), jac=True, method="BFGS", options={"gtol": 1e-4})
    print(f"misfit {misfit(start, YEARS, counts):.3f} at the start, {fit.fun:.3f} after {fit.nit} iterations")
    print("rates:", np.array2string(np.exp(fit.x[:4]), precision=4))

    fine = np.linspace(0.0, 20.0, 201)
    path = trajectory(fit.x, fine)
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for k, (name, colour) in enumerate((("hare", "tab:brown"), ("lynx", "tab:blue"))):
        axes.plot(1900 + YEARS, counts[:, k], "o", color=colour, label=f"{name}, counted")
        axes.plot(1900 + fine, path[:, k], color=colour)
    axes.set(xlabel="year", ylabel="pelts (thousands)", xticks=range(1900, 1921, 4))
    axes.legend()
    figure.savefig("predator_prey.png", dpi=90)
    assert fit.fun < 0.9 * misfit(start, YEARS, counts)


if __name__ == "__main__":
    main()
