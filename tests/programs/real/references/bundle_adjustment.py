"""All observations at once."""

import torch


def _huber(r, delta):
    a = r.abs()
    return torch.where(a <= delta, 0.5 * r * r, delta * (a - 0.5 * delta))


def reference(cams, X, w, obs, feats, delta):
    cam, point = cams[obs[:, 0]], X[obs[:, 1]] - cams[obs[:, 0], 3:6]
    theta = cam[:, :3].norm(dim=1, keepdim=True)
    axis = cam[:, :3] / theta
    dot = (axis * point).sum(1, keepdim=True)
    rotated = point * theta.cos() + torch.linalg.cross(axis, point) * theta.sin() + axis * dot * (1 - theta.cos())
    flat = rotated[:, :2] / rotated[:, 2:]
    rsq = (flat**2).sum(1, keepdim=True)
    image = flat * (1 + cam[:, 9:10] * rsq + cam[:, 10:] * rsq**2) * cam[:, 6:7] + cam[:, 7:9]
    err = _huber(w[:, None] * (image - feats), delta)
    rows = 1.0 + 0.1 * torch.arange(len(w), dtype=w.dtype)
    return err[:, 0].sum() + (rows * err[:, 1]).sum() + ((1 - w**2) ** 2).sum()
