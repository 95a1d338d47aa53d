"""Programs whose loops carry arrays that are rebound: fresh ones, exchanged ones, ones that shrink."""

import numpy as np

from tests.programs.registry import normal, program, signed


@program(
    lambda rng: (normal(rng, 9), 2),
    primal="bitwise",
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 9), 0), "one": lambda rng: (normal(rng, 1), 3)},
)
def halved_in_a_loop(x, n):
    for k in range(n):
        x = x[::2] * (k + 1.5)
    return x


@program(
    lambda rng: (normal(rng, 6),),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1),), "empty": lambda rng: (normal(rng, 0),)},
)
def triangle_of_means(x):
    s = 0.0
    w = x
    for k in range(x.shape[0] - 1):
        w = np.sin(w[1:] + w[:-1]) * x[: w.shape[0] - 1]
        s += w.sum() * (k + 1)
    return s


@program(lambda rng: (normal(rng, 6, 5), 3), tags="spread")
def shrinking_matrix(a, n):
    b = a
    s = 0.0
    for k in range(n):
        b = b[1:, :-1] * b[:-1, 1:] + a[k, k]
        s += b.sum()
    return s


@program(lambda rng: (signed(rng, 0.2, 2.0, 8), 3), tags="spread")
def survivors(x, n):
    y = x
    s = 0.0
    for k in range(n):
        y = y[np.abs(y) > 0.3 * k] * 0.8
        s += (y * y).sum()
    return s


@program(lambda rng: (normal(rng, 5, 4), normal(rng, 4), 2))
def products_of_run_time_extents(w, a, k):
    b = w[k:, :] @ a
    c = w[: w.shape[0] - k, 1:] @ a[1:]
    for j in range(2):
        b = np.tanh(c * b) + w[k:, j]
    return b


@program(lambda rng: (normal(rng, 5), 0.7), variants={"other": lambda rng: (normal(rng, 5), -0.7)}, tags="spread")
def shape_by_branch(x, c):
    if c > 0:
        a = x[1:]
    else:
        a = x[:, None] * x
    s = (a * a).sum() * c
    b = x if c > 0.0 else x[:1]
    return s + (b * x).sum()


@program(lambda rng: (normal(rng, 5), 0.7), variants={"other": lambda rng: (normal(rng, 5), -0.7)}, primal="bitwise")
def shape_of_the_result_by_branch(x, c):
    if c > 0:
        return x[2:] * c
    return x * x


@program(lambda rng: (normal(rng, 5), 3), tags="spread")
def fresh_array_each_trip(x, n):
    w = x
    h = np.zeros(5)
    for t in range(n):
        new = np.empty_like(h)
        for k in range(5):
            new[k] = 0.5 * h[k - 1] + w[k] * (t + 1)
        h = new
        w = np.sin(w) * x
    return h * w


@program(
    lambda rng: (normal(rng, 3, 3), normal(rng, 3), 3),
    variants={"empty": lambda rng: (normal(rng, 3, 3), normal(rng, 3), 0)},
)
def powers_of_a_matrix(a, v, n):
    p = a
    for _ in range(n):
        p = p @ a * 0.5
        v = v @ a + p[0]
    return p * v


@program(lambda rng: (normal(rng, 4), normal(rng, 4), normal(rng, 4), 4), primal="bitwise", tags="spread")
def rotation_with_a_new_array(u, v, w, n):
    for k in range(n):
        u, v, w = v, w, u * v + 0.5 * k
    return u + 2.0 * v * w


@program(lambda rng: (normal(rng, 5), 3), primal="bitwise")
def old_and_new(x, n):
    u, old = x * 1.0, x * 1.0
    for _ in range(n):
        old = u
        u = u * 0.5 + old[::-1]
        u[0] = old[1]
    return u - old * old


@program(lambda rng: (normal(rng, 5), 4), primal="bitwise")
def best_so_far(x, n):
    best = x
    for i in range(n):
        candidate = x * (i - 1.5)
        if candidate[0] > best[0]:
            best = candidate
    return best * x


@program(lambda rng: (normal(rng, 4), normal(rng, 4), 3), primal="bitwise", tags="spread")
def exchanged_by_two_nested_loops(x, y, n):
    a, b = x * 1.0, y * 1.0
    for i in range(n):
        for j in range(i + 1):
            a[1:] = b[:-1] * a[1:] + 0.1 * j
            a, b = b, a
        a[0] += b[1]
        a, b = b, a
    return a * b + a


@program(lambda rng: (normal(rng, 4), normal(rng, 4), 4), tags="spread")
def exchanged_on_a_condition(x, y, n):
    a, b = x * 1.0, y * 1.0
    s = 0.0
    for i in range(n):
        if a[0] > b[0]:
            a, b = b, a
        a[0] += 0.7
        b[1:] = a[:-1] * b[1:]
        s += (a * b).sum() * (i + 1)
    return s + a[1] * b[0]


@program(lambda rng: (normal(rng, 3, 3), normal(rng, 3, 3), 3), primal="bitwise")
def exchanged_arrays_of_other_layouts(x, y, n):
    a, b = x * 1.0, (y * 2.0).T
    for i in range(n):
        a[0] = b[1] * a[0]
        b[:, 1] += a[2]
        a, b = b, a
    return a * b + a


@program(lambda rng: (normal(rng, 9),), variants={"one": lambda rng: (normal(rng, 1),)}, tags="spread")
def folded_while_longer_than_one(x):
    a = x
    s = 0.0
    while a.shape[0] > 1:
        a = np.sin(a[::2] * a[0]) + x[1]
        s += a.sum()
    return a * s


@program(lambda rng: (normal(rng, 4),), primal="bitwise")
def grows_in_a_short_loop(x):
    for k in range(3):
        x = np.concatenate((x[k:], x[:2] * (k + 2.0)))
    return x


@program(lambda rng: (normal(rng, 5), normal(rng, 5), 0.7))
def alias_chosen_in_a_while_loop(x, y, c):
    u, v = x * 1.0, y * 1.0
    k = 0
    while True:
        if k > 4:
            break
        r = u if k % 2 else v
        r[k] *= c
        k += 1
    return u * v
