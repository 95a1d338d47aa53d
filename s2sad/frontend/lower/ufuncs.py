"""NumPy's universal functions as calls: ``out=``, ``where=``, ``dtype=``, and those with two results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.analysis.types import SUPPORTED, Kind
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import indexing
from s2sad.frontend.lower.arguments import Handler, bound, dtype_of
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Static, Tup, Value, describe
from s2sad.ir.builder import const
from s2sad.rules.registry import Op, op

PAIRS: dict[Any, Handler] = {}
# Functions that are no universal functions here and take ``out=`` too: an array of the result's own shape.
OUT_TAKERS = frozenset(
    (np.matmul, np.dot, np.clip, np.round, np.around, np.sum, np.mean, np.max, np.min, np.outer, np.prod, np.cumsum)
    + (np.cumprod, np.std, np.var, np.trace, np.take, np.concatenate, np.stack)
)
_OPTIONS = ("out", "where", "dtype")


def call_ufunc(c: State, f: Any, entry: Op, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    """``f(*args, out=, where=, dtype=)`` for a universal function ``f`` that means ``entry``."""
    name = f.__name__
    args, options = list(args), dict(kwargs)
    if len(args) == entry.arity + 1:
        if "out" in options:
            c.refuse(f"np.{name} got two values for out")
        options["out"] = args.pop()
    for key in options:
        if key not in _OPTIONS:
            c.refuse(f"the keyword {key} of np.{name}", "the call without it")
    if len(args) != entry.arity:
        c.refuse(f"{name} takes {entry.arity} arguments here, not {len(args)}")
    operands = [ew.operand(c, a) for a in args]
    out = _out(c, f"np.{name}", options.get("out"))
    mask = _mask(c, options.get("where"))
    if mask is not None and out is None:
        c.refuse(f"where= of np.{name} without out= leaves elements unset", "np.where(mask, value, other), or out=")
    dtype = dtype_of(c, _given(options.get("dtype")))
    if dtype is not None:
        operands = _converted(c, f, entry, operands, dtype)
    value = ew.apply(c, entry, f, operands, hint)
    if out is None:
        return value
    _check_cast(c, f"np.{name}", value.dtype, out)
    if mask is not None:
        kept = Num(ew.cast_value(c, value, out.dtype)) if isinstance(value, Num) else _cast(c, value, out.dtype)
        value = ew.emit(c, "select", [ew.truth_of(c, mask), kept, out], out.dtype, Kind(out.dtype), hint)
    indexing.store_whole(c, out, value)
    return out


def call_with_out(c: State, f: Any, args: list[Value], kwargs: dict[str, Value], again: Callable[..., Value]) -> Value:
    """A call of one of ``OUT_TAKERS`` with ``out=``; ``again`` makes it without."""
    name = f"np.{f.__name__}"
    out = _out(c, name, kwargs["out"])
    value = again({k: v for k, v in kwargs.items() if k != "out"})
    if out is None:
        return value
    if not isinstance(value, Arr) or value.ndim != out.ndim:
        c.refuse(f"out= of {name} is {describe(out)}, the result {describe(value)}", "an array of the result's shape")
    for axis, (mine, theirs) in enumerate(zip(out.extents, value.extents, strict=True)):
        c.check_equal(mine, theirs, "ValueError", f"{name}: axis {axis} of out differs from that of the result")
    if f is np.dot and value.dtype != out.dtype:
        c.refuse(f"out= of np.dot is {out.dtype}, the result {value.dtype}", "an array of the result's dtype")
    _check_cast(c, name, value.dtype, out)
    indexing.store_whole(c, out, value)
    return out


def _given(value: Value | None) -> Value | None:
    return None if isinstance(value, Static) and value.value is None else value


def _out(c: State, name: str, value: Value | None) -> Arr | None:
    """The array that ``out=`` names: itself, or in a tuple of one."""
    value = _given(value)
    if isinstance(value, Tup) and len(value.items) == 1:
        value = _given(value.items[0])
    if value is None or isinstance(value, Arr):
        return value
    c.refuse(f"out= of {name} is {describe(value)}", "an array")


def _mask(c: State, value: Value | None) -> Num | Arr | None:
    """What ``where=`` selects; ``None`` for everything."""
    if value is None:
        return None
    mask = ew.operand(c, value)
    if mask.dtype != "bool":
        c.refuse(f"where= is {describe(mask)}", "bools, for example mask != 0")
    return None if isinstance(mask, Num) and mask.const else mask


def _check_cast(c: State, name: str, dtype: str, out: Arr) -> None:
    if not np.can_cast(dtype, out.dtype, "same_kind"):
        c.refuse(f"{name} gives {dtype}, which cannot be cast to {out.dtype} of out", f"an array of {dtype}")


def _cast(c: State, value: Arr, dtype: str) -> Arr:
    if value.dtype == dtype:
        return value
    result = ew.as_kind(c, value, Kind(dtype))
    assert isinstance(result, Arr)
    return result


def _converted(c: State, f: Any, entry: Op, operands: list[Num | Arr], dtype: str) -> list[Num | Arr]:
    """The operands in the dtype that ``dtype=`` asks for, if NumPy takes it."""
    if entry.result != "same":
        c.refuse(f"dtype= of np.{f.__name__}", "the call without it")
    try:
        found = f(*(np.ones(1, a.dtype) for a in operands), dtype=dtype).dtype.name
    except TypeError as error:
        c.refuse(f"np.{f.__name__} with dtype {dtype}: {error}", "x.astype of the operands")
    if found != dtype:
        c.refuse(f"np.{f.__name__} with dtype {dtype} gives {found}", "x.astype of the operands")
    return [_cast(c, a, dtype) if isinstance(a, Arr) else Num(c.scalar(a, dtype)) for a in operands]


# ---- two results, mixed operands ------------------------------------------------------------------------------------


def _handles(*functions: Any) -> Callable[[Handler], Handler]:
    def decorate(handler: Handler) -> Handler:
        PAIRS.update(dict.fromkeys(functions, handler))
        return handler

    return decorate


def _operands(c: State, name: str, parameters: str, args: list[Value], kwargs: dict[str, Value]) -> list[Num | Arr]:
    a = bound(c, name, parameters, args, kwargs, len(parameters.split()))
    return [ew.operand(c, v) for v in a.values() if v is not None]


def _float_kind(c: State, f: Any, x: Num | Arr) -> Kind:
    """The kind of the (first) floating result of a ufunc of one argument."""
    example = np.ones(1, x.dtype)
    result = f(example, 1)[0] if f is np.ldexp else f(example)[0]
    found = np.asarray(result).dtype.name
    if found not in SUPPORTED:
        c.refuse(f"np.{f.__name__} of {describe(x)}", "x.astype(float)")
    return Kind(found)


@_handles(np.modf)
def _modf(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    (x,) = _operands(c, "np.modf", "x", args, kwargs)
    kind = _float_kind(c, np.modf, x)
    return Tup(tuple(ew.emit(c, name, [x], kind.dtype, kind, hint) for name in ("fraction", "trunc")))


@_handles(np.frexp)
def _frexp(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    (x,) = _operands(c, "np.frexp", "x", args, kwargs)
    kind = _float_kind(c, np.frexp, x)
    mantissa = ew.emit(c, "frexp_mantissa", [x], kind.dtype, kind, hint)
    exponent = ew.emit(c, "frexp_exponent", [x], kind.dtype, Kind("int64"), hint)
    return Tup((mantissa, ew.as_kind(c, exponent, Kind("int32"), hint)))


@_handles(np.ldexp)
def _ldexp(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    x, i = _operands(c, "np.ldexp", "x1 x2", args, kwargs)
    if i.dtype.startswith("float"):
        c.refuse("np.ldexp with floats as exponents", "ints, for example i.astype(int)")
    kind = _float_kind(c, np.ldexp, x)
    return ew.emit(c, "ldexp", [x, i], kind.dtype, kind, hint)


@_handles(np.divmod)
def _divmod(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    a, b = _operands(c, "np.divmod", "x1 x2", args, kwargs)
    quotient = ew.apply(c, op("floordiv"), np.floor_divide, [a, b], hint)
    return Tup((quotient, ew.apply(c, op("mod"), np.remainder, [a, b], hint)))


def rounded(c: State, x: Num | Arr, decimals: int, hint: str) -> Num | Arr:
    """``np.round(x, decimals)`` as NumPy computes it: scaled by a power of ten, rounded, scaled back."""
    if not x.dtype.startswith("float"):
        if decimals > 0:
            return ew.apply(c, op("rint"), np.round, [x], hint)
        c.refuse("np.round of ints to negative decimals", "(x // 10**k) * 10**k, or floats")
    if abs(decimals) > 22:
        c.refuse(f"np.round to {decimals} decimals", "at most 22")
    factor = Num(const(float(10 ** abs(decimals))), weak=True)
    first, second = (np.multiply, np.divide) if decimals > 0 else (np.divide, np.multiply)
    names = {np.multiply: "mul", np.divide: "div"}
    scaled = ew.apply(c, op(names[first]), first, [x, factor])
    whole = ew.apply(c, op("rint"), np.rint, [scaled])
    return ew.apply(c, op(names[second]), second, [whole, factor], hint)
