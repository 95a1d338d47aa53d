"""Programs about arrays that a loop rebinds, writes and keeps: what it holds after its last trip, and who else does."""

import numpy as np

from tests.programs.registry import between, normal, program

_TRIPS = {"no trip": lambda rng: (normal(rng, 3), 0.3, 0), "one": lambda rng: (normal(rng, 1), 0.3, 1)}


@program(lambda rng: (normal(rng, 3), 0.3, 4), tags="spread", variants=_TRIPS)
def last_two_iterates_of_a_while_loop(x, b, n):
    p, before, k = x.copy(), np.zeros_like(x), 0
    while k < n:
        k += 1
        before = p
        p = 0.5 * np.sin(p) + b
    return np.sum(p * p) + 10.0 * np.sum(np.cos(before))


@program(lambda rng: (between(rng, 1.0, 2.0, 3), 0.3), variants={"one": lambda rng: (between(rng, 1.0, 2.0, 1), 0.2)})
def iterates_until_they_agree(x, b):
    p = x
    while True:
        before = p
        p = np.sqrt(p + b)
        if np.max(np.abs(p - before)) < 1e-2:
            break
    return np.sum(p * p) + 10.0 * np.sum(before**3)


@program(
    lambda rng: (normal(rng, 3), normal(rng, 3), 4),
    variants={"no trip": lambda rng: (normal(rng, 2), normal(rng, 2), 0)},
)
def three_arrays_in_turn_of_which_one_is_new(x, y, n):
    p, q, r, k = y.copy(), x, np.zeros(len(x)), 0
    while k < n:
        k += 1
        p = 0.5 * p + q
        p, q, r = r, p, q
    return np.sum(p) + 10.0 * np.sum(q * q) + 100.0 * np.sum(np.sin(r))


@program(lambda rng: (normal(rng, 3), 5), variants={"no trip": lambda rng: (normal(rng, 3), 0)})
def exchanged_on_some_trips_of_a_while_loop(x, n):
    p, q, k = x.copy(), 0.5 * x, 0
    while k < n:
        k += 1
        if k % 3 != 0:
            p, q = q, p
        p = np.sin(p) + 0.3 * q
    return np.sum(p * p) + 10.0 * np.sum(q)


@program(lambda rng: (0.3, 0.1, 1.5, 6), tags="spread", variants={"no trip": lambda rng: (0.3, 0.1, 1.5, 0)})
def pendulum_by_heun(angle, speed, length, steps):
    def rhs(s):
        return np.array([s[1], -9.81 / length * np.sin(s[0])])

    s = np.array([angle, speed])
    path = [s]
    for _ in range(steps):
        k1 = rhs(s)
        k2 = rhs(s + 0.05 * k1)
        s = s + 0.025 * (k1 + k2)
        path.append(s)
    path = np.array(path)
    return np.sum(path[:, 0] ** 2) * 0.05


@program(lambda rng: (normal(rng, 2), 3), variants={"no trip": lambda rng: (normal(rng, 2), 0)})
def kept_after_it_was_filled(x, n):
    s = np.zeros(2)
    s[0] = np.sin(x[0])
    s[1] = x[1] * x[0]
    path = [s]
    for _ in range(n):
        path.append(s)
        for _ in range(2):
            path.append(s)
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), written=("x",), variants={"no trip": lambda rng: (normal(rng, 2), 0)})
def argument_kept_after_it_was_written(x, n):
    x[0] *= 2.0
    path = [x]
    for _ in range(n):
        path.append(x)
    path.append(x * x)
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), variants={"no trip": lambda rng: (normal(rng, 2), 0)})
def written_between_the_lists_that_hold_it(x, n):
    s, out = x * 1.0, 0.0
    for _ in range(n):
        s[0] *= 1.5
        kept = [x]
        for _ in range(n):
            kept.append(s)
        out += np.sin(kept[1][0]) + kept[-1][1] ** 2
    return out


@program(lambda rng: (normal(rng, 2), 4), variants={"no trip": lambda rng: (normal(rng, 2), 0)})
def written_then_kept_then_replaced(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s = 0.5 * s + np.sin(x)
        s[0] += x[1]
        path.append(s)
    return np.sum(np.array(path) ** 2) if n > 0 else x[0]


# ---- what would need the alias --------------------------------------------------------------------------------------


@program(lambda rng: (normal(rng, 2), 3), refused="it is an item of the list path")
def next_trip_writes_what_was_kept(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s[0] += 1.0
        s = s + np.sin(s)
        path.append(s)
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="it is an item of the list path")
def next_trip_writes_what_another_name_kept(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s[0] += 1.0
        u = s + np.sin(s)
        path.append(u)
        s = u
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="it is an item of the list path")
def exchange_brings_back_what_was_kept(x, n):
    a, b, path = x * 1.0, x * 2.0, []
    for _ in range(n):
        b[0] += 1.0
        a = a + np.sin(b)
        path.append(a)
        a, b = b, a
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="it is an item of the list path")
def outer_trip_writes_what_an_inner_loop_kept(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s[0] += 1.0
        for _ in range(n):
            s = s + np.sin(s)
            path.append(s)
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="it is an item of the list path")
def kept_then_written_after_the_loop(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s = s + np.sin(s)
        path.append(s)
    s[0] += 100.0 * s[1]
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="is written and is an item of path")
def written_before_the_inner_loop_that_keeps_it(x, n):
    s, path = x * 1.0, []
    for _ in range(n):
        s[0] += s[1]
        for _ in range(n):
            path.append(s)
    return np.sum(np.array(path) ** 2)


