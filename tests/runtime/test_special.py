"""Gamma functions and their derivatives against identities and tabulated values, un-jitted and compiled."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from s2sad import runtime as rt

EULER = 0.57721566490153286
ZETA3 = 1.2020569031595942
INF, NAN = math.inf, math.nan
digamma = numba.njit(lambda x: rt.digamma(x))
polygamma = numba.njit(lambda n, x: rt.polygamma(n, x))
gamma = numba.njit(lambda x: rt.gamma(x))
lgamma = numba.njit(lambda x: rt.lgamma(x))


@pytest.mark.parametrize("f", [rt.digamma, digamma], ids=["plain", "compiled"])
@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (1.0, -EULER),
        (2.0, 1.0 - EULER),
        (0.5, -EULER - 2.0 * math.log(2.0)),
        (-0.5, 2.0 - EULER - 2.0 * math.log(2.0)),
        (0.25, -EULER - math.pi / 2.0 - 3.0 * math.log(2.0)),
        (1e-8, -1e8 - EULER + math.pi**2 / 6.0 * 1e-8),
        (1e300, math.log(1e300)),
        (0.0, -INF),
        (-0.0, INF),
        (-3.0, NAN),
        (INF, INF),
        (-INF, NAN),
        (NAN, NAN),
    ],
)
def test_digamma(f, x, expected):
    np.testing.assert_allclose(f(x), expected, rtol=4e-15, atol=1e-15)


@pytest.mark.parametrize("f", [rt.polygamma, polygamma], ids=["plain", "compiled"])
@pytest.mark.parametrize(
    ("n", "x", "expected"),
    [
        (1.0, 1.0, math.pi**2 / 6.0),
        (1.0, 0.5, math.pi**2 / 2.0),
        (1.0, -0.5, math.pi**2 / 2.0 + 4.0),
        (2.0, 1.0, -2.0 * ZETA3),
        (2.0, 0.5, -14.0 * ZETA3),
        (3.0, 1.0, math.pi**4 / 15.0),
        (2.0, -0.5, -14.0 * ZETA3 + 16.0),
        (1.0, 1e300, 1e-300),
        (1.0, -1.0, INF),
        (2.0, -1.0, NAN),
        (1.0, INF, 0.0),
        (1.0, NAN, NAN),
    ],
)
def test_polygamma(f, n, x, expected):
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(f(n, x), expected, rtol=1e-13)


def test_recurrences():
    for x in (*np.linspace(-7.3, 25.0, 60), 0.1, 1e-3):
        np.testing.assert_allclose(rt.digamma(x + 1.0), rt.digamma(x) + 1.0 / x, rtol=1e-12, atol=1e-12)
        for n, factorial in ((1.0, 1.0), (2.0, 2.0), (5.0, 120.0)):
            step = (-1.0) ** n * factorial / x ** (n + 1.0)
            size = abs(step) + abs(rt.polygamma(n, x))
            assert abs(rt.polygamma(n, x + 1.0) - rt.polygamma(n, x) - step) <= 1e-12 * size


@pytest.mark.parametrize(
    ("plain", "jitted", "reference"), [(rt.gamma, gamma, math.gamma), (rt.lgamma, lgamma, math.lgamma)]
)
def test_gamma_inside_its_domain(plain, jitted, reference):
    for x in (0.1, 0.5, 1.0, 3.7, 20.0, 150.0, -0.5, -7.3, 1e-300):
        assert plain(x) == reference(x)
        np.testing.assert_allclose(jitted(x), reference(x), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("x", "g", "log"),
    [
        (0.0, INF, INF),
        (-0.0, -INF, INF),
        (-2.0, NAN, INF),
        (INF, INF, INF),
        (-INF, NAN, INF),
        (NAN, NAN, NAN),
        (172.0, INF, math.lgamma(172.0)),
        (1e-310, INF, math.lgamma(1e-310)),
        (1e306, INF, INF),
    ],
)
def test_gamma_never_raises(x, g, log):
    for f, expected in ((rt.gamma, g), (gamma, g), (rt.lgamma, log), (lgamma, log)):
        np.testing.assert_allclose(f(x), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["erf", "erfc", "gamma", "lgamma", "digamma"])
def test_float32(name):
    f = getattr(rt, name)
    x = np.float32(1.7)
    assert type(f(x)) is np.float32
    compiled = numba.njit(lambda x: f(x))
    assert abs(compiled(x) - f(x)) <= np.spacing(abs(f(x)))
    assert compiled.nopython_signatures[0].return_type == numba.types.float32
