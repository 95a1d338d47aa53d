"""Shallow-water equations on a periodic Arakawa C grid: rotating, with a bottom and viscosity."""

import numpy as np


def ddx(a, dx):
    """Forward difference in x."""
    return (np.roll(a, -1, axis=0) - a) / dx


def ddy(a, dy):
    return (np.roll(a, -1, axis=1) - a) / dy


def laplacian(a, dx, dy):
    d2x = np.roll(a, 1, axis=0) - 2.0 * a + np.roll(a, -1, axis=0)
    d2y = np.roll(a, 1, axis=1) - 2.0 * a + np.roll(a, -1, axis=1)
    return d2x / dx**2 + d2y / dy**2


class Grid:
    """Spacings and constants; nothing here is differentiated."""

    g = 9.81
    f = 0.4
    nu = 0.02
    dx = 1.0
    dy = 1.25


def tendencies(h, u, v, depth):
    """Time derivatives of the surface and the velocities."""
    g, f, nu, dx, dy = Grid.g, Grid.f, Grid.nu, Grid.dx, Grid.dy
    total = depth + h
    # fluxes on the faces
    hu = u * 0.5 * (total + np.roll(total, -1, axis=0))
    hv = v * 0.5 * (total + np.roll(total, -1, axis=1))
    dh = -(hu - np.roll(hu, 1, 0)) / dx - (hv - np.roll(hv, 1, 1)) / dy
    # Coriolis: velocities averaged to the other's points
    v_u = 0.25 * (v + np.roll(v, -1, 0) + np.roll(v, 1, 1) + np.roll(np.roll(v, -1, 0), 1, 1))
    u_v = 0.25 * (u + np.roll(u, 1, 0) + np.roll(u, -1, 1) + np.roll(np.roll(u, 1, 0), -1, 1))
    kinetic = 0.5 * (u**2 + v**2)
    du = -g * ddx(h, dx) - ddx(kinetic, dx) + f * v_u + nu * laplacian(u, dx, dy)
    dv = -g * ddy(h, dy) - ddy(kinetic, dy) - f * u_v + nu * laplacian(v, dx, dy)
    return dh, du, dv


def simulate(h, u, v, depth, dt, steps):
    """Adams-Bashforth of order three, started by order two, and that by Euler."""
    old = older = tendencies(h, u, v, depth)
    for n in range(steps):
        new = tendencies(h, u, v, depth)
        if n < 2:
            h, u, v = (a + dt * (1.5 * d - 0.5 * e) for a, d, e in zip((h, u, v), new, old))
        else:
            h, u, v = (
                a + dt / 12.0 * (23.0 * d - 16.0 * e + 5.0 * c) for a, d, e, c in zip((h, u, v), new, old, older)
            )
        older, old = old, new
    return h, u, v


def loss(h, u, v, depth, dt, steps, weights):
    h, u, v = simulate(h, u, v, depth, dt, steps)
    return np.sum(weights[0] * h) + np.sum(weights[1] * u**2) + np.sum(weights[2] * v)


def make(rng):
    nx, ny = 5, 4
    h, u, v = 0.1 * rng.normal(size=(3, nx, ny))
    depth = 1.0 + 0.2 * rng.random((nx, ny))
    return h, u, v, depth, 0.05, 5, rng.normal(size=(3, nx, ny))


entry = loss
