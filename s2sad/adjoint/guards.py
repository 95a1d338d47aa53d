"""Checks that seeds and tangents have the shape of what they belong to: else code would leave their bounds."""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names, const


def guard_shapes(fn: n.Function, primal: n.Function) -> n.Function:
    """``fn`` with a check for every array among the parameters that ``primal`` does not have.

    The array type of such a parameter has the extents it must have; the check stands where they are first known.

    Examples
    --------
    >>> from s2sad.ir.builder import INT
    >>> from s2sad.ir.text import show
    >>> m = n.Var("m", INT)
    >>> x, y_bar = (n.Var(name, n.Array("float64", (m,))) for name in ("x", "y_bar"))
    >>> primal = n.Function("f", (n.Param("x", x),), (n.Assign(m, "extent", (x, const(0))), n.Return(x)))
    >>> print(show(guard_shapes(replace(primal, params=(*primal.params, n.Param("y_bar", y_bar))), primal)))
    def f(x: float64[m], y_bar: float64[m]):
        m: int64 = extent(x, 0)
        n: int64 = extent(y_bar, 0)
        same: bool = eq(n, m)
        check same else ValueError('y_bar has another shape than what it belongs to')
        return x
    """
    own = {p.name for p in primal.params}
    arrays = [
        (leaf, p.name)
        for p in fn.params
        if p.name not in own
        for leaf in walk.leaves(p.tree)
        if isinstance(leaf, n.Var) and isinstance(leaf.type, n.Array)
    ]
    if not arrays:
        return fn
    builder = Builder(Names.of(fn))
    builder.loc = fn.loc
    body = list(fn.body)
    reverse_at = fn.reverse_at
    for array, name in arrays:
        at = _known_at(array, body, reverse_at or 0)
        with builder.block() as made:
            _check(builder, array, name)
        body[at:at] = made
        if reverse_at is not None and at <= reverse_at:
            reverse_at += len(made)
    return replace(fn, body=tuple(body), reverse_at=reverse_at)


def _known_at(array: n.Var, body: list[n.Stmt], reverse_at: int) -> int:
    """The first position in ``body`` at which all extents of ``array`` are bound.

    In a forward sweep also behind what may ask for another specialisation, where an extent that is 1 stretches: in this
    one the result, and with it a seed, may have the wrong extents.
    """
    assert isinstance(array.type, n.Array)
    missing = {e for e in array.type.extents if isinstance(e, n.Var)}
    asking = [k for k, stmt in enumerate(body[:reverse_at]) if any(map(_asks_size_one, walk.walk((stmt,))))]
    first = asking[-1] + 1 if asking else 0
    for k, stmt in enumerate(body):
        if not missing and k >= first:
            return k
        missing -= set(walk.targets(stmt))
    return len(body) - 1


def _asks_size_one(stmt: n.Stmt) -> bool:
    return isinstance(stmt, n.Check) and stmt.error == "SizeOne"


def _check(builder: Builder, array: n.Var, name: str) -> None:
    assert isinstance(array.type, n.Array)
    for k, extent in enumerate(array.type.extents):
        found = builder.assign("extent", array, const(k), dtype="int64", hint="n")
        same = builder.assign("eq", found, extent, dtype="bool", hint="same")
        message = f"{name} has another shape than what it belongs to"
        builder.add(n.Check(same, "ValueError", message, builder.loc))
