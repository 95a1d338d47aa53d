"""Programs whose reverse sweep needs values of loops with awkward trips: ragged, triangular, downwards; and swaps.

Each carries a product or another value that its own adjoint reads, so that every trip is on a tape.
"""

import math

import numpy as np

from tests.programs.registry import between, normal, program


def _pointers(rng, rows, size):
    """``rows + 1`` ascending offsets into an array of ``size``, with empty rows among them."""
    return np.sort(np.concatenate([[0, 0], rng.integers(0, size + 1, max(rows - 2, 0)), [size]]))[: rows + 1]


def _csr(rows, size):
    def make(rng):
        pointers = _pointers(rng, rows, size)
        return between(rng, 0.5, 1.5, size), rng.integers(0, 4, size), pointers, between(rng, 0.4, 1.6, 4)

    return make


@program(_csr(5, 9), variants={"empty": _csr(2, 0)}, tags="spread")
def csr_product(data, columns, pointers, x):
    y = np.zeros(len(pointers) - 1)
    for i in range(len(pointers) - 1):
        s = 0.0
        for k in range(pointers[i], pointers[i + 1]):
            s += data[k] * x[columns[k]]
        y[i] = s * math.sin(s)
    return y


@program(_csr(5, 9), variants={"empty": _csr(2, 0)}, tags="spread")
def csr_recurrence(data, columns, pointers, x):
    total = 0.0
    for i in range(len(pointers) - 1):
        p = 1.0
        for k in range(pointers[i], pointers[i + 1]):
            p = p * data[k] + 0.1 * p * p * x[columns[k]]
        total += p * x[i % 4]
    return total


def _nested(rng):
    outer, inner = np.array([0, 2, 2, 5, 6]), np.array([0, 1, 4, 4, 6, 7, 9])
    return between(rng, 0.5, 1.5, 9), outer, inner, 0.7


@program(_nested, tags="spread")
def ragged_in_ragged(data, outer, inner, x):
    total = x
    for i in range(len(outer) - 1):
        q = 1.0
        for j in range(outer[i], outer[i + 1]):
            p = q * x
            for k in range(inner[j], inner[j + 1]):
                p = math.tanh(p * data[k]) + 0.2 * p
            q = q * (1.0 + 0.3 * p)
        total = total * q + 0.1 * total
    return total


def _guarded(rng):
    return between(rng, -1.0, 1.5, 7), np.array([2, 0, 3, 1, 4, 0, 2]), np.array([1, 0, 1, 1, 0, 2, 0])


@program(_guarded, tags="spread")
def ragged_behind_a_float(x, counts, kinds):
    total = 0.0
    for i in range(len(x)):
        p = 1.0 + x[i]
        if x[i] * x[i] > 0.3:
            for _ in range(counts[i]):
                p = p * x[i] + 0.5 * p
        total += p * p
    return total


@program(_guarded, tags="spread")
def ragged_behind_an_int(x, counts, kinds):
    total = 0.0
    for i in range(len(x)):
        p = 1.0 + x[i]
        if kinds[i] == 1:
            for k in range(counts[i]):
                p = p * x[k] + 0.5 * p
        elif kinds[i] == 2:
            p = p * p
        else:
            for k in range(counts[i] + 1):
                p = math.sin(p) + p * x[i]
        total += p * p
    return total


@program(_guarded)
def ragged_behind_a_changing_float(x, counts, kinds):
    total = 0.2
    for i in range(len(x)):
        if total * total > 0.5:
            for _ in range(counts[i]):
                total = math.sin(total * x[i]) + 0.1 * total
        else:
            total = total + 0.4 * x[i] * x[i] + 0.3
    return total


@program(lambda rng: (between(rng, 0.5, 1.5, 8), np.array([1, 6, 0, 3]), np.array([7, 2, 5, 3])), tags="spread")
def ragged_by_other_steps(x, low, high):
    total = 0.0
    for i in range(len(low)):
        p = x[i]
        for k in range(low[i], high[i], 2):
            p = p * x[k] + 0.1
        for k in range(high[i] - 1, low[i] - 1, -1):
            p = p * (x[k] + 0.2 * p)
        for k in range(high[i], low[i], -3):
            p = p * x[k]
        total += p * p
    return total


@program(lambda rng: (between(rng, 0.5, 1.5, 5), np.array([2, 0, 1, 3, 2])), tags="spread")
def ragged_in_a_triangle(x, counts):
    total = 1.0
    for i in range(len(x)):
        for j in range(i):
            p = x[j]
            for _ in range(counts[j]):
                p = p * x[i] + 0.2 * p * p
            total = total * (1.0 + 0.05 * p)
    return total


@program(lambda rng: (between(rng, 0.5, 1.5, 8), np.array([0, 2, 5, 3]), np.array([4, 2, 8, 8])), tags="spread")
def slices_of_changing_length(x, low, high):
    total = 1.0
    for i in range(len(low)):
        part = np.exp(x[low[i] : high[i]] * total)
        part[:1] *= 0.5
        total += 0.1 * np.sum(part * part) / (1.0 + np.sum(part))
    return total


