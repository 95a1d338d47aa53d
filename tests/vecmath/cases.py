"""Where vector math is tested: functions, points, exact values, distances."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from s2sad.backend.vecmath import SCALAR
from s2sad.runtime import vecmath

BINARY = ("power", "arctan2", "hypot")
UNARY = tuple(name for name in SCALAR if name not in BINARY)
SIZE = 4000
LIMIT = 4.0
strict: Any = numba.njit(error_model="numpy", nogil=True)


def loop(name: str, module: object = vecmath) -> Callable[..., None]:
    """A compiled loop of the function called ``name``: ``run(y, x)`` or ``run(y, x, z)``."""
    f = getattr(module, name)

    def unary(y, x):
        for i in range(x.size):
            y[i] = f(x[i])

    def binary(y, x, z):
        for i in range(x.size):
            y[i] = f(x[i], z[i])

    return strict(binary if name in BINARY else unary)


def points(dtype: type, seed: int = 0) -> np.ndarray:
    """Numbers of all magnitudes and signs, zeros, subnormals, infinities, nan, and what functions find special."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    ints = np.dtype(f"int{info.bits}")
    limits = np.iinfo(ints)
    special = [0.0, 1.0, 2.0, 0.5, np.pi, np.pi / 2, 88.7, 103.5, 708.0, 709.7, 710.4, 744.9, 1e22, info.max, info.tiny]
    special += [info.tiny / 3, info.smallest_subnormal, np.inf, np.nan]
    parts = [
        rng.integers(limits.min, limits.max, SIZE, dtype=ints).view(dtype),
        *(rng.uniform(-bound, bound, SIZE).astype(dtype) for bound in (1.0, 3.0, 30.0, 120.0, 760.0, 1e5)),
        (1.0 + 1e-3 * rng.normal(size=SIZE)).astype(dtype),
        (rng.normal(size=SIZE) * 10.0 ** rng.uniform(-8.0, 0.0, SIZE)).astype(dtype),
        np.repeat(np.array(special, dtype), 16),
        np.repeat(-np.array(special, dtype), 16),
    ]
    return np.concatenate(parts)


def arguments(name: str, dtype: type) -> tuple[np.ndarray, ...]:
    """As many arrays as the function takes arguments."""
    if name not in BINARY:
        return (points(dtype),)
    other = points(dtype, 1)
    return points(dtype), np.random.default_rng(2).permutation(other)


def exact(name: str, args: tuple[np.ndarray, ...]) -> np.ndarray:
    """The value in long double."""
    with np.errstate(all="ignore"):
        if name.startswith("erf"):
            return np.array([getattr(math, name)(float(x)) for x in args[0]], np.longdouble)
        return getattr(np, name)(*(a.astype(np.longdouble) for a in args))


def distance(y: np.ndarray, value: np.ndarray) -> float:
    """The largest error of ``y`` in units in the last place; inf where one is nan or infinite and the other is not."""
    with np.errstate(all="ignore"):
        rounded = value.astype(y.dtype)
        error = np.abs(y.astype(np.longdouble) - value) / np.abs(np.spacing(np.abs(rounded)))
        same = (y == rounded) | (np.isnan(y) & np.isnan(rounded))
        apart = ~np.isfinite(y) | ~np.isfinite(rounded)
        return float(np.max(np.where(apart, np.where(same, 0.0, np.inf), error)))


def variants_in(f) -> set[str]:
    """The vector functions that the latest machine code of ``f`` calls."""
    return set(re.findall(r"_ZGV\w+", f.inspect_asm(f.signatures[-1])))
