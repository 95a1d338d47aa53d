"""Values of the vector functions, and that loops are vectorized with them."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from s2sad.backend.vecmath import SCALAR
from s2sad.runtime import vecmath
from tests.vecmath.cases import LIMIT, arguments, distance, exact, loop, strict, variants_in

needs_library = pytest.mark.skipif(not vecmath.LOADED, reason="no libmvec here")


def run(name: str, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    args = arguments(name, dtype)
    compiled, y = loop(name), np.empty_like(args[0])
    compiled(y, *args)
    return y, exact(name, args)


@pytest.mark.parametrize("name", SCALAR)
def test_float64_is_within_4_ulp(name):
    assert distance(*run(name, np.float64)) <= LIMIT + 1.0 * name.startswith("erf")  # whose reference is rounded


@pytest.mark.parametrize("name", SCALAR)
def test_float32_is_within_4_ulp(name):
    assert distance(*run(name, np.float32)) <= LIMIT


@pytest.mark.parametrize("name", ["exp", "tanh", "erf", "hypot"])
def test_without_a_compiler_it_is_numpy(name):
    f = getattr(vecmath, name)
    args = (0.3, 0.4)[: 2 if name == "hypot" else 1]
    expected = math.erf(0.3) if name == "erf" else getattr(np, name)(*args)
    assert f(*args) == expected
    assert type(f(*map(np.float32, args))) is np.float32


def test_signs_of_zeros_and_special_values():
    x = np.repeat(np.array([0.0, -0.0, np.inf, -np.inf, np.nan]), 16)
    for name in ("exp", "sin", "tanh", "log1p", "cbrt"):
        y = np.empty_like(x)
        loop(name)(y, x)
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(x)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(np.signbit(y)[:64], np.signbit(expected)[:64])


def test_integers_are_float64_and_pairs_promote():
    exp, power = vecmath.exp, vecmath.power

    @strict
    def f(k, x, y):
        return exp(k), exp(True), power(x, k), power(x, y)

    a, b, c, d = f(2, np.float32(1.5), 3.0)
    assert math.isclose(a, math.exp(2.0)) and math.isclose(b, math.e) and c == 2.25 and d == 3.375
    assert f.overloads[f.signatures[0]].signature.return_type.types[2].bitwidth == 64


@needs_library
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loops_are_vectorized(dtype):
    for name in ("exp", "tanh", "power"):
        args = arguments(name, dtype)
        compiled = loop(name)
        compiled(np.empty_like(args[0]), *args)
        assert variants_in(compiled)


@needs_library
def test_a_branch_is_vectorized_or_right():
    exp = vecmath.exp

    @strict
    def f(y, x):
        for i in range(x.size):
            y[i] = exp(x[i]) if x[i] < 0.0 else x[i] + 1.0

    x = np.linspace(-3.0, 3.0, 1001)
    y = np.empty_like(x)
    f(y, x)
    np.testing.assert_allclose(y, np.where(x < 0.0, np.exp(x), x + 1.0), rtol=1e-15)


def test_several_functions_of_both_widths_in_one_function():
    exp, sin, power = vecmath.exp, vecmath.sin, vecmath.power

    @strict
    def f(y, x, y32, x32):
        for i in range(x.size):
            y[i] = exp(x[i]) * sin(x[i]) + power(abs(x[i]), 1.3)
        for i in range(x.size):
            y32[i] = sin(x32[i]) + np.float32(exp(np.float64(x32[i])))

    x = np.linspace(-3.0, 3.0, 1003)
    x32 = x.astype(np.float32)
    y, y32 = np.empty_like(x), np.empty_like(x32)
    f(y, x, y32, x32)
    np.testing.assert_allclose(y, np.exp(x) * np.sin(x) + np.abs(x) ** 1.3, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(y32, np.sin(x32) + np.exp(x32.astype(float)), rtol=1e-6, atol=1e-6)


def test_threads():
    x = np.linspace(-5.0, 5.0, 100_003)
    compiled = loop("exp")
    compiled(np.empty_like(x), x)

    def work(_):
        y = np.empty_like(x)
        for _ in range(20):
            compiled(y, x)
        return y

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(work, range(4))
    assert all(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize(
    ("features", "letters"),
    [
        ("", "b"),
        ("+sse4.2,+avx", "b"),
        ("+avx2,+fma", "bd"),
        ("+avx512f,+avx2", "bd"),
        ("+avx512f,+avx512dq,+avx2", "bde"),
        ("+avx2,-avx2", "b"),
        ("-avx512f,+avx512dq,+avx2", "bd"),
    ],
)
@needs_library
def test_variants_are_those_of_the_target(features, letters):
    found = vecmath.variants("exp", 64, 1, "x86_64-unknown-linux-gnu", features)
    assert "".join(name[4] for name, _ in found) == letters
    assert [lanes for _, lanes in found] == [2, 4, 8][: len(letters)]
    assert vecmath.variants("exp", 64, 1, "nvptx64-nvidia-cuda", features) == ()
    assert vecmath.variants("no_such_function", 64, 1, "x86_64-unknown-linux-gnu", features) == ()
