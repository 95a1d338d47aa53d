"""Functions that call themselves on arrays: they divide, write in place, return arrays, read what is around them."""

import math

import numpy as np

from tests.programs.registry import between, normal, program


def merge_sorted(x):
    n = len(x)
    if n <= 1:
        return x
    left, right = merge_sorted(x[: n // 2]), merge_sorted(x[n // 2 :])
    out = np.empty_like(x)
    i = j = 0
    for k in range(n):
        if j >= len(right) or (i < len(left) and left[i] <= right[j]):
            out[k] = left[i]
            i += 1
        else:
            out[k] = right[j]
            j += 1
    return out


@program(
    lambda rng: (between(rng, -2.0, 2.0, 7),),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0),), "one": lambda rng: (normal(rng, 1),)},
)
def merge_sort(x):
    y = merge_sorted(x * x + x)
    return np.sum(y * np.arange(len(y)))


def sort_slices(a):
    if len(a) < 2:
        return
    pivot, i = a[0], 0
    for j in range(1, len(a)):
        if a[j] < pivot:
            i += 1
            a[i], a[j] = a[j], a[i]
    a[0], a[i] = a[i], a[0]
    sort_slices(a[:i])
    sort_slices(a[i + 1 :])


@program(lambda rng: (between(rng, -2.0, 2.0, 8), normal(rng, 8)), written=("x",), tags="spread")
def quicksort_of_slices(x, w):
    x *= w
    sort_slices(x)
    return np.sum(x * w) + x[2]


def sort_range(a, lo, hi):
    if hi - lo < 2:
        return
    pivot, i = a[lo], lo
    for j in range(lo + 1, hi):
        if a[j] < pivot:
            i += 1
            a[i], a[j] = a[j], a[i]
    a[lo], a[i] = a[i], a[lo]
    sort_range(a, lo, i)
    sort_range(a, i + 1, hi)


@program(lambda rng: (between(rng, -2.0, 2.0, 6),))
def quicksort_of_a_range(x):
    a = np.sin(x)
    sort_range(a, 0, len(a))
    return np.cumsum(a) * a


def sort_indices(p, x, lo, hi):
    if hi - lo < 2:
        return
    m = (lo + hi) // 2
    sort_indices(p, x, lo, m)
    sort_indices(p, x, m, hi)
    if x[p[lo]] > x[p[m]]:
        p[lo], p[m] = p[m], p[lo]


@program(lambda rng: (between(rng, -2.0, 2.0, 7),))
def permutation_in_place(x):
    p = np.arange(len(x))
    sort_indices(p, x, 0, len(x))
    return np.sum(x[p] * np.arange(1.0, len(x) + 1.0))


def prefix_in_place(a):
    n = len(a)
    if n == 1:
        a[0] = np.sin(a[0])
        return
    m = n // 2
    prefix_in_place(a[:m])
    prefix_in_place(a[m:])
    a[m:] += a[m - 1] * 0.5


@program(lambda rng: (normal(rng, 7),), written=("x",))
def divide_and_conquer_in_place(x):
    prefix_in_place(x[1:])
    prefix_in_place(x[:3])
    return np.sum(x * x[0])


def walsh_hadamard(x):
    if len(x) == 1:
        return x
    m = len(x) // 2
    a, b = x[:m], x[m:]
    return np.concatenate((walsh_hadamard(a + b), walsh_hadamard(a - b) * a[0]))


@program(lambda rng: (normal(rng, 8),), tags="spread")
def butterflies(x):
    return walsh_hadamard(x) * x


def haar(x):
    if len(x) == 1:
        return x.copy()
    s, d = 0.5 * (x[0::2] + x[1::2]), 0.5 * (x[0::2] - x[1::2])
    return np.concatenate((haar(s * s), d))


@program(lambda rng: (normal(rng, 8),))
def wavelets(x):
    y = haar(x)
    y[1] *= y[0]
    return np.sum(y * y[2])


def strassen(a, b):
    n = a.shape[0]
    if n == 1:
        return a * b
    m = n // 2
    p = strassen(a[:m, :m] + a[m:, m:], b[:m, :m] + b[m:, m:])
    q = strassen(a[m:, :m] + a[m:, m:], b[:m, :m])
    r = strassen(a[:m, :m], b[:m, m:] - b[m:, m:])
    s = strassen(a[m:, m:], b[m:, :m] - b[:m, :m])
    t = strassen(a[:m, :m] + a[:m, m:], b[m:, m:])
    u = strassen(a[m:, :m] - a[:m, :m], b[:m, :m] + b[:m, m:])
    v = strassen(a[:m, m:] - a[m:, m:], b[m:, :m] + b[m:, m:])
    c = np.empty_like(a)
    c[:m, :m] = p + s - t + v
    c[:m, m:] = r + t
    c[m:, :m] = q + s
    c[m:, m:] = p - q + r + u
    return c


