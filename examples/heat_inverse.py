"""Recover the initial temperature of a rod from a later measurement.

The forward model is written with slices and overwrites its array in place. SciPy's L-BFGS gets value and gradient
from the generated code.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from s2sad import value_and_grad


def diffuse(u, steps, kappa):
    """Explicit heat equation with a conductivity that grows with the temperature."""
    u = u.copy()
    for _ in range(steps):
        u[1:-1] += kappa * (1.0 + 0.1 * u[1:-1]) * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u


def misfit(u, measured, steps, kappa, weight):
    """Half the squared difference to the measurement, plus a small penalty on roughness."""
    r = diffuse(u, steps, kappa) - measured
    d = u[1:] - u[:-1]
    return 0.5 * np.sum(r * r) + weight * np.sum(d * d)


def main() -> None:
    """Fit, and compare with the truth."""
    grid = np.linspace(0.0, 1.0, 60)
    truth = np.sin(np.pi * grid) + 0.5 * np.sin(3.0 * np.pi * grid)
    measured = diffuse(truth, 60, 0.2)
    value_and_gradient = value_and_grad(misfit)
    arguments = (measured, 60, 0.2, 1e-6)
    fit = minimize(value_and_gradient, measured, args=arguments, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    before, after = np.max(np.abs(measured - truth)), np.max(np.abs(fit.x - truth))
    print(value_and_gradient.source)
    print(f"largest error: {before:.4f} in the measurement, {after:.4f} after {fit.nit} iterations")
    assert after < 0.1 * before


if __name__ == "__main__":
    main()
