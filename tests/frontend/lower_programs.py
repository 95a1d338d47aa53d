# ruff: noqa: B007 (programs are as users write them)
# pyright: reportPossiblyUnboundVariable=false, reportOperatorIssue=false
"""Small programs, one construct each, with the arguments they are run on: what lowering must give is what they give."""

import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

PROGRAMS: list[tuple[Callable, tuple]] = []


def on(*args: Any) -> Callable[[Callable], Callable]:
    """Enter the decorated function with these arguments (several times: with several)."""

    def enter(fn: Callable) -> Callable:
        PROGRAMS.append((fn, args))
        return fn

    return enter


def ramp(*shape: int, dtype: str = "float64") -> np.ndarray:
    """Distinct values, some negative."""
    size = math.prod(shape)
    return ((np.arange(size) * 7 % 11 - 4.5) / 3).reshape(shape).astype(dtype)


X, Y, M = ramp(5), ramp(5)[::-1] + 0.3, ramp(3, 4)
EMPTY, ONE, NEGATIVE = ramp(0), ramp(1), ramp(6)[::-1]
F32 = ramp(5, dtype="float32")
INTS = np.array([3, -1, 4, 1, 5])
MASK = np.array([True, False, True, True, False])
SCALE = 1.75
COUNT = 3
TABLE = np.array([0.5, 1.5, -2.0])
LAYERS = (0.5, 2)
Pair = namedtuple("Pair", "left right")


# ---- scalars --------------------------------------------------------------------------------------------------------


@on(0.3, 5, 2.1)
@on(0.3, 0, 2.1)
@on(np.float32(0.3), 5, 2.1)
def logistic(x, n, r):
    for i in range(n):
        x = r * x * (1 - x)
    return x


@on(7, 3)
@on(-7, 3)
@on(7, -3)
@on(7.5, -2.0)
@on(np.float32(7.5), 2)
@on(np.int64(7), 2)
@on(True, 2)
@on(7, 0)
@on(7.0, 0.0)
def divisions(a, b):
    return a / b, a // b, a % b


@on(7, 3)
@on(12, 10)
def bits(a, b):
    return a & b, a | b, a ^ b, ~a, a << b, a >> 1


@on(2.5, 3)
@on(3, 4)
@on(np.float32(2.5), 3)
@on(2, 0)
def powers(a, n):
    return a**2, a**n, a**-1, a**0.5, 2**n, pow(a, 3)


@on(3, -1)
def negative_power(a, n):
    return a**-2 + 2.0**n


@on(1.5, 2)
@on(-1.5, 2)
@on(np.float32(-1.5), 2)
def builtin_functions(x, n):
    return (
        abs(x),
        max(x, x + n),
        min(x, x + 0.5, x * 2),
        round(x * 3),
        int(x),
        float(n),
        bool(n),
        abs(-n),
        max((n, 3)),
        sum((x, n)),
        max(0, n),
    )


@on(1.5)
@on(-1.5)
def math_functions(x):
    return (
        math.sin(x),
        math.floor(x),
        math.ceil(x),
        math.trunc(x),
        math.exp(x) * math.pi,
        math.hypot(x, 2),
        math.fabs(x),
    )


@on(1.0, 2.0, 3.0)
@on(2.0, 1.0, 3.0)
@on(1.0, 2, 2.0)
def comparisons(a, b, c):
    return a < b, a <= b < c, a == b or b == c, not a > b, a != b and b != c, a < b > 0 <= c


@on(np.array([1.0, 2.0]), 1)
@on(np.array([1.0, 2.0]), 2)
@on(np.array([1.0, 2.0]), -5)
def short_circuit_guards_the_index(x, i):
    if 0 <= i < len(x) and x[i] > 0:
        return x[i]
    return -1.0


@on(0.5, 0)
@on(0.5, 2)
def lazy_conditional(x, n):
    return x / n if n else x


@on(0.5)
@on(-0.5)
def branches(x):
    y = 1
    if x > 0:
        y = x * 2
        z = y
    elif x < -1:
        z = 3.0
    else:
        z = x
    return y + z


@on(0.5)
@on(-0.5)
@on(-2.0)
def early_returns(x):
    if x > 0:
        return x, 1
    y = x * x
    if x < -1:
        return y, 2
    return y - 1, 3


