"""More programs about control flow: exits of nested loops, else of loops, recursion, match, walrus, messages."""

import math

import numpy as np

from tests.programs.registry import between, normal, program


def first_product_above(a, w, limit):
    for i in range(a.shape[0]):
        for j in range(i, a.shape[1]):
            p = a[i, j] * w[j]
            if p > limit:
                return p * p + i * w[i]
    return limit * a[0, 0] if a.size else limit


@program(
    lambda rng: (between(rng, 0.2, 1.5, 3, 4), between(rng, 0.5, 1.5, 4), 1.1),
    tags="inert spread",
    variants={
        "empty": lambda rng: (normal(rng, 0, 4), between(rng, 0.5, 1.5, 4), 1.1),
        "one": lambda rng: (between(rng, 0.2, 1.5, 1, 1), between(rng, 0.5, 1.5, 1), 1.1),
    },
)
def search_in_callee(a, w, limit):
    s = first_product_above(a, w, limit) * 0.5
    for k in range(3):
        s = math.tanh(s) + first_product_above(a * 0.8, w, limit * 0.6) * (k + 1)
    return s


@program(lambda rng: (between(rng, 0.3, 1.6, 3, 5), 1.2), primal="bitwise", tags="inert")
def rows_until_none_is_above(a, limit):
    s = 1.0
    for row in a:
        for v in row:
            if v > limit:
                s = s * 0.7 + v * v
                break
            if v < 0.4:
                continue
            s += v * s
        else:
            return s * limit
        while s > 2.5:
            s = s * 0.6
        else:
            s = s + 0.1 * row[0]
    return s * s


@program(lambda rng: (2.3, 0.7), tags="spread", primal="bitwise")
def newton_with_messages(x, y):
    assert y > 0.0, "y must be positive"
    print("newton")
    for k in range(20):
        step = (x * x - y) / (2.0 * x)
        x = x - step
        if step * step < 1e-3:
            print("settled after", k)
            break
    else:
        raise ArithmeticError("not settled")
    return x * y


STEPS = ("scale", "square", "skip", "shift")


@program(lambda rng: (normal(rng, 5), 0.4), primal="bitwise")
def interpreter_of_names(x, s):
    y = x.copy()
    for step in STEPS:
        match step:
            case "scale":
                y = y * s
            case "square" | "power":
                y = y * y
            case "shift":
                y[1:] = y[1:] + y[:-1] * s
            case _:
                continue
        if (n := len(step)) > 5:
            y[0] = y[0] * n
    return y


def weighted_sum(x, depth):
    if depth == 0:
        return np.sum(x * x)
    return weighted_sum(x[1:], depth - 1) * x[0] + weighted_sum(x[:-1] * 0.5, depth - 1)


@program(lambda rng: (normal(rng, 5), 0.3), tags="spread")
def recursion_over_views(x, s):
    return weighted_sum(x * s, 3) + weighted_sum(x, 0)


def ascend(x, n, w):
    if n == 0:
        return x * w[0]
    return descend(math.sin(x) + w[n], n - 1, w)


def descend(x, n, w):
    return x if n <= 0 else ascend(x * x * 0.5, n - 1, w) + x * w[-1]


@program(lambda rng: (0.8, normal(rng, 6)))
def up_and_down(x, w):
    return ascend(x, 5, w) * descend(x * 0.7, 4, w)


@program(lambda rng: (between(rng, 0.4, 1.9, 6), 1.5))
def logarithms_without_warnings(x, s):
    y = np.zeros_like(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in range(len(x)):
            if (t := x[i] * s) < 1.0:
                continue
            y[i] = np.log(t) * x[i - 1]
        ratio = y / (x + y)
    return ratio * ratio + y


@program(
    lambda rng: (normal(rng, 4, 3), normal(rng, 4), 9),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0, 3), normal(rng, 0), 9)},
)
def relaxation_with_every_exit(a, x, limit):
    trips = 0
    while True:
        if trips >= limit:
            break
        trips += 1
        y = x.copy()
        for i, row in enumerate(a):
            if i == 2 and trips % 2 == 0:
                continue
            y[i] = 0.3 * math.cos(x[i]) + 0.1 * row[0] * row[-1]
        gap = np.sum((y - x) ** 2)
        x = y
        if gap < 1e-3:
            return x * (1.0 + gap)
        elif not (gap < 100.0 and trips > 0):
            raise FloatingPointError("diverges")
    return x + 1.0


@program(lambda rng: (0.9, 1.4, 3), primal="bitwise")
def calls_chosen_by_a_match(x, y, n):
    def one(u):
        assert u > 0.0
        return u * u

    def two(u, v=2.0):
        return u * v

    for k in range(n):
        match k % 3, n:
            case 0, 3:
                x = one(x) * y
            case 1, _:
                x = two(x) + y
            case _:
                x = two(x, v=y) if x > 0.1 else one(y)
    return x


@program(lambda rng: (normal(rng, 4),), primal="bitwise")
def none_before_a_loop(x):
    y, last = None, None
    for k in range(3):
        y = x * 0.5 if y is None else y * x
        if last is not None:
            y = y + last * k
        last = y
    return y * last


@program(
    lambda rng: (between(rng, 0.5, 2.0, 6), 9),
    tags="spread",
    variants={"empty": lambda rng: (between(rng, 0.5, 2.0, 4), 0)},
)
def jacobi_until_converged(x, n):
    u = x * 1.0
    for _ in range(n):
        v = u.copy()
        v[1:-1] = 0.5 * (u[:-2] + u[2:]) + 0.1 * u[1:-1] * x[1:-1]
        if np.max(np.abs(v - u)) < 0.05:
            break
        u = v
    return np.sum(u**3)


@program(lambda rng: (between(rng, 0.5, 2.0, 4), 7), variants={"empty": lambda rng: (np.zeros(0), 3)})
def exchange_after_a_break(x, n):
    old, new = x.copy(), np.zeros(len(x))
    for k in range(n):
        new[:] = 0.5 * old * old + 0.1 * k
        if len(x) > 0 and np.abs(new[0] - old[0]) < 0.2:
            break
        old, new = new, old
    return np.sum(new * old**2)


@program(lambda rng: (between(rng, 0.5, 2.0, 5), 3), tags="spread")
def names_that_only_loops_assign(x, n):
    k = 0
    while k < n:
        v = x * (k + 1.0)
        k += 1
    for i in range(len(x)):
        if x[i] > 1.0:
            first = x[i] * i
            break
    for e in x[1:]:
        last = e * e
    return np.sum(v * v) + first * last * i


@program(lambda rng: (1.3, 4))
def names_that_one_branch_assigns(x, n):
    found = False
    for i in range(n):
        if x * i > 2.0 and not found:
            v, found = x * x * i, True
    if found:
        x = x * v
    if n > 2:
        w = x * 3.0
    return x * w


@program(lambda rng: (normal(rng, 3), 4), variants={"no trip": lambda rng: (normal(rng, 3), 0)})
def branch_that_no_trip_takes(x, n):
    k, s, u = 2, 0.0, np.cos(x)
    for _ in range(n):
        if -1 - k % n < -1 - k % n:
            u[0], u[1] = u[1], u[0] * u[0]
        k = k // 2 + 1
        s += u[k % 3] * u[0]
    return s
