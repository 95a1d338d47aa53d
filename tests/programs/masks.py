"""Programs with boolean masks: read, stored, and the places where they are true."""

import numpy as np

from tests.programs.registry import normal, program, signed


@program(
    lambda rng: (signed(rng, 0.2, 2.0, 7),),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0),), "one": lambda rng: (normal(rng, 1),)},
)
def sum_of_positive(x):
    return x[x > 0].sum() * x[x < 0].sum()


@program(lambda rng: (signed(rng, 0.2, 2.0, 5, 3), normal(rng, 5, 3)), tags="spread")
def masked_loss(prediction, target):
    mask = prediction > -0.5
    d = prediction[mask] - target[mask]
    return (d * d).sum() / mask.sum()


@program(lambda rng: (signed(rng, 0.2, 2.0, 4, 3),), primal="bitwise", tags="spread")
def boolean_updates(x):
    y = x * 1.0
    y[y < 0] = 0.0
    y[x > 1] *= 0.5
    y[x < -1] = x[x < -1] * 2.0
    y[y > 0.1] += x[y > 0.1]
    y[y == 0] -= 3.0
    return y * x


@program(lambda rng: (signed(rng, 0.2, 2.0, 4), normal(rng, 4, 3)), tags="spread")
def rows_by_mask(c, x):
    keep = c > 0
    y = x * c[:, None]
    y[keep] = x[keep] ** 2
    y[~keep, 1:] += 1.0
    y[keep, 0] = c[keep]
    return y + x[[True, False, True, True]].sum(axis=0)


@program(lambda rng: (signed(rng, 0.2, 2.0, 3, 4, 2),), primal="bitwise")
def mask_beside_other_items(x):
    m = x[:, :, 0] > -0.4
    a = x[m]
    b = x[m, 1] * 2.0
    c = x[1, x[1, :, 0] > 0]
    d = x[:, np.array([True, False, True, True]), 1:]
    return a[:, 0] * b, c[:1].sum(), d * x[:, [0, 0, 1]][:, :, :1]


@program(
    lambda rng: (signed(rng, 0.2, 2.0, 3, 4), np.array([[0.0, 1.0, 0.0, 2.0], [0.0] * 4, [3.0, 0.0, 0.0, 1.0]])),
    tags="spread",
)
def places_of_nonzeros(x, w):
    i, j = np.nonzero(w > 0.5)
    values = x[i, j] * (i + 2.0 * j)
    k = np.flatnonzero(x > 0)
    (p,) = np.where(x[:, 0] < 5.0)
    q = np.argwhere(w > 1.5)
    return (values * values).sum() + (x.ravel()[k] * k).sum() + x[p, p].sum() * q[0, 1] + w[i, j].sum()


@program(lambda rng: (signed(rng, 0.2, 2.0, 6), normal(rng, 6, 2)))
def compressed(c, x):
    a = np.compress(c > 0, x, axis=0)
    b = np.extract(c < 0, c)
    n = np.count_nonzero(c > 0)
    return (a * a).sum() / n + (b**3).sum() + np.count_nonzero(x > -9.0, axis=0).sum() * c[0]


@program(lambda rng: (signed(rng, 0.2, 2.0, 5), 4), tags="spread")
def mask_changes_in_a_loop(x, steps):
    y = x * 1.0
    s = 0.0
    for t in range(steps):
        low = y < 0.3 * t
        y[low] = np.cos(y[low]) * x[low]
        y[~low] *= 0.9
        s += y[low].sum() * t
    return s + (y * y).sum()


@program(lambda rng: (signed(rng, 0.2, 2.0, 6), normal(rng, 6)))
def copied_where(x, v):
    y = v * 1.0
    np.copyto(y, x * x, where=x > 0)
    m = x > 1.0
    first = y[m] * 2.0
    m[0] = not m[0]
    y[m] = x[m]
    return y * (1.0 + first.sum()) + y[m].sum()
