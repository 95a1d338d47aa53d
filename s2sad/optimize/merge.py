"""Additions to one element that follow each other in a block of the reverse sweep become one.

Only there: ``(x + v) + w`` is not ``x + (v + w)`` in floating point, and the forward sweep computes what the user's
function does.

>>> from s2sad.ir.builder import FLOAT, INT, const
>>> from s2sad.ir.text import show_block
>>> m, v, w = n.Var("m", INT), n.Var("v", FLOAT), n.Var("w", FLOAT)
>>> a = n.Var("a", n.Array("float64", (m,)))
>>> adds = n.Accumulate(a, (const(0),), v), n.Accumulate(a, (const(0),), w)
>>> body = (n.Assign(m, "extent", (a, const(0))), *adds, n.Return(None))
>>> fn = n.Function("f", (n.Param("a", a), n.Param("v", v), n.Param("w", w)), body, reverse_at=0)
>>> print(show_block(merge(fn).body))
m: int64 = extent(a, 0)
t: float64 = add(v, w)
a[0] += t
return None
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names


def merge(fn: n.Function) -> n.Function:
    """``fn`` with its reverse sweep's runs of accumulations into one element, nothing else between, added up first."""
    if fn.reverse_at is None:
        return fn
    reverse = _block(fn.body[fn.reverse_at :], aliases(fn), Builder(Names.of(fn)))
    return replace(fn, body=(*fn.body[: fn.reverse_at], *reverse))


def _block(block: n.Block, facts: Aliases, b: Builder) -> n.Block:
    out: list[n.Stmt | None] = []
    pending: dict[n.Var, int] = {}  # class -> position in out of an accumulation that nothing has looked at since
    for stmt in block:
        if isinstance(stmt, n.Accumulate) and stmt.array.type.dtype.startswith("float"):
            klass = facts.class_of(stmt.array)
            before = out[pending[klass]] if klass in pending else None
            if isinstance(before, n.Accumulate) and (before.array, before.index) == (stmt.array, stmt.index):
                out[pending[klass]] = None
                total = b.var("t", n.Scalar(stmt.array.type.dtype))
                out.append(n.Assign(total, "add", (before.value, stmt.value), stmt.loc))
                stmt = replace(stmt, value=total)
            pending[klass] = len(out)
            out.append(stmt)
            continue
        for s in walk.walk((stmt,)):
            for a in walk.uses(s):
                if isinstance(a, n.Var) and isinstance(a.type, n.Array):
                    pending.pop(facts.class_of(a), None)
        out.append(walk.with_blocks(stmt, tuple(_block(inner, facts, b) for inner in walk.blocks(stmt))))
    return tuple(s for s in out if s is not None)
