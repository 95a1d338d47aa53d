"""The same controller on torch scalars; which steps are rejected is decided by the values."""

import torch

from tests.programs.real.lotka_volterra import A, C, E

_A, _E = torch.tensor(A), torch.tensor(E)


def _rhs(t, y, params):
    a, b, d, g = params
    u, v = y
    return torch.stack([a * (1 + 0.1 * torch.sin(2 * t)) * u - b * u * v, d * u * v - g * v])


def _advance(y, t, end, params, h):
    k1 = _rhs(t, y, params)
    fresh = True
    while t < end:
        last = bool(t + h >= end)
        tried = end - t if last else h
        ks = [k1]
        for s in range(1, 7):
            new = y + tried * sum(_A[s, j] * ks[j] for j in range(s))
            ks.append(_rhs(t + float(C[s]) * tried, new, params))
        scale = 1e-5 + 1e-4 * torch.maximum(y.abs(), new.abs())
        norm = (((tried * (_E @ torch.stack(ks))) / scale) ** 2).mean().sqrt()
        factor = (0.9 * norm**-0.2).clamp(0.2, 5.0)
        if norm > 1:
            fresh, h = False, tried * factor
            continue
        h = tried * (factor if fresh else factor.clamp(max=1.0))
        t = end if last else t + tried
        y, k1, fresh = new, ks[6], True
    return y, h


def reference(y0, params, times, observed, weights, h0):
    loss, t, y, h = torch.zeros((), dtype=y0.dtype), torch.zeros((), dtype=y0.dtype), y0, h0
    for i, end in enumerate(times):
        y, h = _advance(y, t, end, params, h)
        t = end
        loss = loss + (weights[i] * (y - observed[i]) ** 2).sum()
    return loss
