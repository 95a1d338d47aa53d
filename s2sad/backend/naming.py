"""Out of SSA: which variables share one Python name, and which name it is.

Variables that a phi connects (a carry's inner, init, next and outer; a join's target and values; a sum's target
and init) become one class whenever their live ranges are disjoint; where they are not (lost copy, swap) the
printer emits copies. A class then takes the name that its hint asks for if no other holder of that name is alive
at the same time, and else the next of ``x1``, ``x2``, ... Numba gives a name one type, so variables of different
types never share one.
"""

from __future__ import annotations

import builtins
import keyword
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from s2sad.backend.fold import Plan, is_temporary
from s2sad.backend.liveness import Interval, live_ranges, merged, overlap
from s2sad.ir import nodes as n
from s2sad.ir import walk

MODULES = frozenset({"np", "math", "rt", "numba"})
BUILTINS = frozenset(
    {
        "range",
        "len",
        "abs",
        "min",
        "max",
        "int",
        "float",
        "bool",
        "round",
        "pow",
        "divmod",
        "sum",
        "print",
        "isinstance",
    }
    | {name for name in dir(builtins) if name[0].isupper()}
)
RESERVED = MODULES | BUILTINS | frozenset(keyword.kwlist)

TypeKey = tuple[object, ...]


def type_key(type: n.Type) -> TypeKey:
    """What must agree for two variables to share a name."""
    if isinstance(type, n.Scalar):
        return ("scalar", type.dtype)
    return ("array", type.dtype, type.ndim, type.layout)


@dataclass(eq=False)
class _Class:
    members: list[n.Var]
    intervals: list[Interval]
    fixed: str | None = None  # a parameter's name
    hints: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> TypeKey:
        return type_key(self.members[0].type)

    def hint(self) -> str:
        """The commonest hint of the members, the user's before the compiler's."""
        best = min(self.hints, key=lambda h: (is_temporary(h), -self.hints[h]))
        return best if best.isidentifier() else "t"


class Names:
    """The Python name of each variable of a function.

    Attributes
    ----------
    used
        Variables that the text reads somewhere (others need no copy).
    """

    def __init__(self, fn: n.Function, plan: Plan, reserved: frozenset[str] = frozenset()) -> None:
        self._plan = plan
        self._reserved = RESERVED | reserved
        ranges = live_ranges(fn, plan)
        self._class = {name: _Class([var], ranges.of[name]) for name, var in ranges.vars.items()}
        for c in self._class.values():
            c.hints[c.members[0].hint] += 1
        self.used = _used(fn, plan)
        self._fix_params(fn)
        self._coalesce(fn)
        self._taken: dict[str, tuple[TypeKey, list[Interval]]] = {}
        self._text: dict[str, str] = {}
        self._assign(fn)

    def __getitem__(self, var: n.Var) -> str:
        return self._text[var.name]

    def types(self) -> tuple[tuple[str, str, int], ...]:
        """Name, dtype and dimensions (-1 for a scalar) of every local variable, sorted."""
        out = set()
        for c in self._class.values():
            for var in c.members:
                if var.name in self._text and var.type.dtype != "generator":
                    ndim = var.type.ndim if isinstance(var.type, n.Array) else -1
                    out.add((self._text[var.name], var.type.dtype, ndim))
        return tuple(sorted(out))

    def fresh(self, hint: str) -> str:
        """A name that nothing else in the function has."""
        name = next(c for c in _candidates(hint) if c not in self._taken and c not in self._reserved)
        self._taken[name] = (("fresh", name), [(0, 1 << 62)])
        return name

    # ---- classes ----

    def _fix_params(self, fn: n.Function) -> None:
        for param in fn.params:
            if isinstance(param.tree, n.Var):
                self._class[param.tree.name].fixed = param.name

    def _coalesce(self, fn: n.Function) -> None:
        pairs = [pair for stmt in walk.walk(fn.body) for pair in _phi_pairs(stmt)]
        simple = {
            v.name for s in walk.walk(fn.body) if isinstance(s, n.Assign | n.Load | n.Pop) for v in walk.targets(s)
        }
        counts: Counter[str] = Counter()
        for s in walk.walk(fn.body):
            for atoms in (walk.uses(s), *walk.end_uses(s)):
                counts.update(a.name for a in atoms if isinstance(a, n.Var))
        for same in (True, False):
            for phi, other in pairs:
                private = other.name in simple and counts[other.name] == 1
                alike = phi.hint == other.hint
                if alike if same else (private or is_temporary(phi.hint) or is_temporary(other.hint)):
                    self._merge(phi, other)

    def _merge(self, a: n.Var, b: n.Var) -> None:
        ca, cb = self._class.get(a.name), self._class.get(b.name)
        if ca is None or cb is None or ca is cb or ca.key != cb.key or (ca.fixed and cb.fixed):
            return
        fixed = ca.fixed or cb.fixed
        if fixed and a.hint != b.hint:
            return  # a parameter keeps its name for itself
        if overlap(ca.intervals, cb.intervals):
            return
        if len(ca.members) < len(cb.members):
            ca, cb = cb, ca
        ca.intervals = merged(ca.intervals + cb.intervals)
        ca.members += cb.members
        ca.hints += cb.hints
        ca.fixed = fixed
        for var in cb.members:
            self._class[var.name] = ca

    # ---- names ----

    def _assign(self, fn: n.Function) -> None:
        classes = list(dict.fromkeys(self._class.values()))
        wished = {c.hint() for c in classes}
        for param in fn.params:
            if not isinstance(param.tree, n.Var):
                self._taken[param.name] = (("param", param.name), [(0, 1 << 62)])
        for c in classes:
            if c.fixed is not None:
                self._give(c, c.fixed)
        loops = {v.name for stmt in walk.walk(fn.body) for v in walk.inner_targets(stmt)}

        def order(c: _Class) -> tuple[bool, Interval]:
            """By definition; but a loop's variable called ``t`` is likely the user's, and precedes the compiler's."""
            return not (is_temporary(c.hint()) and any(v.name in loops for v in c.members)), c.intervals[0]

        pools: dict[tuple, _Pool] = {}
        for c in sorted(classes, key=order):
            if c.fixed is None:
                first, start = order(c)
                pool = pools.setdefault((c.hint(), c.key, first), _Pool(c.hint()))
                pool.release(start[0])
                self._give(c, pool.take(lambda name, c=c: self._fits(name, c, wished), start[1]))

    def _fits(self, name: str, c: _Class, wished: set[str]) -> bool | None:
        """Whether ``c`` can have the name now; ``None``: nothing of its hint and type ever can."""
        if name in self._reserved or (name in wished and name != c.hint()):
            return None
        holder = self._taken.get(name)
        if holder is None:
            return True
        return None if holder[0] != c.key else not _meets(holder[1], c.intervals)

    def _give(self, c: _Class, name: str) -> None:
        _, held = self._taken.setdefault(name, (c.key, []))
        for interval in c.intervals:
            held.insert(bisect_left(held, interval), interval)
        for var in c.members:
            self._text[var.name] = name


