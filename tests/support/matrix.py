"""The checks that every program of the corpus runs through, and their oracle.

The oracle differentiates the *undecorated* function by central differences with Richardson extrapolation. It uses no
rule of s2sad. The outputs of a program are the float leaves of what it returns, then its written arguments.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

import s2sad
from s2sad.ir.trees import build, children
from tests.programs.registry import Program

STEP = 2e-4


class Derivatives(Protocol):
    """A way to build derivatives: the public API at one target, or anything that stands in for it."""

    def vjp(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, Callable[..., tuple[Any, ...]]]:
        """``(out, pullback)``; the pullback takes the seed of the output and, by name, seeds of written arguments."""
        ...

    def jvp(self, fn: Callable[..., Any], args: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        """``(out, out_dot)``."""
        ...


@dataclass(frozen=True)
class Public:
    """The public API at ``target``."""

    target: str

    def vjp(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, Callable[..., tuple[Any, ...]]]:
        return s2sad.vjp(fn, *undrawn(args), target=self.target)

    def jvp(self, fn: Callable[..., Any], args: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        return s2sad.jvp(fn, undrawn(args), tangents, target=self.target)


# --- trees of leaves -------------------------------------------------------------------------------------------------


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves of nested containers, in order."""
    found = children(tree)
    if found is not None:
        for item in found[1]:
            yield from leaves(item)
    elif tree is not None:
        yield tree


def undrawn(args: Any) -> Any:
    """``args`` with copies of the generators, so that each call draws the same."""
    return map_leaves(lambda leaf: copy.deepcopy(leaf) if isinstance(leaf, np.random.Generator) else leaf, args)


def is_float(leaf: Any) -> bool:
    """Whether derivatives flow through ``leaf``."""
    return np.asarray(leaf).dtype.kind == "f"


