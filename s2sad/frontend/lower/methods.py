"""Attributes and methods of arrays, NumPy scalars and tuples."""

from __future__ import annotations

from collections.abc import Sequence

import gast
import numpy as np

from s2sad.frontend.lower import containers, indexing, library, operators, randomness, shape_functions, shaping
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.arguments import bound, dtype_of, flag
from s2sad.frontend.lower.state import State, num
from s2sad.frontend.lower.values import Arr, Method, Num, Random, Static, Tup, Value, describe, integer, ordered
from s2sad.ir.builder import const
from s2sad.library import METHODS

_AS_FUNCTIONS = {
    "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "dot": np.dot, "copy": np.copy, "ravel": np.ravel,
    "nonzero": np.nonzero, "take": np.take, "put": np.put,
    "clip": np.clip, "round": np.round, "squeeze": np.squeeze, "argmax": np.argmax, "argmin": np.argmin,
     "swapaxes": np.swapaxes,
}  # fmt: skip
_REINTERPRETED = "view(dtype) reinterprets memory"
_OWN = ("reshape", "transpose", "astype", "flatten", "fill", "item", "view", "conj", "conjugate")


def attribute(c: State, base: Arr | Num | Tup | Random, name: str) -> Value:
    """``base.name``."""
    if isinstance(base, Random):
        if name not in randomness.METHODS:
            c.refuse(
                f"the method {name} of a random generator is not supported",
                f"one of {', '.join(sorted(randomness.METHODS))}",
            )
        return Method(base, name)
    if isinstance(base, Tup):
        own = base.is_dict and containers.has_dict_method(name)
        if own or (name in ("_replace", "_asdict") and base.is_plain and base.cls is not None):
            return Method(base, name)
        if name in ("index", "count") and base.is_sequence:
            return Method(base, name)
        if base.is_dict or base.is_list:
            c.refuse(
                f"the method {name} of {describe(base)} that is an argument, captured or just made",
                "a new one: [*items, value], {**table, key: value}",
            )
        c.refuse(f"attribute {name} of {describe(base)}", "an index, or a loop over the tuple")
    if isinstance(base, Num) and base.weak and not hasattr(0.0 if base.dtype[0] == "f" else 0, name):
        c.refuse(f"the attribute {name} of {describe(base)}", "np.float64(x), or an array", AttributeError)
    if name in ("shape", "size", "ndim") and isinstance(base, Arr):
        return shape_functions.array_fact(c, base, name)
    if name == "T" and isinstance(base, Arr):
        return shaping.transpose(c, base, tuple(reversed(range(base.ndim))))
    if name == "mT" and isinstance(base, Arr) and base.ndim > 1:
        order = list(range(base.ndim))
        return shaping.transpose(c, base, (*order[:-2], order[-1], order[-2]))
    if name == "flat" and isinstance(base, Arr):
        return shaping.flat(c, base)
    if name == "dtype":
        return Static(np.dtype(base.dtype))
    if name == "real":
        return base
    if name == "compress" and isinstance(base, Arr):
        return Method(base, name)
    if name in _AS_FUNCTIONS or name in METHODS or name in _OWN:
        return Method(base, name)
    c.refuse(f"the attribute {name} of {describe(base)} is not supported")


def call(
    c: State, base: Arr | Num | Tup | Random, name: str, args: list[Value], kwargs: dict[str, Value], hint: str
) -> Value:
    """``base.name(*args, **kwargs)``."""
    if isinstance(base, Random):
        return randomness.draw(c, base, name, args, kwargs, hint)
    if isinstance(base, Tup):
        return _of_container(c, base, name, args, kwargs)
    if name == "copy" and isinstance(base, Arr):
        order = bound(c, "copy", "order", args, kwargs, 0)["order"]
        if order is not None and order != Static("C"):
            c.refuse("copy with another order than C", "x.copy()")
        return shaping.copied(c, base, hint)
    if name in _AS_FUNCTIONS:
        if isinstance(base, Num) and name == "copy":
            return base
        return library.numpy_call(c, _AS_FUNCTIONS[name], [base, *args], kwargs, hint)
    if name in METHODS:
        return library.numpy_call(c, METHODS[name], [base, *args], kwargs, hint)
    if name in ("conj", "conjugate"):
        bound(c, name, "", args, kwargs, 0)
        return base if isinstance(base, Num) else shaping.copied(c, base, hint)
    if isinstance(base, Num):
        return _of_number(c, base, name, args, kwargs, hint)
    match name:
        case "reshape":
            options = bound(c, "reshape", "shape order", [], kwargs, 0)
            shape = list(args) if args or options["shape"] is None else [options["shape"]]
            return shape_functions.reshaped(c, base, shape, options["order"], hint)
        case "transpose":
            bound(c, "transpose", "", [], kwargs, 0)
            return shaping.transposed(c, base, args, hint)
        case "flatten":
            order = bound(c, "flatten", "order", args, kwargs, 0)["order"]
            return shaping.flatten(c, shape_functions.ordered_by(c, base, order, "flatten"), hint)
        case "compress":
            return library.numpy_call(c, np.compress, [*args[:1], base, *args[1:]], kwargs, hint)
        case "fill":
            return _fill(c, base, [] if kwargs else args)
        case "item":
            return _item(c, base, args)
        case "view":
            return _view(c, base, args, kwargs)
    return _astype(c, base, args, kwargs, hint)