class _Pool:
    """The candidates of one hint for classes that come in the order of their definition; the first that fits is taken.

    A candidate is looked at again only after the first interval of its last holder: many values alive at once do
    not make the search quadratic.
    """

    def __init__(self, hint: str) -> None:
        self.new = enumerate(_candidates(hint))
        self.free: list[tuple[int, str]] = []
        self.busy: list[tuple[int, int, str]] = []  # position up to which it is held, number, name

    def release(self, start: int) -> None:
        while self.busy and self.busy[0][0] < start:
            _, k, name = heappop(self.busy)
            heappush(self.free, (k, name))

    def take(self, fits: Callable[[str], bool | None], end: int) -> str:
        passed = []
        while True:
            k, name = heappop(self.free) if self.free else next(self.new)
            fit = fits(name)
            if fit:
                break
            if fit is not None:
                passed.append((k, name))
        for item in passed:
            heappush(self.free, item)
        heappush(self.busy, (end, k, name))
        return name


def _meets(held: list[Interval], wanted: list[Interval]) -> bool:
    """Whether one of ``wanted`` overlaps the sorted, disjoint ``held``."""
    for low, high in wanted:
        k = bisect_left(held, (low, low))
        if (k < len(held) and held[k][0] <= high) or (k > 0 and held[k - 1][1] >= low):
            return True
    return False


def _candidates(hint: str):
    """``x``, ``x1``, ``x2``, ...; after a digit ``x1_1``, ``x1_2``, ..."""
    yield hint
    joint = "_" if hint[-1].isdigit() else ""
    k = 1
    while True:
        yield f"{hint}{joint}{k}"
        k += 1


def _phi_pairs(stmt: n.Stmt):
    """Pairs of variables that would best share a name, the most valuable first."""
    match stmt:
        case n.For() | n.ReverseLoop():
            groups = [
                (c.inner, other)
                for part in ("outer", "next", "init")
                for c in stmt.carries
                for other in (getattr(c, part),)
            ]
        case n.If():
            groups = [(j.target, v) for j in stmt.joins for v in (j.then_value, j.else_value)]
        case n.Map():
            groups = [(s.target, s.init) for s in stmt.sums]
        case _:
            return
    for phi, other in groups:
        if isinstance(other, n.Var):
            yield phi, other


def _used(fn: n.Function, plan: Plan) -> frozenset[str]:
    found: set[str] = set()
    for stmt in walk.walk(fn.body):
        if not plan.skips(stmt):
            for atoms in (walk.uses(stmt), *walk.end_uses(stmt)):
                found.update(v.name for v in plan.atoms(atoms))
    return frozenset(found)
