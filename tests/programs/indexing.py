"""Programs with index arrays: gathers, scatters, products by CSR arrays, histograms, permutations."""

import numpy as np

from tests.programs.registry import normal, program


def ints(*values: int) -> np.ndarray:
    """An int64 array."""
    return np.array(values, dtype=np.int64)


@program(
    lambda rng: (normal(rng, 5, 3), ints(1, 4, 1, -5, 1), normal(rng, 3, 2)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 5, 3), ints(), normal(rng, 3, 2)),
        "one": lambda rng: (normal(rng, 1, 3), ints(-1), normal(rng, 3, 2)),
    },
)
def embedding_with_repeated_rows(table, tokens, w):
    rows = table[tokens]
    h = np.tanh(rows @ w)
    return (h * h).sum(axis=0)


@program(
    lambda rng: (normal(rng, 4, 2), ints(0, 1, 2, 0), ints(1, 2, 3, 3), np.abs(normal(rng, 4)) + 0.5),
    tags="spread",
    primal="close",
)
def spring_forces(x, a, b, rest):
    d = x[b] - x[a]
    length = np.sqrt((d * d).sum(axis=1))
    f = (1.0 - rest / length)[:, None] * d
    force = np.zeros_like(x)
    np.add.at(force, a, f)
    np.subtract.at(force, b, f)
    return force


@program(
    lambda rng: (normal(rng, 6), ints(0, 2, 3, 2, 0, 1), ints(0, 2, 3, 5, 6), normal(rng, 4)),
    tags="spread",
    primal="close",
)
def csr_times_vector(data, columns, start, x):
    y = np.zeros(4)
    for i in range(4):
        part = x[columns[start[i] : start[i + 1]]]
        y[i] = (data[start[i] : start[i + 1]] * part).sum()
    return y * x


@program(lambda rng: (normal(rng, 6), ints(0, 2, 3, 2, 0, 1), ints(0, 0, 1, 2, 2, 3), normal(rng, 4)))
def coo_times_vector(data, columns, rows, x):
    y = np.zeros(4)
    np.add.at(y, rows, data * x[columns])
    return y**2 + x


@program(
    lambda rng: (normal(rng, 7), ints(0, 3, 1, 3, 3, 0, 2), normal(rng, 4)),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0), ints(), normal(rng, 4))},
)
def weighted_histogram(weights, bins, target):
    h = np.zeros(4)
    np.add.at(h, bins, weights * weights)
    return ((h - target) ** 2).sum()


@program(lambda rng: (normal(rng, 5), ints(3, 0, 4, 1, 2)), primal="bitwise")
def permuted_and_back(x, p):
    y = x[p] * x
    z = np.empty_like(x)
    z[p] = y * y
    return z - x[::-1][p]


@program(lambda rng: (normal(rng, 4, 5), ints(0, 2, 2), ints(4, 1, 0)), tags="spread", primal="bitwise")
def pixels_and_rows(image, i, j):
    points = image[i, j]
    rows = image[i]
    columns = image[:, j]
    patch = image[i[:, None], j[None, :]]
    return rows[:, 1:4] * patch + columns[:3] * points


@program(lambda rng: (normal(rng, 2, 3, 4, 5), ints(1, 0)), primal="bitwise", tags="spread")
def axes_of_separated_indices(x, i):
    together = x[:, i, i]
    apart = x[i, :, i]
    with_int = x[0, :, i]
    front = x[i, None, 1:, -1]
    last = x[..., i]
    return (
        together[0, 1, 2] * apart[1, 2],
        with_int[1, :, 2] * 2.0,
        front[:, 0] ** 2,
        last[1, 2, 3] * last[0, 1, 2],
        x[:, i, 0, i][1],
    )


@program(lambda rng: (normal(rng, 4, 3), ints(2, -1, 0)), primal="bitwise")
def lists_as_indices(x, k):
    a = x[[0, -1, 2]]
    b = x[[[1], [3]], [0, 2]]
    c = x[[0, 1, 1], k]
    return a * b[0, 1] + c


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4, 4)), primal="bitwise", tags="spread")
def last_of_equal_places_wins(x, v):
    y = x * 1.0
    idx = np.array([2, 0, 2, 2])
    y[idx] = v
    y[idx, idx] *= y[0]
    y[0, [1, 1]] = x[1, :2]
    return y * x


