"""A library result that is only copied into a fresh array is written there directly.

>>> from s2sad.ir.builder import INT, Builder, Names
>>> from s2sad.ir.text import show_block
>>> b = Builder(Names())
>>> m, i, j = b.var("m", INT), b.var("i", INT), b.var("j", INT)
>>> a = b.var("a", n.Array("float64", (m, m)))
>>> c, t = b.alloc("c", "float64", (m, m)), b.alloc("t", "float64", (m, m))
>>> b.add(n.LibCall("matmul", t, (a, a)))
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


def retarget(fn: n.Function) -> n.Function:
    """``fn`` without temporaries between a library call and the array that its result is copied to."""
    mentions: dict[n.Var, int] = {}
    for stmt in walk.walk(fn.body):
        for a in (*walk.uses(stmt), *(x for atoms in walk.end_uses(stmt) for x in atoms)):
            if isinstance(a, n.Var) and isinstance(a.type, n.Array):
                mentions[a] = mentions.get(a, 0) + 1
    return replace(fn, body=_block(fn.body, mentions))


def _block(block: n.Block, mentions: dict[n.Var, int]) -> n.Block:
    out: list[n.Stmt | None] = [walk.with_blocks(s, tuple(_block(b, mentions) for b in walk.blocks(s))) for s in block]
    allocs = {s.target: k for k, s in enumerate(out) if isinstance(s, n.Alloc) and s.fill is None}
    calls = {s.out: k for k, s in enumerate(out) if isinstance(s, n.LibCall)}
    for pos, stmt in enumerate(out):
        pair = _whole_copy(stmt)
        if pair is None:
            continue
        to, source = pair
        # The temporary is mentioned by the call and by this copy only, the target by nothing before the copy.
        if source not in allocs or source not in calls or to not in allocs or mentions[source] != 2:
            continue
        call = out[calls[source]]
        made, freed = allocs[to], allocs[source]
        between = [s for s in out[made + 1 : pos] if s is not None]
        if not isinstance(call, n.LibCall) or any(to in walk.uses(s) for s in walk.walk(tuple(between))):
            continue
        out[freed] = out[made] if made > freed else None
        if made > freed:
            out[made] = None
        out[calls[source]] = replace(call, out=to)
        out[pos] = None
    return tuple(s for s in out if s is not None)


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
