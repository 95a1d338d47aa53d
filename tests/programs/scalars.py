"""Programs over numbers: assignments, arithmetic, comparisons, conditional expressions, conversions."""

import math

from tests.programs.registry import program


@program(lambda rng: (0.3, 12, 3.7), tags="spread", primal="bitwise", variants={"empty": lambda rng: (0.3, 0, 3.7)})
def logistic(x, n, r):
    for i in range(n):
        x = r * x * (1 - x)
    return x


@program(lambda rng: (0.7, -1.3), primal="bitwise")
def assignment_forms(x, y):
    a = b = x * y
    c: float = a + x
    a, b = b * y, a - c
    (p, q), s = (a, b), c
    p += q
    q -= p * x
    s *= q
    s /= 1.5 + p * p
    p, q, s = s, p, q
    return p * q + s * x


@program(lambda rng: (0.7, -1.3, 2.1), primal="bitwise")
def swaps(x, y, z):
    for k in range(5):
        x, y, z = y * 1.1, z + 0.1 * x, x
        x, y = y, x
    return x * y - 2.0 * z


@program(lambda rng: (0.4, 1.7), primal="bitwise", tags="spread")
def conditions(x, y):
    s = x * y if 0.0 < x < y <= 3.0 else y
    if x > 1.0 and y > 0.0:
        s = s * x
    elif not (x < 0.0 or y < 0.0):
        s = s * y * y
    else:
        s = s - x
    t = 2.0 * s if s > 0.1 and x != y else -s
    return s * t


@program(lambda rng: (1.3, 0.7, 3), primal="close", tags="spread")
def powers(x, y, n):
    s = x**2 + 0.3 * x**3 - x**-1 + y**0.5 + y**-1.5
    s = s + x**y + 2.0**x + x**n + y**0 + x**1
    return s + (x * y) ** 2.5 - 3 * x ** (n - 1)


@program(lambda rng: (-1.3, 2.1))
def negative_base(x, y):
    return x**2 * y + x**3 - x**-3 + (-x) ** y + abs(x) ** 1.5


@program(lambda rng: (-1.3, 0.7, 2.2), primal="bitwise")
def builtin_min_max_abs(x, y, z):
    a = max(x, y) * min(y, z)
    b = max(x, y, z) - min(x * x, y, z, 5.0)
    return a * abs(x) + b * abs(y)


@program(lambda rng: (1.7, 7), primal="bitwise")
def integer_arithmetic(x, n):
    k = n // 2 + n % 3
    m = (n << 1) ^ (k & 3) | 8
    s = 0.0
    for i in range(0, m, k):
        s = s + x * i - i * i // 3
        if i % 2 == 1:
            s = s * 0.9
    return s + m / k * x


@program(lambda rng: (2.7, -1.6), primal="bitwise")
def conversions(x, y):
    k = int(x) + int(y)
    t = float(k) * x
    b = bool(k > 0)
    return t * y + k * y + x * b


@program(lambda rng: (0.6, True, False), primal="bitwise")
def flags(x, square, negate):
    y = x * x if square else x
    if negate or not square:
        y = -y
    return y * x


@program(lambda rng: (2.3, 0.8), primal="bitwise", tags="spread", float32=False)
def floor_mod(x, y):
    return x % y * x + x // y * y + math.floor(x) * y - math.ceil(y) * x + math.trunc(x) * x


@program(lambda rng: (0.3, 0.9), primal="close")
def many_scalars(x, y):
    a = math.sin(x)
    b = math.exp(a * y)
    c = a / b
    d = c - a * b
    e = d * d + c
    f = math.sqrt(e * e + 1.0)
    g = math.log(f) * b
    h = g + a * c - e / f
    return h * g + a


@program(lambda rng: (0.3, 0.9), primal="bitwise", tags="spread")
def several_results(x, y):
    p = x * y
    return p, x + p * p, 3.0


@program(lambda rng: (0.3, 5), primal="bitwise")
def unused_and_constant(x, n):
    y = x * x
    z = 3.0 * n
    y = z + x
    w = y * x
    return w if n > 3 else z


@program(lambda rng: (1.2,), primal="bitwise", tags="inert")
def constant_result(x):
    y = x * x
    return 2.5


@program(lambda rng: (1.2,), primal="bitwise")
def identity(x):
    return x
