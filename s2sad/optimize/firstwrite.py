"""A zeroed shadow whose first use adds to every element once is assigned instead (pitfall S16).

Only shadows: ``0.0 + v`` is not ``v`` where that is -0.0, and a user's array must have the bits that NumPy gives it.

>>> from s2sad.ir.builder import INT, Builder, Names, const
>>> from s2sad.ir.text import show_block
>>> b = Builder(Names())
>>> m, i, v = b.var("m", INT), b.var("i", INT), b.var("v", n.Scalar("float64"))
>>> x_bar = b.alloc("x_bar", "float64", (m,), const(0.0), role="shadow")
>>> b.add(n.Map((i,), (m,), (n.Accumulate(x_bar, (i,), v),)))
>>> fn = n.Function("f", (n.Param("m", m), n.Param("v", v)), (*b.out, n.Return(x_bar)))
>>> print(show_block(firstwrite(fn).body))
x_bar: float64[m] = alloc empty (shadow)
map i in (m):
    x_bar[i] = v
return x_bar
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk


def firstwrite(fn: n.Function) -> n.Function:
    """``fn`` with covering first accumulations turned into stores and their arrays left unset at allocation."""
    return replace(fn, body=_block(fn.body, aliases(fn)))


def _block(block: n.Block, facts: Aliases) -> n.Block:
    out = [walk.with_blocks(s, tuple(_block(b, facts) for b in walk.blocks(s))) for s in block]
    first = _first_touches(out, facts)
    for pos, stmt in enumerate(out):
        if not (isinstance(stmt, n.Alloc) and stmt.role == "shadow"):
            continue
        if not (isinstance(stmt.fill, n.Const) and stmt.fill.value == 0):
            continue
        at = first.get(stmt.target)
        if at is not None and at > pos:
            covered = _assigned(out[at], stmt.target, (), facts)
            if covered is not None:
                out[pos], out[at] = replace(stmt, fill=None), covered
    return tuple(out)


def _first_touches(block: list[n.Stmt], facts: Aliases) -> dict[n.Var, int]:
    """For each memory allocated in ``block``, the first later statement that refers to it in any way."""
    allocated = {s.target for s in block if isinstance(s, n.Alloc)}
    first: dict[n.Var, int] = {}
    for pos, stmt in enumerate(block):
        for s in walk.walk((stmt,)):
            ends = [a for atoms in walk.end_uses(s) for a in atoms]
            for a in (*walk.uses(s), *ends):
                if isinstance(a, n.Var) and isinstance(a.type, n.Array):
                    for root in facts.classes[facts.class_of(a)]:
                        if root in allocated:
                            first.setdefault(root, pos)
    return first


def _assigned(stmt: n.Stmt, array: n.Var, indices: tuple[tuple[n.Var, n.Atom], ...], facts: Aliases) -> n.Stmt | None:
    """``stmt`` with its accumulation into ``array`` turned into a store, if it covers all of it, each element once."""
    if isinstance(stmt, n.Map):
        inner = (*indices, *zip(stmt.indices, stmt.extents, strict=True))
        mentions = [k for k, s in enumerate(stmt.body) if _mentions(s, array, facts)]
        if len(mentions) != 1:
            return None
        k = mentions[0]
        changed = _assigned(stmt.body[k], array, inner, facts)
        if changed is None:
            return None
        return replace(stmt, body=(*stmt.body[:k], changed, *stmt.body[k + 1 :]))
    if isinstance(stmt, n.Accumulate) and stmt.array == array and _covers(stmt.index, array, indices):
        return n.Store(array, stmt.index, stmt.value, stmt.version, stmt.loc)
    return None


def _mentions(stmt: n.Stmt, array: n.Var, facts: Aliases) -> bool:
    klass = facts.class_of(array)
    return any(
        isinstance(a, n.Var) and isinstance(a.type, n.Array) and facts.class_of(a) == klass
        for s in walk.walk((stmt,))
        for a in walk.uses(s)
    )


def _covers(index: tuple[n.Atom, ...], array: n.Var, indices: tuple[tuple[n.Var, n.Atom], ...]) -> bool:
    assert isinstance(array.type, n.Array)
    extents = dict(indices)
    free = list(extents)
    for atom, extent in zip(index, array.type.extents, strict=True):
        if isinstance(atom, n.Var) and atom in free and extents[atom] == extent:
            free.remove(atom)
        elif not (extent == n.Const(1, n.Scalar("int64")) and atom == n.Const(0, n.Scalar("int64"))):
            return False
    return not free
