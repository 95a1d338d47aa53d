"""Rays one by one on torch vectors; the intersection by bisection without gradient and one Newton step with it."""

import torch


def _gap(surface, point):
    r2 = (point[:2] ** 2).sum()
    c = surface.curvature
    root = torch.sqrt(1 - (1 + surface.conic) * c * c * r2)
    z, slope = c * r2 / (1 + root), 0.5 * c / root
    gradient = torch.cat([-2 * slope * point[:2], torch.ones(1, dtype=point.dtype)])
    return point[2] - z, gradient


def _trace(surfaces, origin, direction, distance):
    index = torch.ones((), dtype=origin.dtype)
    for surface in surfaces:
        t = (-origin[2] / direction[2]).detach()
        for _ in range(40):
            gap, gradient = _gap(surface, origin + t * direction)
            slope = (gradient @ direction).detach()
            t = (t - gap / slope).detach()
        gap, gradient = _gap(surface, origin + t * direction)
        t = t - gap / slope
        point = origin + t * direction
        gap, gradient = _gap(surface, point)
        if not bool((point[:2] ** 2).sum() <= surface.aperture**2):
            return None
        normal = gradient / gradient.norm()
        eta = index / surface.index
        cos = -(normal @ direction)
        if cos < 0:
            normal, cos = -normal, -cos
        k = 1 - eta**2 * (1 - cos**2)
        direction = eta * direction + (eta * cos - k.sqrt()) * normal
        index = surface.index
        origin = torch.cat([point[:2], point[2:] - surface.thickness])
    return origin + (distance - origin[2]) / direction[2] * direction


def reference(surfaces, origins, field, weights, distance):
    direction = torch.stack([field.sin(), torch.zeros_like(field), field.cos()])
    traced = [_trace(surfaces, o, direction, distance) for o in origins]
    passed = [k for k, p in enumerate(traced) if p is not None]
    xs = torch.stack([traced[k][:2] for k in passed])
    ws = weights[passed]
    centroid = ws @ xs / ws.sum()
    return (ws[:, None] * (xs - centroid) ** 2).sum() + 0.1 * (centroid[0] - 0.5) ** 2