@on(2.0)
def assignments(x):
    a = b = x * 3
    c: float = a + 1
    d: float
    (e, f), g = (a, b), c
    e, f = f + 1, e
    a += b
    a *= 2
    a -= 1
    a /= 3
    a **= 2
    d = a
    *h, k = (1, 2, x)
    return a, b, c, d, e, f, g, h[1], k


@on(10)
@on(0)
def int_loops(n):
    total = 0
    product = 1
    for i in range(1, n):
        total += i * i
        product *= 2
    return total, product


@on(20)
def products_and_sums(n):
    f, a, b = 1, 0, 1
    for k in range(1, n):
        f *= k
        a, b = b, a + b
    return f, a


@on(3.0, 12)
def taylor(x, n):
    s, f = 0.0, 1
    for k in range(1, n):
        f *= k
        s += x**k / f
    return s


@on(5)
@on(0)
def found_flag(n):
    found = False
    last = 0
    for i in range(n):
        if i * 2 == 6:
            found = True
        last = i
    return found, last


# ---- loops ----------------------------------------------------------------------------------------------------------


@on(2, 9, 3)
@on(9, 2, -2)
@on(2, 2, 1)
@on(1, 5, 0)
def ranges(a, b, c):
    s = 0
    for i in range(a, b, c):
        s = 2 * s + i
    return s


@on(4)
@on(0)
def triangular(n):
    s = 0.0
    for i in range(n):
        for j in range(i, n):
            s += (i + 1) / (j + 1)
    return s


@on(X)
@on(F32)
@on(NEGATIVE)
@on(INTS)
def over_elements(x):
    s = 0
    for v in x:
        s += v * v
    return s


@on(M)
@on(M.T)
@on(M[:, ::-2])
def over_rows(m):
    s = 0.0
    for row in m:
        s += row[0] * row[-1]
    return s


@on(M)
def rows_are_written_through(m):
    for row in m:
        row += 1
        row[0] = 7
    return m.sum()


@on(X, Y)
@on(X, ONE)
@on(X, F32)
def enumerate_and_zip(x, y):
    s = 0.0
    for i, v in enumerate(x):
        s += i * v
    for k, (a, b) in enumerate(zip(x, y), 1):
        s += k * a * b
    return s


@on(X, 4)
def reversed_loops(x, n):
    s = 0.0
    for i in reversed(range(n)):
        s = s * 0.5 + i
    for i in reversed(range(1, n, 2)):
        s = s * 0.5 + i
    for i in reversed(range(n, 0, -1)):
        s = s * 0.5 + i
    for v in reversed(x):
        s = s * 0.5 + v
    return s


@on(2.0, ((1.0, 2.0), (3.0, 4.0)))
def static_loops(x, params):
    for w, b in params:
        x = x * w + b
    for k, (w, b) in enumerate(params):
        x += k * w
    for w, b in zip((1, 2), (3.0, 4.0)):
        x -= w * b
    return x * sum(w * b for w, b in params) + max([w for w, b in params if True])


@on(2.0, (M, M * 2))
def constant_range_over_a_tuple(x, arrays):
    for k in range(len(arrays)):
        x = x + arrays[k][0, 0]
    return x


@on(3)
@on(0)
def index_after_the_loop(n):
    i = -1
    for i in range(n):
        pass
    return i


@on(1.5)
def assigned_only_in_a_certain_loop(x):
    for i in range(3):
        y = x * i
    return y + i


@on(X, 3)
@on(X, 4)
@on(X, 0)
def swapped_buffers(x, n):
    a = x * 2
    b = np.zeros_like(x)
    for _ in range(n):
        b[1:] = a[:-1] + 1
        b[0] = a[-1]
        a, b = b, a
    return a, b


@on(X, 5)
def rotated_buffers(x, n):
    a, b, c = x + 1, x + 2, x + 3
    for _ in range(n):
        a[0] += 1
        a, b, c = b, c, a
    return a, b, c


@on(M[:, :3], X[:3], 3)
@on(M[:, :3], X[:3], 0)
def rebound_in_a_loop(w, x, n):
    h = x
    for _ in range(n):
        h = np.tanh(w @ h)
    return h


