"""Heat equation with variable conductivity by alternating directions (Peaceman and Rachford)."""

import numpy as np


def thomas(lower, diag, upper, rhs):
    """Solve a tridiagonal system; ``lower[0]`` and ``upper[-1]`` are not read."""
    n = len(diag)
    c = np.empty(n)
    d = np.empty(n)
    c[0] = upper[0] / diag[0]
    d[0] = rhs[0] / diag[0]
    for i in range(1, n):
        denominator = diag[i] - lower[i] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / denominator
        d[i] = (rhs[i] - lower[i] * d[i - 1]) / denominator
    x = np.empty(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return x


def face_means(k):
    """Harmonic means on the faces along the first axis, with the walls' own values at both ends."""
    out = np.empty((k.shape[0] + 1, k.shape[1]))
    out[0], out[-1] = k[0], k[-1]
    out[1:-1] = 2.0 * k[1:] * k[:-1] / (k[1:] + k[:-1])
    return out


def apply_operator(u, kf, wall):
    """Divergence of the flux along the first axis; walls at temperature ``wall``."""
    padded = np.vstack([np.full((1, u.shape[1]), wall), u, np.full((1, u.shape[1]), wall)])
    flux = kf * np.diff(padded, axis=0)
    return np.diff(flux, axis=0)


def half_step(u, kf_implicit, kf_explicit, r, wall):
    """Implicit along the first axis, explicit along the second; ``kf_explicit`` belongs to the transposed array."""
    rhs = u + 0.5 * r * apply_operator(u.T, kf_explicit, wall).T
    rhs[0] += 0.5 * r * kf_implicit[0] * wall
    rhs[-1] += 0.5 * r * kf_implicit[-1] * wall
    new = np.empty_like(u)
    for j in range(u.shape[1]):
        kf = kf_implicit[:, j]
        diag = 1.0 + 0.5 * r * (kf[1:] + kf[:-1])
        new[:, j] = thomas(-0.5 * r * kf[:-1], diag, -0.5 * r * kf[1:], rhs[:, j])
    return new


def simulate(u, conductivity, r, wall, steps):
    kx = face_means(conductivity)
    ky = face_means(conductivity.T)
    for _ in range(steps):
        u = half_step(u, kx, ky, r, wall)
        u = half_step(u.T, ky, kx, r, wall).T
    return u


def loss(u0, conductivity, r, wall, steps, target, weights):
    u = simulate(u0, conductivity, r, wall, steps)
    return 0.5 * np.sum(weights * (u - target) ** 2)


def make(rng):
    nx, ny = 5, 4
    u0, target = rng.normal(size=(2, nx, ny))
    return u0, rng.uniform(0.5, 2.0, (nx, ny)), 0.7, 0.3, 4, target, rng.uniform(0.5, 1.5, (nx, ny))


entry = loss
