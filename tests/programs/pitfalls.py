"""The programs that came out wrong in some tool; each is right here, or refused."""

import math

import numpy as np

from tests.programs.registry import between, normal, program


@program(
    lambda rng: (normal(rng, 8), 5),
    tags="spread",
    primal="bitwise",
    variants={"empty": lambda rng: (normal(rng, 8), 0)},
)
def swap_buffers_odd(a, steps):
    a = a.copy()
    b = a * 0.5
    for t in range(steps):
        b[1:-1] = 0.3 * a[:-2] + 0.6 * a[2:] * a[1:-1]
        a, b = b, a
    return a


@program(lambda rng: (normal(rng, 8), 6), primal="bitwise")
def swap_buffers_even(a, steps):
    a = a.copy()
    b = a * 0.5
    for t in range(steps):
        b[1:-1] = 0.3 * a[:-2] + 0.6 * a[2:] * a[1:-1]
        a, b = b, a
    return a * b


@program(lambda rng: (normal(rng, 7), 7), primal="bitwise", tags="spread")
def rotate_three_buffers(x, steps):
    a = x * 1.0
    b = x * 0.5
    c = np.zeros_like(x)
    for t in range(steps):
        c[1:] = 1.2 * a[1:] * b[:-1] - 0.3 * b[1:]
        c[0] = a[0] * 0.9
        a, b, c = b, c, a
    return a + 2.0 * b * c


@program(lambda rng: (normal(rng, 6),), primal="bitwise", tags="spread")
def running_sum_squared(x):
    s = 0.0
    z = 0.0
    for i in range(len(x)):
        s += x[i]
        z += s * s
    return z


@program(lambda rng: (normal(rng, 6), 0.7), written=("a",), tags="spread")
def passive_coefficient_overwritten(a, c):
    y = 0.0
    for i in range(len(a)):
        t = c * a[i]
        y += math.sin(t)
        a[i] = 0.0
    return y


@program(lambda rng: (normal(rng, 6),), written=("x",), tags="spread")
def store_between_producer_and_consumer(x):
    t = x * 2.0
    x[0] = 5.0
    u = x * t
    x[1:3] = t[3:5]
    return t.sum() + np.sum(u * x)


@program(lambda rng: (normal(rng, 21),), tags="spread", primal="bitwise")
def chained_stencils(b):
    b = b[:-2] * 0.25 + b[1:-1] * b[1:-1] * 0.5 + b[2:] * 0.25
    b = b[:-2] * 0.25 + b[1:-1] * b[2:] * 0.5 + b[2:] * 0.25
    c = b[:-2] * 0.25 + b[1:-1] * 0.5 + b[2:] * 0.25
    d = c[:-2] * 0.25 + c[1:-1] * c[:-2] + c[2:] * 0.25
    e = d[:-2] * 0.25 + d[1:-1] * 0.5 + d[2:] * 0.25
    return e[1:] * e[:-1]


@program(lambda rng: (normal(rng, 5), normal(rng, 4, 5)))
def exponentials_times_matrix(x, w):
    return (np.exp(x)[None, :] * w).sum(axis=1)


@program(lambda rng: (normal(rng, 7), 3), tags="spread", primal="bitwise")
def periodic_boundary(a, steps):
    for t in range(steps):
        b = np.empty_like(a)
        for i in range(len(a)):
            b[i] = a[i - 1] * 0.3 + a[i] * a[i - 2]
        a = b
    return a


@program(lambda rng: (3.0, 15), tags="spread")
def taylor_with_factorial(x, n):
    f = 1
    s = 0.0
    for k in range(1, n):
        f *= k
        s += x**k / f
    return s


@program(lambda rng: (between(rng, -1.0, 1.0, 9), between(rng, 0.5, 1.5, 32), 1.1), tags="spread inert")
def threshold_on_recomputed_exp(x, w, t):
    y = 0.0
    for i in range(len(x)):
        e = np.exp(x[i])
        k = int(e * 8)
        if e > t:
            y += w[k] * e
    return y


