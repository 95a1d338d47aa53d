"""Structure from motion: find the points of an object and the cameras that saw them, at once.

The residuals are summed in a loop over observations that picks camera and point by index; the gradient adds up what
each observation says about its camera and its point. Cameras are dataclasses, and so is their gradient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from s2sad import value_and_grad


@dataclass
class Scene:
    """Rotation vectors and centres of cameras, and points; each with a row of three."""

    rotations: np.ndarray
    centres: np.ndarray
    points: np.ndarray


def cross(a, b):
    """The vector product."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def rotate(r, x):
    """Rodrigues' formula."""
    angle2 = np.dot(r, r)
    if angle2 < 1e-20:
        return x + cross(r, x)
    angle = math.sqrt(angle2)
    axis = r / angle
    return x * math.cos(angle) + cross(axis, x) * math.sin(angle) + axis * np.dot(axis, x) * (1.0 - math.cos(angle))


def project(rotation, centre, point):
    """A pinhole camera."""
    local = rotate(rotation, point - centre)
    return local[:2] / local[2]


def cost(scene, seen, images, delta):
    """Huber's robust sum: a few wrong matches must not bend the result."""
    total = 0.0
    for k in range(len(seen)):
        camera, point = seen[k]
        r = project(scene.rotations[camera], scene.centres[camera], scene.points[point]) - images[k]
        size = math.sqrt(np.dot(r, r) + 1e-12)
        total += 0.5 * size**2 if size < delta else delta * (size - 0.5 * delta)
    return total


def pack(scene: Scene) -> np.ndarray:
    """One vector, for the optimizer."""
    return np.concatenate([scene.rotations.ravel(), scene.centres.ravel(), scene.points.ravel()])


def unpack(x: np.ndarray, cameras: int) -> Scene:
    """The inverse of ``pack``."""
    rotations, centres, points = np.split(x.reshape(-1, 3), [cameras, 2 * cameras])
    return Scene(rotations, centres, points)


def make_scene(rng: np.random.Generator) -> tuple[Scene, np.ndarray, np.ndarray]:
    """A spiral seen from six sides, with a few wrong matches."""
    t = np.linspace(0.0, 4.0 * np.pi, 40)
    points = np.stack([np.cos(t), np.sin(t), 0.2 * t - 1.2], axis=1)
    angles = np.linspace(-0.5, 0.5, 6)
    rotations = np.stack([0.1 * np.sin(5 * angles), angles, 0.05 * np.cos(3 * angles)], axis=1)
    centres = np.stack([6.0 * np.sin(angles), 0.3 * np.cos(7 * angles), -6.0 * np.cos(angles)], axis=1)
    rotations[:, 1] = -angles
    scene = Scene(rotations, centres, points)
    seen = np.array([(c, p) for c in range(6) for p in range(40) if (c + p) % 4])
    images = np.array([project(rotations[c], centres[c], points[p]) for c, p in seen])
    images += 0.002 * rng.normal(size=images.shape)
    wrong = rng.choice(len(images), 5, replace=False)
    images[wrong] += 0.3 * rng.normal(size=(5, 2))
    return scene, seen, images


def main() -> None:
    """Start from a disturbed scene, adjust, compare."""
    rng = np.random.default_rng(2)
    truth, seen, images = make_scene(rng)
    scale = np.concatenate([np.full(18, 0.02), np.full(18, 0.1), np.full(120, 0.25)])
    start = pack(truth) + scale * rng.normal(size=156)
    gradient = value_and_grad(cost)

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, bar = gradient(unpack(x, 6), seen, images, 0.01)
        return value, pack(bar)

    fit = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 400, "maxfun": 500})
    print(f"cost {objective(start)[0]:.4f} before, {fit.fun:.5f} after {fit.nit} iterations")

    before, after = unpack(start, 6).points, unpack(fit.x, 6).points
    figure = plt.figure(figsize=(9, 3.2), layout="constrained")
    for k, (title, points) in enumerate((("start", before), ("adjusted", after), ("truth", truth.points))):
        axes = figure.add_subplot(1, 3, k + 1, projection="3d")
        axes.plot(*points.T, "o-", ms=3, lw=0.8)
        axes.set(title=title)
    figure.savefig("bundle_adjustment.png", dpi=90)
    assert fit.fun < 0.15 * objective(start)[0]


if __name__ == "__main__":
    main()
