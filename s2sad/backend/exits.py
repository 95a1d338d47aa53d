"""Loops that are left: the branch that decides it knows on each side whether that side leaves."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, Builder, Names, const

ENDLESS = 2**63 - 1


def exits(fn: n.Function) -> n.Function:
    """``fn`` with the flags of its loops as joins of the last branch of the trip, where they are its condition."""
    if not any(isinstance(s, n.For) and s.leave is not None for s in walk.walk(fn.body)):
        return fn
    builder = Builder(Names.of(fn))
    return replace(fn, body=_block(fn.body, builder))


def _block(block: n.Block, b: Builder) -> n.Block:
    out: list[n.Stmt] = []
    for stmt in block:
        stmt = walk.with_blocks(stmt, tuple(_block(inner, b) for inner in walk.blocks(stmt)))
        out.append(_joined(stmt, b) if isinstance(stmt, n.For) and isinstance(stmt.leave, n.Var) else stmt)
    return tuple(out)


def _joined(loop: n.For, b: Builder) -> n.For:
    body, leave = loop.body, loop.leave
    used_once = sum(leave in atoms for s in walk.walk((loop,)) for atoms in (walk.uses(s), *walk.end_uses(s))) == 1
    if body and used_once and isinstance(body[-1], n.Assign) and body[-1].target == leave and body[-1].op == "not":
        (cond,), rest, value = body[-1].args, body[:-1], False
    else:
        cond, rest, value = leave, body, True
    last = rest[-1] if rest else None
    if not isinstance(last, n.If) or last.cond != cond or not (last.then or last.orelse):
        return loop
    flag = b.var("leave", BOOL)
    joins = (*last.joins, n.Join(flag, const(value), const(not value)))
    return replace(loop, body=(*rest[:-1], replace(last, joins=joins)), leave=flag)


def flags(fn: n.Function) -> frozenset[str]:
    """Names of the flags of loops: a branch that decides one is no conditional expression."""
    return frozenset(s.leave.name for s in walk.walk(fn.body) if isinstance(s, n.For) and isinstance(s.leave, n.Var))


def endless(stmt: n.For | n.ReverseLoop) -> bool:
    """Whether only its flag ends a loop."""
    return isinstance(stmt, n.For) and stmt.leave is not None and stmt.stop == const(ENDLESS)
