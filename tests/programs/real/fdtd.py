"""Two-dimensional FDTD (TMz) in a lossy dielectric with a soft source and absorbing walls; compiled loops."""

import math

import numpy as np
from numba import njit


@njit
def update_h(ez, hx, hy, courant):
    nx, ny = ez.shape
    for i in range(nx):
        for j in range(ny - 1):
            hx[i, j] -= courant * (ez[i, j + 1] - ez[i, j])
    for i in range(nx - 1):
        for j in range(ny):
            hy[i, j] += courant * (ez[i + 1, j] - ez[i, j])


@njit
def update_e(ez, hx, hy, eps, sigma, courant):
    nx, ny = ez.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            loss = 0.5 * sigma[i, j] / eps[i, j]
            curl = (hy[i, j] - hy[i - 1, j]) - (hx[i, j] - hx[i, j - 1])
            ez[i, j] = (1.0 - loss) / (1.0 + loss) * ez[i, j] + courant / eps[i, j] / (1.0 + loss) * curl


@njit
def absorb(ez, previous, courant):
    """First-order Mur conditions on all four walls; ``previous`` holds the field before the update."""
    nx, ny = ez.shape
    factor = (courant - 1.0) / (courant + 1.0)
    for j in range(1, ny - 1):
        ez[0, j] = previous[1, j] + factor * (ez[1, j] - previous[0, j])
        ez[-1, j] = previous[-2, j] + factor * (ez[-2, j] - previous[-1, j])
    for i in range(nx):
        ez[i, 0] = previous[i, 1] + factor * (ez[i, 1] - previous[i, 0])
        ez[i, ny - 1] = previous[i, ny - 2] + factor * (ez[i, ny - 2] - previous[i, ny - 1])


@njit
def ricker(t, delay, width):
    a = (math.pi * (t - delay) / width) ** 2
    return (1.0 - 2.0 * a) * math.exp(-a)


@njit
def simulate(eps, sigma, amplitude, width, steps, weights):
    """The weighted signal at a receiver and the weighted field at the end."""
    nx, ny = eps.shape
    ez = np.zeros((nx, ny))
    hx = np.zeros((nx, ny - 1))
    hy = np.zeros((nx - 1, ny))
    courant = 1.0 / math.sqrt(2.0)
    signal = 0.0
    for n in range(steps):
        previous = ez.copy()
        update_h(ez, hx, hy, courant)
        update_e(ez, hx, hy, eps, sigma, courant)
        absorb(ez, previous, courant)
        ez[nx // 2, 2] += amplitude * ricker(float(n), 3.0, width)
        signal += math.cos(0.3 * n) * ez[2, ny - 2]
    return signal + np.sum(weights * ez)


def make(rng):
    nx, ny = 6, 7
    eps = rng.uniform(1.0, 2.5, (nx, ny))
    sigma = rng.uniform(0.05, 0.3, (nx, ny))
    return eps, sigma, 1.3, 6.1, 8, rng.normal(size=(nx, ny))


entry = simulate
