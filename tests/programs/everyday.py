"""What programs use every day and textbooks leave out: orders, digits, decorators, pieces of arrays."""

import functools
import math
import operator

import numpy as np

from tests.programs.registry import between, normal, program, signed


@program(
    lambda rng: (normal(rng, 3, 4), normal(rng, 6, 2)),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1, 1), normal(rng, 1, 1))},
)
def fortran_order(a, w):
    v = a.flatten("F")
    m = np.reshape(a, (-1, 1), order="F") * v[:, None]
    s = a.ravel(order="F")[1:] * v[:-1]
    return np.sum(s) + np.sum(m[: w.size].reshape(w.shape, order="F") ** 2 * w)


@program(lambda rng: (normal(rng, 6), normal(rng, 2, 3, 2)), written=("x",), primal="bitwise", tags="layout")
def views_in_fortran_order(x, b):
    y = x.reshape((2, 3), order="F")
    y[0] *= b[1, :, 0]
    z = np.asfortranarray(b[0]).reshape(-1, order="F")
    return y * z.reshape(2, 3) - b.transpose(2, 0, 1).reshape((2, 6), order="F")[:, 1:4]


def weighted(by=2.0):
    """A decorator with an argument."""

    def decorate(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            return by * fn(*args, **kwargs)

        return inner

    return decorate


def twice(fn):
    @functools.wraps(fn)
    def inner(*args):
        return fn(*args) + fn(*args[::-1])

    return inner


@weighted()
@weighted(by=1.5)
def energy(x, k=2.0):
    return 0.5 * k * x * x


@twice
def skewed(a, b):
    return a * a * b


@program(lambda rng: (1.3, 0.7), tags="spread")
def decorated_functions(x, k):
    return energy(x, k=k) + energy(k) * skewed(x, k)


@program(lambda rng: (normal(rng, 3), normal(rng, 3)))
def decorated_function_in_a_loop(x, y):
    s = 0.0
    for k in range(len(x)):
        s += skewed(x[k], y[k] * s)
    return s + np.sum(skewed(x, y))


@program(lambda rng: (3.14159, -271.828, normal(rng, 4)), tags="spread")
def rounded_to_digits(x, y, v):
    s = round(x, 2) * y + round(y, -1) * x + round(x, 0) * x + round(v[1], 1) * v[0]
    return s + np.sum(np.round(v, 1) * v) + np.sum(v.round(decimals=2) * y)


@program(lambda rng: (between(rng, 0.5, 2.0, 3), 1.7))
def functions_of_operators(v, x):
    s = functools.reduce(operator.mul, [x, v[0], v[1]])
    t = operator.sub(operator.truediv(s, x), operator.neg(operator.getitem(v, 2)))
    if operator.contains((1, 2), 2) and operator.is_not(t, None) and operator.truth(1):
        t = operator.pow(t, 2.0) * v[operator.index(1)]
    return t + sum(list(map(operator.mul, (s, t), (x, x))))


@program(lambda rng: (normal(rng, 4), normal(rng, 3), 1.5), variants={"one": lambda rng: (*normal(rng, 2, 1), 1.5)})
def rows_and_columns_of_pieces(x, y, s):
    v = np.r_[x, s, y * s, 0:3]
    m = np.c_[x, x * s, np.r_[y, s][:1] * x]
    return np.sum(v**3) + np.sum(m[:, 1] * m[:, 2] ** 2)


@program(lambda rng: (normal(rng, 3, 3), normal(rng, 3)), tags="spread")
def blocks_taken_out_and_put_in(a, x):
    b = np.block([[a, x[:, None]], [x, 2.0]])
    c = np.delete(np.insert(b, 1, x[0] * x[2], axis=1), 0, axis=0)
    return np.sum(c**3) + np.sum(np.delete(x, [0, 2]) ** 2) * np.insert(x, -1, x[1])[2]


@program(
    lambda rng: (normal(rng, 3, 4), np.array([2, 0, 1]), signed(rng, 0.2, 1.5, 5)),
    written=("a",),
    variants={"one": lambda rng: (normal(rng, 1, 2), np.array([0]), signed(rng, 0.2, 1.5, 1))},
)
def chosen_by_number_and_by_condition(a, k, v):
    np.fill_diagonal(a, v[0] * 2.0)
    s = np.choose(k % 2, [a[:, 0], v[0] * a[:, 1]])
    p = np.piecewise(v, [v < -0.5, v > 0.5], [lambda t: t * t, lambda t: np.exp(t), 0.25])
    t = np.take(v, [0, 7, -9], mode="wrap") * np.take(v, [0, 7, 2], mode="clip")
    return np.sum(s**2) + np.sum(p * v) + np.sum(t)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4)), tags="spread")
