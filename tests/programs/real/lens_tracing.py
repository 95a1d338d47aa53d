"""Rays through a lens of spherical and aspherical surfaces; the weighted spot size on the sensor."""

import math
from typing import NamedTuple

import numpy as np


class Surface(NamedTuple):
    curvature: float
    conic: float
    thickness: float  # to the next surface
    index: float  # behind the surface
    aperture: float


def sag(surface, r2):
    """Height of the surface over its vertex plane, and its derivative with respect to r2."""
    c = surface.curvature
    root = math.sqrt(1.0 - (1.0 + surface.conic) * c * c * r2)
    return c * r2 / (1.0 + root), 0.5 * c / root


def intersect(surface, origin, direction):
    """The point on the surface and its unit normal, by Newton's method along the ray; and whether it is hit."""
    t = -origin[2] / direction[2]
    point = origin + t * direction
    gradient = np.array([0.0, 0.0, 1.0])
    for _ in range(30):
        point = origin + t * direction
        r2 = point[0] ** 2 + point[1] ** 2
        if (1.0 + surface.conic) * surface.curvature**2 * r2 >= 1.0:
            return point, gradient, False
        z, slope = sag(surface, r2)
        gap = point[2] - z
        gradient = np.array([-2.0 * slope * point[0], -2.0 * slope * point[1], 1.0])
        if abs(gap) < 1e-13:
            return point, gradient / math.sqrt(gradient @ gradient), True
        t = t - gap / np.dot(gradient, direction)
    return point, gradient, False


def refract(direction, normal, eta):
    """Snell's law; and whether there is a refracted ray at all."""
    cos_i = -np.dot(normal, direction)
    if cos_i < 0:
        normal, cos_i = -normal, -cos_i
    k = 1.0 - eta**2 * (1.0 - cos_i**2)
    if k < 0:
        return direction, False
    return eta * direction + (eta * cos_i - math.sqrt(k)) * normal, True


def trace(surfaces, origin, direction, distance):
    """Where the ray meets the sensor, and whether it gets there."""
    index = 1.0
    for surface in surfaces:
        point, normal, hit = intersect(surface, origin, direction)
        if not hit or point[0] ** 2 + point[1] ** 2 > surface.aperture**2:
            return origin, False
        direction, passed = refract(direction, normal, index / surface.index)
        if not passed:
            return origin, False
        index = surface.index
        origin = point - np.array([0.0, 0.0, surface.thickness])
    t = (distance - origin[2]) / direction[2]
    return origin + t * direction, True


def spot_size(surfaces, origins, field, weights, distance):
    """Weighted second moment of the spot about its weighted centroid, of the rays that pass."""
    direction = np.array([math.sin(field), 0.0, math.cos(field)])
    hits = []
    ws = []
    for origin, w in zip(origins, weights):
        p, passed = trace(surfaces, origin, direction, distance)
        if not passed:
            continue
        hits.append(p[:2])
        ws.append(w)
    xs = np.array(hits)
    ws = np.array(ws)
    centroid = ws @ xs / ws.sum()
    return np.sum(ws[:, None] * (xs - centroid) ** 2) + 0.1 * (centroid[0] - 0.5) ** 2


def make(rng):
    surfaces = [
        Surface(1 / 6.1, -0.3, 1.2, 1.62, 2.4),
        Surface(-1 / 7.3, 0.2, 0.5, 1.0, 2.4),
        Surface(-1 / 9.7, 0.1, 0.6, 1.71, 1.9),
        Surface(1 / 11.3, -0.5, 0.4, 1.0, 1.9),
    ]
    r = np.array([0.3, 0.9, 1.4, 2.2, 2.9])
    phi = rng.uniform(0.0, 2.0 * np.pi, len(r))
    origins = np.stack([r * np.cos(phi), r * np.sin(phi), np.full(len(r), -2.0)], axis=1)
    return surfaces, origins, 0.08, rng.uniform(0.5, 1.5, len(r)), 6.2


entry = spot_size
