"""Lid-driven cavity: projection method with Jacobi iterations for the pressure."""

import numpy as np


def build_up_b(rho, dt, u, v, dx, dy):
    """The right-hand side of the pressure equation."""
    b = np.zeros_like(u)
    dudx = (u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx)
    dvdy = (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)
    dudy = (u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy)
    dvdx = (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx)
    b[1:-1, 1:-1] = rho * (1 / dt * (dudx + dvdy) - dudx**2 - 2 * (dudy * dvdx) - dvdy**2)
    return b


def pressure_poisson(p, dx, dy, b, max_iter, tol):
    """Jacobi sweeps until the change is small against the pressure."""
    for it in range(max_iter):
        pn = p.copy()
        p[1:-1, 1:-1] = (
            (pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2
            + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2
            - b[1:-1, 1:-1] * dx**2 * dy**2
        ) / (2 * (dx**2 + dy**2))
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0  # at the lid
        if it > 2 and np.linalg.norm(p - pn) < tol * np.linalg.norm(p):
            break
    return p


def velocities(un, vn, p, dt, dx, dy, rho, nu):
    """An explicit step of the momentum equations with the new pressure; the inner points."""
    uc, vc = un[1:-1, 1:-1], vn[1:-1, 1:-1]
    u = (
        uc
        - uc * dt / dx * (uc - un[1:-1, 0:-2])
        - vc * dt / dy * (uc - un[0:-2, 1:-1])
        - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
        + nu * dt / dx**2 * (un[1:-1, 2:] - 2 * uc + un[1:-1, 0:-2])
        + nu * dt / dy**2 * (un[2:, 1:-1] - 2 * uc + un[0:-2, 1:-1])
    )
    v = (
        vc
        - uc * dt / dx * (vc - vn[1:-1, 0:-2])
        - vc * dt / dy * (vc - vn[0:-2, 1:-1])
        - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
        + nu * dt / dx**2 * (vn[1:-1, 2:] - 2 * vc + vn[1:-1, 0:-2])
        + nu * dt / dy**2 * (vn[2:, 1:-1] - 2 * vc + vn[0:-2, 1:-1])
    )
    return u, v


def cavity_flow(steps, u, v, p, lid, dt, rho, nu, weights):
    """Weighted velocities and pressure after ``steps`` steps."""
    ny, nx = u.shape
    dx = 2.0 / (nx - 1)
    dy = 2.0 / (ny - 1)
    u, v, p = u.copy(), v.copy(), p.copy()
    for _ in range(steps):
        un = u.copy()
        vn = v.copy()
        b = build_up_b(rho, dt, u, v, dx, dy)
        p = pressure_poisson(p, dx, dy, b, max_iter=12, tol=0.05)
        u[1:-1, 1:-1], v[1:-1, 1:-1] = velocities(un, vn, p, dt, dx, dy, rho, nu)
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = lid
        v[0, :] = 0
        v[-1, :] = 0
        v[:, 0] = 0
        v[:, -1] = 0
    return np.sum(weights[0] * u) + np.sum(weights[1] * v) + np.sum(weights[2] * p)


def make(rng):
    ny, nx = 6, 7
    u, v, p = 0.2 * rng.normal(size=(3, ny, nx))
    return 4, u, v, p, rng.uniform(0.8, 1.2, nx), 0.02, 1.1, 0.13, rng.normal(size=(3, ny, nx))


entry = cavity_flow
