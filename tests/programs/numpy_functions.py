"""Programs about NumPy's functions that are compositions: joins and splits, arrangements, cumulative sums, matrices."""

import numpy as np

from tests.programs.registry import between, normal, program

trapezoid = getattr(np, "trapezoid", None) or np.__dict__["trapz"]


@program(
    lambda rng: (normal(rng, 3, 4), normal(rng, 2, 4), normal(rng, 4)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0, 4), normal(rng, 2, 4), normal(rng, 4)),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1, 1), normal(rng, 1)),
    },
)
def joins(a, b, x):
    c = np.concatenate((a, b * x), axis=0)
    d = np.vstack((c, x))
    e = np.hstack((d, d[:, :1] ** 2))
    s = np.stack((x, x * x, np.sin(x)), axis=1)
    k = np.append(x, e[0])
    return np.sum(e * np.sum(k)) * s + np.column_stack((x, x**3, x))


@program(lambda rng: (normal(rng, 2, 3), normal(rng, 3), 0.7))
def more_joins(a, x, s):
    b = np.stack((a, a * a)) * np.dstack((a, a + s)).transpose(2, 0, 1)
    c = np.column_stack((x, np.hstack((x[:1], x[1:] * s))))
    d = np.concatenate((a, c), axis=None)
    e = np.append(a, a[:1] * s, axis=0)
    return np.sum(b * b) * d + np.vstack((e, x)).sum() + np.sum(np.dstack((x, x)) ** 3)


@program(lambda rng: (normal(rng, 6, 4), normal(rng, 7)))
def splits(a, x):
    top, bottom = np.split(a, 2)
    left, right = np.hsplit(a, 2)
    p = np.array_split(x, 3)
    q = np.split(x, (2, 3))
    u, v, w = np.vsplit(a, 3)
    s = p[0] @ p[0] * p[2][1] + np.sum(q[0]) * np.prod(q[2])
    return top * bottom * s + u[0] * v[1] * w[1] + np.sum(left * right)


@program(lambda rng: (normal(rng, 2, 6),))
def written_parts(a):
    b = a * 2.0
    parts = np.array_split(b, 4, axis=1)
    parts[0][0] = parts[1][1] * 3.0
    parts[3][...] *= parts[2]
    left, right = np.hsplit(b, 2)
    top, bottom = np.vsplit(b, 2)
    left += right * top[0, 1]
    return b[0] * bottom[0]


@program(
    lambda rng: (normal(rng, 3, 2), normal(rng, 4)),
    variants={"one": lambda rng: (normal(rng, 1, 1), normal(rng, 1))},
)
def repeated(a, x):
    t = np.tile(a, (2, 3))
    r = np.repeat(a, 3, axis=1)
    u = np.tile(x, 2) * np.repeat(x, 2)
    return np.sum(t * t) * u + np.sum(r[:, ::2] ** 3)


@program(lambda rng: (normal(rng, 3, 2), np.array([2, 0, 3])))
def repeated_by_counts(a, counts):
    r = np.repeat(a, counts, axis=0)
    w = np.repeat(a[:, 0], counts)
    return np.tile(r, 2) * w[:, None] + np.repeat(np.sum(a), 4)[0]


@program(
    lambda rng: (normal(rng, 3, 4), normal(rng, 5), 2),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1, 1), normal(rng, 1), 3)},
)
def rolled_and_flipped(a, x, k):
    b = np.roll(a, 1, axis=0) - np.roll(a, -k, axis=1)
    c = np.flip(a) * np.fliplr(a) + np.flipud(b)
    d = np.rot90(c)
    x = np.roll(x, k) * x
    return d * np.sum(x * np.flip(x)) + np.rot90(a, 3)


@program(lambda rng: (normal(rng, 4, 5),))
def periodic_laplacian(u):
    for _ in range(3):
        n, s = np.roll(u, 1, 0), np.roll(u, -1, 0)
        e, w = np.roll(u, 1, 1), np.roll(u, -1, 1)
        u = u + 0.1 * (n + s + e + w - 4.0 * u) * np.fliplr(u)
    return u + np.rot90(np.flipud(u), 2)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 5)))
def padded(a, x):
    c = np.pad(a, 1) * np.pad(a, 1, mode="edge")
    r = np.pad(x, (2, 3), mode="reflect") + np.pad(x, (2, 3), mode="wrap")
    s = np.pad(x, (7, 1), mode="symmetric")
    k = np.pad(a, ((0, 1), (2, 0)), constant_values=1.5)
    return np.sum(c[1:] * c[:-1]) * r + np.sum(s[3:] * s[:-3]) + np.sum(k * k * k)


@program(lambda rng: (normal(rng, 4, 3),))
def padded_stencil(a):
    p = np.pad(a, ((1, 1), (1, 1)), mode="symmetric")
    q = np.pad(a * a, ((1, 1), (1, 1)), mode="wrap")
    e = np.pad(a, 1, "reflect")
    return p[2:, 1:-1] + p[:-2, 1:-1] * q[1:-1, 2:] + e[:-2, :-2] * np.pad(a[0], 1, "edge")[1:-1]


