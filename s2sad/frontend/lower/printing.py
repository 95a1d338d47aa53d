"""``print``: texts, scalars and arrays; f-strings that ``print`` writes alike with spaces between its arguments."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.lower.failures import UNKNOWN, formatted, known
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Static, Value, describe
from s2sad.ir import nodes as n

_PLAIN = 'print("x", x)'


def is_print(c: State, node: Any) -> bool:
    """Whether a statement's expression is a call of Python's ``print``."""
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
        return False
    function = c.expr(node.func)
    return isinstance(function, Static) and function.value is print


def lower_print(c: State, node: Any) -> None:
    """``print(...)``, a statement of the IR that happens once."""
    parts: list[n.Atom | str] = []
    for argument in node.args:
        with c.at(argument):
            if isinstance(argument, gast.JoinedStr):
                parts += _formatted(c, argument)
            else:
                parts.append(_part(c, c.expr(argument)))
    c.emit(n.Print(tuple(parts), c.b.loc))


def _part(c: State, value: Value) -> n.Atom | str:
    match value:
        case Static(value=str() | None as text):
            return str(text)
        case Num() if value.const is not None and value.weak:
            return str(value.const)
        case Num() if value.dtype != "float32":
            return value.atom
        case Arr() if value.ndim > 0:
            # What is printed is the content now: a copy, which no later store changes.
            return c.array_call("copy", (value.var,), value.dtype, value.extents, "printed").var
    c.refuse(f"print of {describe(value)} is not supported", "print of float64 numbers, ints, arrays and text")


def _formatted(c: State, node: Any) -> list[n.Atom | str]:
    """The parts of an f-string; ``print`` puts the spaces that stand around its values."""
    pieces: list[n.Atom | str] = []
    for part in node.values:
        value = part.value if isinstance(part, gast.Constant) else known(c, part.value)
        if value is not UNKNOWN:
            text = str(value) if isinstance(part, gast.Constant) else formatted(c, part, value)
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] += text
            else:
                pieces.append(text)
            continue
        if part.format_spec is not None or part.conversion not in (-1, 115):
            c.refuse("a format in an f-string that is printed is not supported", _PLAIN)
        pieces.append(_part(c, c.expr(part.value)))
    return _spaced(c, pieces)


def _spaced(c: State, pieces: list[n.Atom | str]) -> list[n.Atom | str]:
    """``pieces`` without the one space between a text and a value."""
    out: list[n.Atom | str] = []
    last = len(pieces) - 1
    for k, piece in enumerate(pieces):
        if not isinstance(piece, str):
            if k and not isinstance(pieces[k - 1], str):
                c.refuse("an f-string without a space around its values is not supported", _PLAIN)
            out.append(piece)
            continue
        if (k and not piece.startswith(" ")) or (k < last and not piece.endswith(" ")):
            c.refuse("an f-string without a space around its values is not supported", _PLAIN)
        if piece == " " and 0 < k < last:
            continue  # one space between two values
        out.append(piece[1 if k else 0 : len(piece) - (1 if k < last else 0)])
    return out
