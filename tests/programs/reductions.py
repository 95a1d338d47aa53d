"""Programs about sum, mean, max and min: whole, by axis, keepdims, methods, nested."""

import numpy as np

from tests.programs.registry import between, normal, program


@program(
    lambda rng: (normal(rng, 4, 3), normal(rng, 4), normal(rng, 3)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0, 3), normal(rng, 0), normal(rng, 3)),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1), normal(rng, 1)),
    },
)
def sums(a, x, y):
    s = np.sum(a) * np.sum(x * x)
    r = np.sum(a * a, axis=0) * y
    c = a.sum(axis=1) - x
    k = np.sum(a, axis=-1, keepdims=True) * a
    return s + r.sum() + np.sum(c * c) + np.sum(k, axis=(0, 1)) + np.sum(k, axis=None, keepdims=True)[0, 0]


@program(lambda rng: (normal(rng, 3, 5),), tags="spread")
def means(a):
    m = np.mean(a, axis=0)
    d = a - m
    v = np.mean(d * d, axis=1, keepdims=True)
    return d / np.sqrt(v + 0.1) * np.mean(a) + a.mean(axis=-1)[:, None]


@program(lambda rng: (between(rng, -2.0, 2.0, 4, 5),), tags="spread")
def extrema(a):
    r = a.max(axis=1) * np.min(a, axis=1)
    c = np.max(a, axis=0, keepdims=True) - a.min(axis=0)
    return np.max(a) * r.sum() + a.min() * np.sum(c * c) + np.max(np.abs(a))


@program(lambda rng: (normal(rng, 2, 3, 4),), tags="spread")
def reductions_of_three_dimensions(a):
    b = np.sum(a * a, axis=(0, 2))
    c = np.mean(a, axis=1, keepdims=True) * a
    d = np.max(a, axis=2)
    e = np.sum(a, axis=-2)
    return b * np.sum(c, axis=(0, -1)) + np.sum(d, axis=0) * np.min(e)


@program(
    lambda rng: (3.0 * normal(rng, 5, 4), normal(rng, 5, 4)),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1, 1), normal(rng, 1, 1))},
)
def log_softmax(z, y):
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(y * log_p) / z.shape[0]


@program(lambda rng: (between(rng, 0.5, 4.0, 9),))
def log_sum_exp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


@program(lambda rng: (normal(rng, 4, 6),))
def reductions_in_a_loop(a):
    s = 0.2
    for i in range(a.shape[0]):
        s = s * np.sum(a[i] * a[i - 1]) + np.max(a[i, 1:]) * s
        s += a[i, ::2].mean()
    return s


@program(lambda rng: (normal(rng, 5, 3),), tags="spread")
def normalise_rows_in_place(a):
    b = a * 2.0
    for row in b:
        row /= np.sqrt(np.sum(row * row))
        row -= row.mean()
    return b


@program(lambda rng: (normal(rng, 40, 3),), float32=False)
def pairwise_distances(p):
    d = p[:, None, :] - p[None, :, :]
    r2 = np.sum(d * d, axis=2) + 0.5
    return np.sum(1.0 / np.sqrt(r2)) * 0.01
