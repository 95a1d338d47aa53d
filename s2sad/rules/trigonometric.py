"""Trigonometric functions, their inverses, angles, and lengths."""

import math

import numpy as np

from s2sad.rules.registry import elementwise

DEGREE = math.pi / 180.0
RADIAN = 180.0 / math.pi
INSIDE = (-0.9, 0.9)


@elementwise(np.sin, math.sin)
def sin(y, x):
    return np.cos(x)


@elementwise(np.cos, math.cos)
def cos(y, x):
    return -np.sin(x)


@elementwise(np.tan, math.tan, domain=(-1.2, 1.2))
def tan(y, x):
    return 1.0 + y * y


@elementwise(np.arcsin, math.asin, singular=True, domain=INSIDE)
def arcsin(y, x):
    """(1 - x)(1 + x) is 1 - x**2 without its cancellation near 1."""
    return 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@elementwise(np.arccos, math.acos, singular=True, domain=INSIDE)
def arccos(y, x):
    return -1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@elementwise(np.arctan, math.atan)
def arctan(y, x):
    return 1.0 / (1.0 + x * x)


@elementwise(np.arctan2, math.atan2, cost=40, singular=True, domain=((0.2, 3.0), (-3.0, 3.0)))
def arctan2(y, a, b):
    """Divided by the length twice, because a*a + b*b under- and overflows. nan at the origin."""
    r = np.hypot(a, b)
    return b / r / r, -(a / r / r)


@elementwise(np.hypot, math.hypot, call="np.hypot", domain=((0.2, 3.0), (-3.0, 3.0)))
def hypot(y, a, b):
    """0 at the origin, as abs."""
    return np.where(y == 0.0, 0.0, a / y), np.where(y == 0.0, 0.0, b / y)


@elementwise(np.deg2rad, np.radians, math.radians, cost=1)
def deg2rad(y, x):
    return DEGREE


@elementwise(np.rad2deg, np.degrees, math.degrees, cost=1)
def rad2deg(y, x):
    return RADIAN


@elementwise(np.sinc, call="rt.sinc", cost=30)
def sinc(y, x):
    """NumPy's sin(pi x)/(pi x). Near 0 the series of the derivative, whose closed form cancels there."""
    t = np.pi * x
    s = t * t
    series = -1.0 / 3.0 + s * (1.0 / 30.0 + s * (-1.0 / 840.0 + s * (1.0 / 45360.0 + s * (-1.0 / 3991680.0))))
    return np.where(np.abs(t) < 0.25, np.pi * t * series, (np.cos(t) - y) / x)