@program(lambda rng: (normal(rng, 2), 3), refused="is one of two arrays, depending on a condition")
def next_trip_writes_what_a_choice_may_be(x, n):
    s, t, out = x * 1.0, x * 1.0, 0.0
    for _ in range(n):
        s[0] += 1.0
        out += t[0] ** 2
        first, second = s + np.sin(s), s * 2.0
        t = first if x[0] > 0.0 else second
        s = first
    return out


@program(lambda rng: (normal(rng, 3), 4), refused="are then the same array on some trips of a loop")
def next_trip_writes_what_an_exchange_may_have_kept(x, n):
    p, q, c, k = x, np.zeros(3), 0.5 * x, 0
    while k < n:
        k += 1
        p, q = q, p
        if n > 2:
            p = c
            p[0] += 0.5
    return np.sum(p * p) + 3.0 * np.sum(q * q) + 7.0 * np.sum(c * c)


@program(lambda rng: (normal(rng, 2, 3), 3), refused="are then the same array on some trips of a loop")
def next_trip_writes_a_row_by_a_choice(w, n):
    """``p`` is what ``q`` was, forwards or backwards: a row of ``w``."""
    p, q = w[0] + 1.0, np.zeros(3)
    for _ in range(n):
        p, q = q, p
        if n > 2:
            p = p[::-1]
        p[1:] = 0.3 * q[:-1]
        q = w[0]
    return np.sum(p * p) + np.sum(w * w)


@program(lambda rng: (normal(rng, 2, 3), 3), refused="are then the same array on some trips of a loop")
def inner_loop_writes_a_row_of_the_last_trip(w, n):
    p, q, v = w[0] + 1.0, np.zeros(3), 2.0 * w
    for _ in range(n):
        p, q = q, p
        for _ in range(2):
            p[0] += 2.0 * q[1]
            p = p[::-1]
        q = v[0]
    return np.sum(p * p) + np.sum(v * v)


@program(lambda rng: (normal(rng, 2, 3), 3), refused="are then the same array on some trips of a loop")
def row_of_the_last_trip_written_after_the_loop(w, n):
    p, q, v = w[0] + 1.0, np.zeros(3), 2.0 * w
    for _ in range(n):
        p, q = q, p
        if n > 2:
            p = p[::-1]
        q = v[0]
    p[1] = 5.0 * v[1, 1]
    return np.sum(p * p) + np.sum(v * v)


@program(lambda rng: (normal(rng, 3), 3), refused="it is an item of the list kept")
def next_trip_writes_what_a_list_holds_by_a_choice(x, n):
    p, q, kept = x * 1.0, np.zeros(3), []
    for _ in range(n):
        p, q = q, p
        if n > 2:
            p = p[::-1]
        p[0] += x[1]
        q = 2.0 * p
        kept.append(q)
    return np.sum(np.array(kept) ** 2)


@program(lambda rng: (normal(rng, 2, 3), 3), tags="spread")
def choices_and_inner_loops_write_what_each_trip_makes(w, n):
    p, q = w[0] + 1.0, np.zeros(3)
    for _ in range(n):
        p, q = q, p
        if n > 2:
            p = p[::-1]
        p[1:] = 0.3 * q[:-1]
        for k in range(2):
            p[k] += w[1, k] * q[1]
            p = p[::-1]
        q = 0.5 * w[0] * p
    return np.sum(p * p) + np.sum(q * w[1])


# ---- loops that write what they run over, written out because a shape changes or a function is among the items -------


@program(lambda rng: (normal(rng, 3), normal(rng, 2)), tags="spread")
def written_while_it_is_run_over(x, y):
    p, q, s = np.array([x[0], x[1], x[2]]), y * 1.0, 0.0
    for v in p:
        s = 0.8 * s + v * np.sum(q)
        q = np.concatenate((q, p[:1]))
        p[1:] = 2.0 * p[:-1]
    return s


@program(lambda rng: (normal(rng, 3),), tags="spread")
def written_while_it_is_zipped_with_functions(x):
    p, s = np.array([x[0], x[1], x[2]]), 0.0
    for k, (f, v) in enumerate(zip((np.sin, np.cos, np.tanh), p)):
        s = 0.8 * s + (k + 1.0) * f(v)
        p[1:] = 2.0 * p[:-1]
    return s


@program(lambda rng: (normal(rng, 3), normal(rng, 4)))
def places_written_while_they_are_run_over(x, y):
    p, q, s = np.array([2, 1, 0]), np.arange(4), 0.0
    for i in p:
        s = 0.8 * s + x[i] * y[q[i]]
        q = p[::-1].copy()
        p[1:] = p[:-1].copy()
    return s


@program(lambda rng: (normal(rng, 3),))
def written_by_a_comprehension_over_it(x):
    p = np.array([x[0], x[1], x[2]])

    def moved(v):
        p[2] += v
        return 2.0 * v

    parts = [k * moved(v) for k, v in zip((1.0, 2.0, 3.0), p)]
    return parts[0] + 3.0 * parts[1] + x[0] * parts[2]


@program(lambda rng: (normal(rng, 4), 3))
def left_where_it_begins(x, n):
    """What a loop finds that is left where it begins, and an element from the end in each trip."""
    s, i = 0.1, 0
    while True:
        i += 1
        if i > n:
            break
        k = 0
        s *= 0.8 + 0.1 * x[-1]
    for j in range(k, 4):
        break
    return s + 0.1 * j * x[j] + 0.7 * x[0]
