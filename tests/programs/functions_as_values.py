"""Programs about functions as values: arguments, closures, lambdas, partial, methods, star arguments, reduce."""

import functools
import math
import operator

import numpy as np

from tests.programs.registry import normal, program

CONFIG = {"rate": 0.3, "weights": [np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.25])], "mode": "sum"}


def simpson(f, a, b, n=4):
    h = (b - a) / n
    s = f(a) + f(b)
    for k in range(1, n):
        s = s + (4.0 if k % 2 == 1 else 2.0) * f(a + k * h)
    return s * h / 3.0


@program(lambda rng: (0.3, 1.7), tags="spread")
def function_arguments(a, b):
    return simpson(math.sin, a, b) + simpson(lambda t: t * t * a, 0.0, b, n=6) + simpson(np.exp, a, b)


@program(lambda rng: (0.7, normal(rng, 3)), tags="spread", primal="bitwise")
def nested_functions(x, v):
    def scaled(u, factor=x):
        def shifted(w):
            return w * factor + x

        return shifted(u) * 2.0

    def power(n):
        return lambda u: u**n

    square, cube = power(2), power(3)
    x = x * 1.5
    return scaled(v[0]) + scaled(v[1], factor=3.0) + square(v[2]) * cube(x)


@program(lambda rng: (0.7, 1.3, 0.4), primal="bitwise")
def star_arguments(x, y, z):
    def weighted(first, *rest, scale=2.0, **options):
        total = first * scale
        for k, r in enumerate(rest):
            total = total + (k + 1) * r
        for name, value in options.items():
            if name == "bias":
                total = total - value * len(options)
        return total

    values = (y, z)
    named = {"bias": x, "other": 1.0}
    return weighted(x) + weighted(x, *values) + weighted(*values, z, scale=y, **named)


@program(lambda rng: (0.7, 1.3), tags="spread", primal="bitwise")
def partial_functions(x, y):
    def f(a, b, c=1.0):
        return a * b + c * c

    g = functools.partial(f, x)
    h = functools.partial(g, c=y)
    return g(y) * h(2.0) + h(x, c=0.5)


@program(lambda rng: (0.7, 1.3, normal(rng, 4)), primal="bitwise")
def reduce_map_filter(x, y, v):
    product = functools.reduce(operator.mul, [x, y, v[0]], 2.0)
    doubled = list(map(lambda a, b: a * b, (x, y), (v[1], v[2])))
    kept = [u for u in filter(None, (1, 0, 3))]
    total = sum(d * k for d, k in zip(doubled, kept))
    if any(k > 2 for k in kept) and not all(k > 2 for k in kept):
        total = operator.add(total, operator.mul(x, y))
    return product + total + max(v[k] for k in sorted((2, 0, 3), reverse=True)) + sum((x, y))


class Spring:
    """An object whose attributes are constants of the programs below."""

    stiffness = 2.0

    def __init__(self):
        self.length = 0.5
        self.direction = np.array([0.6, -0.8, 0.3])
        self.parts = [np.array([1.0, 2.0]), np.array([0.5, -1.5, 2.5])]

    @property
    def inverse(self):
        return 1.0 / self.length

    @staticmethod
    def cubic(u):
        return u * u * u

    @classmethod
    def scaled(cls, u):
        return cls.stiffness * u

    def energy(self, x, extra=0.0):
        u = np.sum(x * self.direction) - self.length
        return self.scaled(u * u) + self.cubic(u) * self.inverse + extra

    def __call__(self, x):
        return self.energy(x, extra=x[0] * self.parts[1][2])


spring = Spring()


@program(lambda rng: (normal(rng, 3),), tags="spread")
def methods_of_objects(x):
    bound = spring.energy
    return spring(x) * bound(2.0 * x) + sum(np.sum(p) for p in spring.parts)


@program(lambda rng: (0.7, normal(rng, 3)))
def captured_containers(x, v):
    total = x * CONFIG["rate"]
    for w in CONFIG["weights"]:
        total = total + np.sum(w) * v[len(w) - 1]
    return total * total if CONFIG["mode"] == "sum" else total


@program(lambda rng: (0.7, normal(rng, 3)), primal="bitwise")
def questions_about_types(x, v):
    def size(u):
        if isinstance(u, (int, float)):
            return u * u
        elif hasattr(u, "shape") and u.ndim == 1:
            return u[0] * u[-1]
        return len(u) - 1.5

    scale = size(x) if callable(size) and type(v) is np.ndarray else 0.0
    return scale + size(v) + (1.0 if size((1, 2)) is not None else 2.0) * x