@on(X, 3)
def previous_array(x, n):
    a = x * 1.0
    p = x * 0.0
    for _ in range(n):
        p = a
        a = a * 2 + 1
    return a, p


@on(X, 3)
def fibonacci_of_arrays(x, n):
    a, b = x, x * 0.5
    for _ in range(n):
        a, b = b, a + b
    return a, b


@on(M, 3)
@on(M, 0)
def sum_of_rows(m, n):
    s = np.zeros(4)
    for i in range(n):
        s = s + m[i]
    return s


@on(X)
def shrinking_in_a_constant_loop(x):
    for _ in range(2):
        x = x[1:] - x[:-1]
    return x


@on(2.0, 4)
def carried_tuple(x, n):
    state = (x, 0)
    for i in range(n):
        state = (state[0] * 0.5 + i, state[1] + 1)
    return state


# ---- arrays: indices, views, stores ---------------------------------------------------------------------------------


@on(X, 2)
@on(X, -1)
@on(X, 5)
@on(X, -6)
@on(NEGATIVE, 0)
def elements(x, i):
    return x[i], x[0], x[-1], x[i - 1] * 2


@on(EMPTY)
def index_error(x):
    return x[0]


@on(X)
@on(ONE)
@on(EMPTY)
@on(NEGATIVE)
@on(ramp(2))
@on(ramp(3))
def constant_slices(x):
    return x[1:], x[:-1], x[1:-1], x[2:4], x[:3], x[-2:], x[-3:-1], x[::2], x[1::3], x[::-1], x[-2::-2], x[3:0:-1], x[:]


@on(X, 1, 4)
@on(X, 0, 9)
@on(X, -3, -1)
@on(X, 4, 2)
@on(X, -9, 3)
@on(EMPTY, 0, 2)
def run_time_slices(x, a, b):
    return x[a:b], x[a:], x[:b], x[a:b:2], x[b:a:-1], x[: b - a]


@on(M)
@on(M.T)
@on(np.asfortranarray(M))
@on(M[::-1, 1:])
def matrix_indices(m):
    return m[1], m[:, 1], m[1, 2], m[None, 0], m[..., 0], m[1:, ::2], m[-1, :, np.newaxis], m[1, ...], m[..., 1, 1]


@on(X, Y, 1.5)
@on(F32, F32 * 2, 1.5)
def stores(x, y, s):
    a = x.copy()
    a[0] = s
    a[1:3] = y[2:4]
    a[-1] += s
    a[::2] *= 2
    b = a
    b[1] -= 1
    a[:] = a[::-1]
    a[1:] = a[:-1]
    a += y
    a -= 1
    a /= 2
    return a, b


@on(X, 3)
@on(F32, 3)
@on(INTS, 3)
def overwrites_its_argument(x, k):
    x[0] = k
    x[1:] += 1
    x *= 2


@on(M, ramp(4))
def whole_stores(m, v):
    m[:] = v
    m[1] = 2.5
    m[:, 1:3] = m[:, :2]
    m[...] += v
    a = np.empty((2, 4))
    a[0], a[1] = v, m[2]
    a[0, 1], a[1, 0] = a[1, 0], a[0, 1]
    return a


@on(M)
def transposed_views(m):
    t = m.T
    t[0] = 1
    t[1:, 0] += t[0, :1]
    return t, m.transpose(), np.transpose(m)[1]


@on(X, 2)
def right_side_before_left(x, k):
    def bump(a):
        a[k] += 10
        return a[k]

    y = x.copy()
    y[k] += bump(y)
    return y


@on(np.array(2.5))
def zero_dimensional(a):
    b = a
    a += 1
    c = a * 2
    d = a
    c += 1
    a[()] = 5
    return b, c, d, a


@on(X, 1.5)
def scalars_do_not_alias(x, s):
    t = s
    s += 1
    y = x
    y += 1
    return t, s, x


@on(X, 2)
@on(X, 3)
def array_chosen_and_written(x, n):
    b = x * 2
    c = x + 1
    r = b if n > 2 else c
    r[0] = 1.0
    return r * b + c


@on(X, 1)
@on(X, 0)
def fresh_array_of_a_branch(x, n):
    if n:
        y = x * 2
    else:
        y = x + 1
    y[0] = 9
    return y