@program(lambda rng: (normal(rng, 3), normal(rng, 2, 1), normal(rng, 2, 1, 4)))
def axes_moved(x, y, a):
    b = np.broadcast_to(x, (2, 3)) * y
    u, v = np.broadcast_arrays(x, y)
    c = np.moveaxis(a, 0, -1) * np.swapaxes(a, 0, 2).transpose(1, 0, 2)
    d = np.squeeze(a, axis=1) * np.sum(c * c)
    e = np.expand_dims(x, (0, 2)) * np.rollaxis(a, 2)[:, :, 0].sum()
    return np.sum(u * v * b) * d + np.sum(e * e) + np.expand_dims(y[:, 0], 1)


@program(lambda rng: (normal(rng, 4), normal(rng, 2, 3)))
def ranks_raised(x, a):
    p = np.atleast_1d(x[0]) * np.atleast_1d(x)
    q = np.atleast_2d(x) * np.atleast_2d(x[1])
    r = np.atleast_3d(a) * np.atleast_3d(x[:3])
    u, v = np.broadcast_arrays(a, a[:1])
    m = np.moveaxis(r, (0, 2), (2, 0)) * np.rollaxis(r, 2, 0)[0, 0, 0]
    t = np.broadcast_to(x[:, None], (4, 2)) * 2.0
    return np.sum(m * m) * p * q + np.sum(u * v) + np.sum(t**3) + np.squeeze(np.swapaxes(q, 0, 1), axis=1)


@program(
    lambda rng: (normal(rng, 4, 3), between(rng, 0.5, 1.5, 5)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 0, 3), normal(rng, 0)),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1)),
    },
)
def cumulative(a, x):
    s = np.cumsum(a, axis=0) * a.cumsum(axis=1)
    p = np.cumprod(x) * np.cumsum(x)
    return s * np.sum(p) + np.sum(np.cumprod(a, axis=1)) + a.cumsum().sum() * x.prod()


@program(lambda rng: (normal(rng, 4, 5), between(rng, 0.2, 2.0, 5)))
def differences(a, x):
    d = np.diff(a, axis=0)
    e = np.diff(a, n=2)
    f = np.diff(x, prepend=0.5) * np.ediff1d(x, to_end=2.0)
    g = np.gradient(a, axis=1) * np.gradient(x, 0.5)
    t = trapezoid(a, dx=0.3)
    return np.sum(d * d) * f * g + np.sum(e**3) + np.sum(t * t)


@program(lambda rng: (normal(rng, 4, 5), np.sort(between(rng, 0.2, 4.0, 5)), between(rng, 3.0, 30.0, 6)))
def differences_at_points(a, x, phase):
    gy, gx = np.gradient(a, 0.4, x, edge_order=2)
    u = np.unwrap(phase) * np.cumsum(np.unwrap(phase, period=5.0))
    e = np.ediff1d(a, to_begin=x[0])
    d = np.diff(np.cumprod(x)) * np.diff(x, append=1.0)[1:]
    area = trapezoid(a, x)
    return gy * gx * np.sum(area) + np.sum(u) + np.sum(e * e) * np.sum(d)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 3)), tags="spread")
def triangles_and_diagonals(a, x):
    t = np.tril(a) * np.triu(a, -1) + np.triu(a * a, 1)
    d = np.diagonal(a) * np.diag(a @ a.T)[:3] + np.diag(np.outer(x, x), 1).sum()
    m = np.diag(x) @ a + np.diagflat(x)[:, :1] * np.eye(3, 4, 1)
    return m * np.trace(a) * np.sum(d) + t + np.identity(3) @ a * np.tri(3, 4, -1)


@program(lambda rng: (normal(rng, 2, 4, 3), normal(rng, 3)))
def stacks_of_matrices(a, x):
    t = np.trace(a, axis1=1, axis2=2) * np.trace(a, offset=1, axis1=2, axis2=0).sum()
    d = np.diagonal(a, -1, 1, 2) * t[:, None]
    lower = np.tril(a, -1) + np.triu(a)[:, ::-1] * np.tri(4, 3)
    v = np.vander(x, 4) @ (np.eye(4) + np.diag(x, 1))
    return np.sum(d * d) * v + np.sum(lower**3) + np.diagflat(x, -1)[1:] + np.identity(4)[:3] * 2.0


@program(lambda rng: (normal(rng, 3), normal(rng, 4), 0.3, 1.9))
def grids(x, y, low, high):
    p, q = np.meshgrid(x, y)
    r, s = np.meshgrid(x, y, indexing="ij")
    i, j = np.indices((4, 3))
    line = np.linspace(low, high, 5)
    powers = np.logspace(low, high, 4) * np.geomspace(low, high, 4)
    a, b = np.mgrid[0:4, 1:4]
    return p * q * np.sum(r * s) + line.sum() * i * p + powers.sum() * j * a + b


@program(lambda rng: (normal(rng, 3), 0.4, 2.5, 6))
def more_grids(x, low, high, n):
    line, step = np.linspace(low, high, n, endpoint=False, retstep=True)
    rows = np.linspace(x, x * x, 3)
    g = np.geomspace(high, low, n) + np.logspace(low, high, n, base=2.0)
    i, j = np.ogrid[0:3, 0:n]
    p, q = np.meshgrid(x, line, sparse=True)
    k = np.indices((3,))[0] * np.mgrid[0:3]
    return (p * q).T * step * g * (i + 0.5 * j) + np.sum(rows) + np.sum(k * x) * np.vander(x, 2).sum()
