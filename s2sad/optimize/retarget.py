"""An array that is only copied into a fresh array, and then dead, is that array from the start.

>>> from s2sad.ir.builder import INT, Builder, Names
>>> from s2sad.ir.text import show_block
>>> b = Builder(Names())
>>> m, i, j = b.var("m", INT), b.var("i", INT), b.var("j", INT)
>>> a = b.var("a", n.Array("float64", (m, m)))
>>> c, t = b.alloc("c", "float64", (m, m)), b.alloc("t", "float64", (m, m))
>>> b.add(n.LibCall("matmul", (t,), (a, a)))
>>> with b.block() as body:
...     b.add(n.Store(c, (i, j), b.load(t, (i, j), hint="v")))
>>> b.add(n.Map((i, j), (m, m), tuple(body)))
>>> fn = n.Function("f", (n.Param("m", m), n.Param("a", a)), (*b.out, n.Return(c)))
>>> print(show_block(retarget(fn).body))
c: float64[m, m] = alloc empty (local)
c[...] = matmul(a, a)
return c
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk

_ELEMENTWISE = (n.Load, n.Store, n.Accumulate, n.LibCall)


def retarget(fn: n.Function) -> n.Function:
    """``fn`` without temporaries that end in a copy of all of them."""
    out = _pieces(fn.body, _mentions(fn.body))
    at = fn.reverse_at
    at = None if at is None else sum(s is not None for s in out[:at])
    return replace(fn, body=tuple(s for s in out if s is not None), reverse_at=at)


def _mentions(block: n.Block) -> dict[n.Var, int]:
    """How often each array is used in ``block``; what is used other than by element or library call counts as many."""
    out: dict[n.Var, int] = {}
    for stmt in walk.walk(block):
        weight = 1 if isinstance(stmt, _ELEMENTWISE) else 1 << 20
        for a in (*walk.uses(stmt), *(x for atoms in walk.end_uses(stmt) for x in atoms)):
            if isinstance(a, n.Var) and isinstance(a.type, n.Array):
                out[a] = out.get(a, 0) + weight
    return out


def _block(block: n.Block, total: dict[n.Var, int]) -> n.Block:
    return tuple(s for s in _pieces(block, total) if s is not None)


def _pieces(block: n.Block, total: dict[n.Var, int]) -> list[n.Stmt | None]:
    """The statements of ``block``, each at its old place; ``None`` where one has gone."""
    out: list[n.Stmt | None] = [walk.with_blocks(s, tuple(_block(b, total) for b in walk.blocks(s))) for s in block]
    allocs = {s.target: k for k, s in enumerate(out) if isinstance(s, n.Alloc)}
    for pos, stmt in enumerate(out):
        pair = _whole_copy(stmt)
        if pair is None or any(v not in allocs for v in pair):
            continue
        to, source = pair
        first, made = out[allocs[source]], out[allocs[to]]
        if not isinstance(first, n.Alloc) or not isinstance(made, n.Alloc) or made.fill is not None:
            continue
        if first.target.type != made.target.type:
            continue  # a check between the two says that they are the same; before it they may not be
        start = min(allocs[source], allocs[to])
        before = _mentions(tuple(s for s in out[start : pos + 1] if s is not None))
        if before.get(source) != total[source] or before.get(to) != 1:
            continue  # the temporary lives on, or the target was there before
        out[allocs[to]] = out[pos] = None
        out[allocs[source]] = replace(first, target=to, loc=made.loc)
        for k in range(allocs[source] + 1, pos):
            now = out[k]
            if now is not None:
                out[k] = walk.substitute(now, {source: to})
        allocs[to] = allocs.pop(source)
        total[to] += total[source] - 2
    return out


def _whole_copy(stmt: n.Stmt | None) -> tuple[n.Var, n.Var] | None:
    """(target, source) if ``stmt`` copies all of one array into another of the same extents."""
    if not isinstance(stmt, n.Map) or stmt.sums or len(stmt.body) != 2:
        return None
    load, store = stmt.body
    if not isinstance(load, n.Load) or not isinstance(store, n.Store) or store.value != load.target:
        return None
    to, source = store.array, load.array
    assert isinstance(to.type, n.Array) and isinstance(source.type, n.Array)
    whole = load.index == stmt.indices == store.index
    same = to.type.extents == source.type.extents == stmt.extents and to.type.dtype == source.type.dtype
    return (to, source) if whole and same else None
