"""The same scheme on whole arrays, rebuilt each step."""

import math

import torch


def _ricker(t, delay, width):
    a = (math.pi * (t - delay) / width) ** 2
    return (1 - 2 * a) * torch.exp(-a)


def reference(eps, sigma, amplitude, width, steps, weights):
    nx, ny = eps.shape
    c = 1 / math.sqrt(2)
    factor = (c - 1) / (c + 1)
    ez = torch.zeros(nx, ny, dtype=eps.dtype)
    hx, hy = torch.zeros(nx, ny - 1, dtype=eps.dtype), torch.zeros(nx - 1, ny, dtype=eps.dtype)
    loss = (0.5 * sigma / eps)[1:-1, 1:-1]
    source = torch.zeros(nx, ny, dtype=eps.dtype)
    source[nx // 2, 2] = 1.0
    signal = torch.zeros((), dtype=eps.dtype)
    for n in range(steps):
        old = ez
        hx = hx - c * (old[:, 1:] - old[:, :-1])
        hy = hy + c * (old[1:] - old[:-1])
        curl = (hy[1:, 1:-1] - hy[:-1, 1:-1]) - (hx[1:-1, 1:] - hx[1:-1, :-1])
        mid = (1 - loss) / (1 + loss) * old[1:-1, 1:-1] + c / eps[1:-1, 1:-1] / (1 + loss) * curl
        top = old[1:2, 1:-1] + factor * (mid[:1] - old[:1, 1:-1])
        bottom = old[-2:-1, 1:-1] + factor * (mid[-1:] - old[-1:, 1:-1])
        mid = torch.cat([top, mid, bottom])
        left = old[:, 1:2] + factor * (mid[:, :1] - old[:, :1])
        right = old[:, -2:-1] + factor * (mid[:, -1:] - old[:, -1:])
        ez = torch.cat([left, mid, right], 1) + source * amplitude * _ricker(float(n), 3.0, width)
        signal = signal + math.cos(0.3 * n) * ez[2, ny - 2]
    return signal + (weights * ez).sum()