def _astype(c: State, base: Arr, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    a = bound(c, "astype", "dtype copy", args, kwargs)
    dtype = dtype_of(c, a["dtype"])
    assert dtype is not None
    if base.dtype == dtype and a["copy"] is not None and not flag(c, a["copy"]):
        return base
    if base.dtype == dtype:
        copy = shaping.copied(c, base, hint)
        return Arr(copy.var, copy.root, ordered(base))
    return c.array_call("cast", (base.var,), dtype, base.extents, hint, ordered(base))


def _of_number(c: State, base: Num, name: str, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    if name == "item":
        return _python_number(c, base)
    if name == "astype":
        dtype = dtype_of(c, bound(c, "astype", "dtype", args, kwargs)["dtype"])
        assert dtype is not None
        return num(c.scalar(base, dtype, hint))
    if name == "view":
        c.refuse(_REINTERPRETED, "astype, or np.float64(x)")
    c.refuse(f"the method {name} of {describe(base)}")


def _view(c: State, base: Arr, args: list[Value], kwargs: dict[str, Value]) -> Value:
    given = bound(c, "view", "dtype", args, kwargs, 0)["dtype"]
    if given is not None and dtype_of(c, given) != base.dtype:
        c.refuse(_REINTERPRETED, "astype, or np.float64(x)")
    return indexing.get_item(c, base, Static(Ellipsis))


def _fill(c: State, base: Arr, args: list[Value]) -> Value:
    value = ew.operand(c, args[0]) if len(args) == 1 else None
    if not isinstance(value, Num):
        c.refuse("fill takes one number")
    atom = c.scalar(value, base.dtype)
    c.mark_written(base.root)
    c.store(base.var, atom)
    return Static(None)


def _item(c: State, base: Arr, args: Sequence[Value]) -> Value:
    if len(args) == 1 and isinstance(args[0], Tup):
        args = args[0].items
    if not args:
        for extent in base.extents:
            c.check_equal(extent, const(1), "ValueError", "can only convert an array of size 1 to a Python scalar")
        args = [integer(0)] * base.ndim
    if len(args) != base.ndim:
        c.refuse(f"item of {describe(base)} with {len(args)} indices", "an index per axis")
    element = indexing.get_item(c, base, Tup(tuple(args))) if base.ndim else num(ew.load(c, base, ()))
    if not isinstance(element, Num):
        c.refuse("item with these indices", "ints")
    return _python_number(c, element)


def _python_number(c: State, x: Num) -> Num:
    """``x.item()``: a Python number; for Numba one of the dtype of ``x``."""
    if c.frame.numba:
        return num(x.atom)
    return num(c.scalar(x, {"f": "float64", "i": "int64", "u": "int64"}.get(x.dtype[0], x.dtype)), weak=True)


def _of_container(c: State, base: Tup, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if base.is_dict:
        return containers.dict_method(c, base, name, args, kwargs)
    if name == "_asdict" and not args and not kwargs:
        return containers.dict_of(dict(zip(containers.names_of(base), base.items, strict=True)))
    if name == "_replace":
        if args:
            c.refuse("_replace takes fields of the named tuple by keyword")
        return containers.replaced(c, base, kwargs, "_replace")
    if len(args) != 1 or kwargs:
        c.refuse(f"these arguments of {name}")
    same = [operators.compare(c, gast.Eq(), item, args[0]) for item in base.items]
    found = [s.const if isinstance(s, Num) else None for s in same]
    if None in found:
        c.refuse(f"{name} of a value that is not known in advance", "a loop over the items")
    if name == "count":
        return integer(sum(map(bool, found)))
    if True not in found:
        c.refuse("index: the value is not in it")
    return integer(found.index(True))