def map_leaves(fn: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with ``fn`` of each leaf; containers keep their type."""
    found = children(tree)
    if found is not None:
        return build(found[0], [map_leaves(fn, item) for item in found[1]])
    return None if tree is None else fn(tree)


def fresh(args: Any) -> Any:
    """A copy of every array, of the same layout and strides, so that a function may overwrite it."""
    return map_leaves(_like_original, args)


def _like_original(leaf: Any, values: np.ndarray | None = None) -> Any:
    if isinstance(leaf, np.random.Generator):
        return copy.deepcopy(leaf)
    if not isinstance(leaf, np.ndarray):
        return leaf
    new = leaf.copy(order="K")
    if not (leaf.flags.c_contiguous or leaf.flags.f_contiguous):
        new = _spread(leaf)
    if values is not None:
        new[...] = values
    return new


def vector(tree: Any) -> np.ndarray:
    """All float leaves as one float64 vector, in C order."""
    parts = [np.asarray(leaf, dtype=np.float64).ravel() for leaf in leaves(tree) if is_float(leaf)]
    return np.concatenate(parts) if parts else np.zeros(0)


def with_values(tree: Any, values: np.ndarray) -> Any:
    """``tree`` with its float leaves taken from ``values``: the inverse of ``vector``."""
    at = 0

    def take(leaf: Any) -> Any:
        nonlocal at
        if not is_float(leaf):
            return leaf
        part = values[at : at + np.size(leaf)]
        at += np.size(leaf)
        if isinstance(leaf, np.ndarray):
            return _like_original(leaf, part.reshape(leaf.shape))
        return type(leaf)(part[0])

    return map_leaves(take, tree)


def cotangent(like: Any, values: np.ndarray) -> Any:
    """A seed of the structure of ``like``; ``None`` where no derivative flows."""
    filled = with_values(like, values)
    return map_leaves(lambda leaf: leaf if is_float(leaf) else None, filled)


# --- variants of the arguments ---------------------------------------------------------------------------------------


def _spread(a: np.ndarray) -> np.ndarray:
    """The same values with a stride of two elements in every dimension, the last one running backwards."""
    if a.ndim == 0:
        return a.copy()
    big = np.full([2 * n + 1 for n in a.shape], np.nan if a.dtype.kind == "f" else 0).astype(a.dtype)
    view = big[tuple(slice(1, None, 2) for _ in a.shape[:-1]) + (slice(None, 0, -2) if a.shape[-1] else slice(0, 0),)]
    view = view[..., : a.shape[-1]]
    view[...] = a
    return view


def arguments(program: Program, variant: str = "") -> tuple[Any, ...]:
    """The arguments of a variant: the program's own, or ``strided``, ``fortran``, ``float32`` made of its first."""
    if variant in ("", *program.variants):
        return program.args(variant)
    args = program.args()
    if variant == "strided":
        return map_leaves(lambda leaf: _spread(leaf) if isinstance(leaf, np.ndarray) else leaf, args)
    if variant == "fortran":
        return map_leaves(lambda leaf: np.asfortranarray(leaf) if np.ndim(leaf) > 1 else leaf, args)
    if variant == "float32":
        arrays = any(isinstance(leaf, np.ndarray) and is_float(leaf) for leaf in leaves(args))
        return map_leaves(lambda leaf: _single(leaf, arrays), args)
    raise ValueError(f"no variant {variant}")


def _single(leaf: Any, has_arrays: bool) -> Any:
    """float32 arrays; where a program has only numbers, ``np.float32`` numbers (else Python floats stay weak)."""
    if not is_float(leaf):
        return leaf
    if isinstance(leaf, np.ndarray):
        return leaf.astype(np.float32)
    return leaf if has_arrays else np.float32(leaf)


# --- the oracle ------------------------------------------------------------------------------------------------------


def run(program: Program, args: tuple[Any, ...]) -> tuple[Any, tuple[np.ndarray, ...]]:
    """What the undecorated function returns, and its written arguments afterwards; ``args`` stay as they are."""
    own = fresh(args)
    out = program.fn(*own)
    return out, tuple(own[k] for k in written_positions(program))


def written_positions(program: Program) -> list[int]:
    """The positions of the written arguments."""
    names = list(inspect.signature(getattr(program.fn, "py_func", program.fn)).parameters)
    return [names.index(name) for name in program.written]


def outputs(program: Program, args: tuple[Any, ...]) -> np.ndarray:
    """All outputs of the undecorated function as one vector."""
    return vector(run(program, args))


def directional(program: Program, args: tuple[Any, ...], direction: np.ndarray) -> tuple[np.ndarray, float]:
    """``J @ direction`` of the undecorated function, and an estimate of its error.

    Central differences at four halved steps and Richardson's extrapolation of the last three (error of order h**6);
    the difference to the extrapolation of the first three is the estimate.
    """
    x = vector(args)
    slopes = []
    for h in (STEP, STEP / 2, STEP / 4, STEP / 8):
        above = outputs(program, with_values(args, x + h * direction))
        below = outputs(program, with_values(args, x - h * direction))
        slopes.append((above - below) / (2.0 * h))

    def extrapolate(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        return (64.0 * c - 20.0 * b + a) / 45.0

    coarse, fine = extrapolate(*slopes[:3]), extrapolate(*slopes[1:])
    return fine, float(np.max(np.abs(coarse - fine), initial=0.0))


def jacobian(program: Program, args: tuple[Any, ...]) -> tuple[np.ndarray, float]:
    """The Jacobian (outputs x inputs) of the undecorated function by ``directional``, and its largest error."""
    n = vector(args).size
    if n == 0:
        return np.zeros((outputs(program, args).size, 0)), 0.0
    columns = [directional(program, args, row) for row in np.eye(n)]
    return np.stack([c for c, _ in columns], axis=1), max(e for _, e in columns)


# --- the checks ------------------------------------------------------------------------------------------------------


def pulled(derivatives: Derivatives, program: Program, args: tuple[Any, ...], seed: np.ndarray) -> tuple[Any, ...]:
    """The cotangents of ``args`` for ``seed`` (of the returned leaves, then the written arguments)."""
    out, pull = derivatives.vjp(program.fn, args)
    count = vector(out).size
    bars, at = {}, count
    for k, name in zip(written_positions(program), program.written, strict=True):
        if not is_float(args[k]):
            continue
        bars[name] = seed[at : at + args[k].size].reshape(args[k].shape).astype(args[k].dtype)
        at += args[k].size
    return pull(cotangent(out, seed[:count]), **bars)[: len(args)]


def check_structure(args: tuple[Any, ...], bars: tuple[Any, ...]) -> None:
    """One entry per argument: of its shape and dtype where it is float, ``None`` where it is inactive."""
    assert len(bars) == len(args)
    for arg, bar in zip(args, bars, strict=True):
        if not any(is_float(leaf) for leaf in leaves(arg)):
            assert bar is None
            continue
        active = [leaf for leaf in leaves(arg) if is_float(leaf)]
        found = [leaf for leaf in leaves(bar) if is_float(leaf)]  # a dataclass keeps its constants
        for leaf, leaf_bar in zip(active, found, strict=True):
            assert np.shape(leaf) == np.shape(leaf_bar)
            assert np.asarray(leaf).dtype == np.asarray(leaf_bar).dtype


def check_primal(derivatives: Derivatives, program: Program, args: tuple[Any, ...]) -> None:
    """Same structure, dtypes and values as the undecorated function."""
    expected, _ = run(program, args)
    got, _ = derivatives.vjp(program.fn, args)
    # A float64 result of float32 sums has their accuracy.
    floats = [leaf for leaf in leaves((args, expected)) if is_float(leaf)]
    unit = max((float(np.finfo(np.asarray(leaf).dtype).eps) for leaf in floats), default=0.0)
    for a, b in zip(leaves(expected), leaves(got), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert a.dtype == b.dtype and a.shape == b.shape, f"{b.dtype}{b.shape} for {a.dtype}{a.shape}"
        if program.primal == "bitwise":
            np.testing.assert_array_equal(b, a)
        else:
            np.testing.assert_allclose(b, a, rtol=0.0, atol=100 * unit * float(np.max(np.abs(a), initial=0.0)))


def check_gradient(derivatives: Derivatives, program: Program, args: tuple[Any, ...], tolerance: float = 1e-6) -> None:
    """Every row-combination of the Jacobian against the oracle: random seeds, all outputs, all float arguments."""
    expected_jacobian, error = jacobian(program, args)
    rng = np.random.default_rng(1)
    seed = rng.normal(size=expected_jacobian.shape[0]) + 0.1
    bars = pulled(derivatives, program, args, seed)
    check_structure(args, bars)
    expected, got = seed @ expected_jacobian, vector(bars)
    bound = tolerance * np.linalg.norm(expected) + 10.0 * error * float(np.sum(np.abs(seed)))
    assert got.shape == expected.shape
    assert np.all(np.isfinite(got)) and np.linalg.norm(got - expected) <= bound + 1e-12, _compare(got, expected)


def _compare(got: np.ndarray, expected: np.ndarray) -> str:
    rows = [f"  {k:3d}: got {a: .12g} expected {b: .12g}" for k, (a, b) in enumerate(zip(got, expected, strict=True))]
    return "cotangents of the float leaves, in order:\n" + "\n".join(rows[:60])


def check_expected(derivatives: Derivatives, program: Program, args: tuple[Any, ...]) -> None:
    """Against the gradient that the program states, for a seed of ones."""
    assert program.gradient is not None
    got = pulled(derivatives, program, args, np.ones(outputs(program, args).size))
    np.testing.assert_allclose(vector(got), vector(program.gradient(*args)), rtol=1e-12, atol=0.0)


def check_dot_product(derivatives: Derivatives, program: Program, args: tuple[Any, ...]) -> None:
    """``|<y_bar, J x_dot> - <J^T y_bar, x_dot>| <= 1e-10 (|y_bar| |J x_dot| + |J^T y_bar| |x_dot|)``."""
    rng = np.random.default_rng(2)
    n = vector(args).size
    x_dot = rng.normal(size=n) + 0.1
    tangents = cotangent(args, x_dot)
    out, out_dot = derivatives.jvp(program.fn, args, tuple(tangents))
    value = vector(out)
    np.testing.assert_allclose(value, outputs(program, args)[: value.size], rtol=1e-6, err_msg="the value of jvp")
    y_dot = vector(out_dot)
    y_bar = rng.normal(size=y_dot.size) + 0.1
    written = sum(args[k].size for k in written_positions(program))
    x_bar = vector(pulled(derivatives, program, args, np.concatenate([y_bar, np.zeros(written)])))
    bound = np.linalg.norm(y_bar) * np.linalg.norm(y_dot) + np.linalg.norm(x_bar) * np.linalg.norm(x_dot)
    difference = abs(float(y_bar @ y_dot) - float(x_bar @ x_dot))
    assert difference <= 1e-10 * float(bound), (
        f"<y_bar, J x_dot> = {y_bar @ y_dot}, <J^T y_bar, x_dot> = {x_bar @ x_dot}"
    )


def check_float32(derivatives: Derivatives, program: Program) -> None:
    """The float32 gradient against our float64 gradient at the same values, to 1e-4."""
    args = arguments(program, "float32")
    doubled = map_leaves(lambda leaf: _double(leaf) if is_float(leaf) else leaf, args)
    seed = np.random.default_rng(3).normal(size=outputs(program, doubled).size).astype(np.float32).astype(np.float64)
    single = pulled(derivatives, program, args, seed)
    check_structure(args, single)
    expected, got = vector(pulled(derivatives, program, doubled, seed)), vector(single)
    assert np.linalg.norm(got - expected) <= 1e-4 * np.linalg.norm(expected) + 1e-12, _compare(got, expected)


def _double(leaf: Any) -> Any:
    return leaf.astype(np.float64) if isinstance(leaf, np.ndarray) else float(leaf)


def check_repeatable(derivatives: Derivatives, program: Program, args: tuple[Any, ...]) -> None:
    """A second call and a second use of one pullback give the same bits; no argument and no seed is changed."""
    before = fresh(args)
    size = outputs(program, args).size
    seed = np.random.default_rng(4).normal(size=size)
    first = pulled(derivatives, program, args, seed)
    second = pulled(derivatives, program, args, seed)
    same_bits(before, args)
    same_bits(first, second)
    out, pull = derivatives.vjp(program.fn, args)
    if out is not None:
        seed = seed[: vector(out).size]
        y_bar = cotangent(out, seed)
        kept = fresh(y_bar)
        one = fresh(pull(y_bar))
        pull(cotangent(out, seed * 2.0))
        same_bits(one, pull(y_bar))
        same_bits(kept, y_bar)


def same_bits(a: Any, b: Any) -> None:
    """Equal leaves, nan included."""
    pairs: Sequence[tuple[Any, Any]] = list(zip(leaves(a), leaves(b), strict=True))
    for x, y in pairs:
        if isinstance(x, np.random.Generator):
            assert x.bit_generator.state == y.bit_generator.state
        else:
            np.testing.assert_array_equal(x, y, strict=True)
