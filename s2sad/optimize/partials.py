"""Partials first: a reversed recurrence multiplies its cotangent once per trip, by a partial that does not wait for it.

The reverse of ``x = f(x)`` is ``x_bar = x_bar * f'(x)``. Written operation by operation, ``x_bar`` passes through a
chain of
dependent multiplications; all else in the trip is known beforehand. Everything that depends on the one carried
cotangent is linear
in it, so the factors are computed with 1 in its place and the cotangent is multiplied in last (vertex elimination in
another order,
Griewank & Walther 2008, chapter 9).
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names


def partials(fn: n.Function) -> n.Function:
    """Shorten the chain that carries the cotangent in reversed loops that carry only one.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> from s2sad.ir.text import show_block
    >>> m, x_bar, t, u, r, last = n.Var("m", INT), *(n.Var(v, FLOAT) for v in ("x_bar", "t", "u", "r", "last"))
    >>> body = (n.Assign(t, "mul", (x_bar, r)), n.Assign(u, "mul", (t, r)))
    >>> loop = n.ReverseLoop(n.Var("i", INT), const(0), m, const(1), (n.Carry(x_bar, const(1.0), u, last),), body)
    >>> fn = n.Function("f", (n.Param("m", m), n.Param("r", r)), (loop, n.Return(last)))
    >>> print(show_block(partials(fn).body))
    reverse for i: int64 in range(0, m, 1) with x_bar: float64 = 1.0:
        t.1: float64 = mul(r, r)
        u: float64 = mul(x_bar, t.1)
        next x_bar = u
    -> last: float64 = last x_bar
    return last
    """
    b = Builder(Names.of(fn))
    return replace(fn, body=_block(fn.body, b))


def _block(block: n.Block, b: Builder) -> n.Block:
    out: list[n.Stmt] = []
    for stmt in block:
        inner = tuple(_block(x, b) for x in walk.blocks(stmt))
        done = walk.with_blocks(stmt, inner)
        out.append(_loop(done, b) if isinstance(done, n.ReverseLoop) else done)
    return tuple(out)


def _loop(loop: n.ReverseLoop, b: Builder) -> n.ReverseLoop:
    if any(walk.blocks(s) for s in loop.body):
        return loop
    sums = {c.inner for c in loop.carries if _is_sum(c, loop)}
    chained = [c for c in loop.carries if c.inner not in sums and c.inner.type.dtype.startswith("float")]
    if len(chained) != 1 or isinstance(chained[0].inner.type, n.Array):
        return loop
    linear = _linear(loop, chained[0].inner, sums)
    if linear is None or _depth(loop, chained[0]) < 2:
        return loop
    return replace(loop, body=_rewritten(loop, chained[0].inner, linear, sums, chained[0].next, b))


def _is_sum(c: n.Carry, loop: n.ReverseLoop) -> bool:
    """Whether the carry only has something added to it each trip, and is looked at nowhere else."""
    readers = [s for s in loop.body if c.inner in walk.uses(s)]
    if c.next == c.inner:
        return not readers
    if len(readers) != 1 or any(d.next == c.inner for d in loop.carries):
        return False
    add = readers[0]
    return (
        isinstance(add, n.Assign) and add.op == "add" and add.target == c.next and add.args[0] == c.inner != add.args[1]
    )


def _linear(loop: n.ReverseLoop, bar: n.Var, sums: set[n.Var]) -> set[n.Var] | None:
    """Names that are linear in ``bar`` (itself included); ``None`` if something is not, or goes where it should not."""
    linear = {bar}
    ends = {c.next for c in loop.carries}
    added = {c.next for c in loop.carries if c.inner in sums}
    for stmt in loop.body:
        depends = [a for a in walk.uses(stmt) if a in linear]
        if not depends:
            continue
        if isinstance(stmt, n.Accumulate) and stmt.value in linear and len(depends) == 1:
            continue
        if not isinstance(stmt, n.Assign) or stmt.target.type != bar.type:
            return None
        if stmt.target in added:
            continue
        both = len(depends) == len(stmt.args)
        fits = {"neg": True, "add": both, "sub": both, "mul": not both, "div": stmt.args[0] in linear and not both}
        if not fits.get(stmt.op, False):
            return None
        linear.add(stmt.target)
    return linear if all(c.next not in linear or c.inner == bar for c in loop.carries) and ends else None


def _depth(loop: n.ReverseLoop, carry: n.Carry) -> int:
    """The number of dependent operations from the cotangent at the start of a trip to that at its end."""
    depth: dict[n.Atom, int] = {carry.inner: 0}
    for stmt in loop.body:
        if isinstance(stmt, n.Assign):
            known = [depth[a] for a in stmt.args if a in depth]
            if known:
                depth[stmt.target] = max(known) + 1
    return depth.get(carry.next, 0)


def _rewritten(
    loop: n.ReverseLoop, bar: n.Var, linear: set[n.Var], sums: set[n.Var], last: n.Atom, b: Builder
) -> n.Block:
    """The body with factors in place of what is linear in ``bar``; ``None`` as factor stands for one."""
    factor: dict[n.Atom, n.Atom | None] = {bar: None}
    ends = {c.next for c in loop.carries}
    out: list[n.Stmt] = []

    def times(atom: n.Atom, target: n.Var | None = None, stmt: n.Stmt = loop) -> n.Atom:
        """The value of a linear name: ``bar`` times its factor."""
        if factor[atom] is None and target is None:
            return bar
        made = target or b.var("t", bar.type)
        assert isinstance(bar.type, n.Scalar)
        one = n.Const(1.0, bar.type)
        out.append(n.Assign(made, "mul", (bar, factor[atom] or one), stmt.loc))
        return made

    for stmt in loop.body:
        if isinstance(stmt, n.Assign) and stmt.target in linear:
            factor[stmt.target] = _factor(stmt, factor, out, b)
            if stmt.target in ends and stmt.target == last:
                times(stmt.target, stmt.target, stmt)
        elif any(a in linear for a in walk.uses(stmt)):
            used = {a: times(a, None, stmt) for a in walk.uses(stmt) if a in linear}
            out.append(walk.substitute(stmt, {a: v for a, v in used.items() if isinstance(a, n.Var)}))
        else:
            out.append(stmt)
    return tuple(out)


def _factor(stmt: n.Assign, factor: dict[n.Atom, n.Atom | None], out: list[n.Stmt], b: Builder) -> n.Atom | None:
    """The factor of one linear statement."""
    assert isinstance(stmt.target.type, n.Scalar)
    one = n.Const(1.0, stmt.target.type)
    if stmt.op == "mul":
        bar, other = stmt.args if stmt.args[0] in factor else stmt.args[::-1]
        if factor[bar] is None:
            return other
        args: tuple[n.Atom, ...] = (factor[bar] or one, other)
    else:
        args = tuple((factor[a] or one) if a in factor else a for a in stmt.args)
    target = b.var("t", stmt.target.type)
    out.append(n.Assign(target, stmt.op, args, stmt.loc))
    return target
