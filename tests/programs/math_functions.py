"""Python's ``math`` beyond NumPy's functions: pairs, any number of arguments, sequences, counts, closeness."""

import math

import numpy as np
from numba import njit, prange

from tests.programs.registry import between, normal, program, signed


@program(lambda rng: (signed(rng, 0.3, 5.3, 6),), tags="spread")
def mantissas_and_parts(x):
    s = 0.0
    for v in x:
        m, e = math.frexp(v)
        part, whole = math.modf(v)
        s = 0.9 * s + m * e + part * whole + math.ldexp(v, e) - math.remainder(v, 0.7) * v + math.ldexp(s, -2)
    return s


@program(lambda rng: (between(rng, 0.3, 2.3, 5), 3.0), tags="spread", primal="close")
def lengths_and_logarithms(x, b):
    s = math.hypot(x[0]) + math.hypot(x[1], x[2], b, 0.3 * x[3]) + math.hypot()
    s += math.log(x[4], b) * math.log(b) - math.log(x[0] * b, 2) + math.degrees(x[1]) * 0.01 + math.radians(x[2])
    return s + math.fmod(x[3], 0.4) * x[1]


@program(
    lambda rng: (normal(rng, 6), normal(rng, 6)),
    tags="spread",
    float32=False,
    variants={
        "empty": lambda rng: (normal(rng, 0), normal(rng, 0)),
        "one": lambda rng: (normal(rng, 1), normal(rng, 1)),
    },
)
def sequences_of_arrays(x, y):
    return math.dist(x, y) * 1.3 + math.fsum(x * y) - math.prod(y) * 0.7 + math.fsum(x) * math.prod(x, start=2.0)


if hasattr(math, "cbrt"):  # Python 3.11

    @program(lambda rng: (between(rng, 0.3, 2.3, 5),), float32=False)
    def cube_roots_and_powers_of_two(x):
        s = 0.0
        for v in x:
            s = 0.3 * s + math.cbrt(v) * math.exp2(v)
        return s


@program(lambda rng: (normal(rng, 3), 0.7), tags="spread", float32=False)
def sequences_of_tuples(x, s):
    a = math.dist((x[0], s), (1.0, x[1])) + math.fsum((x[0], s, x[2] * x[1], 1))
    return a * math.prod((x[1], s, 3)) + math.dist(x, (0.1, 0.2, s))


@program(lambda rng: (0.7, 9, 4), tags="spread")
def counts(x, n, k):
    s = 0.0
    for j in range(k + 1):
        s += math.comb(k, j) * x**j * math.perm(n, j) / math.factorial(j + 1)
    whole = (
        math.gcd(n * k, 6 * k, 90) + math.lcm(n, k) + math.lcm(k) + math.gcd() + math.isqrt(n * n * k) + math.perm(k)
    )
    return s + x * whole


@program(lambda rng: (signed(rng, 0.3, 2.3, 5), 1.01), tags="spread", float32=False)
def close_and_next(x, s):
    t = 0.0
    for v in x:
        if math.isclose(v, s, rel_tol=0.5) or math.isclose(v * 1e-9, 0.0, abs_tol=1e-9):
            t += v * v
        else:
            t += s * v
        t = math.nextafter(t, math.inf) + math.ulp(v) * v
    if math.isclose(s, 1.0, rel_tol=0.1) and math.isfinite(s) and not math.isnan(s) and not math.isinf(s):
        t *= s
    return t + math.floor(s) + math.ceil(x[0]) * s - math.trunc(x[1]) * s


@njit
def _mean_distance(x, y):
    total = 0.0
    for k in range(x.shape[0]):
        part, whole = x[k] * 3.0 % 1.0, k + 1
        m, e = math.frexp(y[k])
        total += math.hypot(part, y[k]) * whole + math.ldexp(m, e) * math.gcd(k + 4, 6) + math.log(x[k])
    return total


@program(lambda rng: (between(rng, 0.3, 2.3, 5), normal(rng, 5)), tags="spread", float32=False)
def compiled_callee(x, y):
    return _mean_distance(x, y) * x[0] + np.sum(y)


@program(lambda rng: (between(rng, 0.3, 2.8, 5),), float32=False)
def gammas_of_all(x):
    s = 0.0
    for v in x:
        s = (
            s * 0.3
            + math.gamma(v) * math.lgamma(v + 0.1)
            + math.erf(v)
            - math.erfc(v) * v
            + math.expm1(v) * math.log1p(v)
        )
    return s + math.tau * x[0] - math.e + math.pi * x[1]


@program(lambda rng: (between(rng, 0.3, 2.8, 7), normal(rng, 7)), float32=False)
def prange_is_range(x, y):
    s = 0.0
    for k in prange(x.shape[0]):
        s += math.sin(x[k]) * y[k]
    for k in prange(1, x.shape[0], 2):
        s += x[k] * x[k - 1]
    return s
