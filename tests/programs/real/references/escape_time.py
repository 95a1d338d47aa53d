"""Complex numbers for the counts, torch's real ones for the shades."""

import math

import torch


def _count(c, limit):
    z, n = 0j, 0
    while abs(z) <= 2 and n < limit:
        z, n = z * z + c, n + 1
    return n


def reference(xs, ys, palette, cr, ci, bailout, weights, max_iter):
    total = torch.zeros((), dtype=xs.dtype)
    for i, y in enumerate(ys):
        for j, x in enumerate(xs):
            n = _count(complex(x.item(), y.item()), max_iter)
            colour = palette[n % len(palette)] if n < max_iter else palette[-1]
            total = total + weights[i, j] * colour**2
            zr, zi = x, y
            for n in range(max_iter):
                r2 = zr * zr + zi * zi
                if r2 > bailout * bailout:
                    shade = n + 1 - torch.log(0.5 * torch.log(r2) / torch.log(bailout)) / math.log(2)
                    total = total + weights[i, j] * shade * colour
                    break
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
    return total
