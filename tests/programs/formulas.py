"""Formulas of several fields that between them use the elementary functions of ``math`` and NumPy a second time."""

import math
from typing import NamedTuple

import numpy as np

from tests.programs.registry import between, normal, program, signed


@program(lambda rng: (0.62, 0.21, -0.43, 1.37), tags="spread")
def great_circle(lat1, lon1, lat2, lon2):
    """Distance by three formulas, initial course and rhumb line."""
    dlat, dlon = lat2 - lat1, lon2 - lon1
    a = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    haversine = 2.0 * math.asin(math.sqrt(a))
    cosine = math.acos(math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(dlon))
    course = math.atan2(math.sin(dlon) * math.cos(lat2), math.cos(lat1) * math.sin(lat2))
    stretched = math.log(math.tan(math.pi / 4 + lat2 / 2) / math.tan(math.pi / 4 + lat1 / 2))
    rhumb = math.atan(dlon / stretched)
    return haversine + 0.7 * cosine + math.degrees(course) * 0.01 + math.radians(rhumb) * math.fabs(dlat)


@program(lambda rng: (1.3, 0.4, 0.7))
def relativity(energy, momentum, v):
    """Rapidities, boosts and a catenary."""
    rapidity = math.atanh(momentum / energy) + math.asinh(momentum) - 0.3 * math.acosh(energy)
    boosted = energy * math.cosh(rapidity * v) - momentum * math.sinh(rapidity * v)
    return boosted * math.tanh(v) + math.pow(energy, v) - math.copysign(momentum, -v)


@program(lambda rng: (between(rng, 0.4, 3.0, 5), 20.0))
def levels_and_intervals(x, reference):
    """Decibels, octaves and cents."""
    s = 0.0
    for v in x:
        decibel = 20.0 * math.log10(v / reference)
        octave = math.log2(v * reference)
        part, whole = math.modf(octave)
        s += 0.1 * decibel * part + whole * v + math.fmod(octave, 0.37) * v - math.remainder(v, 0.9)
        if math.isclose(v, 1.0, abs_tol=1e-3) or math.isnan(v) or math.isinf(v) or not math.isfinite(v):
            s *= 2.0
    return s + math.floor(x[0]) * x[1] - math.trunc(float(x[2])) * x[3] + math.ceil(x[4])


@program(lambda rng: (between(rng, 0.2, 0.8, 4), 7))
def bernstein_and_counts(x, n):
    """Binomial weights and integer functions as coefficients."""
    s = 0.0
    for k in range(4):
        s += math.comb(n, k) * x[k] ** k * (1.0 - x[k]) ** (n - k)
        s -= math.perm(4, k) / math.factorial(k + 2) * x[k]
    s *= math.lcm(n, 4) - math.gcd(n, 14) + math.isqrt(10 * n)
    return s + math.nextafter(x[0], 1.0) + math.ulp(x[1]) * x[2] + math.hypot(x[0], x[1]) * math.dist(x[:2], x[2:])


@program(lambda rng: (between(rng, 0.3, 2.0, 4), signed(rng, 0.3, 2.0, 4)))
def special_of_pairs(x, y):
    """Beta function, error functions, exact sums."""
    total = 0.0
    for k in range(len(x)):
        beta = math.exp(math.lgamma(x[k]) + math.lgamma(x[k] + 0.5) - math.lgamma(2.0 * x[k] + 0.5))
        m, e = math.frexp(x[k])
        total += beta * math.gamma(x[k]) + math.erf(y[k]) * math.erfc(x[k]) + math.ldexp(y[k], e) * m
        total += math.log1p(x[k]) * math.expm1(y[k])
    return total + math.fsum(x * y) * math.prod(x) + math.hypot(x[0], y[1], x[2])