def grids_of_rows_and_columns(a, x):
    s = np.sum(a[np.ix_([0, 2], [1, 3, 0])] ** 2)
    b = a * 2.0
    b[np.ix_([True, False, True], [2])] *= x[1]
    i, j = np.unravel_index(5, b.shape)
    k = np.ravel_multi_index((2, 1), (3, 4))
    return s * b[i, j] + np.sum(b[:, np.isin([0, 1, 2, 3], (1, 2))] ** 3) + b.ravel()[k]


@program(
    lambda rng: (normal(rng, 3, 4),),
    variants={"one": lambda rng: (normal(rng, 1, 1),), "empty": lambda rng: (normal(rng, 0, 2),)},
)
def indices_with_their_elements(a):
    s = 0.0
    b = np.zeros(a.shape)
    for (i, j), v in np.ndenumerate(a):
        s += v * v * (i + 2 * j)
        b[i, j] = s * v
    for k in np.ndindex(a.shape):
        s += b[k] * a[k]
    for (i,), v in np.ndenumerate(a.ravel()):
        s += v**3 * i
    return s


@program(lambda rng: (normal(rng, 4), normal(rng, 3, 2)), tags="spread")
def builtins_of_arrays(x, a):
    r = sum(a)
    s = sum(x, 0.5) * max(x) - min(x) ** 2 + sum(a[:, 1]) * r[0]
    if any(x > 9.0) or not all(x > -9.0):
        s = 0.0
    for k in list(range(3))[::-1]:
        s = s * 0.5 + x[k] * a[k, 0] * sorted(range(1, 4), reverse=True)[k]
    return s


@program(lambda rng: (normal(rng, 3, 2), 1.5, -0.5))
def numbers_of_arrays(a, x, y):
    m = np.array([[x, y], [math.pi * x, math.e]])
    s = a[:1, 1:].item() * a.item(1, 0) + np.sum(a).item()
    b = np.asarray([x, y * y], dtype=np.float64) * np.full_like(m[0], x) + np.zeros_like(m[0], dtype=np.int64)
    c = np.array([a[0], a[1] * y])
    return s * np.sum(m**2) + np.sum(b**2 * c.astype(float, copy=False)) + np.sum(np.asanyarray(a).T[0] ** 3)


@program(lambda rng: (normal(rng, 4), normal(rng, 3)))
def polynomials_by_their_coefficients(p, q):
    r = np.polysub(np.polymul(p, q), np.polyadd(p, q))
    return np.sum(r**2) + np.polyval(np.polyder(p, 2), q[0]) * np.polyval(np.polyint(q, 1, p[0]), 0.7)


@program(lambda rng: (normal(rng, 4, 5), normal(rng, 5)))
def functions_of_places(a, x):
    g = np.fromfunction(lambda i, j: (i + 1.0) * np.cos(x[1] * j), (4, 5))
    return np.sum(g * a * a) + np.linalg.norm(g[0]) * x[0]


@program(lambda rng: (signed(rng, 0.2, 2.0, 4), 0.35))
def median_of_three(x, level):
    s = 0.0
    for k in range(len(x) - 1):
        low, mid, high = sorted((x[k], x[k + 1], level))
        s += low * 0.5 + mid * mid - math.sin(high)
    return s


@program(lambda rng: (signed(rng, 0.2, 2.0, 4), 2))
def ranked(x, n):
    scores = sorted((x[0] * x[1], 0.25, x[2]), reverse=True)
    order = sorted([n, 5, n * n + 2])
    return sum(w * v for w, v in zip((1.0, -2.0, 0.5), scores)) * order[1] + x[3]


def _gates(rng, steps):
    return normal(rng, steps, 3), normal(rng, 2), normal(rng, 2), normal(rng, 3, 8), normal(rng, 2, 8), normal(rng, 8)


@program(lambda rng: _gates(rng, 4), tags="spread", variants={"no trip": lambda rng: _gates(rng, 0)})
def gates_by_slices(x, h, c, w, u, b):
    size = len(h)
    for t in range(x.shape[0]):
        z = x[t] @ w + h @ u + b
        i, f, o, g = (z[k * size : (k + 1) * size] for k in range(4))
        c = c / (1.0 + np.exp(-f)) + np.tanh(g) / (1.0 + np.exp(-i))
        h = np.tanh(c) / (1.0 + np.exp(-o))
    return h @ h + c.sum()
