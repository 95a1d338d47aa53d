"""Arrays whose extents change where a loop or a branch gives them: the first elements of memory that is large."""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.shapes import Form
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr
from s2sad.ir import nodes as n
from s2sad.ir.builder import const


def shrinking(c: State, before: tuple[n.Atom, ...], end: tuple[n.Atom, ...]) -> list[int] | None:
    """The axes on which ``end`` may be shorter; ``None`` if it may be longer on one."""
    pairs = list(enumerate(zip(before, end, strict=True)))
    if any(not c.shapes.at_most(c.shapes.form(b), c.shapes.form(a)) for _, (a, b) in pairs):
        return None
    return [k for k, (a, b) in pairs if not c.shapes.equal(a, b)]


def shrunk(c: State, buffer: n.Var, sizes: dict[int, n.Var], in_order: bool) -> tuple[Arr, tuple[n.Stmt, ...]]:
    """The first ``sizes`` elements of ``buffer``, by axis, as an array with memory of its own, and what makes it.

    A size is at most the extent of the buffer, which is said again for those who count the room of tapes.
    """
    assert isinstance(buffer.type, n.Array)
    extents = list(buffer.type.extents)
    out: list[n.Stmt] = []
    for axis, size in sizes.items():
        extent = c.b.var(size.hint, size.type)
        out.append(n.Assign(extent, "pymin", (size, extents[axis]), c.b.loc))
        c.shapes.bound(size, Form(0), c.shapes.form(extents[axis]))
        c.shapes.define(extent, "pymin", (size, extents[axis]))
        extents[axis] = extent
    items = tuple(n.Slice(const(0), const(1), e) for e in extents)
    layout = "A" if any(axis > 0 for axis in sizes) else "C"
    view = c.b.var(buffer.hint, n.Array(buffer.type.dtype, tuple(extents), layout))
    out.append(n.View(view, buffer, items, c.b.loc))
    return replace(c.fresh(view), in_order=in_order), tuple(out)


def store_first(c: State, buffer: n.Var, value: n.Atom, extents: tuple[n.Atom, ...]) -> None:
    """``buffer[:n, :m] = value``, whose extents are ``n, m``."""
    assert isinstance(buffer.type, n.Array)
    items = tuple(n.Slice(const(0), const(1), e) for e in extents)
    view = c.b.var(buffer.hint, n.Array(buffer.type.dtype, extents, "C" if len(extents) < 2 else "A"))
    c.emit(n.View(view, buffer, items, c.b.loc))
    c.emit(n.Store(view, (), value, -1, c.b.loc))


def largest(c: State, extents: list[n.Atom], candidates: list[n.Atom]) -> n.Atom | None:
    """An atom visible here that is at least each of ``extents``; ``None`` if none is known."""
    if all(c.available(e) for e in extents):
        result = extents[0]
        for e in extents[1:]:
            result = c.int_max(result, e, "room")
        return result
    forms = [c.shapes.form(e) for e in extents]
    known = (e for e in (*extents, *candidates) if c.available(e))
    return next((e for e in known if all(c.shapes.at_most(f, c.shapes.form(e)) for f in forms)), None)