@program(lambda rng: (normal(rng, 4), normal(rng, 3)), primal="bitwise", tags="spread")
def augmented_with_equal_places(x, e):
    y = x * 2.0
    idx = np.array([1, 1, 3])
    y[idx] += e
    y[idx] *= y[idx] - 0.5
    y[[0, 2]] -= x[[2, 0]] * e[0]
    return y


@program(lambda rng: (normal(rng, 5, 3), normal(rng, 2), ints(3, 1)), written=("a",))
def rows_and_columns_stored(a, v, k):
    a[k, :] = a[k - 1, :] * v[:, None]
    a[:, k - 1] *= 2.0
    a[k, 1] = v
    a[1:4, [0, 2]] += a[k, 0]
    return a.sum()


@program(
    lambda rng: (normal(rng, 6), 3),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1), 2)},
)
def periodic_neighbours(u, steps):
    n = u.shape[0]
    here = np.arange(n)
    left, right = here - 1, (here + 1) % n
    v = u * 1.0
    for _ in range(steps):
        v = v + 0.1 * (v[left] - 2.0 * v + v[right]) * v
    return v


@program(lambda rng: (normal(rng, 5), ints(4, 0, 0, 2)), tags="spread", primal="close")
def gather_inside_a_loop(x, idx):
    s = 0.0
    y = x * 1.0
    for t in range(3):
        g = y[idx + 0 * t]
        s += (g * g[::-1]).sum()
        y[idx] = np.sin(g) + y[t]
    return s + y.sum()


@program(lambda rng: (normal(rng, 3, 4), ints(1, 3, 0)), primal="bitwise")
def taken_along_axes(x, k):
    a = np.take(x, k)
    b = np.take(x, k, axis=1)
    c = x.take(2, axis=0)
    d = np.take_along_axis(x, k[:, None], axis=1)
    e = np.take_along_axis(x, np.array([[0, 2, 1, 0]]), 0)
    return a * b + d, c * e


@program(lambda rng: (normal(rng, 3, 4), ints(1, 3, 0)), primal="bitwise", tags="spread")
def put_along_axes(x, k):
    y = x * x
    np.put_along_axis(y, k[:, None], x[:, :1] * 3.0, axis=1)
    np.put(y, np.array([0, -1, 5]), x[1, :3])
    np.copyto(y[1:], x[:2] * 2.0)
    y[..., 0].fill(0.5)
    return y * x


@program(lambda rng: (normal(rng, 4, 3), ints(0, 0, 2), normal(rng, 3)), primal="bitwise")
def other_ufuncs_at(x, k, v):
    y = x * 1.0
    np.multiply.at(y, (k, np.array([1, 1, 2])), v)
    np.subtract.at(y, k, x[:3])
    np.divide.at(y, (slice(1, 3), k[:2]), 2.0)
    np.maximum.at(y, (k, 0), v)
    np.add.at(y, 3, v)
    np.add.at(y, (0, 0), v[1])
    return y


@program(lambda rng: (normal(rng, 6), np.array([4, 1, 1], np.uint8), np.array([2, 0, 5], np.int32)), primal="bitwise")
def small_index_dtypes(x, a, b):
    return x[a] * x[b] + x[a[1]]


@program(lambda rng: (normal(rng, 3, 2), np.array(2)), primal="bitwise")
def zero_dimensional_index(x, k):
    row = x[k]
    before = row * 1.0
    y = x * 2.0
    part = y[k]
    part[0] = 7.0
    return before * y + part[0]


@program(lambda rng: (normal(rng, 4, 3), ints(1, 1, 0)), primal="bitwise", tags="spread")
def through_views(x, k):
    y = x * 1.0
    t = y.T[1:]
    t[:, k] = x[:3, 1:].T * 2.0
    s = y[::-2][k % 2]
    return s * t[1, k][:, None]
