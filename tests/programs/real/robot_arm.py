"""Inverse dynamics of a serial arm by the recursive Newton-Euler algorithm, along a trajectory."""

from typing import NamedTuple

import numpy as np


class Link(NamedTuple):
    """Denavit-Hartenberg parameters and inertia of a link, in its own frame."""

    a: float
    alpha: float
    d: float
    mass: float
    com: np.ndarray
    inertia: np.ndarray


def rotation(theta, alpha):
    """From the frame of a link to that of the one before it."""
    ct, st = np.cos(theta), np.sin(theta)
    ca, sa = np.cos(alpha), np.sin(alpha)
    return np.array([[ct, -st * ca, st * sa], [st, ct * ca, -ct * sa], [0.0, sa, ca]])


def inverse_dynamics(links, q, qd, qdd, gravity, tip_force):
    """Joint torques; the base accelerates upwards instead of gravity pulling down."""
    n = len(links)
    z = np.array([0.0, 0.0, 1.0])
    Rs, forces, moments, offsets = [], [], [], []
    w = np.zeros(3)
    wd = np.zeros(3)
    vd = -gravity
    # outward: velocities and accelerations of the links
    for i, link in enumerate(links):
        R = rotation(q[i], link.alpha)
        wd = R.T @ (wd + z * qdd[i] + np.cross(w, z * qd[i]))
        w = R.T @ (w + z * qd[i])
        p = np.array([link.a, link.d * np.sin(link.alpha), link.d * np.cos(link.alpha)])
        vd = R.T @ vd + np.cross(wd, p) + np.cross(w, np.cross(w, p))
        acc = vd + np.cross(wd, link.com) + np.cross(w, np.cross(w, link.com))
        Rs.append(R)
        offsets.append(p)
        forces.append(link.mass * acc)
        moments.append(link.inertia @ wd + np.cross(w, link.inertia @ w))
    # inward: forces and moments between them
    tau = np.zeros(n)
    f, m = tip_force, np.zeros(3)
    for i in reversed(range(n)):
        if i < n - 1:
            f = Rs[i + 1] @ f
            m = Rs[i + 1] @ m
        m = m + np.cross(offsets[i], f) + np.cross(offsets[i] + links[i].com, forces[i]) + moments[i]
        f = f + forces[i]
        tau[i] = (Rs[i].T @ z) @ m
    return tau


def effort(links, q, qd, qdd, gravity, tip_force, weights):
    """Weighted squared torques along the trajectory."""
    total = 0.0
    for k in range(len(q)):
        tau = inverse_dynamics(links, q[k], qd[k], qdd[k], gravity, tip_force)
        total += np.sum(weights[k] * tau**2)
    return total


def make(rng):
    n, steps = 3, 4

    def link():
        A = 0.2 * rng.normal(size=(3, 3))
        a, alpha, d, mass = (float(x) for x in rng.uniform(0.2, 1.0, 4))
        return Link(a, alpha, d, mass, 0.3 * rng.normal(size=3), A @ A.T + 0.1 * np.eye(3))

    links = [link() for _ in range(n)]
    q, qd, qdd = rng.normal(size=(3, steps, n))
    gravity = np.array([0.1, -0.2, -9.81])
    return links, q, qd, qdd, gravity, rng.normal(size=3), rng.uniform(0.1, 1.0, (steps, n))


entry = effort
