"""What generated code writes for each op, compiled and not, against NumPy: value, dtype, nan, signs of zeros."""

from __future__ import annotations

import itertools
from types import FunctionType
from typing import Any

import numba
import numpy as np
import pytest

from s2sad import runtime as rt
from s2sad.rules import OPS, Op
from tests.support.templates import text

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.3, -2.5, 3.7, 1e-30, -1e30, np.inf, -np.inf, np.nan)
INTEGERS = (0, 1, -1, 2, -3, 7, 62, 64, 2**40, -(2**63), 2**63 - 1)
OWN_FORM = ("cast", "extent", "index", "wrap", "checked_add", "checked_sub", "checked_mul", "checked_pow", "polygamma")
SIGN_OF_ZERO_VARIES = ("fmax", "fmin")  # in NumPy itself, with the length of the array
REAL = [e for e in OPS.values() if e.operands in ("any", "float") and e.name not in OWN_FORM]
INTEGER = [
    e for e in OPS.values() if e.operands in ("any", "int") and e.name not in (*OWN_FORM, "pow") and not e.raises
]
BOOL = [e for e in OPS.values() if e.operands == "bool"]
NAMES = ("a", "b", "c")


def source(entries: list[Op], number: str) -> str:
    """A function that stores the value of each op, by its text in generated code, in a row of its own."""
    lines = ["def values(a, b, c, out):"]
    for row, entry in enumerate(entries):
        names = ("a < b", "a", "b") if entry.name == "select" else NAMES[: entry.arity]
        lines.append(f"    {entry.name}_ = {text(entry, names)}")
        lines.append(f"    out[{row}] = {number}({entry.name}_)")
    return "\n".join(lines)


def define(entries: list[Op], number: str) -> FunctionType:
    scope: dict = {"np": np, "rt": rt}
    exec(source(entries, number), scope)
    return scope["values"]


def arguments(entry: Op, a, b, c) -> tuple:
    return (a < b, a, b) if entry.name == "select" else (a, b, c)[: entry.arity]


def known_difference(entry: Op, args: tuple) -> bool:
    """Where compiled code may differ.

    NumPy takes ``x ** 0.5`` as a square root, which differs from C's pow for -0.0 and -inf. ``-2**63 // -1`` overflows;
    NumPy gives -2**63 with a warning, Numba 0.
    """
    return (entry.name == "pow" and args[1] == 0.5) or (entry.name == "floordiv" and args == (-(2**63), -1))


def check(entry: Op, got, expected, args: tuple) -> None:
    assert np.isnan(got) == np.isnan(expected), (entry.name, args, got, expected)
    if np.isnan(expected) or known_difference(entry, args):
        return
    if not entry.exact and np.isfinite(expected):
        ulps = np.spacing(max(abs(expected), expected.dtype.type(entry.name == "lgamma")))  # math.lgamma near its zeros
        assert abs(got - expected) <= 4 * ulps, (entry.name, args, got, expected)
    else:
        assert got == expected, (entry.name, args, got, expected)
    if expected == 0 and entry.name not in SIGN_OF_ZERO_VARIES:
        assert np.signbit(got) == np.signbit(expected), (entry.name, args, got, expected)


@pytest.fixture(scope="module", params=["float64", "float32"])
def real(request):
    """The un-jitted and the compiled function of all real ops, and their dtype."""
    plain = define(REAL, f"np.{request.param}")
    number = getattr(numba.types, request.param)
    compiled = numba.njit((number, number, number, number[::1]), error_model="numpy")(plain)
    return plain, compiled, np.dtype(request.param)


@pytest.mark.parametrize("which", ["plain", "compiled"])
def test_real_values(real, which):
    plain, compiled, dtype = real
    out = np.empty(len(REAL), dtype)
    with np.errstate(all="ignore"):
        for a, b in itertools.product(SPECIAL, SPECIAL):
            a, b, c = dtype.type(a), dtype.type(b), dtype.type(1.5)
            (plain if which == "plain" else compiled)(a, b, c, out)
            for row, entry in enumerate(REAL):
                args = arguments(entry, a, b, c)
                expected = entry.evaluate(*args)
                assert entry.result != "same" or expected.dtype == dtype, entry.name
                check(entry, out[row], dtype.type(expected), args)


def test_compiled_dtypes(real):
    _, compiled, dtype = real
    types = compiled.overloads[compiled.signatures[0]].type_annotation.typemap
    for entry in REAL:
        expected = dtype.name if entry.result == "same" else entry.result
        assert str(types[f"{entry.name}_"]) == expected, entry.name


def test_plain_dtypes(real):
    _, _, dtype = real
    lines = source(REAL, f"np.{dtype.name}") + "\n    return locals()"
    scope: dict = {"np": np, "rt": rt}
    exec(lines, scope)
    one = dtype.type(0.5)
    with np.errstate(all="ignore"):
        values = scope["values"](one, one, one, np.empty(len(REAL), dtype))
    for entry in REAL:
        if entry.result == "same":
            assert np.asarray(values[f"{entry.name}_"]).dtype == dtype, entry.name


@pytest.mark.parametrize("which", ["plain", "compiled"])
def test_integer_values(which):
    values = define(INTEGER, "np.int64")
    i8 = numba.types.int64
    f: Any = numba.njit((i8, i8, i8, i8[::1]), error_model="numpy")(values) if which == "compiled" else values
    if which == "compiled":
        types = f.overloads[f.signatures[0]].type_annotation.typemap
        for entry in INTEGER:
            assert str(types[f"{entry.name}_"]) == ("int64" if entry.result == "same" else entry.result), entry.name
    out = np.empty(len(INTEGER), np.int64)
    with np.errstate(all="ignore"):
        for a, b in itertools.product(INTEGERS, INTEGERS):
            a, b, c = np.int64(a), np.int64(b), np.int64(5)
            f(a, b, c, out)
            for row, entry in enumerate(INTEGER):
                args = arguments(entry, a, b, c)
                expected = entry.evaluate(*args)
                assert out[row] == expected or known_difference(entry, args), (entry.name, args, out[row], expected)


def test_bool_values():
    values = define(BOOL, "np.int64")
    compiled = numba.njit(values)
    for a, b in itertools.product((False, True), repeat=2):
        for f in (values, compiled):
            out = np.empty(len(BOOL), np.int64)
            f(a, b, True, out)
            assert [bool(v) for v in out] == [bool(e.evaluate(*(a, b)[: e.arity])) for e in BOOL]


def test_every_op_has_a_text():
    for entry in OPS.values():
        assert entry.infix or entry.call or entry.name in ("cast", "copy", "extent", "select")
        if entry.call.startswith("rt."):
            assert callable(getattr(rt, entry.call[3:]))
