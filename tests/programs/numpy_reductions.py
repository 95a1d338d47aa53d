"""Programs about reductions and choices that are compositions: moments, orders, tables, methods of ufuncs."""

import numpy as np

from tests.programs.registry import between, normal, program


@program(
    lambda rng: (normal(rng, 4, 3), between(rng, 0.3, 2.0, 5)),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 2, 1), between(rng, 0.3, 2.0, 2))},
)
def moments(a, x):
    z = (a - a.mean(axis=0)) / np.std(a, axis=0, keepdims=True)
    v = np.var(x, ddof=1) * np.std(x)
    return np.sum(z**3) * v + a.var(axis=1) * np.prod(x) + x.std(ddof=1) * np.prod(a, axis=1)


@program(lambda rng: (np.array([[2.0, 0.0, 3.0], [0.0, 1.5, 0.0]]), between(rng, 0.5, 1.5, 3)))
def products_with_zeros(a, x):
    return a.prod(axis=1) + np.prod(a, axis=0).sum() + np.prod(a[:, ::2] + x[0]) * x.prod(keepdims=True)[0]


@program(lambda rng: (normal(rng, 4, 5), between(rng, 0.2, 1.0, 5), between(rng, 0.2, 1.0, 4, 5)))
def weighted(a, w, v):
    m = np.average(a, axis=1, weights=w)
    n = np.average(a, weights=v)
    c = np.cov(a)
    r = np.corrcoef(a[:2], a[2:])
    p = np.ptp(a, axis=0)
    return m * n * np.sum(c * c) + np.sum(r * r * r) + np.sum(p * p) + np.average(w)


@program(lambda rng: (normal(rng, 5), normal(rng, 5), normal(rng, 2, 3, 4)))
def covariances(x, y, a):
    c = np.cov(x, y, bias=True)
    r = np.corrcoef(x, y)[0, 1]
    m = np.average(a, axis=0, weights=a * a)
    t = np.ptp(a) * np.ptp(x)
    v = np.var(a, axis=(0, 2)) + np.std(a, axis=(1, 2)).sum()
    return c * r * t + np.sum(m * m) + np.sum(v)


@program(
    lambda rng: (between(rng, -2.0, 2.0, 4, 5), between(rng, -1.0, 1.0, 6)),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1, 1), normal(rng, 1))},
)
def orders(a, x):
    s = np.sort(a, axis=0) * np.sort(a)
    k = np.argsort(x)
    m = np.median(a, axis=1) * np.median(x)
    q = np.percentile(x, 30.0) * np.quantile(a, 0.6, axis=0)
    best = x[np.argmax(x)] * x[np.argmin(x)]
    return s * best * x[k[0]] + np.sum(m * m) + np.sum(q)


@program(lambda rng: (between(rng, -2.0, 2.0, 3, 4), 0.3))
def orders_along_axes(a, q):
    i, j = np.argmax(a, axis=0), np.argmin(a, axis=1)
    k = np.argsort(a, axis=0)
    s = 0.0
    for c in range(a.shape[1]):
        s += a[i[c], c] * a[k[1, c], c]
    for r in range(a.shape[0]):
        s += a[r, j[r]] ** 3
    b = a * a
    b.sort(axis=0)
    s += b[1, 2] * b[0, 1]
    both = np.quantile(a, q) * np.percentile(a, (20.0, 75.0), axis=1)
    return s * np.median(a, axis=0, keepdims=True) * np.sum(both) + np.sort(a, axis=None)[3]


@program(lambda rng: (between(rng, -1.0, 4.0, 7), np.sort(between(rng, 0.0, 3.0, 5)), normal(rng, 5)), tags="spread")
def tables(x, knots, values):
    y = np.interp(x, knots, values)
    j = np.searchsorted(knots, x)
    d = np.digitize(x, knots)
    s = 0.0
    for k in range(len(x)):
        s += x[k] * values[min(j[k], 4)] + d[k] * x[k] ** 2
    h, edges = np.histogram(x, bins=4, range=(-1.5, 4.5), weights=x * x)
    return y * s + np.sum(h**2) * np.interp(0.7, knots, values, left=0.0)


