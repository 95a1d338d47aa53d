"""What a derivative stores between its sweeps, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.api import layout as lay
from s2sad.errors import Loc
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.rules.registry import OPS


@dataclass(frozen=True)
class TapeEntry:
    """One tape: name, dtype, extents as text, bytes (``None`` if unknown without arguments), user's line.

    The first extent of a tape that grows with the trips of its loop is ``grows``, and its bytes are not known.
    """

    name: str
    dtype: str
    shape: tuple[str, ...]
    nbytes: int | None
    loc: Loc

    def __str__(self) -> str:
        extents = ", ".join(self.shape) + ("," if len(self.shape) == 1 else "")
        size = "unknown" if self.nbytes is None else f"{self.nbytes:,}"
        return f"{self.name:<16} {self.dtype:<8} ({extents})  {size} bytes  line {self.loc.line}: {self.loc.text}"


class TapeTable(tuple):
    """The tapes of a derivative; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) if self else "no tape"


def table(function: n.Function, args: dict[str, Any] | None) -> TapeTable:
    """The tapes of ``function``; ``args`` by parameter name decide the bytes."""
    definitions = {s.target: s for s in walk.walk(function.body) if isinstance(s, n.Assign)}
    values = {} if args is None else dict(_bound(function, args))
    growing = {s.tape for s in walk.walk(function.body) if isinstance(s, n.Grow)}
    entries = []
    for stmt in walk.walk(function.body):
        if isinstance(stmt, n.Alloc) and stmt.role == "tape" and isinstance(stmt.target.type, n.Array):
            extents = stmt.target.type.extents
            numbers = [_evaluate(e, definitions, values) for e in extents]
            size = np.dtype(stmt.target.type.dtype).itemsize
            nbytes = None if None in numbers else int(np.prod([int(k) for k in numbers if k is not None])) * size
            shape = tuple(_text(e, definitions) for e in extents)
            if stmt.target in growing:
                shape, nbytes = ("grows", *shape[1:]), None
            name = stmt.target.name.replace(".", "_")
            entries.append(TapeEntry(name, stmt.target.type.dtype, shape, nbytes, stmt.loc))
    return TapeTable(entries)


def _bound(function: n.Function, args: dict[str, Any]) -> Iterator[tuple[n.Var, Any]]:
    """The value of every parameter variable."""
    for param in function.params:
        if param.name in args:
            pairs = lay.paired(lay.of_tree(param.tree), args[param.name], param.name)
            variables = (leaf for leaf in walk.leaves(param.tree) if isinstance(leaf, n.Var))
            for var, (_, value, _) in zip(variables, pairs, strict=True):
                yield var, value


def _evaluate(atom: n.Atom, definitions: dict[n.Var, n.Assign], values: dict[n.Var, Any]) -> int | None:
    """The value of an extent, if it follows from the arguments by integer arithmetic."""
    if isinstance(atom, n.Const):
        return int(atom.value)
    if atom in values:
        return values[atom]
    stmt = definitions.get(atom)
    if stmt is None:
        return None
    if stmt.op == "extent":
        array, axis = stmt.args
        if isinstance(array, n.Var) and array in values and isinstance(axis, n.Const):
            return values[array].shape[int(axis.value)]
        return None
    args = [_evaluate(a, definitions, values) for a in stmt.args]
    if None in args:
        return None
    result = args[0] if stmt.op in ("copy", "cast") else OPS[stmt.op].evaluate(*args)
    values[atom] = result
    return result


def _text(atom: n.Atom, definitions: dict[n.Var, n.Assign]) -> str:
    """An extent in terms of the parameters."""
    if isinstance(atom, n.Const):
        return repr(atom.value)
    stmt = definitions.get(atom)
    if stmt is None:
        return atom.name.replace(".", "_")
    if stmt.op == "extent":
        return f"{_text(stmt.args[0], definitions)}.shape[{_text(stmt.args[1], definitions)}]"
    args = [_text(a, definitions) for a in stmt.args]
    if stmt.op in ("copy", "cast"):
        return args[0]
    infix = OPS[stmt.op].infix
    if infix is not None and len(args) == 2:
        return f"({args[0]} {infix} {args[1]})"
    call = {"pymax": "max", "pymin": "min"}.get(stmt.op, stmt.op)
    return f"{call}({', '.join(args)})"
