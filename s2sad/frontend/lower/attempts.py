"""``try``: what lowering sees to raise in the body, and what would raise in Python but goes on here."""

from __future__ import annotations

from typing import Any

from s2sad.frontend.lower.branches import lower_if
from s2sad.frontend.lower.mark import Mark
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.tries import Attempt, Handled
from s2sad.frontend.lower.values import Static, Tup, describe

_NEVER = (FloatingPointError, Warning)  # signals and warnings of NumPy, which generated code does not make


def lower_branch(c: State, node: Any) -> None:
    """An ``if``, or a ``try`` that has become one."""
    match node.test:
        case Attempt():
            _attempt(c, node)
        case Handled(attempt=attempt, number=number):
            c.block(node.body if c.handled[attempt] == number else node.orelse)
        case _:
            lower_if(c, node)


def _attempt(c: State, node: Any) -> None:
    caught = [_classes(c, kind) for kind in node.test.kinds]
    for cls in (cls for classes in caught for cls in classes):
        if issubclass(cls, _NEVER):
            c.refuse(f"`except {cls.__name__}`: generated code has no such signals", "a test of the value with `if`")
    around, c.caught = c.caught, c.caught | {cls for classes in caught for cls in classes}
    try:
        failed = _tried(c, node, caught)
    finally:
        c.caught = around
    if failed is not None:
        c.handled[node.test] = failed
        c.block(node.orelse)


def _tried(c: State, node: Any, caught: list[tuple[type, ...]]) -> int | None:
    """Lower the body; the number of the handler for what certainly fails in it, ``None`` if nothing does."""
    count = node.test.count or 0
    for stmt in node.body[:count]:
        mark = Mark.of(c)
        c.block([stmt])
        new = c.problems[mark.problems :]
        raised = new[0].raises if new else None
        handlers = [] if raised is None else [k for k, kinds in enumerate(caught) if issubclass(raised, kinds)]
        if handlers:
            mark.restore(c)
            return handlers[0]
    c.block(node.body[count:])
    return None


def _classes(c: State, kind: Any) -> tuple[type, ...]:
    """The classes that a handler catches."""
    if kind is None:
        return (BaseException,)
    value = c.expr(kind)
    values = value.items if isinstance(value, Tup) else (value,)
    classes = tuple(v.value for v in values if isinstance(v, Static) and isinstance(v.value, type))
    if len(classes) < len(values):
        c.refuse(f"`except` of {describe(value)}", "exceptions' classes")
    return classes
