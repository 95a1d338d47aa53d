"""Universal functions beyond one call of one array: ``out=``, ``where=``, ``dtype=``, two results, neighbours, ints."""

import numpy as np

from tests.programs.registry import between, normal, program, signed


@program(lambda rng: (between(rng, 0.3, 2.0, 5), signed(rng, 0.3, 2.0, 5)), tags="spread")
def out_into_a_buffer(x, y):
    buffer = np.empty(5)
    np.multiply(x, y, out=buffer)
    np.exp(buffer, out=buffer)
    buffer += x
    total = np.sum(buffer * y)
    second = np.add(buffer, x, buffer)
    second[1] = 3.0 * x[0]
    return total + np.sum(buffer * buffer)


@program(lambda rng: (between(rng, 0.3, 2.0, 4, 3), normal(rng, 3)), written=("x",))
def out_over_an_argument(x, y):
    np.sqrt(x, out=x)
    np.subtract(x[1:], y, out=x[1:])
    return np.sum(x * x * y)


@program(
    lambda rng: (signed(rng, 0.3, 2.0, 7), between(rng, 0.3, 2.0, 7)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0), normal(rng, 0)),
        "one": lambda rng: (normal(rng, 1), normal(rng, 1)),
    },
)
def out_and_where(x, y):
    logs = 0.5 * y
    np.log(x, out=logs, where=x > 0.0)
    np.divide(y, x, out=logs, where=(x < -1.0))
    return logs * y


@program(lambda rng: (signed(rng, 0.3, 2.0, 3, 4), between(rng, 0.3, 2.0, 4)))
def where_broadcasts(x, y):
    kept = x * 2.0
    np.maximum(y, 0.7, out=kept, where=y > 1.0)
    return np.add(kept, y, where=True) * x


@program(lambda rng: (between(rng, 0.3, 2.0, 5),), float32=False)
def dtype_of_the_loop(x):
    return np.multiply(x, x, dtype=np.float64) + np.add(x, 1, dtype=np.float64) * np.sin(x, dtype=np.float64)


@program(lambda rng: (normal(rng, 4, 3), normal(rng, 3, 2), between(rng, 0.2, 1.4, 4, 2)), tags="spread", float32=False)
def out_of_products_and_reductions(a, b, x):
    product = np.empty((4, 2))
    np.matmul(a, b, out=product)
    np.clip(product, -0.7, x, out=product)
    rows = np.zeros(4)
    np.sum(product, axis=1, out=rows)
    np.dot(a, b, out=product)
    return product * rows[:, None] + x


@program(lambda rng: (signed(rng, 0.3, 5.3, 6), between(rng, 0.7, 1.4, 6)), tags="spread", primal="bitwise")
def pairs_of_results(x, y):
    part, whole = np.modf(x)
    mantissa, exponent = np.frexp(x)
    quotient, rest = np.divmod(x, y)
    return (
        part * y + whole * 0.3 * y + mantissa * x + exponent * y + quotient * y * y - rest * x + np.ldexp(y, exponent)
    )


@program(lambda rng: (signed(rng, 0.3, 5.3, 6), between(rng, 0.7, 1.4, 6)), primal="bitwise")
def pairs_of_scalars(x, y):
    s = 0.0
    for k in range(6):
        part, whole = np.modf(x[k])
        mantissa, exponent = np.frexp(y[k] * x[k])
        quotient, rest = divmod(x[k], y[k])
        s = s * 0.7 + part * whole + mantissa * exponent + quotient * rest + np.ldexp(s, 2) * 0.1
    return s


@program(lambda rng: (signed(rng, 0.3, 3.3, 6), between(rng, 0.7, 1.4, 6)), tags="spread", primal="bitwise")
def neighbours_and_digits(x, y):
    a = np.nextafter(x, y) * y + np.spacing(x) * x
    b = np.round(x, 1) * y + np.round(100.0 * y, -1) * x + np.round(x, decimals=3)
    return a + b * np.heaviside(x, 0.5) + np.copysign(y, x) * np.signbit(x)


@program(lambda rng: (between(rng, 0.7, 1.4, 5), np.array([12, -18, 0, 7, 30]), np.array([8, 12, 5, -21, 0])))
def ints_of_ufuncs(y, m, n):
    a = np.gcd(m, n) + np.lcm(m, n) + (m & n) + (m | 3) - (m ^ n) + ~m + (np.abs(m) << 2) + (m >> 1)
    b = np.bitwise_and(m, 6) * np.bitwise_or(n, 1) + np.bitwise_xor(m, n) + np.left_shift(3, np.abs(n) % 4)
    return y * a + y * y * b + y * np.floor_divide(m, 5) + y * np.remainder(m, 5) + y * np.fmod(m, 5)


@program(lambda rng: (signed(rng, 0.3, 3.3, 6), np.array([1, 0, 2, 0, 0, 5]), 0.4), primal="bitwise")
def choices_of_scalars(x, m, s):
    both = np.logical_and(x > 0.0, m > 0) | np.logical_xor(x > 1.0, m == 0) | ~np.logical_or(x < -2.0, np.isnan(x))
    t = np.where(s > 0.3, s * s, 1.0)
    for k in range(6):
        t = np.where(x[k] > t, x[k] * t, t - 0.1 * s)
    return np.where(both, x * t, s) + np.where(np.isfinite(x) & ~np.isinf(x), t, x)
