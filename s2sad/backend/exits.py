"""Loops that are left: the branch that decides it knows on each side whether that side leaves."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, Builder, Names, const

ENDLESS = 2**63 - 1
Pairs = tuple[tuple[n.Var, n.Atom], ...]


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
    body, flag = _decided(loop.body, loop.leave, b, loop)
    assert flag is not None
    carries = tuple(replace(c, next=flag) if c.next == loop.leave else c for c in loop.carries)
    return replace(loop, body=body, leave=flag, carries=carries)


def _decided(block: n.Block, leave: n.Atom | None, b: Builder, loop: n.For) -> tuple[n.Block, n.Atom | None]:
    """``block`` with ``leave`` as a join of its last branch, if that is what decides it, and the join."""
    used_once = sum(leave in atoms for s in walk.walk((loop,)) for atoms in (walk.uses(s), *walk.end_uses(s))) == 1
    if block and used_once and isinstance(block[-1], n.Assign) and block[-1].target == leave and block[-1].op == "not":
        (cond,), rest, value = block[-1].args, block[:-1], False
    else:
        cond, rest, value = leave, block, True
    last = rest[-1] if rest else None
    if not isinstance(last, n.If) or not isinstance(leave, n.Var):
        return block, leave
    for k, join in enumerate(last.joins):
        if join.target == leave:
            then, then_value = _decided(last.then, join.then_value, b, loop)
            orelse, else_value = _decided(last.orelse, join.else_value, b, loop)
            assert then_value is not None and else_value is not None
            new = n.Join(leave, then_value, else_value)
            joins = (*last.joins[:k], new, *last.joins[k + 1 :])
            return (*rest[:-1], replace(last, then=then, orelse=orelse, joins=joins)), leave
    if last.cond != cond or not (last.then or last.orelse or last.joins):
        return block, leave
    flag = b.var("leave", BOOL)
    joins = (*last.joins, n.Join(flag, const(value), const(not value)))
    return (*rest[:-1], replace(last, joins=joins)), flag


def flags(fn: n.Function) -> frozenset[str]:
    """Names of the flags of loops, also on one side of a branch: what decides one is no conditional expression."""
    found: set[str] = set()
    for stmt in walk.walk(fn.body):  # outer statements come first
        if isinstance(stmt, n.For) and isinstance(stmt.leave, n.Var):
            found.add(stmt.leave.name)
        elif isinstance(stmt, n.If):
            for join in stmt.joins:
                if join.target.name in found:
                    found |= {v.name for v in (join.then_value, join.else_value) if isinstance(v, n.Var)}
    return frozenset(found)


def endless(stmt: n.For | n.ReverseLoop) -> bool:
    """Whether only its flag ends a loop."""
    return isinstance(stmt, n.For) and stmt.leave is not None and stmt.stop == const(ENDLESS)


def constants(stmt: n.For | n.ReverseLoop) -> set[n.Var]:
    """Carried variables that each trip which another one follows leaves at the constant that they start with.

    They are not assigned in the loop, so no other variable may have their names there.
    """
    if not isinstance(stmt, n.For) or stmt.leave is None:
        return set()
    init = {c.inner: repr(c.init) for c in stmt.carries if isinstance(c.init, n.Const)}  # 0.0 is not -0.0
    pairs: Pairs = tuple((c.inner, c.next) for c in stmt.carries if c.inner in init)
    found, goes_on = set(init), False
    stack = [(stmt.body, stmt.leave, pairs)]
    while stack:
        block, leave, pairs = stack.pop()
        last = block[-1] if block else None
        if isinstance(last, n.If) and side_of(last, leave, 0) is not None:
            for k, side in enumerate(walk.blocks(last)):
                flag = side_of(last, leave, k)
                assert flag is not None
                stack.append((side, flag, through(last, pairs, k)))
        elif not (isinstance(leave, n.Const) and leave.value):
            goes_on = True
            found -= {inner for inner, value in pairs if repr(value) != init[inner]}
    return found if goes_on else set()


def side_of(stmt: n.If, leave: n.Atom | None, k: int) -> n.Atom | None:
    """What ``leave`` is at the end of a side of ``stmt``, if it is a join of it."""
    for join in stmt.joins:
        if join.target == leave:
            return join.else_value if k else join.then_value
    return None


def through(stmt: n.If, pairs: Pairs, k: int) -> Pairs:
    """``pairs`` with the joins of ``stmt`` as what they are on one side."""
    table = {j.target: j.else_value if k else j.then_value for j in stmt.joins}
    return tuple((target, table.get(value, value) if isinstance(value, n.Var) else value) for target, value in pairs)
