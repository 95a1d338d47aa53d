"""Programs about tuples, named tuples, calls of user functions, closures, module globals, default arguments."""

import math
from typing import NamedTuple

import numpy as np

from tests.programs import helpers
from tests.programs.helpers import moments, smooth, weighted
from tests.programs.registry import normal, program

SCALE = 4.0
COUNT = 3
TABLE = np.array([[0.3, -0.7, 1.1], [2.0, 0.4, -0.6]])
OFFSETS = (0.5, -1.5, 2.0)


class Body(NamedTuple):
    """A body that falls with friction."""

    position: np.ndarray
    velocity: np.ndarray
    mass: float


def layers(rng, *sizes):
    return tuple((normal(rng, n, m) * 0.5, normal(rng, m)) for n, m in zip(sizes[:-1], sizes[1:]))


@program(
    lambda rng: (layers(rng, 4, 5, 3), normal(rng, 6, 4), np.eye(3)[[0, 2, 1, 1, 0, 2]]),
    tags="spread",
    variants={"one": lambda rng: (layers(rng, 1, 1, 1), normal(rng, 1, 1), np.ones((1, 1)))},
)
def network_loss(params, x, y):
    h = z = x
    for w, b in params:
        z = h @ w + b
        h = np.maximum(z, 0.0)
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.sum(y * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))) / x.shape[0]


@program(lambda rng: ((0.3, (1.7, normal(rng, 3))), 0.9), tags="spread", primal="bitwise")
def nested_tuples(t, s):
    a, (b, x) = t
    u = (a * s, x * b, t[1][0])
    p, q, r = u
    v = (p, (q[0], r))
    return v[1][0] * u[0] + v[1][1] * q, (p, u[-1])


@program(lambda rng: (Body(normal(rng, 3), normal(rng, 3), 1.3), 0.1, 4), tags="spread", primal="bitwise")
def named_tuple_state(body, dt, n):
    x = body.position.copy()
    v = body.velocity
    for _ in range(n):
        f = -0.3 * v * body.mass
        f[2] -= 9.81
        v = v + dt * f / body.mass
        x += dt * v
    return Body(x, v, body.mass * dt)


@program(lambda rng: (0.7, 1.9), primal="bitwise", tags="spread")
def loops_over_tuples(x, y):
    s = 0.0
    for c in (0.5, 2.0, x):
        s = s * y + c
    for k, o in enumerate(OFFSETS):
        s += o * x**k
    for u, (v, w) in zip((x, y), ((1.0, y), (x, 2.0))):
        s = s + u * v * w
    return s


@program(lambda rng: (0.7, normal(rng, 3)), tags="spread")
def captured_globals(x, v):
    s = x * SCALE
    for k in range(COUNT):
        s += TABLE[k % 2, k] * v[k] * s
    return s + np.sum(TABLE[1] * v) * OFFSETS[1]


@program(lambda rng: (0.7, normal(rng, 5)), tags="spread")
def calls_with_their_own_globals(x, a):
    b = a * SCALE
    smooth(b, 0.3)
    smooth(b[1:4], factor=x)
    m, v = moments(b)
    return helpers.scaled(m) * v + weighted(x) + weighted(x, power=3) * weighted(m, 2) + b[-1]


def make_closure(scale, table):
    def inner(x, y=0.5, z=2.0):
        total = x * scale
        for t in table:
            total = total * y + t * z
        return total

    return inner


closure = make_closure(1.7, np.array([0.2, -0.9, 1.4]))
cube = lambda x: x * x * x
# In float32 its first trip would compute in float32, the others in float64; a carried variable has one dtype.
program(lambda rng: (0.8, 1.3), primal="bitwise", tags="spread", float32=False)(closure)


@program(lambda rng: (0.8, 1.3), primal="bitwise", float32=False)
def calls_closures_and_lambdas(x, y):
    return closure(x, z=y) * cube(y) + closure(y, x)


@program(lambda rng: (0.8,), primal="bitwise", tags="spread")
def default_arguments(x, y=0.6, n=3, flag=True):
    for k in range(n):
        x = x * y + k if flag else x
    return x


@program(lambda rng: (normal(rng, 3, 2), layers(rng, 2, 4, 4, 1)))
def calls_in_loops(x, params):
    h = x
    for w, b in params:
        h = helpers.dense(h, w, b)
    return np.sum(h * h)


@program(lambda rng: (0.4, 1.3, 8))
def nested_calls(x, y, n):
    v = 0.0
    for _ in range(n):
        x, v = swing(x, v, 0.1, stiffness=y)
    return x * x + v


def acceleration(u, stiffness):
    return -math.sin(u) * stiffness


def swing(u, v, h, *, stiffness=1.0):
    v = v + h * acceleration(u, stiffness)
    return u + h * v, v


@program(lambda rng: (normal(rng, 4), normal(rng, 4)), primal="bitwise", tags="spread")
def returns_arrays_and_numbers(x, y):
    a = x * y
    return a, (a[0] * y[1], a * a), 2 * len(x)
