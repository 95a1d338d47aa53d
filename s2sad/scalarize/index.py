"""Indices as linear forms: views are composed into the indices of their base before anything is emitted.

A form is canonical, so two accesses have equal forms exactly if the same index expression was composed for both; that
is what decides whether a store and a load of one array touch the same element in every iteration.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const

ONE = const(1)
ZERO = const(0)


@dataclass(frozen=True)
class Index:
    """``constant`` plus the sum of ``coefficient * variable`` over ``terms``, in the order the terms first came."""

    terms: tuple[tuple[n.Var, int], ...] = ()
    constant: int = 0

    @classmethod
    def of(cls, atom: n.Atom) -> Index:
        if isinstance(atom, n.Const):
            return cls((), int(atom.value))
        return cls(((atom, 1),))

    def __add__(self, other: Index) -> Index:
        total = dict(self.terms)
        for var, coefficient in other.terms:
            total[var] = total.get(var, 0) + coefficient
        return Index(tuple((v, c) for v, c in total.items() if c), self.constant + other.constant)

    def scaled(self, factor: int) -> Index:
        if factor == 0:
            return Index()
        return Index(tuple((v, c * factor) for v, c in self.terms), self.constant * factor)


class Scalars:
    """Emits scalar statements into the builder's current block; what was computed here or around it is reused."""

    def __init__(self, builder: Builder, parent: Scalars | None = None) -> None:
        self.builder = builder
        self.parent = parent
        self._known: dict[object, n.Atom] = {}

    def known(self, key: object) -> n.Atom | None:
        scope: Scalars | None = self
        while scope is not None:
            if key in scope._known:
                return scope._known[key]
            scope = scope.parent
        return None

    def remember(self, key: object, atom: n.Atom) -> n.Atom:
        self._known[key] = atom
        return atom

    def integer(self, op: str, a: n.Atom, b: n.Atom) -> n.Atom:
        """``op`` of two indices, computed once."""
        key = (op, a, b)
        found = self.known(key)
        return found if found is not None else self.remember(key, self.builder.assign(op, a, b, dtype="int64"))

    def form(self, atom: n.Atom) -> Index:
        """``atom`` as a linear form; an index of another integer type is cast first."""
        if isinstance(atom, n.Var) and isinstance(atom.type, n.Scalar) and atom.type.dtype != "int64":
            found = self.known(("cast", atom))
            atom = found or self.remember(("cast", atom), self.builder.assign("cast", atom, dtype="int64"))
        return Index.of(atom)

    def times(self, a: Index, b: Index) -> Index:
        """The product; one of two symbolic factors is emitted as a multiplication."""
        if not a.terms:
            return b.scaled(a.constant)
        if not b.terms:
            return a.scaled(b.constant)
        return Index.of(self.integer("mul", self.atom(a), self.atom(b)))

    def atom(self, index: Index) -> n.Atom:
        """The value of ``index``: positive terms, the constant, then negative terms (``n - 1 - i``)."""
        total: n.Atom | None = None
        positive = [(v, c) for v, c in index.terms if c > 0]
        negative = [(v, -c) for v, c in index.terms if c < 0]
        for var, coefficient in positive:
            term = var if coefficient == 1 else self.integer("mul", const(coefficient), var)
            total = term if total is None else self.integer("add", total, term)
        if total is None:
            total = const(index.constant)
        elif index.constant:
            op = "add" if index.constant > 0 else "sub"
            total = self.integer(op, total, const(abs(index.constant)))
        for var, coefficient in negative:
            term = var if coefficient == 1 else self.integer("mul", const(coefficient), var)
            total = self.integer("sub", total, term)
        return total


def shape(atom: n.Atom) -> tuple[n.Atom, ...]:
    """The extents of an array; ``()`` for a scalar."""
    return atom.type.extents if isinstance(atom.type, n.Array) else ()


def moves_only_ones(view: n.View) -> bool:
    """Whether a reshape only adds or drops extents of 1, so that its index is a selection of its base's."""
    base = [e for e in shape(view.base) if e != ONE]
    return base == [e for e in shape(view.target) if e != ONE]


def is_index_view(view: n.View) -> bool:
    """Whether accesses through ``view`` can be written as accesses to its base."""
    return not any(isinstance(item, n.Reshape) for item in view.items) or moves_only_ones(view)


def compose(view: n.View, index: tuple[Index, ...], scalars: Scalars) -> tuple[Index, ...]:
    """The index into ``view.base`` of the element ``index`` of ``view.target``."""
    if any(isinstance(item, n.Reshape) for item in view.items):
        moved = iter([i for i, e in zip(index, shape(view.target), strict=True) if e != ONE])
        return tuple(Index() if e == ONE else next(moved) for e in shape(view.base))
    if len(view.items) == 1 and isinstance(view.items[0], n.Transpose):
        axes = view.items[0].perm
        base = [Index()] * len(axes)
        for k, axis in enumerate(axes):
            base[axis] = index[k]
        return tuple(base)
    composed: list[Index] = []
    position = iter(index)
    for item in view.items:
        if isinstance(item, n.At):
            composed.append(scalars.form(item.index))
        elif isinstance(item, n.Slice):
            step = scalars.times(scalars.form(item.step), next(position))
            composed.append(scalars.form(item.start) + step)
        else:
            next(position)
    return tuple(composed)


def stretched(index: tuple[Index, ...], extents: tuple[n.Atom, ...]) -> tuple[Index, ...]:
    """The index into an operand of ``extents`` that broadcasts to the shape ``index`` runs over."""
    kept = index[len(index) - len(extents) :]
    return tuple(Index() if e == ONE else i for i, e in zip(kept, extents, strict=True))
