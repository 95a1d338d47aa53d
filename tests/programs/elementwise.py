"""Programs over the elementwise functions, grouped by domain; each term has its own weight, so no error cancels."""

import math

import numpy as np

from tests.programs.registry import between, normal, program, signed


@program(lambda rng: (signed(rng, 0.2, 1.3, 7),), tags="spread", variants={"empty": lambda rng: (normal(rng, 0),)})
def trigonometric(x):
    return np.sin(x) + 0.7 * np.cos(x) * x - 0.3 * np.tan(x) + 0.11 * np.sin(3.0 * np.cos(x))


@program(lambda rng: (signed(rng, 0.1, 0.9, 6),))
def inverse_trigonometric(x):
    return np.arcsin(x) + 0.7 * np.arccos(x) * x - 1.3 * np.arctan(2.0 * x)


@program(lambda rng: (signed(rng, 0.1, 1.8, 6),), tags="spread")
def hyperbolic(x):
    return np.sinh(x) - 0.6 * np.cosh(x) + 1.7 * np.tanh(x) * x


@program(lambda rng: (signed(rng, 0.1, 0.8, 6),))
def inverse_hyperbolic(x):
    return np.arcsinh(3.0 * x) + 0.4 * np.arccosh(2.0 + x) - 1.9 * np.arctanh(x)


@program(lambda rng: (between(rng, 0.2, 2.5, 8),), tags="spread")
def exponentials_logarithms(x):
    a = np.exp(-x) + 0.3 * np.exp2(x) - 0.7 * np.expm1(x * 0.5)
    b = np.log(x) - 0.9 * np.log2(x) * x + 1.1 * np.log10(x) + 0.5 * np.log1p(x)
    return a * b


@program(lambda rng: (between(rng, 0.3, 2.5, 6),), tags="spread")
def roots_and_squares(x):
    return np.sqrt(x) - 0.4 * np.cbrt(x) * x + 0.21 * np.square(x) + 1.3 * np.reciprocal(x)


@program(lambda rng: (signed(rng, 0.3, 2.0, 6), between(rng, 0.4, 1.9, 6)), tags="spread composite")
def two_arguments(x, y):
    a = np.arctan2(x, y) + 0.3 * np.hypot(x, y)
    b = np.logaddexp(x, 2.0 * y) - 0.7 * np.power(y, x)
    return a * b + np.copysign(y, x) * x


@program(lambda rng: (signed(rng, 0.3, 2.0, 6), between(rng, 0.4, 1.9, 6)), primal="bitwise")
def arithmetic_functions(x, y):
    a = np.add(x, y) * np.subtract(x, 2.0 * y)
    b = np.multiply(a, x) + np.divide(x, y) - np.negative(y) * np.positive(x)
    return b + np.true_divide(a, 3.0 + y * y)


@program(lambda rng: (signed(rng, 0.3, 2.0, 6), between(rng, 0.4, 1.9, 6)), tags="spread")
def more_functions(x, y):
    a = np.logaddexp2(x, y) + 0.3 * np.deg2rad(x) * y + 0.01 * np.rad2deg(y)
    b = np.sinc(0.3 * y) + np.float_power(y, 1.7) - np.degrees(x) * 0.01 + np.radians(y)
    return a * b


@program(lambda rng: (signed(rng, 0.3, 3.3, 8), between(rng, 0.7, 1.4, 8)), tags="spread", primal="bitwise")
def pieces(x, y):
    a = np.abs(x) * y + np.absolute(x) * np.fabs(x * y)
    b = np.sign(x) * y + np.floor(x) * y - np.ceil(x) * x + np.trunc(x) * 0.3 * y + np.rint(x) * x
    return a - b + abs(x) * 0.1


@program(lambda rng: (signed(rng, 0.3, 3.3, 8), between(rng, 0.7, 1.4, 8)), primal="bitwise")
def remainders(x, y):
    return np.mod(x, y) * y + np.remainder(x, 2.0 * y) * x + np.fmod(x, y) * 0.7 + x % y + x // y * y


@program(lambda rng: (signed(rng, 0.3, 2.0, 8), between(rng, 0.1, 1.9, 8), 0.8), tags="spread", primal="bitwise")
def selections(x, y, s):
    a = np.maximum(x, y) * y + np.minimum(x, s) * x
    b = np.fmax(x, -y) - 0.7 * np.fmin(x * y, s)
    c = np.clip(x, -1.1, s) * y + np.clip(y, s, None)
    d = np.where(x > y, x * y, s - y) + np.where((x > 0.0) & (y < 1.0) | ~(x < -1.0), x, 0.0)
    return a + b * c - d * s


@program(lambda rng: (between(rng, 0.3, 0.8, 5),), tags="spread")
def math_module(x):
    s = 0.0
    for i in range(x.shape[0]):
        v = x[i]
        s += math.sin(v) * math.cos(v) - math.tan(v) + math.exp(v) * math.log(v) + math.sqrt(v)
        s -= math.asin(v) * math.acos(v) + math.atan(v) * math.sinh(v) - math.cosh(v) / math.tanh(v)
        s *= 1.0 + 0.1 * math.log2(v) * math.log10(v) + math.log1p(v) * math.expm1(v)
        s += math.asinh(v) * math.acosh(1.0 + v) - math.atanh(v) + math.fabs(v) * math.pow(v, 1.3)
        s -= math.atan2(v, 0.7) * math.hypot(v, 0.3) - math.copysign(v, -1.0) * math.pi
    return s


@program(lambda rng: (between(rng, 0.3, 2.8, 5),), tags="spread")
def special_functions(x):
    s = 0.0
    for v in x:
        s = 0.7 * s + math.erf(v) * v - 0.3 * math.erfc(v) + 0.1 * math.gamma(v) * math.lgamma(v)
    return s


@program(
    lambda rng: (normal(rng, 4, 3), normal(rng, 3), normal(rng, 4, 1), 0.7),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0, 3), normal(rng, 3), normal(rng, 0, 1), 0.7),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1), normal(rng, 1, 1), 0.7),
    },
    primal="bitwise",
)
def broadcasting(a, row, col, s):
    b = a * row + col
    c = (b - s) * (col * row) / (2.0 + row * row)
    return c * c - s * a


@program(lambda rng: (signed(rng, 0.2, 1.5, 6),), primal="close")
def one_producer_two_consumers(x):
    t = np.exp(x)
    u = t * x
    v = np.sin(t) + u
    return v * u - t


@program(lambda rng: (normal(rng, 5), normal(rng, 5)), primal="bitwise")
def long_expression(x, y):
    return (x + y) * (x - y) / (1.0 + x * x) - (x * y - 2.0) * (y * 0.3 + x) ** 2 + 3 * x - y / 2


@program(lambda rng: (between(rng, -1.0, 2.0, 7), 0.4), tags="spread", primal="bitwise")
def relu_and_masks(x, t):
    h = np.maximum(x, 0.0)
    m = x > t
    g = np.where(m, h * x, -x)
    return g * (x > 0.5) + np.where(np.logical_and(m, x < 1.5), t, g)
