"""What a random program may use at the statement being made: values, indices in range, arrays and how to touch them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from s2sad.ir import nodes as n


@dataclass(frozen=True)
class Features:
    """Which constructs random programs have. All programs are valid, terminate, and keep values of order 1."""

    branches: bool = True  # If with joins
    loops: bool = True  # For with carries, forwards, backwards, strided, run-time bounds, zero trips
    maps: bool = True  # Map over one or two indices, with sums
    arrays: bool = True
    matrices: bool = True
    stores: bool = True  # in-place stores to local arrays
    written: bool = True  # in-place stores to parameters
    accumulates: bool = True
    triangular: bool = True  # loop bounds that are outer indices
    swaps: bool = True  # loops that carry arrays
    integers: bool = True  # counters, gathers through an integer array, `index` of negative numbers
    kinks: bool = True  # maximum, abs, select, branches on floats
    views: bool = True  # reshapes, written through
    library: bool = True  # matvec
    checks: bool = True  # checks that hold
    empty: bool = True  # a quarter of the programs is made for arrays and ranges that may be empty
    tapes: bool = False  # Push, ReverseLoop, Pop, as in a reverse sweep
    faults: bool = False  # indices that may be out of range: the program may raise IndexError
    leaves: bool = False  # loops that can be left, loops whose trips are computed from floats
    clutter: bool = False  # identities, copies, constant conditions, dead code: food for optimize


@dataclass(frozen=True)
class Access:
    """How an array may be touched here: read, written, added to, at indices whose ``fixed`` positions are these."""

    array: n.Var
    read: bool = True
    write: bool = True
    add: bool = True
    fixed: tuple[tuple[int, n.Atom], ...] = ()  # positions that every access has
    mode: str = "plain"  # of Accumulates
    param: bool = False
    aliased: bool = False  # a view of it exists

    @property
    def extents(self) -> tuple[n.Atom, ...]:
        assert isinstance(self.array.type, n.Array)
        return self.array.type.extents


@dataclass
class Scope:
    """The visible values; copied at the entry of a block."""

    floats: list[tuple[n.Atom, float]] = field(default_factory=list)  # with a bound of the absolute value
    bools: list[n.Atom] = field(default_factory=list)
    counters: list[n.Atom] = field(default_factory=list)  # non-negative ints
    ranges: dict[n.Atom, list[n.Atom]] = field(default_factory=dict)  # extent -> ints in [0, extent)
    indices: list[tuple[n.Atom, n.Atom]] = field(default_factory=list)  # loop index, extent that bounds it
    arrays: dict[n.Var, Access] = field(default_factory=dict)
    maps: int = 0
    depth: int = 0

    def copy(self) -> Scope:
        return Scope(
            list(self.floats),
            list(self.bools),
            list(self.counters),
            {e: list(v) for e, v in self.ranges.items()},
            list(self.indices),
            dict(self.arrays),
            self.maps,
            self.depth,
        )

    def in_range(self, atom: n.Atom, extent: n.Atom) -> None:
        self.ranges.setdefault(extent, []).append(atom)

    def add_array(self, array: n.Var, *, write: bool = True, param: bool = False) -> None:
        self.arrays[array] = Access(array, write=write, add=write, param=param)

    def enter_map(
        self, indices: tuple[n.Var, ...], extents: tuple[n.Atom, ...], rng: random.Random, adds: bool
    ) -> None:
        """Decide for each array whether the iterations read it, own slices of it, or add to it."""
        self.maps += 1
        for array, access in self.arrays.items():
            places = self._places(access, indices)
            if access.write and places is not None and not access.aliased and rng.random() < 0.6:
                self.arrays[array] = replace(access, fixed=places)
            elif adds and access.add and access.write and not access.aliased and rng.random() < 0.4:
                self.arrays[array] = replace(access, read=False, write=False, mode="reduced")
            elif not access.read:
                pass  # it is being added to already
            else:
                self.arrays[array] = replace(access, write=False, add=False)

    def _places(self, access: Access, indices: tuple[n.Var, ...]) -> tuple[tuple[int, n.Atom], ...] | None:
        """A position for each index of the Map that distinguishes its iterations, or ``None``."""
        taken = dict(access.fixed)
        for i in indices:
            fits = [k for k, e in enumerate(access.extents) if k not in taken and i in self.ranges.get(e, ())]
            if not fits:
                return None
            taken[fits[0]] = i
        return tuple(sorted(taken.items()))


@contextmanager
def nested(holder) -> Iterator[Scope]:
    """Statements made inside see a copy of the scope, one level deeper."""
    saved = holder.scope
    holder.scope = saved.copy()
    holder.scope.depth += 1
    try:
        yield holder.scope
    finally:
        holder.scope = saved
