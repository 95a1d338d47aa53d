"""Leapfrog integration of gravitating bodies; weighted positions and the drift of the energy."""

import math

import numpy as np


def accelerations(pos, mass, G, softening):
    """Newton's third law: every pair once."""
    n = len(mass)
    acc = np.zeros_like(pos)
    for i in range(n):
        for j in range(i + 1, n):
            dx = pos[j] - pos[i]
            r2 = dx @ dx + softening**2
            inv_r3 = r2**-1.5
            acc[i] += G * mass[j] * inv_r3 * dx
            acc[j] -= G * mass[i] * inv_r3 * dx
    return acc


def energy(pos, vel, mass, G, softening):
    kinetic = 0.5 * np.sum(mass[:, np.newaxis] * vel**2)
    potential = 0.0
    for i in range(len(mass)):
        for j in range(i):
            r = math.sqrt(np.sum((pos[i] - pos[j]) ** 2) + softening**2)
            potential -= G * mass[i] * mass[j] / r
    return kinetic + potential


def simulate(pos, vel, mass, dt, steps, weights, G=1.0, softening=0.1):
    """Kick, drift, kick; the centre of mass is taken out first."""
    pos = pos - np.average(pos, axis=0, weights=mass)
    vel = vel - mass @ vel / mass.sum()
    e0 = energy(pos, vel, mass, G, softening)
    acc = accelerations(pos, mass, G, softening)
    path = 0.0
    for step in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, mass, G, softening)
        vel += 0.5 * dt * acc
        if step % 2 == 1:
            path += np.sum(weights * pos)
    drift = energy(pos, vel, mass, G, softening) - e0
    return path + 50.0 * drift**2 / abs(e0)


def make(rng):
    n = 4
    pos = rng.normal(size=(n, 3))
    vel = 0.5 * rng.normal(size=(n, 3))
    return pos, vel, rng.uniform(0.5, 2.0, n), 0.11, 5, rng.normal(size=(n, 3))


entry = simulate
