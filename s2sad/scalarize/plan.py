"""Which array expressions are computed where they are used, and which become arrays of their own.

An elementwise ``Call`` is inlined into the loop of its consumer if

- it has one consumer, in the same block, that reads each element at most once and at one offset (else the work would
  be repeated, and chained stencils would grow exponentially), or repeats at most two flops and no function call;
- memory that it reads has, where the consumer runs, the version it had at the ``Call``;
- the loop body stays under ``MAX_OPS`` scalar operations and ``MAX_ARRAYS`` arrays.

Everything else is materialized at its own place. Decisions are made backwards, so the place where a consumer runs is
known before its producers'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.versions import Versions
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.rules.registry import OPS
from s2sad.scalarize.index import ONE, is_index_view, shape

MAX_OPS = 60
MAX_ARRAYS = 12
CHEAP = 2
REDUCTIONS = frozenset({"sum", "max", "min", "argmax", "argmin"})


@dataclass(frozen=True)
class Plan:
    """What becomes of each value and view.

    ``inlined``: targets of Calls that are evaluated at their consumer; ``unused``: targets that nobody reads; ``kept``:
    Views that stay.
    """

    inlined: frozenset[n.Var]
    unused: frozenset[n.Var]
    kept: frozenset[n.Var]


@dataclass(frozen=True)
class _Use:
    stmt: n.Stmt
    position: int
    block: int
    elementwise: bool  # the user computes element by element what it reads


@dataclass
class _Group:
    """One loop body in the making: what is evaluated together at ``position``."""

    position: int
    block: int
    ops: int = 1
    arrays: set[n.Var] = field(default_factory=set)


@dataclass(frozen=True)
class _Place:
    """Where a ``Call`` is evaluated; ``repeated`` counts the flops that run more than once per element, if any."""

    group: _Group
    repeated: list[int] | None = None


def plan(fn: n.Function, versions: Versions) -> Plan:
    """The plan for ``fn``, whose memory versions are ``versions``."""
    survey = _Survey(fn)
    places: dict[n.Var, _Place] = {}
    groups: dict[int, _Group] = {}
    inlined: set[n.Var] = set()
    for call, position in reversed(survey.calls):
        place = _Chooser(survey, versions, places, groups).place(call, position)
        if place is not None:
            inlined.add(call.target)
            places[call.target] = place
    unused = {call.target for call, _ in survey.calls if not survey.uses.get(call.target)}
    return Plan(frozenset(inlined), frozenset(unused), frozenset(survey.kept()))


def cost(fn: str) -> int:
    """Flops per element of an elementwise ``Call.fn``."""
    if fn in ("copy", "cast"):
        return 0
    return OPS[fn].cost if fn in OPS else CHEAP


class _Survey:
    """All elementwise Calls, views, and who uses which array."""

    def __init__(self, fn: n.Function) -> None:
        self.calls: list[tuple[n.Call, int]] = []
        self.views: dict[n.Var, n.View] = {}
        self.uses: dict[n.Var, list[_Use]] = {}
        self.block_of: list[int] = []
        self._blocks = 0
        self._scan(fn.body)

    def _scan(self, block: n.Block) -> None:
        self._blocks += 1
        number = self._blocks
        for stmt in block:
            position = len(self.block_of)
            self.block_of.append(number)
            self._note(stmt, position, number)
            for inner, ends in zip(walk.blocks(stmt), walk.end_uses(stmt), strict=True):
                self._scan(inner)
                for atom in ends:
                    self._use(atom, _Use(stmt, position, -1, False))

    def _note(self, stmt: n.Stmt, position: int, block: int) -> None:
        if isinstance(stmt, n.View):
            self.views[stmt.target] = stmt
        elif isinstance(stmt, n.Call) and stmt.fn not in REDUCTIONS and isinstance(stmt.target.type, n.Array):
            self.calls.append((stmt, position))
        array = stmt.array if isinstance(stmt, n.Store | n.Accumulate) else None
        whole = array is not None and isinstance(stmt, n.Store | n.Accumulate) and stmt.index == ()
        elementwise = whole or (isinstance(stmt, n.Call) and (stmt.fn == "sum" or stmt.fn not in REDUCTIONS))
        if array is not None:
            self._use(array, _Use(stmt, position, block, False))
        for atom in walk.uses(stmt)[0 if array is None else 1 :]:
            self._use(atom, _Use(stmt, position, block, elementwise))

    def _use(self, atom: n.Atom, use: _Use) -> None:
        if isinstance(atom, n.Var) and isinstance(atom.type, n.Array):
            self.uses.setdefault(atom, []).append(use)

    def source(self, var: n.Var) -> n.Var:
        """The array whose elements ``var``'s elements are, through views."""
        while var in self.views:
            var = self.views[var].base
        return var

    def kept(self) -> set[n.Var]:
        """Views that cannot be written as indices, or that something takes as a whole."""
        kept: set[n.Var] = set()
        for var, view in reversed(self.views.items()):
            whole = not is_index_view(view)
            for use in self.uses.get(var, ()):
                if isinstance(use.stmt, n.View):
                    whole |= use.stmt.target in kept
                else:
                    whole |= not isinstance(use.stmt, n.Load | n.Store | n.Accumulate | n.Call | n.Push)
            if whole:
                kept.add(var)
        return kept


