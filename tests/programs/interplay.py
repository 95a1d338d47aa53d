"""Programs where two features meet: what one missing condition in a pass or in the reverse sweep would break."""

import math

import numpy as np

from tests.programs.registry import between, normal, program


def _bump(a, x):
    a[0] = a[0] * x + 1.0
    return a[1] * x


@program(lambda rng: (normal(rng, 3), 0.7), primal="bitwise")
def augmented_by_a_call(x, s):
    a = x * 2.0
    a[0] += _bump(a, s)
    a[0] *= _bump(a, s) + a[0]
    return a


@program(lambda rng: (np.array([1e16, 1.0, 3.0]), 1.0, 1.0), primal="bitwise", fd=False, float32=False)
def additions_in_a_row(x, a, b):
    y = x * 1.0
    y[0] += a
    y[0] += b
    y += a
    y += b
    return y


@program(lambda rng: (np.array([-0.0, 0.0, 1.5, -0.0]),), primal="bitwise", fd=False)
def signs_of_zero(x):
    y = np.zeros(4)
    y += x
    return np.copysign(2.0, x + 0.0) + np.copysign(3.0, y) + (x - -y)


@program(lambda rng: (normal(rng, 5), normal(rng, 4)), primal="close")
def scratch_stored_each_trip(x, w):
    t = np.empty(4)
    s = 0.0
    for i in range(5):
        for j in range(4):
            t[j] = np.exp(x[i] * w[j])
        for j in range(4):
            s += t[j] * t[3 - j]
    return s


@program(lambda rng: (normal(rng, 5),))
def exponential_stored_again_in_a_later_trip(x):
    t = np.empty(2)
    s = 0.0
    for i in range(5):
        e = np.exp(x[i])
        t[i % 2] = e
        s += e * e * x[i - 1]
    return s + t[0] * t[1]


@program(lambda rng: (normal(rng, 4),))
def exponential_overwritten_in_its_trip(x):
    s = 0.0
    for i in range(4):
        b = np.empty(2)
        e = np.exp(x[i])
        b[0] = e
        b[1] = e * x[i]
        c = b[0] * b[1]
        b[0] = 2.0
        s += e * e * c * b[0]
    return s


@program(lambda rng: (normal(rng, 4), 0.7), primal="bitwise")
def same_array_twice(x, s):
    y = x * x * s
    return y, s * s, y


@program(lambda rng: (normal(rng, 5),), primal="bitwise")
def mirrored(x):
    return x[::-1] * x * 0.5


@program(lambda rng: (normal(rng, 7),))
def part_used(x):
    return np.sum(x[:3] * x[:3])


@program(lambda rng: (0.3, 0.9, 5), primal="bitwise")
def fibonacci_of_products(a, b, n):
    for _ in range(n):
        a, b = b, a * b + a
    return a


@program(lambda rng: (normal(rng, 7),), primal="bitwise")
def stored_again_in_a_later_trip(x):
    y = np.empty(3)
    for k in range(7):
        y[k * 2 % 3] = x[k] * x[k]
    return y


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4)))
def result_copied_and_kept(a, x):
    t = a @ x
    y = np.empty(len(a))
    y[:] = t
    y[0] = 2.0 * t[1]
    return y * t


@program(lambda rng: (normal(rng, 4), normal(rng, 4)), primal="bitwise")
def differences_both_ways(x, y):
    s = 0.0
    for i in range(4):
        s += (x[i] - y[i]) * x[i] / (y[i] - x[i] + 5.0)
    return (x - y) * s + (y - x) * y


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4)))
def result_only_copied(a, x):
    y = np.empty(3)
    y[:] = a @ x
    z = np.tanh(y)
    return z * y


@program(lambda rng: (normal(rng, 5), np.array([0, 0, 0, 0, 0])), primal="bitwise")
def indices_overwritten(x, idx):
    k = idx.copy()
    s = 1.0
    for i in range(5):
        s = s * x[k[i]] + 0.3
        k[(i + 1) % 5] = (k[i] + i) % 5
        k[k[i]] = (k[i] + 3) % 5
    return s


@program(lambda rng: (between(rng, 0.5, 1.5, 6), 0.9), tags="inert")
def condition_overwritten(x, t):
    a = x * 1.0
    s = 0.5
    for i in range(1, 6):
        if a[i] * s > t * 0.4:
            a[i] = math.sin(a[i - 1]) * s
        else:
            a[i] *= a[i - 1]
        a[i - 1] = s
        s = s * 0.8 + a[i]
    return s * a[2]
