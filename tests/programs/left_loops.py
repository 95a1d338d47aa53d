"""Loops whose number of trips only the run knows: ``while``, ``break``, returns from loops, nested in each other."""

import math

import numpy as np

from tests.programs.registry import between, normal, program


@program(lambda rng: (2.7,), variants={"one": lambda rng: (0.4,)}, float32=False, tags="spread")
def newton_to_convergence(a):
    x = a
    while abs(x * x - a) > 1e-13:
        x = 0.5 * (x + a / x)
    return x


@program(
    lambda rng: (between(rng, 0.2, 3.0, 5), 1.2), variants={"empty": lambda rng: (normal(rng, 0), 1.2)}, tags="inert"
)
def newton_for_each(a, start):
    y = np.zeros(len(a))
    for i in range(len(a)):
        x = start * a[i]
        k = 0
        while k < 40:
            step = (x**3 - a[i]) / (3.0 * x * x)
            x = x - step
            if abs(step) < 1e-12:
                break
            k += 1
        y[i] = x * (1.0 + 0.1 * x)
    return y


@program(
    lambda rng: (normal(rng, 3, 4) * 0.9, normal(rng, 3, 4) * 0.9, 0.3),
    variants={"empty": lambda rng: (normal(rng, 3, 0), normal(rng, 3, 0), 0.3)},
    tags="spread",
)
def escape_loops(re, im, c):
    total = 0.0
    for i in range(re.shape[0]):
        for j in range(re.shape[1]):
            a, b = re[i, j], im[i, j]
            for _ in range(9):
                a, b = a * a - b * b + c, 2.0 * a * b + 0.1
                if a * a + b * b > 4.0:
                    break
            total += math.log(1.0 + a * a + b * b)
    return total


@program(
    lambda rng: (0.7, between(rng, 0.4, 0.9, 5)),
    variants={"empty": lambda rng: (0.7, normal(rng, 0))},
    tags="spread inert",
)
def while_in_for_in_while(s, a):
    k = 0
    while k < 3:
        for i in range(len(a)):
            j = 0
            while s * a[i] < 0.9 and j <= k + i:
                s = 1.3 * math.sin(s) + 0.2 * a[i]
                j += 1
            s = s * (0.8 + 0.1 * a[i])
        k += 1
    return s


@program(
    lambda rng: (between(rng, 0.5, 1.2, 4, 6), 0.4),
    variants={"empty": lambda rng: (normal(rng, 4, 0), 0.4)},
    tags="inert composite",
)
def break_in_the_inner_of_two(x, s):
    for i in range(x.shape[0]):
        for j in range(x.shape[1] - 1, -1, -1):
            s = s * s * x[i, j] + 0.5
            if s > 0.9:
                break
            s = s * math.exp(-s)
        s = 0.4 + 0.3 * math.sin(s)
    return s


@program(lambda rng: (between(rng, 0.5, 1.2, 7), 0.8))
def skipped_trips(x, s):
    for i in range(len(x)):
        if x[i] * s > 0.7:
            s = s * 0.8
            continue
        t = s * x[i]
        while t < 1.0:
            t = t * 1.5 + 0.1 * s
            if t > 0.8:
                continue
            s = s + 0.1 * t * t
        s = s * t * 0.5
    return s


@program(lambda rng: (between(rng, 0.4, 0.8, 6), 0.9), variants={"empty": lambda rng: (normal(rng, 0), 0.9)})
def returned_from_a_loop(x, s):
    for i in range(len(x)):
        s = s * s + x[i]
        if s > 1.9:
            return math.sin(s) * x[i]
    return s * 2.0


@program(lambda rng: (between(rng, 0.5, 1.1, 5), 0.02), tags="spread inert")
def sweeps_until_small(x, tolerance):
    """Relaxation in place: how many sweeps, and what each saw, the run decides."""
    u = x.copy()
    change = 1.0
    while change > tolerance:
        change = 0.0
        for i in range(1, len(u) - 1):
            new = 0.25 * (u[i - 1] + u[i] * u[i] + u[i + 1])
            change += (new - u[i]) ** 2
            u[i] = 0.5 * (new + u[i])
    return np.sum(u * u)


@program(
    lambda rng: (
        between(rng, 0.5, 1.5, 9),
        rng.integers(0, 4, 9),
        np.array([0, 2, 2, 5, 9]),
        between(rng, 0.5, 1.0, 4),
    ),
)
def sparse_power_iteration(data, columns, pointers, x):
    """Ragged rows in a loop that is left: no count beforehand."""
    n = len(x)
    y = x.copy()
    last = 0.0
    for _ in range(100000):
        z = np.zeros(n)
        for i in range(n):
            for k in range(pointers[i], pointers[i + 1]):
                z[i] = z[i] * 0.9 + math.sin(data[k] * y[columns[k]])
        norm = math.sqrt(np.sum(z * z))
        y = z / (norm + 0.1)
        if abs(norm - last) < 0.3:
            break
        last = norm
    return np.sum(y * y * y)


@program(lambda rng: (between(rng, 0.6, 1.2, 6), 0.8))
def triangle_in_a_loop_that_is_left(x, s):
    for i in range(len(x)):
        for j in range(i):
            s = 0.5 * s * s * x[j] + 0.4
        t = 0.0
        for j in range(int(4.0 * s)):
            t = math.sin(t + s) + 0.1 * j
        s = 0.6 * s + 0.3 * t
        if s > 1.3:
            break
    return s


@program(lambda rng: (between(rng, 0.3, 0.9, 5), 1.4), tags="inert")
def trip_after_trip_an_array(x, stop):
    """Arrays made in each trip: rows of a tape that grows."""
    k = 0
    total = 0.0
    while total < stop:
        y = np.sin(x * (1.0 + total))
        z = y * y + 0.1 * x
        total += np.sum(z) * 0.2 + 0.05
        k += 1
    return total * total


@program(lambda rng: (between(rng, 0.3, 0.9, 5), 1.4), tags="inert")
def two_loops_that_are_left(x, limit):
    s = 0.3
    k = 0
    while s < limit:
        s = s + x[k % len(x)] * s * s + 0.1
        k += 1
    t = s
    while k > 0:
        k -= 1
        t = math.sin(t) + 0.1 * x[k % len(x)] * s
    return t * s


@program(lambda rng: (0.4, between(rng, 0.6, 1.2, 4)))
def tests_with_values_from_the_trip(s, x):
    """The condition is computed in each trip, from what the trip has made."""
    i = 0
    while True:
        s = s * s * x[i % len(x)] + 0.6
        r = math.exp(-s)
        if r < 0.3 or i > 12:
            return r * s
        i += 1
