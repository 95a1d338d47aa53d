"""``raise`` and ``assert``: the exception's class and message, which must be known while lowering."""

from __future__ import annotations

import builtins
from typing import Any

import gast

from s2sad.frontend.lower.outcomes import Refused
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.tries import is_caught
from s2sad.frontend.lower.values import Num, Static

UNKNOWN = object()  # a value that is not known while lowering
_HIDDEN = " (debug=True shows the values)"


def failure(c: State, stmt: Any) -> tuple[str, str]:
    """The builtin exception that a ``raise`` names, or that its class is made from, and its message."""
    if stmt.exc is None:
        c.refuse("`raise` without an exception", 'raise ValueError("...")')
    if stmt.cause is not None and not (isinstance(stmt.cause, gast.Constant) and stmt.cause.value is None):
        c.refuse("`raise ... from ...` is not supported", "the `raise` alone")
    call = stmt.exc if isinstance(stmt.exc, gast.Call) else None
    kind = c.expr(call.func if call is not None else stmt.exc)
    cls = kind.value if isinstance(kind, Static) else None
    if not isinstance(cls, type) or not issubclass(cls, Exception):
        c.refuse("what is raised is not an exception's class", 'raise ValueError("...")')
    uncaught(c, cls, "`raise`")
    text = _text(c, call)
    if getattr(builtins, cls.__name__, None) is cls:
        return cls.__name__, text
    # Generated code has no other classes: the builtin one that ``except`` would also catch it by, and its own name.
    base = next(b for b in cls.__mro__ if getattr(builtins, b.__name__, None) is b)
    return base.__name__, f"{cls.__name__}: {text}" if text else cls.__name__


def uncaught(c: State, cls: type, what: str) -> None:
    """Refuse what a handler around waits for: none runs for what the run raises."""
    if is_caught(c, cls):
        c.refuse(f"a handler of the `try` around catches this {what}", "if and else, with what the handler does")


def _text(c: State, call: Any) -> str:
    """The message in the arguments of an exception; keywords, which no builtin one has, are not shown."""
    if call is None or not call.args:
        return ""
    if len(call.args) == 1:
        return message(c, call.args[0])
    values = [known(c, a) for a in call.args]
    if UNKNOWN not in values:
        return str(tuple(values))
    return f"({', '.join(gast.unparse(a).strip() for a in call.args)}){_HIDDEN}"


def message(c: State, node: Any) -> str:
    """The text of a message; where it has values that only the run knows, its source text, which says so."""
    if isinstance(node, gast.JoinedStr):
        return _formatted(c, node)
    if isinstance(node, gast.Constant):
        if not isinstance(node.value, str):
            c.refuse("a message that is not text", f'"{node.value}"')
        return node.value
    value = known(c, node)
    return value if isinstance(value, str) else gast.unparse(node).strip() + _HIDDEN


def _formatted(c: State, node: Any) -> str:
    """An f-string with the values that are known; of others the expression stands in braces."""
    out, hidden = "", ""
    for part in node.values:
        if isinstance(part, gast.Constant):
            out += str(part.value)
            continue
        value = known(c, part.value)
        spec = part.format_spec
        plain = spec is None or all(isinstance(v, gast.Constant) for v in spec.values)
        if value is UNKNOWN or not plain:
            out += "{" + gast.unparse(part.value).strip() + "}"
            hidden = _HIDDEN
            continue
        out += formatted(c, part, value)
    return out + hidden


def formatted(c: State, part: Any, value: Any) -> str:
    """The known ``value`` of one place of an f-string as Python writes it there."""
    spec = part.format_spec
    if spec is not None and not all(isinstance(v, gast.Constant) for v in spec.values):
        c.refuse("a computed format in an f-string", "the format written out")
    convert = {114: repr, 115: str, 97: ascii}.get(part.conversion, lambda v: v)
    return format(convert(value), "" if spec is None else "".join(str(v.value) for v in spec.values))


def known(c: State, node: Any) -> Any:
    """The value of ``node`` if it is text, ``None`` or one of Python's numbers known now; it leaves no statements."""
    if any(isinstance(inner, gast.NamedExpr | gast.Call) for inner in gast.walk(node)):
        return UNKNOWN
    try:
        with c.nested() as out:
            value = c.expr(node)
    except Refused:
        return UNKNOWN
    if out:
        return UNKNOWN
    if isinstance(value, Num) and value.weak and value.const is not None:
        return value.const
    if isinstance(value, Static) and (value.value is None or isinstance(value.value, str)):
        return value.value
    return UNKNOWN
