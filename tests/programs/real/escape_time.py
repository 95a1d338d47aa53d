"""Escape times of the Mandelbrot and Julia sets: integer counts weigh active data, smooth counts are active."""

import math

import numpy as np


def escape_count(cr, ci, max_iter):
    """How many steps until |z| > 2; an integer, without derivative."""
    zr, zi = 0.0, 0.0
    n = 0
    while zr * zr + zi * zi <= 4.0 and n < max_iter:
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        n += 1
    return n


def smooth_count(zr, zi, cr, ci, max_iter, bailout):
    """Continuous potential of a point of the Julia set of c; 0 inside."""
    for n in range(max_iter):
        r2 = zr * zr + zi * zi
        if r2 > bailout * bailout:
            return n + 1 - math.log(0.5 * math.log(r2) / math.log(bailout)) / math.log(2.0)
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
    return 0.0


def render(xs, ys, palette, max_iter):
    """Colours by count; a pixel that never escapes takes the last one."""
    image = np.empty((len(ys), len(xs)))
    for i, y in enumerate(ys):
        for j, x in enumerate(xs):
            count = escape_count(x, y, max_iter)
            image[i, j] = palette[count % len(palette)] if count < max_iter else palette[-1]
    return image


def loss(xs, ys, palette, cr, ci, bailout, weights, max_iter):
    image = render(xs, ys, palette, max_iter)
    total = np.sum(weights * image**2)
    for i in range(len(ys)):
        for j in range(len(xs)):
            shade = smooth_count(xs[j], ys[i], cr, ci, max_iter, bailout)
            if shade == 0.0:
                continue
            total += weights[i, j] * shade * image[i, j]
    return total


def make(rng):
    xs = np.linspace(-1.9, 1.1, 6) + 0.05 * rng.normal(size=6)
    ys = np.linspace(-1.2, 1.0, 5) + 0.05 * rng.normal(size=5)
    return xs, ys, rng.uniform(0.2, 1.0, 4), -0.74, 0.16, 2.6, rng.normal(size=(5, 6)), 12


entry = loss