@program(lambda rng: (between(rng, 0.0, 4.0, 9), normal(rng, 9)))
def counted(x, w):
    h, edges = np.histogram(x, np.array([0.5, 1.0, 2.5, 3.5]), weights=w)
    place = np.digitize(x, edges)
    b = np.bincount(place, weights=w * x, minlength=6)
    n = np.bincount(place)
    f, _ = np.histogram(x, 3)
    return b * h[1] * n[2] + np.sum(h * f) * np.searchsorted(edges, 2.0, side="right") + np.count_nonzero(x > 1.0)


@program(lambda rng: (np.array([[1.0, np.nan, -2.0], [0.5, 3.0, np.nan]]), normal(rng, 3)), fd=False)
def nans_left_out(a, x):
    s = np.nansum(a, axis=0) * x
    m = np.nanmean(a, axis=1) * np.nanmax(a) * np.nanmin(a)
    return np.sum(s * s) * np.sum(m) + np.nanstd(a) * np.nansum(np.nan_to_num(a) * x)


@program(lambda rng: (normal(rng, 2, 4), normal(rng, 4)))
def nan_functions(a, x):
    b = np.where(a > 5.0, np.nan, a)
    m = np.nanmean(b, axis=0) * np.nansum(b * x)
    v = np.nanvar(b, axis=1) + np.nanstd(b) * np.nanmax(b, axis=1)
    return np.sum(v * v) * m * np.nan_to_num(x) + np.nanmin(b, axis=0) + np.nanprod(b)


@program(lambda rng: (normal(rng, 3, 4), normal(rng, 4)))
def chosen(a, x):
    s = np.select((a > 0.8, a > 0.0), (a * a, np.sin(a)), 0.3 * a)
    m = np.sum(a, axis=1, where=a > 0.0) * np.max(a, axis=1, initial=0.1)
    n = np.mean(x, where=x < 5.0) * np.min(x, initial=0.4) * np.prod(x, initial=2.0)
    if np.allclose(x, x + 1e-12) and not np.array_equal(x, -x) and np.any(x > -9.0):
        n = n * 2.0
    near = np.isclose(a, 0.0, atol=0.2)
    return s * n + np.sum(m * m) + np.sum(np.where(near, a, 0.0))


@program(lambda rng: (normal(rng, 4), normal(rng, 4)))
def chosen_by_tests(x, y):
    if np.array_equal(x, y) or np.allclose(x, y):
        return x
    s = np.select((np.isclose(x, y), x > y), (x * y, x - y), default=1.5)
    if np.all(np.isfinite(x)):
        s = s * np.sum(y, initial=2.0) + np.nan_to_num(x * x)
    return s * np.max(y, initial=-9.0, where=y < 0.5)


@program(lambda rng: (normal(rng, 3), normal(rng, 2, 2), between(rng, 0.2, 2.0, 4)), tags="spread")
def methods_of_ufuncs(x, a, p):
    s = np.add.outer(x, a) * np.multiply.outer(x, a)
    t = np.add.reduce(p) * np.multiply.reduce(p) * np.maximum.reduce(x)
    c = np.multiply.accumulate(p) + np.add.accumulate(p) * np.maximum.accumulate(p)
    h = np.hypot.reduce(p) * np.logaddexp.reduce(x)
    return np.sum(s * s) * t * c + h + np.minimum.reduce(a, axis=1).sum()


@program(lambda rng: (normal(rng, 3, 4), between(rng, 0.5, 2.0, 3)))
def ufuncs_along_axes(a, p):
    c = np.add.accumulate(a, axis=1) * np.minimum.accumulate(a, axis=0)
    r = np.logaddexp.reduce(a, axis=1) * np.multiply.reduce(a, axis=1) + np.add.reduce(a, axis=1)
    d = np.subtract.outer(p, r) * np.maximum.outer(p, r)
    return np.sum(d**2) * c + np.minimum.reduce(p) * np.maximum.reduce(a) * np.multiply.outer(2.0, p)[0]
