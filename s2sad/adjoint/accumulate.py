"""How sums into shadows are resolved where iterations of a map may meet (design section 6, pitfall L-f).

>>> from s2sad.ir import nodes as n
>>> from s2sad.ir.builder import FLOAT, INT, const
>>> i, m = n.Var("i", INT), n.Var("m", INT)
>>> x_bar = n.Var("x_bar", n.Array("float64", (m,)))
>>> size = n.Assign(m, "extent", (x_bar, const(0)))
>>> def modes_of(index):
...     loop = n.Map((i,), (m,), (n.Accumulate(x_bar, (index,), const(1.0)),))
...     fn = n.Function("f", (n.Param("x_bar", x_bar),), (size, loop, n.Return(None)))
...     return [s.mode for s in walk.walk(modes(fn).body) if isinstance(s, n.Accumulate)]
>>> modes_of(i), modes_of(const(0))
(['plain'], ['reduced'])
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk


def modes(fn: n.Function) -> n.Function:
    """``fn`` with every ``Accumulate`` in a ``Map`` marked plain where iterations cannot meet, else reduced."""
    facts = aliases(fn)
    return replace(fn, body=_block(fn.body, facts, frozenset()))


def _block(block: n.Block, facts: Aliases, shared: frozenset[n.Var]) -> n.Block:
    """``shared``: representatives of the classes that several iterations of an enclosing map may touch."""
    out = []
    for stmt in block:
        if isinstance(stmt, n.Accumulate):
            out.append(replace(stmt, mode="reduced" if facts.class_of(stmt.array) in shared else "plain"))
        elif isinstance(stmt, n.Map):
            out.append(replace(stmt, body=_block(stmt.body, facts, shared | _met(stmt, facts))))
        else:
            out.append(walk.with_blocks(stmt, tuple(_block(b, facts, shared) for b in walk.blocks(stmt))))
    return tuple(out)


def _met(stmt: n.Map, facts: Aliases) -> frozenset[n.Var]:
    """Classes of which two iterations of ``stmt`` may touch one element, at least one of them adding."""
    accesses: dict[n.Var, list[tuple[n.Var, tuple[n.Atom, ...]]]] = {}
    added: set[n.Var] = set()
    for s in walk.walk(stmt.body):
        if isinstance(s, n.Load | n.Store | n.Accumulate):
            klass = facts.class_of(s.array)
            accesses.setdefault(klass, []).append((s.array, s.index))
            if isinstance(s, n.Accumulate):
                added.add(klass)
    return frozenset(k for k in added if not _owned(stmt, accesses[k]))


def _owned(stmt: n.Map, accesses: list[tuple[n.Var, tuple[n.Atom, ...]]]) -> bool:
    """Whether each index of ``stmt`` stands alone at one position of every access (rows of its own)."""
    array, first = accesses[0]
    if any(a != array for a, _ in accesses):
        return False
    return all(any(all(i[k] == index for _, i in accesses) for k in range(len(first))) for index in stmt.indices)
