"""Programs about views: rows and slices that are written through, transposes, reshapes, newaxis, loops over rows."""

import numpy as np

from tests.programs.registry import normal, program


@program(lambda rng: (normal(rng, 4, 5), 0.7), tags="spread", primal="bitwise")
def rows_written_through(a, s):
    b = a * 1.0
    row = b[1]
    row[2:] *= s
    row[0] = row[-1] * row[1]
    tail = row[1:]
    tail[::2] += b[2, :2]
    return b


@program(
    lambda rng: (normal(rng, 3, 4),),
    tags="spread",
    variants={"empty": lambda rng: (normal(rng, 0, 4),), "one": lambda rng: (normal(rng, 1, 1),)},
    written=("a",),
)
def loop_over_rows_writes(a):
    for r in a:
        r += 1.0
        r *= a[0]
    return a.sum()


@program(lambda rng: (normal(rng, 3, 5),), tags="spread", primal="bitwise")
def transpose_written_through(a):
    b = a.copy()
    t = b.T
    t[1:3] *= 2.0
    t[0, 1] = b[2, 4] * b[0, 0]
    c = t.T[::-1]
    c[0] += b[0]
    return b * np.transpose(t)


@program(lambda rng: (normal(rng, 3, 4),), tags="spread layout", primal="bitwise")
def reshape_and_ravel(a):
    b = a * a
    flat = b.reshape(12)
    flat[1::5] *= 3.0
    v = np.ravel(b)
    v[0] = flat[7] * flat[3]
    w = b.reshape((2, -1))
    w[1] += w[0]
    return np.reshape(b, (4, 3)) * w.reshape(4, 3)


@program(lambda rng: (normal(rng, 2, 3, 4),), primal="bitwise")
def transpose_of_three(a):
    b = np.transpose(a, (2, 0, 1)) * 2.0
    c = a.transpose(1, 2, 0)
    return b[1:3, 1] * c[:, 1:3, 0].T


@program(lambda rng: (normal(rng, 6),), tags="spread")
def view_taken_before_store(x):
    a = x * 2.0
    v = a[1:4]
    w = a[::-1]
    a[2] = a[0] * a[5]
    s = v[1] * w[0]
    a[:] = a * a
    return s * v.sum() + w[3]


@program(lambda rng: (normal(rng, 7), normal(rng, 3)), tags="spread")
def slices_of_slices(x, y):
    a = x[1:]
    b = a[::2]
    c = b[::-1]
    d = c[-3:] * y
    e = x[-5:-1][1:][:2]
    return d.sum() * e[0] + e[-1] * c[0]


@program(lambda rng: (normal(rng, 4), normal(rng, 3)), primal="bitwise", tags="spread")
def new_axes(x, y):
    a = x[:, None] - y[None, :]
    b = x[np.newaxis]
    c = y[..., None]
    return a * a * b.T + (c.T * b[0, 1])


@program(lambda rng: (normal(rng, 5, 6), 2, 5), primal="bitwise")
def run_time_slices(a, lo, hi):
    b = a.copy()
    for k in range(lo, hi):
        b[k, :k] += b[k - 1, 6 - k :]
        b[:k, k] *= b[k - 1, k]
        b[k:, -1] = b[k:, 0] * 0.5
    return b[lo:hi]


@program(lambda rng: (normal(rng, 5),), tags="spread")
def clipped_slices(x):
    a = x[2:100] * 2.0
    b = x[-100:2]
    c = x[4:1]
    return a.sum() * b[1] + c.sum() + x[5:].sum()


@program(lambda rng: (normal(rng, 4, 3), normal(rng, 4, 3)), primal="bitwise")
def copies_are_separate(a, b):
    c = a.copy()
    d = np.copy(b)
    e = a
    c[0] = d[1] * 2.0
    d[1] += c[0]
    return c * e + d


@program(lambda rng: (normal(rng, 3, 4),), written=("a",), primal="bitwise")
def column_view_of_argument(a):
    c = a[:, 1]
    c *= a[:, 0]
    c[1:] -= a[:-1, 3]
    return a[2, 1] * c[0]


@program(lambda rng: (normal(rng, 4, 3), 2))
def row_slice_at_run_time(z, k):
    """``z[k:k + 1]`` has one row, which stretches."""
    y = z * 2.0
    y += z[k : k + 1] * z
    return np.sum(y * y)


@program(lambda rng: (normal(rng, 4), normal(rng, 4), 0, 3))
def stores_along_an_axis_of_one(x, y, n, m):
    """What slices and masks of a new axis choose is one element or none."""
    a = x * 1.0
    v = a[None]
    v[n:m:2] *= 2.0
    v[-m:] += y
    v[n::-1] *= y[0]
    v[: len(y)] += 1.0
    v[y[np.newaxis, 2] < 9.0] -= x * y
    v[y[0:1] < 9.0] *= y
    w = a[None, None]
    w[y[np.newaxis, np.newaxis, 1] < 9.0] *= x
    return a


@program(
    lambda rng: (normal(rng, 2, 3),),
    tags="spread",
    primal="bitwise",
    variants={"empty": lambda rng: (normal(rng, 2, 0),)},
)
def view_of_the_same_dtype(a):
    b = 2.0 * a
    v = b.view()
    v[0] *= a[1]
    t = b.T.view(b.dtype)
    t += 1.0
    return b * v
