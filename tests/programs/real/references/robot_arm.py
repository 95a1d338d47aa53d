"""The recursion with torch's cross products."""

import torch

_cross = torch.linalg.cross


def _rotation(t, a):
    ct, st, ca, sa = t.cos(), t.sin(), a.cos(), a.sin()
    zero = torch.zeros_like(t)
    rows = [[ct, -st * ca, st * sa], [st, ct * ca, -ct * sa], [zero, sa, ca]]
    return torch.stack([torch.stack(r) for r in rows])


def _torques(links, q, qd, qdd, gravity, tip_force):
    z = torch.tensor([0.0, 0.0, 1.0], dtype=q.dtype)
    w = wd = torch.zeros(3, dtype=q.dtype)
    vd = -gravity
    kept = []
    for i, link in enumerate(links):
        R = _rotation(q[i], link.alpha)
        wd, w = R.T @ (wd + z * qdd[i] + _cross(w, z) * qd[i]), R.T @ (w + z * qd[i])
        p = torch.stack([link.a, link.d * link.alpha.sin(), link.d * link.alpha.cos()])
        vd = R.T @ vd + _cross(wd, p) + _cross(w, _cross(w, p))
        acc = vd + _cross(wd, link.com) + _cross(w, _cross(w, link.com))
        kept.append((R, p, link.mass * acc, link.inertia @ wd + _cross(w, link.inertia @ w)))
    f, m, torques, R_out = tip_force, torch.zeros(3, dtype=q.dtype), [], torch.eye(3, dtype=q.dtype)
    for (R, p, F, N), link in zip(reversed(kept), reversed(links), strict=True):
        f, m = R_out @ f, R_out @ m
        m = m + _cross(p, f) + _cross(p + link.com, F) + N
        f, R_out = f + F, R
        torques.append((R.T @ z) @ m)
    return torch.stack(torques[::-1])


def reference(links, q, qd, qdd, gravity, tip_force, weights):
    rows = [_torques(links, q[k], qd[k], qdd[k], gravity, tip_force) for k in range(len(q))]
    return (weights * torch.stack(rows) ** 2).sum()
