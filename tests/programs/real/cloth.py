"""Cloth of masses and springs that falls on a sphere and the floor; collisions by projection with friction."""

import numpy as np

GRAVITY = np.array([0.03, -9.81, 0.05])


def grid_springs(rows, cols):
    """Index pairs of structural and shear springs."""
    springs = []
    for r in range(rows):
        for c in range(cols):
            k = r * cols + c
            if c + 1 < cols:
                springs.append((k, k + 1))
            if r + 1 < rows:
                springs.append((k, k + cols))
            if r + 1 < rows and c + 1 < cols:
                springs.append((k, k + cols + 1))
    return np.array(springs)


def spring_forces(x, v, springs, rest, stiffness, damping):
    i, j = springs[:, 0], springs[:, 1]
    d = x[j] - x[i]
    length = np.sqrt(np.sum(d * d, axis=1))
    direction = d / length[:, None]
    speed = np.sum((v[j] - v[i]) * direction, axis=1)
    f = (stiffness * (length - rest) + damping * speed)[:, None] * direction
    forces = np.zeros_like(x)
    np.add.at(forces, i, f)
    np.add.at(forces, j, -f)
    return forces


def collide_sphere(x, v, center, radius, friction):
    """Push penetrating nodes to the surface; remove the normal velocity and some of the tangential one."""
    for k in range(len(x)):
        d = x[k] - center
        dist = np.linalg.norm(d)
        if dist >= radius:
            continue
        n = d / dist
        x[k] = center + radius * n
        vn = np.dot(v[k], n)
        if vn < 0.0:
            tangential = v[k] - vn * n
            v[k] = (1.0 - friction) * tangential


def simulate(x, v, springs, rest, stiffness, damping, mass, center, radius, friction, dt, steps):
    for _ in range(steps):
        f = spring_forces(x, v, springs, rest, stiffness, damping)
        a = f / mass[:, None] + GRAVITY
        v = v + dt * a
        x = x + dt * v
        collide_sphere(x, v, center, radius, friction)
        below = x[:, 1] < 0.0
        v[below] *= 1.0 - friction
        x[below, 1] = 0.0
    return x, v


def loss(x0, v0, springs, rest, material, mass, center, radius, dt, steps, weights):
    """Weighted positions and velocities at the end."""
    x, v = simulate(
        x0,
        v0,
        springs,
        rest,
        material["stiffness"],
        material["damping"],
        mass,
        center,
        radius,
        material["friction"],
        dt,
        steps,
    )
    return np.sum(weights[0] * x**2) + 0.1 * np.sum(weights[1] * v)


def make(rng):
    rows, cols = 3, 4
    r, c = np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij")
    x = np.stack([0.5 * c.ravel(), np.full(rows * cols, 0.62), 0.5 * r.ravel()], axis=1)
    x += 0.05 * rng.normal(size=x.shape)
    x[-1, 1] = 0.05
    springs = grid_springs(rows, cols)
    rest = np.linalg.norm(x[springs[:, 1]] - x[springs[:, 0]], axis=1) * rng.uniform(0.9, 1.0, len(springs))
    material = {"stiffness": 40.0, "damping": 0.5, "friction": 0.3}
    center = np.array([0.7, 0.1, 0.45])
    v = 0.3 * rng.normal(size=x.shape) - np.array([0.0, 1.0, 0.0])
    mass = rng.uniform(0.8, 1.2, rows * cols)
    return x, v, springs, rest, material, mass, center, 0.5, 0.02, 5, rng.normal(size=(2, rows * cols, 3))


entry = loss