@on(X)
def loops_and_views(x):
    y = x.copy()
    for i in range(1, len(y)):
        v = y[: i + 1]
        v[-1] += v[0] + y[i - 1]
    return y


# ---- arrays: functions ----------------------------------------------------------------------------------------------


@on(X, Y)
@on(F32, F32)
@on(EMPTY, EMPTY)
@on(F32, X)
@on(INTS, X)
@on(M, ramp(4))
@on(M, M)
def elementwise(x, y):
    return x + y, x - 2, 2.0 * y, x * y / (y * y + 1), -x, abs(y), x**2, np.exp(x) + np.sin(y), np.maximum(x, y), x > y


@on(INTS, MASK)
def ints_and_bools(i, m):
    return i + 1, i * 2.0, i // 2, i % 3, i / 2, i**2, m + m, m * 2, ~m, m & (i > 0), i + m, -i, abs(i), np.sqrt(abs(i))


@on(F32, 2)
@on(INTS.astype("int32"), 2)
def weak_scalars(x, k):
    return (
        x * k,
        x * 2.5,
        x * np.float64(2.5),
        x * float(k),
        x[0] * 2,
        x[0] * np.float32(3),
        np.sin(k),
        np.float32(k) * 2.5,
    )


@on(X, Y)
@on(F32, F32 + 1)
@on(np.array([1.0, np.nan, -0.0, np.inf]), np.array([0.0, 1.0, 0.0, -1.0]))
def choices(x, y):
    return (
        np.where(x > 0, x, y), np.where(x > y, 1.0, x), np.minimum(x, 0.5), np.clip(x, -0.5, 0.5), np.clip(x, None, y),
        x.clip(0, 1), np.fmax(x, y), np.sign(x), np.round(x), np.floor(x),
    )  # fmt: skip


@on(M)
@on(M.astype("float32"))
@on(M.T)
@on(M > 0)
@on(np.arange(6).reshape(2, 3).astype("int32"))
def reductions(m):
    return (
        np.sum(m), m.sum(axis=0), m.sum(axis=-1, keepdims=True), np.mean(m), m.mean(axis=1), np.max(m), m.min(axis=0),
        m.max(axis=(0, 1)), m.sum(0), np.sum(m, axis=(0, 1), keepdims=True),
    )  # fmt: skip


@on(ramp(2, 3, 4))
@on(ramp(2, 0, 4))
def reductions_of_three(a):
    return a.sum(axis=1), a.mean(axis=(0, 2)), a.sum(axis=(2, 0), keepdims=True), np.sum(a, 2)


@on(EMPTY)
@on(ramp(0, 3))
@on(ramp(3, 0))
def empty_maximum(x):
    return np.max(x, axis=0)


@on(M, ramp(4, 2), ramp(4), ramp(3))
@on(M.astype("float32"), ramp(4, 2), ramp(4), ramp(3))
@on(np.arange(12).reshape(3, 4), np.arange(8).reshape(4, 2), np.arange(4), np.arange(3))
def products(a, b, v, w):
    return (
        a @ b,
        a @ v,
        w @ a,
        v @ v,
        np.dot(a, b),
        a.dot(v),
        np.outer(v, w),
        np.vdot(a, a),
        np.inner(v, v),
        np.dot(v, 2),
    )


@on(ramp(2, 3, 4), ramp(2, 4, 2), ramp(4, 2))
def stacked_products(a, b, c):
    return a @ b, a @ c, np.inner(c.T, c.T)


@on(3, 2, 1.5)
@on(0, 2, 1.5)
@on(-1, 2, 1.5)
def creation(n, m, s):
    a = np.zeros((n, m))
    a[:, 0] = s
    return (
        a, np.ones(n), np.full((m, n), s), np.full(n, 2), np.zeros(n, dtype=np.float32), np.zeros_like(a),
        np.ones_like(a, dtype=int), np.arange(n), np.arange(1, n, 2), np.arange(0.0, 1.0, 0.25), np.arange(n, 0, -1),
        np.array([1, s, 3.0]), np.array(((1, 2), (3, n))), np.full_like(a, 3),
    )  # fmt: skip


@on(0.1, 1.05, 0.3)
@on(1.0, -0.2, -0.35)
def float_arange(a, b, s):
    return np.arange(a, b, s)


