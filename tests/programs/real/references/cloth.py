"""index_add for the forces, where for the contacts."""

import torch

from tests.programs.real.cloth import GRAVITY


def reference(x, v, springs, rest, material, mass, center, radius, dt, steps, weights):
    i, j = springs[:, 0], springs[:, 1]
    keep = 1 - material["friction"]
    for _ in range(steps):
        d = x[j] - x[i]
        length = d.norm(dim=1)
        direction = d / length[:, None]
        speed = ((v[j] - v[i]) * direction).sum(1)
        f = (material["stiffness"] * (length - rest) + material["damping"] * speed)[:, None] * direction
        forces = torch.zeros_like(x).index_add(0, i, f).index_add(0, j, -f)
        v = v + dt * (forces / mass[:, None] + torch.tensor(GRAVITY))
        x = x + dt * v
        d = x - center
        dist = d.norm(dim=1, keepdim=True)
        n = d / dist
        vn = (v * n).sum(1, keepdim=True)
        v = torch.where((dist < radius) & (vn < 0), keep * (v - vn * n), v)
        x = torch.where(dist < radius, center + radius * n, x)
        below = x[:, 1:2] < 0
        v = torch.where(below, keep * v, v)
        height = torch.where(below, torch.zeros_like(below, dtype=x.dtype), x[:, 1:2])
        x = torch.cat([x[:, :1], height, x[:, 2:]], 1)
    return (weights[0] * x**2).sum() + 0.1 * (weights[1] * v).sum()