@program(lambda rng: (normal(rng, 4, 4), normal(rng, 4, 4)))
def strassen_product(a, b):
    return np.sum(strassen(a, b) * np.arange(16.0).reshape(4, 4))


def summary(x):
    if len(x) == 1:
        return x[0], x * 2.0, 1
    m = len(x) // 2
    s, a, n = summary(x[:m])
    t, b, k = summary(x[m:])
    out = np.empty_like(x)
    out[:m] = a * t
    out[m:] = b * s
    return s + t, out, n + k


@program(lambda rng: (normal(rng, 6),), tags="spread")
def numbers_and_an_array(x):
    s, y, n = summary(x)
    return y * s * n


def power_of(a, k):
    if k == 0:
        return np.eye(a.shape[0])
    h = power_of(a, k // 2)
    return h @ h if k % 2 == 0 else h @ h @ a


@program(lambda rng: (normal(rng, 3, 3) * 0.5, 5), float32=False)
def matrix_power_by_squaring(a, k):
    return np.sum(power_of(a, k) * np.arange(9.0).reshape(3, 3))


@program(lambda rng: (normal(rng, 5), 3))
def array_result_of_the_entry(x, n):
    if n == 0:
        return x
    return np.sin(array_result_of_the_entry(x * 1.1, n - 1)) + x


@program(lambda rng: (normal(rng, 7), 1.5), tags="spread")
def function_inside_that_writes_around_it(x, w):
    out = np.zeros_like(x)
    total = np.sum(x)

    def fill(lo, hi, d):
        if hi - lo == 1:
            out[lo] = x[lo] ** 2 * d
            return
        m = (lo + hi) // 2
        fill(lo, m, d * w)
        fill(m, hi, d * total)
        out[lo] += out[hi - 1]

    fill(0, len(x), w)
    return out * total


@program(lambda rng: (normal(rng, 4), 5))
def two_functions_inside(x, n):
    c = x[1]

    def even(k):
        return c if k == 0 else np.sin(odd(k - 1)) * c

    def odd(k):
        return x[0] if k == 0 else even(k - 1) * x[0]

    return even(n) + odd(n + 1)


def simpson_of(f, lo, hi, tolerance):
    m = 0.5 * (lo + hi)
    once, twice = (hi - lo) * f(m), 0.5 * (hi - lo) * (f(0.5 * (lo + m)) + f(0.5 * (m + hi)))
    if abs(once - twice) < tolerance:
        return twice
    return simpson_of(f, lo, m, 0.5 * tolerance) + simpson_of(f, m, hi, 0.5 * tolerance)


@program(lambda rng: (0.7, 1.3, 2.1))
def lambda_handed_down(a, b, end):
    return simpson_of(lambda t: math.exp(-a * t) * b, 0.0, end, 1e-2)


@program(lambda rng: (normal(rng, 5), 3))
def lambda_that_calls_itself(x, n):
    product = lambda k, y: y if k == 0 else y * product(k - 1, y) * x[k]
    return product(n, x[1]) * x[0]


@program(lambda rng: (normal(rng, 5), 3))
def list_and_dict_handed_down(x, n):
    def chain(k, pair, table):
        if k == 0:
            return pair[0] * pair[1] + table["shift"]
        return chain(k - 1, [pair[1], pair[0] * x[k]], {"shift": table["shift"] * x[0] + 0.5})

    return chain(n, [x[0], x[1] * x[2]], {"shift": x[4]})


def _decayed(u, v, k):
    if k < 1:
        v[0] = v[0] * v[-1]
        return u[0]
    v *= 0.9
    return 0.5 * _decayed(u, v, k - 1) + np.sum(u)


@program(lambda rng: (normal(rng, 3), normal(rng, 3), 3))
def two_arrays_of_which_one_is_written(x, y, n):
    p, q = x * 1.0, y.copy()
    return _decayed(p, q, n) + np.sum(p * q)


def _shrunk(u, v, c):
    if len(u) < 2:
        v *= 0.9
        return c * u[0]
    return 0.5 * _shrunk(u[:-1], v[:-1], c + v[0]) + np.sum(v)


@program(lambda rng: (normal(rng, 4), 0.3), refused="takes that array twice here")
def one_array_for_two_names_of_which_one_is_written(x, b):
    p = x * 1.0
    return _shrunk(p, p, b) + np.sum(p)
