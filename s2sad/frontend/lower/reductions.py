"""Reductions: sum, mean, max, min over all or some axes."""

from __future__ import annotations

from s2sad.analysis.types import Kind, result_of
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, ordered
from s2sad.ir import nodes as n
from s2sad.ir.builder import const


def reduce(c: State, fn: str, a: Arr, axes: tuple[int, ...] | None, keepdims: bool, hint: str = "t") -> Num | Arr:
    """``fn`` (``sum``, ``max``, ``min``) over ``axes`` (``None``: all) in ``a``'s dtype."""
    every = tuple(range(a.ndim))
    axes = every if axes is None else axes
    extents: list[n.Atom] = []
    for k, e in enumerate(a.extents):
        if k not in axes:
            extents.append(e)
        elif keepdims:
            extents.append(const(1))
    if extents or (keepdims and a.ndim):
        return c.array_call(fn, (a.var,), a.dtype, tuple(extents), hint, ordered(a), axis=axes, keepdims=keepdims)
    target = c.b.var(hint, n.Scalar(a.dtype))
    c.emit(n.Call(target, fn, (a.var,), (("axis", axes), ("keepdims", False)), c.b.loc))
    return Num(target)


def total(
    c: State, value: Num | Arr, axes: tuple[int, ...] | None, keepdims: bool, dtype: str | None, hint: str = "t"
) -> Num | Arr:
    """``np.sum``: small ints and bools are added as int64."""
    wanted = dtype or sum_dtype(value.kind)
    if isinstance(value, Num):
        return Num(c.scalar(value, wanted, hint))
    return reduce(c, "sum", _as(c, value, wanted), axes, keepdims, hint)


def sum_dtype(kind: Kind) -> str:
    """The dtype that NumPy sums ``kind`` in."""
    return result_of(_sum, (Kind(kind.dtype, array=True),)).dtype


def _sum(x):
    return x.sum()


def mean(
    c: State, value: Num | Arr, axes: tuple[int, ...] | None, keepdims: bool, dtype: str | None, hint: str = "t"
) -> Num | Arr:
    """``np.mean``: the sum divided by the number of elements; of ints in float64."""
    wanted = dtype or (value.dtype if value.dtype.startswith("float") else "float64")
    if isinstance(value, Num):
        return Num(c.scalar(value, wanted, hint))
    summed = reduce(c, "sum", _as(c, value, wanted), axes, keepdims)
    count = ew.size_of(c, [e for k, e in enumerate(value.extents) if axes is None or k in axes])
    return ew.emit(c, "div", [summed, Num(count)], wanted, Kind(wanted), hint)


def extremum(
    c: State, fn: str, value: Num | Arr, axes: tuple[int, ...] | None, keepdims: bool, hint: str = "t"
) -> Num | Arr:
    """``np.max`` / ``np.min``; of no elements a ValueError."""
    if isinstance(value, Num):
        return Num(value.atom)
    name = "maximum" if fn == "max" else "minimum"
    message = f"zero-size array to reduction operation {name} which has no identity"
    _check_each(c, value, axes, message)
    return reduce(c, fn, value, axes, keepdims, hint)


def place(
    c: State, fn: str, value: Num | Arr, axes: tuple[int, ...] | None, keepdims: bool, hint: str = "t"
) -> Num | Arr:
    """``np.argmax`` / ``np.argmin``: the first place of the extremum, or of a nan; of no elements a ValueError."""
    if isinstance(value, Num):
        return Num(const(0))
    _check_each(c, value, axes, f"attempt to get {fn} of an empty sequence")
    every = tuple(range(value.ndim)) if axes is None else axes
    extents = tuple(const(1) if k in every else e for k, e in enumerate(value.extents) if keepdims or k not in every)
    if extents:
        return c.array_call(fn, (value.var,), "int64", extents, hint, ordered(value), axis=every, keepdims=keepdims)
    target = c.b.var(hint, n.Scalar("int64"))
    c.emit(n.Call(target, fn, (value.var,), (("axis", every), ("keepdims", False)), c.b.loc))
    return Num(target)


def _check_each(c: State, value: Arr, axes: tuple[int, ...] | None, message: str) -> None:
    """There are elements to choose from, or nothing is to be computed."""
    others = [e for k, e in enumerate(value.extents) if axes is not None and k not in axes]
    for k, e in enumerate(value.extents):
        if axes is None or k in axes:
            _check_some(c, e, others, message)


def _check_some(c: State, extent: n.Atom, others: list[n.Atom], message: str) -> None:
    """``extent > 0``, or nothing is to be computed."""
    if c.shapes.at_most(c.shapes.form(const(1)), c.shapes.form(extent)):
        return
    some: n.Atom = c.assign("gt", (extent, const(0)), "bool", "some")
    for e in others:
        if not isinstance(e, n.Const):
            some = c.assign("or", (some, c.assign("eq", (e, const(0)), "bool", "none")), "bool", "some")
    c.check(some, "ValueError", message)


def _as(c: State, a: Arr, dtype: str) -> Arr:
    return a if a.dtype == dtype else c.array_call("cast", (a.var,), dtype, a.extents, a.var.hint, ordered(a))
