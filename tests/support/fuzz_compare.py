"""Comparison of what s2sad gives with what the function gives: structure, dtypes, bits or accuracy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.support.fuzz_programs import Case
from tests.support.matrix import is_float, leaves

_EXACT = {"zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "arange", "abs", "fabs", "maximum",
          "minimum", "fmax", "clip", "where", "copy", "shape", "T", "transpose", "reshape", "ravel", "flatten",
          "swapaxes", "size",
          "newaxis", "floor", "sign", "rint", "array", "float32", "float64", "u", "v", "square", "sqrt", "fill", "pi",
          "logical_and", "max", "min"}  # fmt: skip


class Wrong(AssertionError):
    """A check failed: its kind, and the numbers."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


def close(case: Case, a: np.ndarray, b: np.ndarray, kind: str) -> None:
    """Equal to rounding."""
    tolerance = (1e-4 if case.single else 1e-10) * (float(np.max(np.abs(a), initial=0.0)) + 1e-6)
    if a.shape != b.shape or not np.all(np.abs(a - b) <= tolerance):
        raise Wrong(kind, f"{a} and {b}")


def same_primal(case: Case, expected: Any, found: Any, kind: str, near: Sequence[Any] = ()) -> None:
    """Same structure, dtypes and shapes; the same bits where the program only adds, multiplies and chooses.

    ``near`` are results at arguments that differ by rounding, and of a program in float32 in float64: they show how
    much it amplifies that.
    """
    a_leaves, b_leaves = list(leaves(expected)), list(leaves(found))
    if len(a_leaves) != len(b_leaves) or (type(expected) is not type(found) and isinstance(expected, tuple)):
        raise Wrong(kind, f"{found!r} for {expected!r}")
    exact = _is_exact(case.text)
    for a, b, *others in zip(a_leaves, b_leaves, *(leaves(result) for result in near)):
        a, b = np.asarray(a), np.asarray(b)
        # Where branches or trips of a loop decide between float32 and another float, s2sad has one dtype for all.
        decided = case.single and a.dtype.kind == b.dtype.kind == "f" and _branches(case.text)
        if a.shape != b.shape or (a.dtype != b.dtype and not decided):
            raise Wrong(f"{kind}: dtype", f"{b.dtype}{b.shape} for {a.dtype}{a.shape}")
        eps = 2e-4 if a.dtype == np.float32 or case.single else 1e-11
        bound = 0.0 if exact or a.dtype.kind != "f" else eps * (1.0 + float(np.max(np.abs(a), initial=0.0)))
        if bound:
            others = [np.asarray(c, float) for c in others if np.shape(c) == a.shape]
            spread = [np.max(np.abs(a.astype(float) - c), initial=0.0) for c in others]
            bound += 10.0 * max(spread, default=0.0)
        if not np.all(np.abs(a.astype(float) - b.astype(float)) <= bound):
            raise Wrong(kind, f"{b.tolist()} for {a.tolist()}")


def _branches(text: str) -> bool:
    return re.search(r"\b(if|for|min|max)\b", text) is not None


def _is_exact(text: str) -> bool:
    body = text.split("Pair = ", 1)[1]
    return "**" not in body and "@" not in body and set(re.findall(r"\.([A-Za-z_]\w*)", body)) <= _EXACT


def equal(a: Any, b: Any) -> bool:
    """Equal leaves, nan included; generators in the same state."""
    return all(_alike(x, y) for x, y in zip(leaves(a), leaves(b), strict=True))


def _alike(x: Any, y: Any) -> bool:
    if isinstance(x, np.random.Generator):
        return x.bit_generator.state == y.bit_generator.state
    return np.array_equal(x, y, equal_nan=is_float(x))


def same_text(expected: str, found: str, tolerance: float) -> None:
    """The same printed words; numbers to ``tolerance``."""
    a, b = (re.sub(r"[\[\]]", " ", text).split() for text in (expected, found))
    if len(a) != len(b) or not all(x == y or _same_number(x, y, tolerance) for x, y in zip(a, b)):
        raise Wrong("printed", f"{found!r} for {expected!r}")


def _same_number(x: str, y: str, tolerance: float) -> bool:
    try:
        return abs(float(x) - float(y)) <= tolerance * (1.0 + abs(float(x)))
    except ValueError:
        return False


def same_bits(a: Any, b: Any, kind: str) -> None:
    """Equal bits."""
    if not equal(a, b):
        raise Wrong(kind, f"{a!r} and {b!r}")