@dataclass(frozen=True)
class _Chooser:
    survey: _Survey
    versions: Versions
    places: dict[n.Var, _Place]
    groups: dict[int, _Group]

    def place(self, call: n.Call, position: int) -> _Place | None:
        """Where ``call``, which stands at ``position``, may be evaluated instead; ``None``: nowhere else."""
        found = self._consumer(call.target)
        if found is None:
            return None
        use, read = found
        if use.block != self.survey.block_of[position]:
            return None
        outer = self._place_of(use)
        repeated = outer.repeated
        if repeated is None and _broadcasts(shape(read), _consumed_shape(use.stmt)):
            repeated = [0]
        if repeated is not None and repeated[0] + cost(call.fn) > CHEAP:
            return None
        group = outer.group
        sources = {self.survey.source(a) for a in call.args if isinstance(a, n.Var) and shape(a)}
        if any(self.versions.before(position, a) != self.versions.before(group.position, a) for a in sources):
            return None
        arrays = (group.arrays - {call.target}) | sources
        if group.ops + 1 > MAX_OPS or len(arrays) > MAX_ARRAYS:
            return None
        group.ops += 1
        group.arrays = arrays
        if repeated is not None:
            repeated[0] += cost(call.fn)
        return _Place(group, repeated)

    def _consumer(self, var: n.Var) -> tuple[_Use, n.Var] | None:
        """The only user of ``var``'s elements, and the view of ``var`` that it reads."""
        while True:
            uses = self.survey.uses.get(var, [])
            if not uses or any(u.stmt is not uses[0].stmt for u in uses):
                return None
            view = uses[0].stmt
            if not isinstance(view, n.View):
                return (uses[0], var) if all(u.elementwise for u in uses) else None
            if not is_index_view(view):
                return None
            var = view.target

    def _place_of(self, use: _Use) -> _Place:
        """Where the consumer itself is evaluated."""
        stmt = use.stmt
        if isinstance(stmt, n.Call) and stmt.target in self.places:
            return self.places[stmt.target]
        if use.position not in self.groups:
            sources = {self.survey.source(a) for a in walk.uses(stmt) if isinstance(a, n.Var) and shape(a)}
            self.groups[use.position] = _Group(use.position, use.block, 1, sources)
        return _Place(self.groups[use.position])


def _consumed_shape(stmt: n.Stmt) -> tuple[n.Atom, ...] | None:
    """The extents of the loop that the consumer runs; ``None``: those of what it reads."""
    if isinstance(stmt, n.Store | n.Accumulate):
        return shape(stmt.array)
    if isinstance(stmt, n.Call) and stmt.fn not in REDUCTIONS:
        return shape(stmt.target)
    return None


def _broadcasts(read: tuple[n.Atom, ...], loop: tuple[n.Atom, ...] | None) -> bool:
    """Whether one element of what is read serves several iterations."""
    if loop is None:
        return False
    missing = len(loop) - len(read)
    if any(e != ONE for e in loop[:missing]):
        return True
    return any(r == ONE and e != ONE for r, e in zip(read, loop[missing:], strict=True))
