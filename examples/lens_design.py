"""Shape a lens: rays are traced through four surfaces, and the curvatures move until they meet on the sensor.

Intersections are found by Newton's method in a ``while`` loop; rays that miss an aperture are skipped with
``continue``. Both are ordinary Python here: what is differentiated is the path that each ray takes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from scipy.optimize import minimize

from s2sad import value_and_grad


class Lens(NamedTuple):
    """Curvature and conic constant of each surface, the distance to the next one, the index of refraction behind it."""

    curvature: np.ndarray
    conic: np.ndarray
    thickness: np.ndarray
    refraction: np.ndarray


def sag(c, conic, y):
    """Height of a surface over its vertex at distance ``y`` from the axis, and its slope."""
    root = math.sqrt(1.0 - (1.0 + conic) * c * c * y * y)
    return c * y * y / (1.0 + root), c * y / root


def trace(lens, y, angle, aperture):
    """Height and angle at the sensor, and whether the ray gets there."""
    index = 1.0
    for k in range(len(lens.curvature)):
        c, conic = lens.curvature[k], lens.conic[k]
        if abs(y) > aperture:
            return y, angle, False
        # Newton's method for the distance z from the vertex plane
        z, slope = sag(c, conic, y)
        gap = -z
        z = 0.0
        while abs(gap) > 1e-12:
            z = z - gap / (1.0 - slope * math.tan(angle))
            height, slope = sag(c, conic, y + z * math.tan(angle))
            gap = z - height
        y = y + z * math.tan(angle)
        # Snell's law, with angles to the normal of the surface; a ray that is reflected is lost
        normal = math.atan(slope)
        sine = index / lens.refraction[k] * math.sin(angle + normal)
        if abs(sine) > 0.99:
            return y, angle, False
        angle = math.asin(sine) - normal
        index = lens.refraction[k]
        y = y + (lens.thickness[k] - z) * math.tan(angle)
    return y, angle, True


def spread(lens, heights, fields, aperture):
    """Mean squared distance of the rays of each field from their mean on the sensor, and the fields' magnification."""
    total = 0.0
    for field in fields:
        hits = np.empty(len(heights))
        n = 0
        for y in heights:
            hit, _, passed = trace(lens, y, field, aperture)
            if not passed:
                continue
            hits[n] = hit
            n += 1
        mean = np.sum(hits[:n]) / n
        total += np.sum((hits[:n] - mean) ** 2) / n
        total += 0.1 * (mean - 10.0 * math.tan(field)) ** 2
    return total


def design(x):
    """A lens of two glasses; ``x`` has the curvatures, then the conic constants."""
    return Lens(x[:4], x[4:], np.array([1.5, 0.8, 0.7, 8.5]), np.array([1.62, 1.0, 1.72, 1.0]))


def merit(x, heights, fields, aperture):
    """The spread for the parameters, a little regularized."""
    return spread(design(x), heights, fields, aperture) + 1e-6 * np.sum(x * x)


def draw(axes: Axes, x: np.ndarray, title: str) -> None:
    """Surfaces, and the rays of the first and last field, straight pieces between the surfaces' vertex planes."""
    lens = design(x)
    vertices = np.concatenate([[0.0], np.cumsum(lens.thickness)])
    y = np.linspace(-2.0, 2.0, 41)
    for k in range(4):
        axes.plot(vertices[k] + [sag(lens.curvature[k], lens.conic[k], v)[0] for v in y], y, "k", lw=1)
    for field, colour in ((0.0, "tab:blue"), (0.12, "tab:orange")):
        for start in np.linspace(-1.6, 1.6, 9):
            heights = [start]
            for k in range(1, 5):
                part = Lens(*(np.asarray(column)[:k] for column in lens))
                heights.append(trace(part, start, field, 2.5)[0])
            axes.plot(np.concatenate([[-1.0], vertices]), [start - math.tan(field), *heights], color=colour, lw=0.6)
    axes.plot([vertices[-1]] * 2, [-2, 2], "0.5")
    axes.set(title=title, aspect="equal")


def main() -> None:
    """Optimize, print and plot."""
    start = np.array([0.12, -0.05, 0.05, -0.02, 0.0, 0.0, 0.0, 0.0])
    arguments = (np.linspace(-1.6, 1.6, 9), np.array([0.0, 0.06, 0.12]), 2.2)
    gradient = value_and_grad(merit)
    bounds = [(-0.2, 0.2)] * 4 + [(-1.5, 1.5)] * 4
    fit = minimize(gradient, start, arguments, "L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": 200})
    before, after = (math.sqrt(spread(design(x), *arguments)) for x in (start, fit.x))
    print(f"spot of {before:.4f} before, {after:.4f} after {fit.nit} iterations")
    print("curvatures:", np.array2string(fit.x[:4], precision=4))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    draw(left, start, "start")
    draw(right, fit.x, "optimized")
    figure.savefig("lens_design.png", dpi=90)
    assert after < 0.1 * before


if __name__ == "__main__":
    main()
