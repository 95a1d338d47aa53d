"""Can two element accesses of one array touch the same element? Affine indices, loop bounds, an order of iterations.

Conservative: ``True`` unless it is proven that they never meet. An index that is not affine in loop indices and symbols
is an unknown, equal in both accesses only where both see the same binding.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.polyhedron import Linear, empty, number, variable
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import const


@dataclass(frozen=True)
class Range:
    """The trips of one loop index; ``ordered`` is False for a ``Map``, ``reverse`` True for a ``ReverseLoop``."""

    index: n.Var
    start: n.Atom
    stop: n.Atom
    step: n.Atom = field(default_factory=lambda: const(1))
    ordered: bool = True
    reverse: bool = False


@dataclass(frozen=True)
class Access:
    """``index`` of an element, read or written in the body of ``loops`` (outermost first)."""

    index: tuple[n.Atom, ...]
    loops: tuple[n.Var, ...]


@dataclass(frozen=True)
class Nests:
    """What affine extraction needs of a function.

    ``ranges``: every loop index's trips; ``assigned``: scalar definitions; ``around``: the loops around each binding
    (none if missing); ``accesses``: element accesses by their position in the order of ``walk``; ``nonnegative``:
    extents.
    """

    ranges: dict[n.Var, Range] = field(default_factory=dict)
    assigned: dict[n.Var, n.Assign] = field(default_factory=dict)
    around: dict[n.Var, tuple[n.Var, ...]] = field(default_factory=dict)
    accesses: dict[int, Access] = field(default_factory=dict)
    nonnegative: set[n.Var] = field(default_factory=set)

    def add(self, block: n.Block, loops: tuple[n.Var, ...] = (), position: int = 0) -> int:
        """Take in ``block``, which stands in ``loops``; the position after it."""
        for stmt in block:
            here, position = position, position + 1
            for var in (*walk.targets(stmt), *walk.inner_targets(stmt)):
                self.around[var] = loops
            inner = loops
            match stmt:
                case n.Assign():
                    self.assigned[stmt.target] = stmt
                    if stmt.op == "extent":
                        self.nonnegative.add(stmt.target)
                case n.Load() | n.Store() | n.Accumulate():
                    self.accesses[here] = Access(stmt.index, loops)
                case n.Alloc() if isinstance(stmt.target.type, n.Array):
                    self.nonnegative.update(e for e in stmt.target.type.extents if isinstance(e, n.Var))
                case n.For() | n.ReverseLoop():
                    inner = (*loops, stmt.index)
                    backwards = isinstance(stmt, n.ReverseLoop)
                    self.ranges[stmt.index] = Range(stmt.index, stmt.start, stmt.stop, stmt.step, reverse=backwards)
                    self.around.update(dict.fromkeys(walk.inner_targets(stmt), inner))
                case n.Map():
                    inner = (*loops, *stmt.indices)
                    for index, extent in zip(stmt.indices, stmt.extents, strict=True):
                        self.ranges[index] = Range(index, const(0), extent, ordered=False)
                    for k, index in enumerate(stmt.indices):
                        self.around[index] = (*loops, *stmt.indices[: k + 1])
                case _:
                    pass
            for sub in walk.blocks(stmt):
                position = self.add(sub, inner, position)
        return position


def nests(fn: n.Function) -> Nests:
    """The loops, definitions and element accesses of ``fn``."""
    facts = Nests()
    facts.add(fn.body)
    return facts


def may_overlap(facts: Nests, first: Access, second: Access, order: str = "any", fixed: int = 0) -> bool:
    """Whether the two accesses of one array can touch one element.

    Parameters
    ----------
    facts : Nests
        Of the function that both are in.
    first, second : Access
        Their shared loops are the common prefix of their ``loops``.
    order : {"any", "same", "after", "from", "different"}
        Of the iterations of the shared loops: no constraint; the same iteration; the second strictly after the first;
        the same or after; not the same. (In a ``Map``, "after" is "different".)
    fixed : int
        So many outermost shared loops are in the same iteration anyhow.

    Returns
    -------
    bool
        False only if it is proven that they never meet.
    """
    shared = 0
    while shared < min(len(first.loops), len(second.loops)) and first.loops[shared] == second.loops[shared]:
        shared += 1
    if len(first.index) != len(second.index):
        return True
    if order == "any":
        return not _System(facts, first, second, min(fixed, shared)).never_meet([])
    if order in ("same", "from") and not _System(facts, first, second, shared).never_meet([]):
        return True
    if order == "same":
        return False
    for level in range(fixed, shared):
        system = _System(facts, first, second, level)
        if any(not system.never_meet([later]) for later in system.orders(first.loops[level], order)):
            return True
    return False


class _System:
    """The constraints on two accesses whose outermost ``equal`` loops are in the same iteration."""

    def __init__(self, facts: Nests, first: Access, second: Access, equal: int) -> None:
        self.facts = facts
        self.fixed = first.loops[:equal]
        self.equalities: list[Linear] = []
        self.bounds: list[Linear] = []
        self._forms: dict[tuple[n.Var, int], Linear] = {}
        for access, side in ((first, 1), (second, 2)):
            for index in access.loops:
                self._bound(index, side)
        for a, b in zip(first.index, second.index, strict=True):
            self.equalities.append(self.form(a, 1) - self.form(b, 2))

    def never_meet(self, more: list[Linear]) -> bool:
        return empty(self.equalities, self.bounds + more)

    def orders(self, index: n.Var, order: str) -> list[Linear]:
        """Constraints of which one holds if the second access is in a later trip of the loop over ``index``."""
        trips = self.facts.ranges[index]
        ahead = (self.form(index, 2) - self.form(index, 1)).shifted(-1)
        behind = (self.form(index, 1) - self.form(index, 2)).shifted(-1)
        if order == "different" or not trips.ordered or not isinstance(trips.step, n.Const):
            return [ahead, behind]
        return [ahead if (trips.step.value > 0) != trips.reverse else behind]

    def _side(self, var: n.Var, side: int) -> int:
        """0 if both accesses see the same binding of ``var``."""
        around = self.facts.around.get(var, ())
        return 0 if around == self.fixed[: len(around)] else side

    def _bound(self, index: n.Var, side: int) -> None:
        trips = self.facts.ranges[index]
        i, start, stop = self.form(index, side), self.form(trips.start, side), self.form(trips.stop, side)
        if not isinstance(trips.step, n.Const):
            return
        step = int(trips.step.value)
        if step > 0:
            self.bounds += [i - start, (stop - i).shifted(-1)]
        else:
            self.bounds += [start - i, (i - stop).shifted(-1)]
        if abs(step) > 1:
            count = variable((index, self._side(index, side), "trip"))
            self.equalities.append((i - start).plus(count, -step))

    def form(self, atom: n.Atom, side: int) -> Linear:
        """``atom`` as a linear form of loop indices and symbols, as the access ``side`` sees them."""
        if isinstance(atom, n.Const):
            return number(int(atom.value))
        key = (atom, self._side(atom, side))
        if key not in self._forms:
            self._forms[key] = self._assigned(atom, side) or self._unknown(atom, side)
        return self._forms[key]

    def _unknown(self, var: n.Var, side: int) -> Linear:
        form = variable((var, self._side(var, side)))
        if var in self.facts.nonnegative:
            self.bounds.append(form)
        return form

    def _assigned(self, var: n.Var, side: int) -> Linear | None:
        """The form of ``var``'s definition if that is affine."""
        stmt = self.facts.assigned.get(var)
        if stmt is None or stmt.op == "extent" or not _is_exact(stmt):
            return None
        args = [self.form(a, side) for a in stmt.args]
        match stmt.op.removeprefix("checked_"):
            case "add":
                return args[0] + args[1]
            case "sub":
                return args[0] - args[1]
            case "neg":
                return args[0].scaled(-1)
            case "copy" | "cast":
                return args[0]
            case "mul" if not args[0].terms or not args[1].terms:
                return args[1].scaled(args[0].constant) if not args[0].terms else args[0].scaled(args[1].constant)
            case "floordiv" | "mod" if not args[1].terms and args[1].constant > 0:
                return self._divided(var, args[0], args[1].constant, side, stmt.op == "mod")
            case "index" | "wrap":
                return self._normalized(stmt, args[0], args[1], side)
            case _:
                return None

    def _divided(self, var: n.Var, value: Linear, divisor: int, side: int, remainder: bool) -> Linear:
        """``value // divisor`` is the integer q with ``0 <= value - divisor*q < divisor``."""
        quotient = variable((var, self._side(var, side), "quotient"))
        rest = value.plus(quotient, -divisor)
        self.bounds += [rest, rest.scaled(-1).shifted(divisor - 1)]
        return rest if remainder else quotient

    def _normalized(self, stmt: n.Assign, value: Linear, extent: Linear, side: int) -> Linear:
        """An index that may count from the end: ``value``, or ``value + extent`` if it is negative."""
        if empty([], [*self.bounds, value.scaled(-1).shifted(-1)]):
            return value
        if empty([], [*self.bounds, value]):
            return value + extent
        form = self._unknown(stmt.target, side)
        if stmt.op == "index":  # it raises outside
            self.bounds += [form, (extent - form).shifted(-1)]
        return form


def _is_exact(stmt: n.Assign) -> bool:
    """Whether integer arithmetic does not wrap (int64 is taken not to, in indices)."""
    exact = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32") if stmt.op == "cast" else ("int64",)
    return stmt.target.type.dtype == "int64" and all(a.type.dtype in exact for a in stmt.args)