@program(lambda rng: (between(rng, 0.5, 1.5, 6), np.array([2, 1, 0, 3, 1, 2])), either=True, written=("counts",))
def counts_overwritten_on_the_way(x, counts):
    total = 0.3
    for i in range(len(x)):
        for _ in range(counts[i]):
            total = total * x[i] + 0.1 * total * total
        counts[i] = 0
    return total


@program(lambda rng: (0.4, between(rng, 0.6, 1.2, 4)), either=True)
def trips_computed_from_floats(s, x):
    for i in range(len(x)):
        for _ in range(int(3.0 * s * s) + 1):
            s = s * x[i] + 0.1
    return s


# ---- triangles -------------------------------------------------------------------------------------------------------


@program(
    lambda rng: (between(rng, 0.6, 1.4, 7), 0.8), variants={"empty": lambda rng: (normal(rng, 0), 0.8)}, tags="spread"
)
def triangle_downwards(x, s):
    n = len(x)
    for i in range(n - 1, -1, -1):
        for j in range(i, -1, -2):
            s = math.sin(s * x[j]) + 0.2 * s * x[i]
        for j in range(n - 1, i, -3):
            s = s * x[j] + 0.1
    return s


@program(lambda rng: (between(rng, 0.6, 1.4, 7), 0.8), tags="spread")
def bounds_by_floor_division(x, s):
    n = len(x)
    for i in range(n):
        for j in range(i // 2, (n + i) // 3):
            s = math.sin(s * x[j % n]) + 0.2 * s
        for j in range((i - 5) // 2, (i - 3) // 3):
            s = s * x[j % n] + 0.1
    return s


@program(lambda rng: (between(rng, 0.6, 1.4, 6), 0.8, 2), tags="spread")
def bands_and_offsets(x, s, width):
    n = len(x)
    for i in range(n):
        for j in range(max(0, i - width), min(n, i + width + 1)):
            s = math.sin(s * x[j]) + 0.2 * s
        for j in range(2 * i - 3, n - i, width):
            s = s * x[j % n] + 0.1
        for j in range(n - i, 0, -width):
            s = s * x[j - 1] + 0.1
    return s


@program(lambda rng: (between(rng, 0.6, 1.4, 5), 0.8), tags="spread")
def tetrahedron(x, s):
    for i in range(len(x)):
        for j in range(i):
            for k in range(j, i):
                s = math.sin(s * x[j]) + 0.2 * s * x[k]
            s = s + 0.1 * s * s
    return s


# ---- references that are exchanged -----------------------------------------------------------------------------------


def _trips(outer, inner):
    return lambda rng: (normal(rng, 6), outer, inner)


TRIPS = {"even in odd": _trips(3, 2), "even in even": _trips(2, 2), "odd in even": _trips(2, 3), "none": _trips(2, 0)}


@program(_trips(3, 3), variants=TRIPS, either=True)
def swaps_in_nested_loops(u, outer, inner):
    a = u * 1.0
    b = np.zeros_like(a)
    for _ in range(outer):
        for _ in range(inner):
            b[1:-1] = 0.5 * a[1:-1] * a[2:] + a[:-2]
            a, b = b, a
        a[0] = a[0] * a[1] + 0.3 * b[2]
    return a * b


@program(_trips(3, 3), variants=TRIPS, tags="spread")
def swaps_inside_each_trip(u, outer, inner):
    total = 0.0
    for t in range(outer):
        a = u * (1.0 + 0.1 * t)
        b = np.zeros_like(u)
        for _ in range(inner):
            b[1:-1] = 0.5 * a[1:-1] * a[2:] + a[:-2]
            a, b = b, a
        a[0] = a[0] * a[1] + 0.3 * b[2]
        total += np.sum(a * b * a)
        u = u * 0.9
    return total


@program(_trips(4, 3), variants=TRIPS, tags="spread")
def swaps_in_two_loops(u, outer, inner):
    a = u * 1.0
    b = u * u
    c = np.zeros_like(u)
    for _ in range(outer):
        c[1:] = a[:-1] * b[1:] + 0.2
        a, b, c = b, c, a
    for k in range(inner - 1, -1, -1):
        a[k] = a[k] * b[1] * b[k]
        a, b = b, a
    return a * b + c


@program(_trips(3, 1), variants=TRIPS, either=True)
def swaps_of_swaps(u, outer, inner):
    a = u * 1.0
    b = u * u
    c = np.zeros_like(u)
    for _ in range(outer):
        for _ in range(inner):
            c[1:] = a[:-1] * b[1:] + 0.2
            a, b, c = b, c, a
        a, b = b, a
        b[0] = a[0] * c[1]
    return a * b + c


@program(_trips(2, 1), variants=TRIPS)
def swapped_back_each_trip(u, outer, inner):
    a = u * 1.0
    b = u * 0.5
    for _ in range(outer):
        a, b = b, a
        a[:] = a * b + 0.1
        a, b = b, a
        a[1:] = a[:-1] * b[1:]
    for _ in range(inner, -1, -1):
        a, b = b, a
        b *= a
    return a - b * b
