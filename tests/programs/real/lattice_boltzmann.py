"""Lattice Boltzmann (D2Q9, BGK) flow around an obstacle, driven by a force; streaming by np.roll."""

import numpy as np

V = np.array([[1, 1], [1, 0], [1, -1], [0, 1], [0, 0], [0, -1], [-1, 1], [-1, 0], [-1, -1]])
W = np.array([1 / 36, 1 / 9, 1 / 36, 1 / 9, 4 / 9, 1 / 9, 1 / 36, 1 / 9, 1 / 36])


def macroscopic(fin):
    """Density and velocity."""
    rho = np.sum(fin, axis=0)
    u = np.zeros((2, fin.shape[1], fin.shape[2]))
    for i in range(9):
        u[0] += V[i, 0] * fin[i]
        u[1] += V[i, 1] * fin[i]
    u /= rho
    return rho, u


def equilibrium(rho, u):
    usqr = 1.5 * (u[0] ** 2 + u[1] ** 2)
    feq = np.empty((9, *rho.shape))
    for i, (vx, vy) in enumerate(V):
        cu = 3.0 * (vx * u[0] + vy * u[1])
        feq[i] = rho * W[i] * (1.0 + cu + 0.5 * cu**2 - usqr)
    return feq


def simulate(fin, omega, force, obstacle, steps):
    """``obstacle``: a boolean mask; full-way bounce back there."""
    for _ in range(steps):
        rho, u = macroscopic(fin)
        u[0] += force / rho
        feq = equilibrium(rho, u)
        fout = fin - omega * (fin - feq)
        for i in range(9):
            fout[i, obstacle] = fin[8 - i, obstacle]
        for i in range(9):
            fin[i] = np.roll(np.roll(fout[i], V[i, 0], axis=0), V[i, 1], axis=1)
    return macroscopic(fin)


def drag_like(fin, viscosity, force, obstacle, steps, weights):
    """Weighted velocities and densities at the end."""
    omega = 1.0 / (3.0 * viscosity + 0.5)
    rho, u = simulate(fin.copy(), omega, force, obstacle, steps)
    return np.sum(weights[0] * rho * u[0]) + np.sum(weights[1] * u[1]) + np.sum(weights[2] * rho**2)


def make(rng):
    nx, ny = 5, 4
    fin = W[:, None, None] * rng.uniform(0.8, 1.2, (9, nx, ny))
    obstacle = np.zeros((nx, ny), dtype=bool)
    obstacle[1:3, 1] = True
    obstacle[2, 2] = True
    return fin, 0.08, 0.003, obstacle, 4, rng.normal(size=(3, nx, ny))


entry = drag_like
