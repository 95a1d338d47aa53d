"""Programs about array creation, attributes and methods."""

import numpy as np

from tests.programs.registry import normal, program


@program(
    lambda rng: (normal(rng, 3, 4), 0.7),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0, 4), 0.7), "one": lambda rng: (normal(rng, 1, 1), 0.7)},
    primal="bitwise",
)
def creators(a, s):
    n, m = a.shape
    z = np.zeros(m)
    o = np.ones((n, m))
    e = np.empty((n, m))
    f = np.full((n, m), s)
    e[:] = a
    z += s
    o *= a
    f[:, 1:] *= e[:, 1:]
    return z * o + f


@program(lambda rng: (normal(rng, 3, 4), 0.7), tags="spread", primal="bitwise")
def creators_like(a, s):
    z = np.zeros_like(a)
    o = np.ones_like(a)
    e = np.empty_like(a)
    f = np.full_like(a, s)
    z[1] = a[2]
    e[...] = o * s
    return z * f + e * a


@program(lambda rng: (normal(rng, 6), 0.3), tags="spread", primal="bitwise")
def arange_forms(x, h):
    a = np.arange(6)
    b = np.arange(1, 7) * h
    c = np.arange(10, -2, -2)
    d = np.arange(0.5, 3.5, 0.5)
    return x * a + b * c + d * x


@program(lambda rng: (normal(rng, 2, 3, 4),), tags="spread", primal="bitwise")
def attributes(a):
    n, m = a.shape[0], a.shape[-1]
    s = 0.0
    if a.ndim == 3 and a.size == 24:
        s = a[n - 1, len(a[0]) - 1, m - 1] * a.size
    return s * a.shape[1] + a.T[0, 0, 0] * len(a)


@program(lambda rng: (normal(rng, 3, 4),), tags="spread")
def methods(a):
    b = a.copy()
    b[0] *= a.mean()
    c = b.reshape(2, 6).ravel()
    return c.sum() * a.max() + (a.T.dot(b)).min() * b.mean(axis=0).sum() + a.transpose().sum(axis=1).max()


@program(lambda rng: (normal(rng, 4), 5), primal="bitwise", tags="spread")
def array_allocated_per_trip(x, n):
    s = 0.5
    for k in range(n):
        t = np.zeros(3)
        t[0] = x[k % 4] * s
        t[1] += t[0] * x[1]
        t[2] = t[1] - t[0]
        s = t[1] * t[2] + 0.3
    return s


@program(lambda rng: (normal(rng, 5),), primal="bitwise")
def explicit_dtypes(x):
    a = np.zeros(5, dtype=np.float64)
    i = np.arange(5, dtype=np.int64)
    b = np.ones(5, np.float64)
    a[i[1]] = x[2] * b[0]
    return a + x.astype(np.float64) * b


@program(lambda rng: (normal(rng, 5).astype(np.float32), normal(rng, 5)), fd=False, float32=False, primal="bitwise")
def mixed_precision(x32, y):
    a = x32 * 2.0
    b = a * y
    s = 0.0
    for i in range(5):
        s += x32[i] * 0.5
    c = np.float32(1.5) * x32[1]
    return b * s + c * y[0]
