"""Builtin functions that are Python of the library, and what ``operator`` has beside the arithmetic."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from s2sad.analysis.types import join
from s2sad.frontend.lower import containers, indexing, library, operators, shaping
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.arguments import array_of, bound
from s2sad.frontend.lower.builtin_functions import BUILTINS
from s2sad.frontend.lower.functions import HANDLERS, handles
from s2sad.frontend.lower.iteration import counted_items
from s2sad.frontend.lower.state import State, num
from s2sad.frontend.lower.ufuncs import rounded
from s2sad.frontend.lower.values import Arr, Num, Tup, Value, Zip, integer, number
from s2sad.library import editing, plain

_DIGITS = 22  # a power of ten up to this one is a float


@handles(round)
def _round(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    a = bound(c, "round", "number ndigits", args, kwargs)
    x = a["number"]
    if a["ndigits"] is None or not isinstance(x, Num):
        return BUILTINS[round](c, args[:1] if a["ndigits"] is None else args, {}, hint)
    digits = indexing.index_number(c, a["ndigits"]).const
    if digits is None:
        c.needs_static("round to a number of digits known at run time only", "a constant")
    if abs(digits) > _DIGITS:
        c.refuse(f"round to {digits} digits", f"at most {_DIGITS}")
    if not x.dtype.startswith("float") and digits >= 0:
        return num(c.scalar(x, "int64", hint), not c.frame.numba, x.bits)
    if not x.weak or c.frame.numba or not x.dtype.startswith("float"):  # NumPy's scalars and Numba, as np.round
        return rounded(c, x, int(digits), hint)
    function = plain.rounded if digits >= 0 else plain.rounded_to_tens
    return _own(c, function, x, number(float(10 ** abs(digits))))


def _own(c: State, function: Callable, *args: Value) -> Value:
    return c.call(library.callee(function), list(args), {})


def _of_array(name: Any, function: Callable) -> None:
    """``name`` of a 1-d array is ``function`` of the library."""
    before = HANDLERS[name]

    @handles(name)
    def handler(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
        if len(args) == 1 and not kwargs and isinstance(args[0], Arr) and args[0].ndim == 1:
            return _own(c, function, args[0])
        return before(c, args, kwargs, hint)


_of_array(any, plain.some)
_of_array(all, plain.every)


@handles(sum)
def _sum(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    a = bound(c, "sum", "iterable start", args, kwargs)
    x = a["iterable"]
    if isinstance(x, Arr) and x.ndim > 1 and x.dtype in ("float64", "float32", "int64", "bool"):
        return _own(c, plain.summed, x, integer(0) if a["start"] is None else a["start"])
    return BUILTINS[sum](c, args, kwargs, hint)


_sorted_before = HANDLERS[sorted]


@handles(sorted)
def _sorted(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    """Of a known number of numbers that are known at run time only: as ``np.sort``."""
    items = counted_items(c, args[0]) if len(args) == 1 and set(kwargs) <= {"reverse"} else None
    falling = kwargs.get("reverse", number(False))
    numbers = [v for v in items or () if isinstance(v, Num) and v.dtype in ("float64", "float32", "int64")]
    if not items or len(numbers) < len(items) or all(v.const is not None for v in numbers):
        return _sorted_before(c, args, kwargs, hint)
    if not isinstance(falling, Num) or falling.const is None:
        c.refuse("sorted in an order that is not known in advance", "reverse=True or False")
    kind = functools.reduce(join, [v.kind for v in numbers])
    result = _own(c, plain.in_order, indexing.stack(c, Tup(tuple(numbers)), kind.dtype), number(bool(falling.const)))
    assert isinstance(result, Arr)
    found = (ew.load(c, result, (integer(k).atom,), hint) for k in range(len(numbers)))
    return containers.made(c, Tup(tuple(num(v, kind.weak, max(x.bits for x in numbers)) for v in found), None, True))


# ---- operator -------------------------------------------------------------------------------------------------------


def _two(c: State, function: Callable, args: list[Value], kwargs: dict[str, Value]) -> tuple[Value, Value]:
    if len(args) != 2 or kwargs:
        c.refuse(f"operator.{function.__name__} takes 2 arguments")
    return args[0], args[1]


def _compares(function: Callable, node: Any, turned: bool = False) -> None:
    """``function`` is the comparison ``node``, of its operands in the other order if ``turned``."""

    @handles(function)
    def handler(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
        a, b = _two(c, function, args, kwargs)
        return operators.compare(c, node, *((b, a) if turned else (a, b)), hint)


_compares(operator.is_, gast.Is())
_compares(operator.is_not, gast.IsNot())
_compares(operator.contains, gast.In(), turned=True)


@handles(operator.getitem)
def _getitem(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    return indexing.get_item(c, *_two(c, operator.getitem, args, kwargs), hint)


@handles(operator.index)
def _index(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    a = bound(c, "operator.index", "a", args, kwargs)["a"]
    return indexing.index_number(c, a)  # type: ignore[arg-type]


@handles(operator.truth)
def _truth(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    return BUILTINS[bool](c, args, kwargs, hint)


# ---- indices of an array --------------------------------------------------------------------------------------------


def _indices(c: State, shape: list[Num]) -> Zip:
    """All indices into an array of this shape, in C order."""
    if not shape:
        c.refuse("the indices of no axes", "a shape with axes")
    size: Value = integer(1)
    for extent in shape:
        size = operators.binary(c, operator.mul, size, extent)
    numbers = library.numpy_call(c, np.arange, [size], {}, "k")
    made = _own(c, editing.unraveled, numbers, Tup(tuple(shape)))
    assert isinstance(made, Tup)
    return Zip(made.items)


@handles(np.ndindex)
def _ndindex(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    if kwargs:
        c.refuse("these arguments of ndindex", "np.ndindex(x.shape)")
    return _indices(c, [ew.extent(e) for e in shaping.extents_of(c, args)])


@handles(np.ndenumerate)
def _ndenumerate(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    x = array_of(c, bound(c, "ndenumerate", "arr", args, kwargs)["arr"], "ndenumerate")
    return Zip((_indices(c, [ew.extent(e) for e in x.extents]), shaping.flat(c, x)))
