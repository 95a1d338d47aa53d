"""Error and gamma functions; at poles and outside their domain they give IEEE values and never raise.

The value is computed in float64 and has the argument's dtype. Digamma by recurrence to a large argument and the
asymptotic series (Abramowitz & Stegun 6.3.18), polygamma as a Hurwitz zeta function by Euler-Maclaurin summation
(6.4.10 and 3.6.28 there).
"""

from __future__ import annotations

import math

import numpy as np
from numba.extending import register_jitable

GAMMA_OVERFLOW = 171.6243769563027
GAMMA_TINY = 5.6e-309
LGAMMA_OVERFLOW = 2.5e305


@register_jitable
def erf(x):
    """The error function."""
    return type(x)(math.erf(x))


@register_jitable
def erfc(x):
    """The complementary error function ``1 - erf(x)``, without its cancellation."""
    return type(x)(math.erfc(x))


@register_jitable
def gamma(x):
    """The gamma function: signed inf at +-0, nan at negative whole numbers."""
    z = np.float64(x)
    if abs(z) < GAMMA_TINY:
        return type(x)(math.copysign(math.inf, z))
    if z < 0.0 and z == np.floor(z):  # -inf is one of them
        return type(x)(math.nan)
    if z > GAMMA_OVERFLOW:
        return type(x)(math.inf)
    return type(x)(math.gamma(z))


@register_jitable
def lgamma(x):
    """The logarithm of ``abs(gamma(x))``: inf at its poles."""
    z = np.float64(x)
    if abs(z) > LGAMMA_OVERFLOW or (z <= 0.0 and z == np.floor(z)):
        return type(x)(math.inf)
    return type(x)(math.lgamma(z))


@register_jitable
def digamma(x):
    """The derivative of ``lgamma``: -inf at 0.0, inf at -0.0, nan at negative whole numbers.

    Accurate to rounding relative to max(1, abs(result)): near its zero at 1.46 the error is absolute.
    """
    if x == 0.0:
        return type(x)(math.copysign(math.inf, -x))
    if math.isinf(x):
        return type(x)(math.inf) if x > 0.0 else type(x)(math.nan)
    z, value = np.float64(x), 0.0
    if z < 0.0:
        fraction = z - np.rint(z)  # exact, so that tan sees a small argument
        if fraction == 0.0:
            return type(x)(math.nan)
        value = -math.pi / math.tan(math.pi * fraction)
        z = 1.0 - z
    while z < 10.0:
        value -= 1.0 / z
        z += 1.0
    s = 1.0 / (z * z) if z < 1e150 else 0.0
    # Bernoulli numbers: B_2k / (2k)
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))))))
    return type(x)(value + (math.log(z) - 0.5 / z - series))


@register_jitable
def _zeta_right(m, x):
    """The sum of ``(x + j)**-m`` over ``j >= 0``, for ``x > 0`` and ``m >= 2``."""
    total, a = 0.0, x
    while a < 12.0 + m:
        total += a**-m
        a += 1.0
    total += a ** (1.0 - m) / (m - 1.0) + 0.5 * a**-m  # a**-m alone may underflow
    s = 1.0 / (a * a) if a < 1e150 else 0.0
    term = m * a ** (-m - 1.0)
    k = 1.0
    # B_2k / (2k)!
    for b in (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600):
        total += b * term
        term *= (m + 2.0 * k - 1.0) * (m + 2.0 * k) * s
        k += 1.0
    return total


@register_jitable
def polygamma(n, x):
    """The ``n``-th derivative of ``digamma``, ``n`` a whole number >= 1 given as a float; inf or nan at the poles."""
    m, z = np.float64(n) + 1.0, np.float64(x)  # NumPy's powers overflow to inf, Python's raise
    even = m % 2.0 == 0.0
    if math.isnan(z) or z == -math.inf:
        return type(x)(math.nan)
    if z > 0.0:
        value = _zeta_right(m, z)
    else:
        fraction = z - np.rint(z)
        if fraction == 0.0:
            return type(x)(math.inf) if even else type(x)(math.nan)
        # The sum over all j of (x + j)**-m has period 1; the terms left of x are a sum to the right of 1 - x.
        sign = 1.0 if even else -1.0
        both = fraction**-m + _zeta_right(m, 1.0 + fraction) + sign * _zeta_right(m, 1.0 - fraction)
        value = both - sign * _zeta_right(m, 1.0 - z)
    value *= math.gamma(m)
    return type(x)(value if even else -value)
