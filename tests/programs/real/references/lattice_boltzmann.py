"""All directions at once."""

import torch

from tests.programs.real.lattice_boltzmann import V as V_ARRAY
from tests.programs.real.lattice_boltzmann import W as W_ARRAY

_V, _W = torch.tensor(V_ARRAY, dtype=torch.float64), torch.tensor(W_ARRAY)


def _moments(f):
    rho = f.sum(0)
    return rho, torch.einsum("ic,ixy->cxy", _V, f) / rho


def reference(fin, viscosity, force, obstacle, steps, weights):
    omega = 1 / (3 * viscosity + 0.5)
    for _ in range(steps):
        rho, u = _moments(fin)
        u = u + torch.stack([force / rho, torch.zeros_like(rho)])
        cu = 3 * torch.einsum("ic,cxy->ixy", _V, u)
        feq = _W[:, None, None] * rho * (1 + cu + 0.5 * cu**2 - 1.5 * (u**2).sum(0))
        out = torch.where(obstacle, fin.flip(0), fin - omega * (fin - feq))
        shifts = _V.long().tolist()
        fin = torch.stack([torch.roll(g, tuple(s), (0, 1)) for g, s in zip(out, shifts, strict=True)])
    rho, u = _moments(fin)
    return (weights[0] * rho * u[0] + weights[1] * u[1] + weights[2] * rho**2).sum()