@on(M)
@on(np.asfortranarray(M))
@on(M[:, ::2])
@on(ramp(0, 4))
def shapes(m):
    n, k = m.shape
    return (
        n, k, m.size, m.ndim, len(m), m.reshape(-1), m.reshape(k, n), m.reshape((1, -1)), np.ravel(m), m.flatten(),
        m.copy(), np.copy(m), m.T.reshape(-1), np.expand_dims(m, 1), m[None].squeeze(axis=0), m.swapaxes(0, 1),
        np.reshape(m * 2, (k * n,)),
    )  # fmt: skip


@on(X)
def dtypes(x):
    a = x.astype(np.float32)
    b = x.astype(int)
    return a, b, np.float32(x), np.zeros(2, dtype=x.dtype), a.astype(float), np.float32(x[0]), float(x[1]), x[2].item()


# ---- calls ----------------------------------------------------------------------------------------------------------


def helper(x, scale=SCALE, *, shift=0.5):
    y = SCALE * x * scale
    return y + shift, y


def apply(f, x, times):
    for _ in range(times):
        x = f(x)
    return x


@on(2.0)
@on(X)
def calls(x):
    a, b = helper(x)
    c, _ = helper(x, shift=1.0, scale=2.0)
    k = 3.0
    f = lambda t: t * k
    k = 4.0
    return a + b + c + f(x) + apply(f, x, 2) + apply(lambda t: t + SCALE, x, COUNT) + (lambda p, q=2: p * q)(x)


@on(2.0)
def captured_values(x):
    return x * SCALE + COUNT + TABLE[1] * LAYERS[0] + TABLE.sum() + LAYERS[1] + np.pi + math.e


def make(k, table):
    def inner(x, i=1):
        return x * k + table[i]

    return inner


@on(2.0)
def closures(x):
    return make_closed(x) + make_closed(x, 0)


make_closed = make(3.0, TABLE)


@on(Pair(1.5, X))
@on(Pair(X, 2.0))
def named_tuples(p):
    q = Pair(p.right, p.left)
    r = q._replace(left=1.0)
    return Pair(q.left * p.left, r.right), p[0], len(p), p + (1,)


@on(X, None)
@on(X, 2.0)
def optional_argument(x, w):
    if w is None:
        w = 1.0
    return x * w if w is not None else x


@on(X, math.sin)
@on(2.0, helper)
def static_argument(x, f):
    return f(x[0]) if f is math.sin else f(x)


@on(X, Y)
@on(X, ramp(4))
@on(ramp(4), X)
def mismatch(x, y):
    return x * y


@on(M, ramp(3))
def product_mismatch(m, v):
    return m @ v


# ---- aliases and carried values -------------------------------------------------------------------------------------


@on(X, 4)
def closure_sees_later_values(x, n):
    k = 1.0
    f = lambda t: t * k
    s = 0.0
    for i in range(n):
        k = k + i
        s += f(x[i])
    return s


@on(X, 3)
def conditional_swap(x, n):
    a, b = x.copy(), x * 2
    for i in range(n):
        if i % 2 == 0:
            a, b = b, a
    return a - b


@on(X, 3)
def view_of_the_previous_array(x, n):
    a = x.copy()
    for _ in range(n):
        v = a[1:]
        a = a * 2
        v[0] = 100.0
        a[0] += v[0]
    return a


@on(X, 2)
def nested_rebinding(x, n):
    a = x.copy()
    for _ in range(n):
        for _ in range(2):
            a, b = a * 2, a
        a = b + a
    return a


@on(M)
def overlapping_stores(m):
    t = (m, m.T)
    t[1][0] = 5
    for r in m:
        m[0] = r
    m += m[::-1]
    m[1:] += m[:-1]
    return m


@on(X, 5)
def position_of_the_maximum(x, n):
    best, at = x[0], 0
    for i in range(1, n):
        if x[i] > best:
            best, at = x[i], i
    return best, at


@on(X, 3)
def scalar_becomes_an_array(x, n):
    s = 0.0
    for i in range(n):
        s = s + x * i
    return s


@on(X, 5)
def index_changed_in_the_body(x, n):
    i = 0
    for i in range(n):
        if x[i] < 0:
            i = i + 10
    return i
