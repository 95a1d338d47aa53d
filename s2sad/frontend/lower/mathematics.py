"""Functions of ``math`` that are more than one primitive: pairs, any number of arguments, ints, sequences."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

from s2sad.analysis.types import Kind
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import indexing, operators
from s2sad.frontend.lower.arguments import Handler, bound
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Static, Tup, Value, describe, integer, number
from s2sad.library import sequences

MATHEMATICS: dict[Any, Handler] = {}
SEQUENCES: dict[Any, str] = {
    getattr(math, name): name for name in ("dist", "fsum", "prod", "sumprod") if hasattr(math, name)
}
_Args = list[Value]
_Kwargs = dict[str, Value]


def _handles(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for ``math.<name>``, where this Python has it."""

    def decorate(handler: Handler) -> Handler:
        if hasattr(math, name):
            MATHEMATICS[getattr(math, name)] = handler
        return handler

    return decorate


def scalars(c: State, name: str, args: _Args, kwargs: _Kwargs) -> list[Num]:
    """The arguments of ``math.<name>``, which takes numbers by position."""
    if kwargs:
        c.refuse(f"math.{name} takes no keyword arguments")
    return [scalar(c, name, a) for a in args]


def scalar(c: State, name: str, value: Value | None) -> Num:
    """``value`` as a number, for ``math.<name>``."""
    if value is None or isinstance(value, Static | Tup):
        c.refuse(f"math.{name} of {describe(value) if value is not None else 'nothing'}", "a number")
    x = ew.operand(c, value)
    if isinstance(x, Arr):
        c.refuse(f"math.{name} of an array", "an element of it, or NumPy's function")
    return x


def _real(c: State, x: Num) -> Num:
    """``x`` as the float that a function of ``math`` takes (under Numba float32 stays)."""
    dtype = "float32" if c.frame.numba and x.dtype == "float32" else "float64"
    return Num(c.scalar(x, dtype), not c.frame.numba)


def _float_op(c: State, name: str, args: list[Num], hint: str = "t") -> Num:
    """The primitive ``name`` on floats; a Python float."""
    dtype = "float32" if c.frame.numba and all(a.dtype == "float32" for a in args) else "float64"
    value = ew.emit(c, name, args, dtype, Kind(dtype, not c.frame.numba), hint)
    assert isinstance(value, Num)
    return value


def _int_op(c: State, name: str, args: list[Num], function: Callable, hint: str = "t") -> Num:
    """The primitive ``name`` on ints; a Python int."""
    for a in args:
        if a.dtype.startswith("float"):
            c.refuse(f"math.{function.__name__} of {describe(a)}", "ints, for example int(x)")
    folded = ew.fold(function, args)
    if folded is not None:
        return folded
    value = ew.emit(c, name, args, "int64", Kind("int64", not c.frame.numba), hint)
    assert isinstance(value, Num)
    return Num(value.atom, value.weak, 63, any(a.carried for a in args))


# ---- pairs ----------------------------------------------------------------------------------------------------------


