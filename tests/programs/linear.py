"""Programs about dot, matmul, @ and outer."""

import numpy as np

from tests.programs.registry import normal, program


@program(
    lambda rng: (normal(rng, 3, 4), normal(rng, 4, 2), normal(rng, 4), normal(rng, 3)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 3, 0), normal(rng, 0, 2), normal(rng, 0), normal(rng, 3)),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1, 1), normal(rng, 1), normal(rng, 1)),
    },
)
def products(a, b, x, y):
    c = a @ b
    u = a @ x
    v = y @ a
    s = u @ y
    return c * s + np.outer(u, v @ b)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4, 2), normal(rng, 4), normal(rng, 3)), tags="spread")
def dots(a, b, x, y):
    c = np.dot(a, b)
    u = np.dot(a, x)
    v = np.dot(y, a)
    s = x.dot(v) + np.dot(u, y)
    return np.matmul(c.T, a) * s + b.T.dot(np.outer(x, x))


@program(lambda rng: (normal(rng, 3, 3), normal(rng, 3)), tags="spread")
def transposed_and_repeated(a, x):
    b = a @ a.T
    c = a.T @ a - a @ a
    return b @ c @ x + a.T @ x


@program(lambda rng: (normal(rng, 5, 6), normal(rng, 7)))
def products_of_slices(a, x):
    b = a[1:4, ::2] @ a[::2, 1:4].T
    u = a[:, 2] @ a[:, 3] * (a[1::2] @ x[:6])
    return np.sum(b) * u + a[0, 1:] @ x[::-1][:5]


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4, 3)), tags="spread")
def matmul_then_overwrite(a, b):
    a = a * 1.0
    y = a @ b
    a[0, 0] = 3.0
    a[1] *= y[0, 1]
    y[2] *= y[1]
    return np.sum(y) * (a @ b[:, 0])


@program(lambda rng: (normal(rng, 3, 3), normal(rng, 3), 4))
def matmul_in_a_loop(a, x, n):
    for k in range(n):
        x = a @ x * 0.3 + x
        a = a * 0.9
    return x


@program(lambda rng: (normal(rng, 4, 3), normal(rng, 3), normal(rng, 4)))
def residual_sum(a, x, y):
    r = a @ x - y
    return 0.5 * (r @ r) + 0.1 * np.dot(x, x)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4, 2)))
def matmul_into_slices(a, b):
    c = np.zeros((2, 3, 2))
    c[0] = a @ b
    c[1] += c[0] * (a[:, :2] @ b[1:3])
    return c


@program(lambda rng: (normal(rng, 4), normal(rng, 3), 0.3))
def outer_and_scalar_dot(x, y, s):
    return np.outer(x, y) * np.dot(s, s) + np.outer(x * x, y[::-1])
