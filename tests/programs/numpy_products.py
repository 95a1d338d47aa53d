"""Programs about sums of products: einsum, tensordot, batched matmul, kron, cross, convolutions, polynomials."""

import numpy as np

from tests.programs.registry import normal, program


@program(
    lambda rng: (normal(rng, 3, 4), normal(rng, 4, 2), normal(rng, 4)),
    tags="spread",
    variants={
        "empty": lambda rng: (normal(rng, 3, 0), normal(rng, 0, 2), normal(rng, 0)),
        "one": lambda rng: (normal(rng, 1, 1), normal(rng, 1, 1), normal(rng, 1)),
    },
)
def einsum_pairs(a, b, x):
    c = np.einsum("ij,jk->ik", a, b)
    d = np.einsum("ij,j->i", a, x)
    e = np.einsum("ij,ij->j", a, a)
    f = np.einsum("i,j", d, x)
    return c * np.einsum("i,i", x, x) + np.sum(e * e) + np.einsum("ij->", f)


@program(lambda rng: (normal(rng, 2, 3, 4), normal(rng, 2, 4, 3), normal(rng, 3, 3)), tags="spread")
def einsum_batches(a, b, m):
    c = np.einsum("bij,bjk->bik", a, b)
    d = np.einsum("...ij,jk->...ik", c, m)
    t = np.einsum("bii->b", d)
    s = np.einsum("ij,jk,kl->il", m, m * 0.5, m)
    return np.einsum("bij,b,ij->ij", d, t, s) + np.einsum("ij->ji", m) + np.trace(m)


@program(lambda rng: (normal(rng, 3, 3), normal(rng, 2, 3), normal(rng, 3)))
def einsum_diagonals(a, b, x):
    d = np.einsum("ii->i", a) * 1.0
    t = np.einsum("ii", a) * np.einsum("ii,i->", a, x)
    o = np.einsum("ij,kl->ikjl", a, b)
    p = np.einsum("ba,a", b, x)
    return np.einsum("ijkl,j->l", o, p) * d * t + np.einsum("i,ij,j", x, a, x)


@program(lambda rng: (normal(rng, 2, 3, 4), normal(rng, 4, 3), normal(rng, 4)))
def tensor_products(a, b, x):
    c = np.tensordot(a, b, axes=((1, 2), (1, 0)))
    d = np.tensordot(a, b, 1)
    e = np.dot(a, b) * np.inner(a, b.T)
    f = np.inner(x, x) + np.vdot(b, b) + np.tensordot(x, x, 0).sum()
    return c * f * np.sum(d * e)


@program(lambda rng: (normal(rng, 2, 3, 4), normal(rng, 2, 4, 2), normal(rng, 4), normal(rng, 3, 2)))
def batched_products(a, b, x, m):
    c = a @ b
    d = a @ x
    e = np.matmul(a.transpose(0, 2, 1), m) + b
    f = np.dot(a, x) * np.inner(a, x)
    return c * np.sum(e * e) + np.sum(d * f) + np.vdot(x, x * x)


@program(lambda rng: (normal(rng, 2, 3), normal(rng, 3, 2), normal(rng, 2), normal(rng, 3)))
def kronecker(a, b, x, y):
    k = np.kron(a, b)
    v = np.kron(x, y)
    return k @ np.kron(y, x) * v + np.kron(a, x).sum()


@program(lambda rng: (normal(rng, 4, 3), normal(rng, 3), normal(rng, 3, 2)))
def crosses(p, x, q):
    t = np.cross(p, x)
    u = np.cross(x, p[0])
    w = np.cross(q, q * q + 1.0, axis=0)
    return np.sum(t * p[:, ::-1], axis=1) * (u @ p[1]) + np.sum(w**2)


@program(lambda rng: (normal(rng, 6), normal(rng, 3), normal(rng, 2)), tags="spread")
def convolved(x, k, h):
    f = np.convolve(x, k)
    s = np.convolve(x, k, mode="same")
    v = np.convolve(h, x, mode="valid")
    c = np.correlate(x, k) * np.correlate(x, k, "same")[1:5]
    return np.sum(f * f) * s + np.sum(v) + np.sum(c * c)


@program(lambda rng: (normal(rng, 4), normal(rng, 3), 0.6))
def polynomials(c, x, s):
    y = np.polyval(c, x)
    v = np.vander(x, 3, increasing=True)
    r = np.correlate(x, c, mode="full")
    n = np.cross(x, y)
    return v @ n * np.polyval(c, s) + np.sum(r * np.convolve(c, x))
