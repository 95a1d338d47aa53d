"""Functions that call themselves until a value of the run ends it: each becomes a function of its own."""

import math

import numpy as np
from numba import njit

from tests.programs.registry import between, normal, program

SCALE = 0.75
TABLE = np.array([0.5, -1.25, 2.0])


def fibonacci(x, n):
    if n < 2:
        return x
    return math.sin(fibonacci(x, n - 1)) + fibonacci(x, n - 2) * x


@program(lambda rng: (0.7, 6), tags="spread")
def two_calls_of_itself(x, n):
    return fibonacci(x, n) * x


@program(lambda rng: (0.7, 4))
def entry_calls_itself(x, n):
    if n > 0:
        return entry_calls_itself(x, n - 1) * entry_calls_itself(x * 0.5, n - 1) + x
    return x


@program(lambda rng: (1.3, 13))
def power_by_squaring(x, n):
    if n == 0:
        return 1.0
    h = power_by_squaring(x, n // 2)
    return h * h if n % 2 == 0 else h * h * x


def sum_of_range(x, w, lo, hi):
    if hi - lo == 1:
        return math.sin(x[lo]) * w[lo % len(w)]
    m = (lo + hi) // 2
    return sum_of_range(x, w, lo, m) * 1.5 + sum_of_range(x, w, m, hi)


@program(lambda rng: (normal(rng, 7), normal(rng, 3)), tags="spread")
def halves_by_indices(x, w):
    return sum_of_range(x, w, 0, len(x)) + x[0] * w[1]


def sum_of_slices(x):
    if len(x) == 1:
        return x[0] ** 2
    m = len(x) // 2
    return sum_of_slices(x[:m]) * sum_of_slices(x[m:]) + x[m]


@program(lambda rng: (normal(rng, 6),), tags="spread")
def halves_by_slices(x):
    return sum_of_slices(x) + sum_of_slices(x[::2])


def quarters(a):
    n, m = a.shape
    if n == 0 or m == 0:
        return 0.0
    if n * m == 1:
        return math.exp(a[0, 0])
    i, j = (n + 1) // 2, (m + 1) // 2
    return quarters(a[:i, :j]) + 2.0 * quarters(a[i:, :j]) - quarters(a[:i, j:]) + quarters(a[i:, j:]) * a[0, 0]


@program(lambda rng: (normal(rng, 3, 5),))
def blocks_of_a_matrix(a):
    return quarters(a) + quarters(a.T)


def chebyshev(n, x):
    if n == 0:
        return 1.0
    if n == 1:
        return x
    return 2.0 * x * chebyshev(n - 1, x) - chebyshev(n - 2, x)


def legendre(n, x):
    return 1.0 if n == 0 else x if n == 1 else ((2 * n - 1) * x * legendre(n - 1, x) - (n - 1) * legendre(n - 2, x)) / n


@program(lambda rng: (between(rng, -0.9, 0.9, 4), 4), tags="spread")
def polynomials_in_a_loop(x, degree):
    s = 0.0
    for i in range(len(x)):
        for k in range(degree):
            s += chebyshev(k, x[i]) * legendre(k + 1, x[i]) * (i + 1)
    return s


def integrand(t, a):
    return math.exp(a * t) * math.cos(3.0 * t)


def simpson(f, a, lo, hi, whole, tolerance):
    m = 0.5 * (lo + hi)
    left = (m - lo) / 6.0 * (f(lo, a) + 4.0 * f(0.5 * (lo + m), a) + f(m, a))
    right = (hi - m) / 6.0 * (f(m, a) + 4.0 * f(0.5 * (m + hi), a) + f(hi, a))
    if abs(left + right - whole) <= 15.0 * tolerance:
        return left + right
    return simpson(f, a, lo, m, left, tolerance / 2.0) + simpson(f, a, m, hi, right, tolerance / 2.0)


@program(lambda rng: (0.8, 2.1))
def adaptive_quadrature(a, end):
    whole = end / 6.0 * (integrand(0.0, a) + 4.0 * integrand(end / 2.0, a) + integrand(end, a))
    return simpson(integrand, a, 0.0, end, whole, 1e-4)


def fraction(x, k, depth):
    if k > depth:
        return x
    return k + x / fraction(x, k + 1, depth)


@program(lambda rng: (1.4, 9))
def continued_fraction(x, depth):
    return fraction(x, 1, depth)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


@program(lambda rng: (normal(rng, 9), 5), tags="spread")
def ints_and_bools(x, n):
    k = ackermann(2, n % 3)
    return x[k] * x[k] if is_even(n) else np.sin(x[k]) * k


def grows(x, n):
    return x if n == 0 else shrinks(x * x, n - 1)


def shrinks(x, n):
    return x if n == 0 else math.cos(grows(x + 0.25, n - 1)) * x


@program(lambda rng: (0.6, 5), tags="spread")
def two_that_call_each_other(x, n):
    return grows(x, n) + shrinks(x, n + 1)


def scaled(x, n):
    return x * TABLE[n % 3] if n <= 0 else scaled(x * SCALE, n - 1) + x * TABLE[0]


@program(lambda rng: (1.1, 4), tags="spread")
def captures_a_number_and_an_array(x, n):
    return scaled(x, n) * scaled(x + SCALE, n - 2)


def of_a_part(x, n):
    return x if n == 0 else of_a_part(fibonacci(x, n), n - 1) + x


@program(lambda rng: (0.4, 3))
def part_that_calls_a_part(x, n):
    return of_a_part(x, n)


def halved(x):
    return x if x < 1.0 else halved(x / 2.0) * 1.5


@program(lambda rng: (between(rng, 0.5, 9.0, 5),))
def depth_by_a_float(x):
    s = 0.0
    for v in x:
        s += halved(v) * v
    return s


def unused_array(x, w, n):
    return x[n] if n == 0 else unused_array(x, w, n - 1) + x[n]


@program(lambda rng: (normal(rng, 4), normal(rng, 2)))
def reads_what_is_overwritten(x, w):
    y = x * 2.0
    s = 0.0
    for k in range(len(y)):
        s += unused_array(y, w, k) * y[k]
        y[k] = s * w[0]
    return s + unused_array(y, y, 2)


@program(lambda rng: (normal(rng, 5),))
def one_array_twice(x):
    return product_of(x, x[1:], 3) + product_of(x, x, 2)


def product_of(a, b, n):
    return a[0] * b[0] if n == 0 else product_of(a, b, n - 1) * b[n] + a[n] * b[n]


@njit
def compiled_power(x, n):
    if n == 0:
        return 1.0
    return x * compiled_power(x, n - 1)


@program(lambda rng: (1.2, 4))
def of_a_dispatcher(x, n):
    return compiled_power(x, n) + compiled_power(x * x, n + 1)


@program(lambda rng: (normal(rng, 4), 3))
def local_work_in_a_part(x, n):
    return smoothed(x, n)


def smoothed(x, n):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * x[(i + 1) % len(x)] * 0.5
    if n == 0:
        return np.sum(np.sin(y))
    return smoothed(y + x, n - 1) * 0.5 + y[0]


def first_or_other(t, q):
    return t if q else other_or_first(2.0, q)


def other_or_first(t, q):
    return first_or_other(t, q)


@program(lambda rng: (normal(rng, 2, 3), 2))
def nothing_to_keep(x, q):
    """The call that comes first ends at once: its record is empty."""
    return x * first_or_other(np.mean(x), q)