def _where_gradient(x, w):
    safe = np.where(x > 0, x, 1.0)
    t_bar = np.zeros_like(x)
    t_bar[::2] = 2.0 * np.where(x > 0, np.sqrt(safe), 0.0)[::2] * w[::2]
    y = np.where(x > 0, np.sqrt(safe), 0.0)
    w_bar = np.zeros_like(x)
    w_bar[::2] = y[::2] ** 2
    return np.where(x > 0, t_bar * 0.5 / np.sqrt(safe), 0.0), w_bar


@program(
    lambda rng: (np.array([0.0, 1.3, 0.0, 0.7, 2.1, 0.0, 0.4]), between(rng, 0.5, 1.5, 7)),
    fd=False,
    gradient=_where_gradient,
    tags="spread",
)
def where_with_shared_sqrt(x, w):
    t = np.sqrt(x)
    y = np.where(x > 0, t, 0.0)
    z = t[::2]
    return np.sum(y[::2] * z * w[::2])


@program(
    lambda rng: (np.array([np.nan, 0.5, -0.0, 2.0]), np.array([1.0, np.nan, 0.0, 1.5])), fd=False, primal="bitwise"
)
def maximum_of_nan(x, y):
    return np.maximum(x, y) + np.minimum(y, x) * 2.0 + np.fmax(x, y)


@program(lambda rng: (0.0,), fd=False, gradient=lambda x: (0.0,), either=True)
def equality_branch(x):
    if x == 0:
        return 0.0
    return math.sin(x)


@program(lambda rng: (0.7, 3, normal(rng, 2)), primal="bitwise", either=True)
def array_chosen_by_branch(s, n, a):
    b = a * s
    c = a + 1.0
    r = b if n > 2 else c
    r[0] = 1.0
    return r * b + c


@program(lambda rng: (normal(rng, 4), 0.6), primal="bitwise")
def alias_then_augment(x, s):
    a = x * s
    b = a
    b += 1.0
    a *= b
    return a * b


@program(lambda rng: (normal(rng, 5), normal(rng, 3)), primal="bitwise", tags="spread")
def shadow_reset_by_store(x, y):
    a = np.zeros(3)
    s = 0.0
    for k in range(5):
        a[k % 3] = x[k] * y[k % 3]
        s += a[0] * a[1] + a[2] * s
        a[1] = 0.0
    return s


@program(lambda rng: (np.full((2, 3), 0.1), normal(rng, 4)), primal="bitwise")
def value_read_after_its_last_store(a, x):
    b = np.empty(4)
    b[0] = x[0]
    for i in range(1, 4):
        b[i] = b[i - 1] * x[i]
    b[0] = b[3] * b[0]
    x = b * x
    b[:] = 1.0
    return x * a[0, 1] + b


@program(
    lambda rng: (normal(rng, 0), normal(rng, 0, 3), 0, 0.7),
    tags="spread",
    fd=True,
)
def zero_trips_everywhere(x, a, n, s):
    y = s * s
    for i in range(n):
        y += x[i]
    for v in x:
        y *= v
    for row in a:
        for v in row:
            y -= v
    for i in range(n - 1, -1, -1):
        y += x[i] * s
    b = a * s
    b[1:] += b[:-1]
    return y + np.sum(b) + np.sum(x * x)


@program(lambda rng: (0.7, 4), primal="bitwise")
def value_kept_from_earlier_trip(x, n):
    previous = 1.0
    s = 0.0
    for k in range(n):
        current = x * previous + 0.3
        s += current * previous
        previous, older = current, previous
        x = older * 0.5 + x
    return s


@program(lambda rng: (1.3, 0.4), primal="close")
def kahan_sum(x, y):
    s = 0.0
    c = 0.0
    for k in range(1, 30):
        t = x / k - y * c
        u = s + t
        c = (u - s) - t
        s = u
    return s * y


@program(lambda rng: (0.7, 1.2), primal="close")
def diamond_of_calls(x, y):
    return _g(x) + _g(y * _g(x))


def _g(x):
    return _h(x) * _h(x + 0.1)


def _h(x):
    return math.sin(x) * x