@_handles("modf")
def _modf(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    x = _real(c, scalar(c, "modf", bound(c, "math.modf", "x", args, kwargs)["x"]))
    return Tup((_float_op(c, "fraction", [x], hint), _float_op(c, "trunc", [x], hint)))


@_handles("frexp")
def _frexp(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    x = _real(c, scalar(c, "frexp", bound(c, "math.frexp", "x", args, kwargs)["x"]))
    exponent = c.assign("frexp_exponent", (x.atom,), "int64", hint)
    return Tup((_float_op(c, "frexp_mantissa", [x], hint), Num(exponent, not c.frame.numba, 11)))


@_handles("ldexp")
def _ldexp(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    a = bound(c, "math.ldexp", "x i", args, kwargs, 2)
    x, i = scalar(c, "ldexp", a["x"]), scalar(c, "ldexp", a["i"])
    if i.dtype.startswith("float"):
        c.refuse("math.ldexp with a float as exponent", "ints, for example int(x)")
    x = _real(c, x)
    return _float_op(c, "ldexp", [x, Num(c.scalar(i, x.dtype))], hint)


# ---- any number of arguments ----------------------------------------------------------------------------------------


@_handles("hypot")
def _hypot(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    given = [_real(c, x) for x in scalars(c, "hypot", args, kwargs)]
    if len(given) < 2:
        return _float_op(c, "fabs", given, hint) if given else number(0.0)
    return functools.reduce(lambda a, b: _float_op(c, "hypot", [a, b], hint), given)


@_handles("log")
def _log(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    given = [_real(c, x) for x in scalars(c, "log", args, kwargs)]
    if len(given) not in (1, 2):
        c.refuse("math.log takes a number and a base")
    logs = [_float_op(c, "log", [x], hint) for x in given]
    return logs[0] if len(logs) == 1 else operators.binary(c, operator.truediv, logs[0], logs[1], hint)


def _common(name: str, primitive: str, empty: int) -> None:
    """``math.gcd`` and ``math.lcm``."""

    @_handles(name)
    def handler(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
        given = scalars(c, name, args, kwargs) or [integer(empty)]
        if len(given) == 1:
            given = [given[0], given[0]]
        function = getattr(math, name)
        return functools.reduce(lambda a, b: _int_op(c, primitive, [a, b], function, hint), given)


_common("gcd", "gcd", 0)
_common("lcm", "int_lcm", 1)


# ---- counts and roots of ints ---------------------------------------------------------------------------------------


def _count(name: str, parameters: str) -> None:
    @_handles(name)
    def handler(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
        a = bound(c, f"math.{name}", parameters, args, kwargs, 2 if name == "comb" else 1)
        given = [scalar(c, name, v) for v in a.values() if v is not None]
        primitive = "factorial" if name == "perm" and len(given) == 1 else name
        return _int_op(c, primitive, given, getattr(math, name), hint)


_count("isqrt", "n")
_count("factorial", "n")
_count("comb", "n k")
_count("perm", "n k")


# ---- closeness, neighbours ------------------------------------------------------------------------------------------


@_handles("isclose")
def _isclose(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    if len(args) > 2:
        c.refuse("math.isclose with more than two positional arguments", "rel_tol=, abs_tol=")
    a = bound(c, "math.isclose", "a b rel_tol abs_tol", args, kwargs, 2)
    given = [scalar(c, "isclose", a["a"]), scalar(c, "isclose", a["b"])]
    for name, default in (("rel_tol", 1e-09), ("abs_tol", 0.0)):
        given.append(number(default) if a[name] is None else scalar(c, "isclose", a[name]))
    return ew.emit(c, "isclose", given, "float64", Kind("bool", not c.frame.numba), hint)


@_handles("nextafter")
def _nextafter(c: State, args: _Args, kwargs: _Kwargs, hint: str) -> Value:
    if "steps" in kwargs:
        c.refuse("the keyword steps of math.nextafter", "a loop of single steps")
    a = bound(c, "math.nextafter", "x y", args, kwargs, 2)
    return _float_op(c, "nextafter", [_real(c, scalar(c, "nextafter", a[k])) for k in ("x", "y")], hint)


# ---- sequences ------------------------------------------------------------------------------------------------------


def sequence_call(c: State, f: Any, args: _Args, kwargs: _Kwargs) -> tuple[Callable, _Args]:
    """For a call of a function of ``SEQUENCES``: the function of ours to inline, and its arguments."""
    name = SEQUENCES[f]
    if name == "prod":
        a = bound(c, "math.prod", "iterable start", args, kwargs)
        return sequences.prod, [_sequence(c, name, a["iterable"]), a["start"] or integer(1)]
    if name == "fsum":
        return sequences.fsum, [_sequence(c, name, bound(c, "math.fsum", "seq", args, kwargs)["seq"])]
    a = bound(c, f"math.{name}", "p q", args, kwargs, 2)
    p, q = (_sequence(c, name, a[k]) for k in ("p", "q"))
    if isinstance(p, Arr) != isinstance(q, Arr):
        p, q = (v if isinstance(v, Arr) else indexing.stack(c, v) for v in (p, q))
    message = "both arguments must have the same number of elements"
    if isinstance(p, Arr) and isinstance(q, Arr):
        c.check_equal(p.extents[0], q.extents[0], "ValueError", message)
    elif isinstance(p, Tup) and isinstance(q, Tup) and len(p.items) != len(q.items):
        c.refuse(message)
    floats = any(_has_floats(v) for v in (p, q))
    return sequences.dist if name == "dist" else sequences.sumprod if floats else sequences.sumprod_ints, [p, q]


def _sequence(c: State, name: str, value: Value | None) -> Arr | Tup:
    if isinstance(value, Tup) or (isinstance(value, Arr) and value.ndim == 1):
        return value
    c.refuse(f"math.{name} of {describe(value) if value is not None else 'nothing'}", "a 1-d array or a tuple")


def _has_floats(value: Arr | Tup) -> bool:
    if isinstance(value, Arr):
        return value.dtype.startswith("float")
    return any(isinstance(v, Num) and v.dtype.startswith("float") for v in value.items)