@program(lambda rng: (between(rng, -1.2, 1.2, 4), between(rng, 0.2, 2.9, 4), 0.41))
def sky_positions(dec, hour, latitude):
    """Altitude and azimuth of stars, in degrees and back."""
    altitude = np.arcsin(np.sin(dec) * np.sin(latitude) + np.cos(dec) * np.cos(latitude) * np.cos(hour))
    azimuth = np.arctan2(np.sin(hour), np.cos(hour) * np.sin(latitude) - np.tan(dec) * np.cos(latitude))
    zenith = np.arccos(0.98 * np.sin(altitude))
    there = np.deg2rad(np.rad2deg(altitude)) * np.radians(np.degrees(azimuth))
    return there + zenith * np.hypot(altitude, azimuth) + np.arctan(dec)


@program(lambda rng: (between(rng, -0.8, 0.8, 5), between(rng, 1.1, 3.0, 5)), tags="spread")
def hyperbolic_arrays(x, y):
    """Inverse and direct functions, weighted by each other."""
    a = np.arctanh(x) * np.arccosh(y) + np.arcsinh(y * x)
    return a * np.cosh(x) - np.sinh(x) * np.tanh(y) + np.log2(y) * np.exp2(x) + np.log10(y) * np.cbrt(x)


@program(lambda rng: (normal(rng, 5), normal(rng, 5), between(rng, 0.5, 2.0, 5)))
def log_domain(a, b, w):
    """Sums of probabilities by their logarithms, in both bases."""
    both = np.logaddexp(a, b) * w + np.logaddexp2(a * w, b)
    return both + np.log1p(w) * np.expm1(a) + np.reciprocal(w) * np.square(b) + np.float_power(w, a) - np.positive(b)


@program(lambda rng: (signed(rng, 0.3, 5.4, 7), between(rng, 0.4, 1.9, 7)))
def quantized(x, step):
    """Several ways to round a signal, the rest multiplied on."""
    q = step * np.rint(x / step) + np.trunc(x) * np.ceil(step) - np.floor(x) * step
    quotient, rest = np.divmod(x, step)
    part, whole = np.modf(x)
    mantissa, exponent = np.frexp(step)
    level = np.heaviside(x, 0.5) * np.sign(x) * np.signbit(step)
    tiny = np.spacing(step) * x + np.nextafter(x, 0.0)
    scaled = np.ldexp(mantissa, exponent) * np.fmod(x, step)
    return q + quotient * rest + part * whole * step + level * x + tiny + scaled * np.copysign(step, x)


@program(lambda rng: (signed(rng, 0.3, 2.0, 6), signed(rng, 0.4, 3.0, 6), np.array([6, 4, 9, 10, 3, 8])))
def flags_and_counts(x, y, n):
    """Logical functions choose, integer functions weigh."""
    inside = np.logical_and(np.less_equal(x, 1.5), np.greater_equal(y, -2.5))
    odd = np.logical_xor(inside, np.not_equal(n % 2, 0))
    bad = np.logical_or(np.isnan(x), np.logical_or(np.isinf(y), np.logical_not(np.isfinite(x))))
    z = np.where(odd & ~bad, x * y, np.fabs(x) + y)
    weight = np.gcd(n, 12) + np.lcm(n, 4) - np.bitwise_xor(n, 5) + np.right_shift(n, 1) + np.left_shift(n, 2)
    return z * weight + np.fmin(x, y) * np.fmax(0.3 * x, y) + np.equal(n, 4) * x + np.greater(n, 4) * np.less(x, y) * y


class Medium(NamedTuple):
    """Fields that are named as methods of tuples are."""

    index: float
    count: np.ndarray


@program(lambda rng: ((Medium(1.6, normal(rng, 3)), Medium(1.2, normal(rng, 3))), 0.3), primal="close")
def optical_path(media, angle):
    """Snell's law through layers; the counts are wavelengths in each."""
    total, before = 0.0, 1.0
    for medium in media:
        angle = math.asin(before * math.sin(angle) / medium.index)
        total += np.sum(medium.count) * medium.index / math.cos(angle)
        before = medium.index
    return total * angle
