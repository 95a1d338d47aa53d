"""Programs about control flow: branches in loops, ranges of every kind, loops over arrays, enumerate, zip, nesting."""

import math

import numpy as np

from tests.programs.registry import between, normal, program, signed


@program(
    lambda rng: (signed(rng, 0.2, 1.5, 9), 0.7),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0), 0.7), "one": lambda rng: (normal(rng, 1), 0.7)},
)
def branches_in_loop(x, r):
    s = 0.5
    for i in range(len(x)):
        if x[i] > 0.6:
            s = s * x[i]
        elif x[i] > 0.0:
            s += math.sin(s) * r
        else:
            s -= x[i] * s
    return s


@program(
    lambda rng: (normal(rng, 7), normal(rng, 7), 7),
    variants={"empty": lambda rng: (normal(rng, 0), normal(rng, 0), 0)},
    primal="bitwise",
)
def triangular(a, b, n):
    s = 0.1
    for i in range(n):
        for j in range(i, n):
            s = s + a[i] * b[j] * s * 0.1
        for j in range(i):
            s = s - a[j] * b[i]
    return s


@program(lambda rng: (normal(rng, 11), 9, 1, -3, 2), primal="bitwise", tags="spread")
def range_steps(x, start, stop, down, up):
    s = 1.0
    for i in range(start, stop, down):
        s = s * 0.9 + x[i] * s
    for i in range(stop, start, up):
        s = s + x[i] * x[i - 1]
    for i in range(10, -1, -1):
        s = s * 1.1 - x[i]
    for i in range(3, 3):
        s = s * 100.0
    for i in range(0, 11, 4):
        s += x[i] * s * 0.1
    return s


@program(
    lambda rng: (normal(rng, 6), normal(rng, 4, 3)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0), normal(rng, 0, 3)),
        "one": lambda rng: (normal(rng, 1), normal(rng, 1, 1)),
    },
    primal="bitwise",
)
def over_arrays(x, a):
    s = 0.3
    for v in x:
        s = s * v + v
    for row in a:
        for v in row:
            s = s + v * v * s * 0.1
    return s


@program(
    lambda rng: (normal(rng, 5), normal(rng, 7), normal(rng, 5, 2)),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0), normal(rng, 3), normal(rng, 0, 2))},
)
def enumerate_zip(x, y, a):
    s = 0.0
    for i, v in enumerate(x):
        s += i * v * v
    for u, v in zip(x, y):
        s += u * v * s
    for i, (u, row) in enumerate(zip(y, a)):
        s += u * row[0] * row[1] + i * s
    for k, v in enumerate(x, 2):
        s += k * v
    return s


@program(lambda rng: (normal(rng, 2, 3, 2, 4), 0.3), primal="bitwise")
def nested_four_deep(a, x):
    s = 1.0
    for i in range(a.shape[0]):
        t = s
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                u = t * x
                for m in range(a.shape[3]):
                    u = u * 0.7 + a[i, j, k, m] * t
                    if u > 0.2:
                        t = t + 0.1 * u * x
                t = t - 0.05 * u
        s = s * t
    return s


@program(lambda rng: (1.1, 6), primal="bitwise")
def loop_variable_after(x, n):
    i = -1
    for i in range(n):
        x = x * 0.9 + 0.1 * i
    for i in range(i, i - 2, -1):
        x = x * x
    return x * i


@program(lambda rng: (0.3, 1.9), primal="bitwise")
def branch_carries(x, y):
    s, t = x, y
    for k in range(6):
        if s < t:
            s, t = t * s, s + 0.5
        else:
            t = t * 1.25 + s
        if k == 3:
            s = s - t
    return s * t


@program(lambda rng: (between(rng, 0.5, 2.0, 6), np.array([2, 0, 3, 1, 0, 4])), tags="spread", primal="bitwise")
def data_dependent_trips(x, counts):
    s = 0.0
    for i in range(len(x)):
        p = x[i]
        for k in range(counts[i]):
            p = p + x[k] * x[i - k]
        s += p * p
    return s


@program(lambda rng: (normal(rng, 8), np.array([True, False, True, True, False, False, True, False])), primal="bitwise")
def boolean_data(x, keep):
    s = 0.0
    for i in range(x.shape[0]):
        if keep[i] and not keep[i - 1]:
            s += x[i] * x[i]
        elif keep[i]:
            s = s * x[i]
    return s


@program(lambda rng: (normal(rng, 4, 5), 3), primal="bitwise")
def sweeps(u, sweeps):
    n, m = u.shape
    v = u.copy()
    for t in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                v[i, j] = 0.25 * (v[i - 1, j] + v[i + 1, j] * v[i, j - 1] + v[i, j + 1])
    return v


@program(lambda rng: (0.8, 3), primal="bitwise")
def loop_in_branch(x, n):
    y = x
    if n > 2:
        for i in range(n):
            y = y * x + i
    else:
        y = y - 1.0
    return y * y
