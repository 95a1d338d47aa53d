"""``a[i] = a[i] + e`` becomes ``a[i] += e``: an addition to memory reads nothing for its own adjoint (pitfall S3).

>>> from s2sad.ir.builder import INT, Builder, Names, const
>>> from s2sad.ir.text import show_block
>>> b = Builder(Names())
>>> m, e = b.var("m", INT), b.var("e", n.Scalar("float64"))
>>> a = b.var("a", n.Array("float64", (m,)))
>>> b.add(n.Assign(m, "extent", (a, const(0))))
>>> old = b.load(a, (const(0),), hint="old")
>>> b.add(n.Store(a, (const(0),), b.assign("sub", old, e, dtype="float64")))
>>> fn = n.Function("f", (n.Param("a", a), n.Param("e", e)), (*b.out, n.Return(None)), written=(a,))
>>> print(show_block(accumulation(fn).body))
m: int64 = extent(a, 0)
t.1: float64 = neg(e)
a[0] += t.1
return None
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names


def accumulation(fn: n.Function) -> n.Function:
    """``fn`` with stores of an element plus or minus something into that element as accumulations (same bits)."""
    uses: dict[n.Atom, int] = {}
    for stmt in walk.walk(fn.body):
        for a in (*walk.uses(stmt), *(x for atoms in walk.end_uses(stmt) for x in atoms)):
            uses[a] = uses.get(a, 0) + 1
    return replace(fn, body=_block(fn.body, uses, aliases(fn), Builder(Names.of(fn))))


def _block(block: n.Block, uses: dict[n.Atom, int], facts: Aliases, b: Builder) -> n.Block:
    out: list[n.Stmt | None] = []
    loads: dict[n.Atom, int] = {}  # positions in out of loads whose class nothing has written since
    sums: dict[n.Atom, int] = {}
    for stmt in block:
        stmt = walk.with_blocks(stmt, tuple(_block(x, uses, facts, b) for x in walk.blocks(stmt)))
        if isinstance(stmt, n.Store):
            stmt = _accumulated(stmt, out, loads, sums, b) or stmt
        written = [facts.class_of(array) for s in walk.walk((stmt,)) for array in walk.written(s)]
        if written:
            loads = {v: k for v, k in loads.items() if facts.class_of(out[k].array) not in written}  # type: ignore[union-attr]
        if isinstance(stmt, n.Load) and uses.get(stmt.target) == 1:
            loads[stmt.target] = len(out)
        if isinstance(stmt, n.Assign) and stmt.op in ("add", "sub") and uses.get(stmt.target) == 1:
            sums[stmt.target] = len(out)
        out.append(stmt)
    return tuple(s for s in out if s is not None)


def _accumulated(
    store: n.Store, out: list[n.Stmt | None], loads: dict[n.Atom, int], sums: dict[n.Atom, int], b: Builder
) -> n.Accumulate | None:
    """The accumulation that ``store`` amounts to; what it no longer needs is blanked in ``out``."""
    total = out[sums[store.value]] if store.value in sums else None
    if not isinstance(total, n.Assign) or store.array.type.dtype != total.target.type.dtype:
        return None
    for k, other in ((0, 1), (1, 0)) if total.op == "add" else ((0, 1),):
        old = total.args[k]
        load = out[loads[old]] if old in loads else None
        if isinstance(load, n.Load) and (load.array, load.index) == (store.array, store.index):
            value = total.args[other]
            out[loads.pop(old)] = None
            out[sums[store.value]] = None
            if total.op == "sub":
                value = b.var("t", total.target.type)
                out.append(n.Assign(value, "neg", (total.args[1],), store.loc))
            return n.Accumulate(store.array, store.index, value, "plain", store.version, store.loc)
    return None
