"""Programs that write arrays: every basic index, augmented and whole-array stores, overlaps, written arguments."""

import numpy as np

from tests.programs.registry import between, normal, program


@program(lambda rng: (normal(rng, 6), normal(rng, 3, 4), 0.7), tags="spread")
def element_stores(x, a, s):
    y = np.zeros(6)
    b = np.zeros((3, 4))
    y[0] = x[1] * s
    y[-1] = x[-2] * y[0]
    y[2] += x[2] * x[3]
    y[2] *= y[0]
    y[-3] -= x[0] / 3.0
    b[1, 2] = y[2] * a[0, -1]
    b[-1, -4] = b[1, 2] * a[2][1]
    b[1][2] += x[5]
    y[2] = b[1, 2]
    return y.sum() * s + b.sum() * y[2]


@program(lambda rng: (normal(rng, 9), normal(rng, 4, 5)), tags="spread", primal="bitwise")
def basic_indices(x, a):
    y = np.zeros((4, 5))
    y[1:-1] = a[:2] * x[:5]
    y[::2, 1::2] += a[::2, 3::-2]
    y[..., 0] = x[8:0:-2]
    y[3, ...] *= x[::-2]
    y[:, -2:] -= x[1:5, None]
    y[-1, 1:3] = 0.5 * y[0, 2:4]
    y[2] = y[2] * a[-1]
    z = a[None, :, 2:3] * x[np.newaxis, :4, None]
    return y * 2.0 + z[0]


@program(
    lambda rng: (normal(rng, 8),), primal="bitwise", tags="spread", variants={"one": lambda rng: (normal(rng, 1),)}
)
def overlapping_shift(x):
    a = x * 1.5
    a[1:] += a[:-1]
    a[:-1] = a[1:] * a[:-1]
    a[::-1] += a
    a[1:] = a[:-1] - 0.5 * a[1:]
    return a


@program(
    lambda rng: (normal(rng, 5), normal(rng, 5)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0), normal(rng, 0)),
        "one": lambda rng: (normal(rng, 1), normal(rng, 1)),
    },
    primal="bitwise",
)
def whole_array_stores(x, y):
    a = x * y
    a *= x
    a += 2.0
    b = np.empty(len(x))
    b[:] = a
    b -= y * b
    c = np.empty_like(x)
    c[...] = b / 3.0
    c[:] = c * c
    c /= 2.0 + x * x
    a[:] = 0.25
    return c + a * x


@program(lambda rng: (normal(rng, 7), 0.3), written=("x",), tags="spread")
def overwrites_argument(x, s):
    for i in range(1, x.shape[0]):
        x[i] = x[i] * x[i - 1] + s
    x[0] = s * s
    return x.sum() * x[1]


@program(lambda rng: (normal(rng, 5), normal(rng, 5)), written=("x",), primal="bitwise")
def overwrites_and_returns_nothing(x, y):
    x *= y
    x[1:] += x[:-1] * x[0]


@program(lambda rng: (normal(rng, 6), normal(rng, 6)), written=("x", "y"), primal="bitwise")
def overwrites_two(x, y):
    for i in range(6):
        t = x[i]
        x[i] = y[i] * t
        y[i] = t + x[i] * x[i - 1]
    return x[2] * y[3]


@program(lambda rng: (normal(rng, 7, 6), 4), tags="spread", primal="bitwise")
def jacobi_slices(u, steps):
    u = u.copy()
    for t in range(steps):
        u[1:-1, 1:-1] = 0.2 * (u[1:-1, 1:-1] + u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] * u[1:-1, 2:])
    return u


@program(lambda rng: (normal(rng, 5, 6), 4), written=("u",), tags="spread", primal="bitwise")
def seidel_in_place(u, steps):
    for t in range(steps):
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                u[i, j] = (u[i - 1, j] * u[i, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]) / 4.5


@program(lambda rng: (normal(rng, 4, 3), normal(rng, 4), normal(rng, 3), 0.6), tags="spread", primal="bitwise")
def broadcast_stores(a, col, row, s):
    b = np.zeros((4, 3))
    b[:] = row
    b += col[:, None] * a
    b[1:3] *= row * s
    b[:, 1] = s * b[:, 0]
    b[:, ::2] -= col[::-1, None]
    b[2, :] = s
    return b * a


@program(lambda rng: (normal(rng, 2, 3, 4), normal(rng, 2, 1, 3, 2)), tags="spread")
def three_and_four_dimensions(a, b):
    c = np.zeros((2, 3, 4))
    c[0] = a[1] * 0.5
    c[:, 1:, ::3] += a[:, :-1, 1:3]
    c[1, ..., -1] *= a[0, :, 0]
    d = b * b
    d[:, 0, 1] = a[..., 2][:, :2]
    d[..., 0] += d[..., 1]
    return c.sum() + d[:, 0].sum() * d[1, 0, 2, 1]


@program(lambda rng: (np.array(1.7), normal(rng, 3)), primal="bitwise")
def zero_dimensional(a, x):
    b = np.zeros(())
    b[()] = a[()] * x[0]
    b[...] = b * a
    b += x[2]
    return b * a + x[1]


@program(lambda rng: (normal(rng, 6), np.array([3, 1, 4, 1, 5, 0, 3])), tags="spread", primal="bitwise")
def integer_data_as_index(x, idx):
    y = np.zeros(6)
    for k in range(len(idx)):
        y[idx[k]] += x[idx[k]] * x[idx[k] - 1]
    for k in range(1, len(idx)):
        y[idx[k - 1]] = y[idx[k]] * 0.5 + x[idx[k]]
    return y


@program(lambda rng: (normal(rng, 6), np.array([3, 1, 4], dtype=np.int32)), primal="bitwise")
def integer_array_arithmetic(x, k):
    w = k * 2 + 1
    s = 0.0
    for i in range(k.shape[0]):
        s += x[w[i] % 6] * k[i] + w[i] / 3 * x[i]
    return s


@program(lambda rng: (between(rng, 0.5, 1.5, 5),), primal="bitwise")
def prefix_product(x):
    y = np.ones(len(x) + 1)
    for i in range(len(x)):
        y[i + 1] = y[i] * x[i]
    return y


@program(lambda rng: (normal(rng, 4, 4),), primal="bitwise", tags="spread")
def elimination_without_pivots(a):
    u = a + 5.0 * np.ones((4, 4))
    for k in range(4):
        u[k, k] += 10.0
    for k in range(4):
        for i in range(k + 1, 4):
            f = u[i, k] / u[k, k]
            u[i, k] = f
            for j in range(k + 1, 4):
                u[i, j] -= f * u[k, j]
    return u


@program(lambda rng: (normal(rng, 5), 6), primal="bitwise")
def array_carried_by_name(x, n):
    a = x
    for k in range(n):
        a = a * x + 0.5
    return a
