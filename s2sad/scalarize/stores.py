"""Stores of whole arrays. NumPy evaluates the value before it stores: an overlap goes through a temporary."""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.dependence import Access, may_overlap
from s2sad.ir import nodes as n
from s2sad.scalarize.body import Body, Box, Context, box, close
from s2sad.scalarize.index import Index, shape


def store_array(context: Context, stmt: n.Store | n.Accumulate) -> None:
    """``array[...] = value`` or ``array[...] += value``; ``value`` broadcasts."""
    builder = context.builder
    iterations = box(context, shape(stmt.array))
    body = Body(context)
    with builder.block() as out:
        value = _broadcast_element(body, stmt.value, iterations)
        computed = len(out)
        array, index = body.locate(stmt.array, iterations.index)
        atoms = body.atoms(index)
        builder.add(replace(stmt, array=array, index=atoms, value=value))
    if not _overlaps(context, body, out, iterations, array, atoms):
        close(context, iterations, out)
        return
    temporary = builder.alloc(_hint(stmt), stmt.array.type.dtype, shape(stmt.array))
    del out[computed:]
    with builder.block() as tail:
        builder.add(n.Store(temporary, body.atoms(iterations.index), value, -1, stmt.loc))
    close(context, iterations, out + tail)
    store_array(context, replace(stmt, value=temporary))


def _broadcast_element(body: Body, value: n.Atom, iterations: Box) -> n.Atom:
    extents = shape(value)
    kept = iterations.index[len(iterations.index) - len(extents) :]
    return body.element(value, tuple(_stretch(i, e) for i, e in zip(kept, extents, strict=True)))


def _stretch(index: Index, extent: n.Atom) -> Index:
    return Index() if isinstance(extent, n.Const) and extent.value == 1 else index


def _hint(stmt: n.Store | n.Accumulate) -> str:
    return stmt.value.hint if isinstance(stmt.value, n.Var) else "t"


def _overlaps(
    context: Context, body: Body, out: list[n.Stmt], iterations: Box, array: n.Var, index: tuple[n.Atom, ...]
) -> bool:
    """Whether the value reads an element that another iteration stores."""
    facts, nests = context.aliases, context.nests
    if array not in facts.roots:
        return False
    loads = [s for s in body.loads if s.array in facts.roots and facts.may_share(s.array, array)]
    loads = [s for s in loads if s.array != array or s.index != index]
    if any(s.array != array for s in loads):
        return True
    around = tuple(context.enclosing)
    loops = (*around, *iterations.indices)
    nests.add((n.Map(iterations.indices, iterations.extents, tuple(out)),), around)
    store = Access(index, loops)
    return any(may_overlap(nests, Access(s.index, loops), store, "different", len(around)) for s in loads)
