"""Tapes: how large, where allocated, which index; and all statements that the forward sweep gains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from s2sad.adjoint.regions import Region, Regions
from s2sad.errors import Loc, Problem, refuse
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, const

Linear = tuple[dict[str, tuple[n.Var, int]], int]  # sum of coefficient * variable, plus constant


class Tapes:
    """Collects what the forward sweep must gain: tapes before the outermost loop, pushes, saves, trip counters."""

    def __init__(self, facts: Regions, b: Builder) -> None:
        self.facts = facts
        self.b = b
        self.prologue: dict[int, list[n.Stmt]] = {}
        self.start: dict[int, list[n.Stmt]] = {}
        self.before: dict[int, list[n.Stmt]] = {}
        self.after: dict[int, list[n.Stmt]] = {}
        self.replaced: dict[int, list[n.Stmt]] = {}
        self._trips: dict[int, n.Atom] = {}
        self._sizes: dict[int, n.Atom] = {}

    # ---- the loops around a region ----------------------------------------------------------------------------------

    def loops(self, region: Region) -> list[Region]:
        """The loop and map regions around (and including) ``region``, outermost first."""
        return [r for r in reversed(region.ancestors()) if r.kind in ("loop", "map")]

    def extents(self, region: Region, loc: Loc) -> tuple[n.Atom, ...]:
        """Upper bounds of the trip numbers of the loops around ``region``, computed before the outermost of them."""
        out: list[n.Atom] = []
        for r in self.loops(region):
            if isinstance(r.owner, n.Map):
                out += [self._bounded(e, r, loc) for e in r.owner.extents]
            else:
                out.append(self._trip_bound(r, loc))
        return tuple(out)

    def index(self, region: Region) -> tuple[n.Atom, ...]:
        """Trip numbers of the loops around ``region`` in the forward sweep; 0 in a branch outside all loops."""
        out: list[n.Atom] = []
        for r in self.loops(region):
            if isinstance(r.owner, n.Map):
                out += r.owner.indices
            else:
                out.append(self._forward_trip(r))
        return tuple(out) or (const(0),)

    def numbered_by_index(self, loop: n.For | n.ReverseLoop) -> bool:
        """Whether the loop's own index can index its tapes: it starts at a small constant and steps by one, or counts down to 0."""
        start, stop, step = loop.start, loop.stop, loop.step
        if step == const(1):
            return isinstance(start, n.Const) and 0 <= start.value <= 4
        return step == const(-1) and isinstance(stop, n.Const) and -1 <= stop.value <= 4

    def trip(self, loop: n.For | n.ReverseLoop, index: n.Atom, start: n.Atom, step: n.Atom) -> n.Atom:
        """The number of the trip with ``index``; statements go where the builder is."""
        if self.numbered_by_index(loop):
            return index
        offset = index if start == const(0) else self.b.assign("sub", index, start, dtype="int64", hint="k")
        if step == const(1):
            return offset
        return self.b.assign("floordiv", offset, step, dtype="int64", hint="k")

    def _forward_trip(self, r: Region) -> n.Atom:
        if id(r) not in self._trips:
            loop = r.owner
            assert isinstance(loop, n.For | n.ReverseLoop)
            with into(self.b, self.start.setdefault(id(r), [])):
                self._trips[id(r)] = self.trip(loop, loop.index, loop.start, loop.step)
        return self._trips[id(r)]

    def outermost(self, region: Region) -> int:
        """The position in the top block of the statement that contains ``region``."""
        chain = region.ancestors()
        return chain[-2].at

    def prologue_of(self, region: Region) -> AbstractContextManager[None]:
        """Redirects the builder to just before the outermost statement around ``region``."""
        return into(self.b, self.prologue.setdefault(self.outermost(region), []))

    # ---- sizes ------------------------------------------------------------------------------------------------------

    def _trip_bound(self, r: Region, loc: Loc) -> n.Atom:
        if id(r) in self._sizes:
            return self._sizes[id(r)]
        loop = r.owner
        assert isinstance(loop, n.For | n.ReverseLoop)
        with self.prologue_of(r):
            if self.numbered_by_index(loop):
                past = (
                    self._linear_atom(loop.stop) if loop.step == const(1) else self._difference(loop.start, const(-1))
                )
                bound = self._clamp(self._upper(past, r))
            else:
                bound = self._general_bound(loop, r)
        if bound is None:
            raise self._unbounded(loc, loop.loc)
        self._sizes[id(r)] = bound
        return bound

    def _unbounded(self, loc: Loc, loop: Loc) -> Exception:
        where = f" (line {loop.line})" if loop.line else ""
        return refuse(
            Problem(
                loc if loc.line else loop,
                f"the number of trips of this loop{where} depends on data and is not known before the loops around it start, "
                "so no array can be sized to record what the reverse sweep needs",
                "bound the loop by values that are known before the outermost loop and skip trips with an if",
            )
        )

    def _general_bound(self, loop: n.For | n.ReverseLoop, r: Region) -> n.Atom | None:
        step = loop.step
        if isinstance(step, n.Const):
            low, high = (loop.start, loop.stop) if step.value > 0 else (loop.stop, loop.start)
            span = self._upper(self._difference(high, low), r)
            if span is None:
                return None
            size = abs(int(step.value))
            if size > 1:
                more = self.b.assign("add", span, const(size - 1), dtype="int64")
                span = self.b.assign("floordiv", more, const(size), dtype="int64")
            return self._clamp(span)
        if all(self._is_top(a) for a in (loop.start, loop.stop, step)):
            span = self.b.assign("sub", loop.stop, loop.start, dtype="int64")
            up = self.b.assign("gt", step, const(0), dtype="bool")
            one = self.b.assign("select", up, const(1), const(-1), dtype="int64")
            more = self.b.assign("add", span, step, dtype="int64")
            more = self.b.assign("sub", more, one, dtype="int64")
            return self._clamp(self.b.assign("floordiv", more, step, dtype="int64"))
        ends = [self._upper(self._difference(a, c), r) for a, c in ((loop.stop, loop.start), (loop.start, loop.stop))]
        if ends[0] is None or ends[1] is None:
            return None
        return self._clamp(self.b.assign("pymax", ends[0], ends[1], dtype="int64"))

    def _bounded(self, atom: n.Atom, r: Region, loc: Loc) -> n.Atom:
        if self._is_top(atom):
            return atom
        with self.prologue_of(r):
            bound = self._clamp(self._upper(self._linear_atom(atom), r))
        if bound is None:
            raise self._unbounded(loc, r.owner.loc if r.owner else loc)
        return bound

    def bound(self, atom: n.Atom, region: Region, loc: Loc) -> n.Atom:
        """An upper bound of the extent ``atom``, computed before the outermost loop around ``region``."""
        return self._bounded(atom, region, loc)

    def _clamp(self, atom: n.Atom | None) -> n.Atom | None:
        if isinstance(atom, n.Const):
            return const(max(0, int(atom.value)))
        if atom is None or self._non_negative(atom):
            return atom
        return self.b.assign("pymax", const(0), atom, dtype="int64", hint="trips")

    def _non_negative(self, atom: n.Var) -> bool:
        d = self.facts.definition.get(atom.name)
        return isinstance(d, n.Assign) and (
            d.op == "extent"
            or (d.op in ("pymax", "maximum") and any(isinstance(a, n.Const) and a.value >= 0 for a in d.args))
        )

    def _is_top(self, atom: n.Atom) -> bool:
        return isinstance(atom, n.Const) or self.facts.home[atom.name].kind == "top"

    def _linear_atom(self, atom: n.Atom) -> Linear:
        return self._difference(atom, const(0))

    def _difference(self, high: n.Atom, low: n.Atom) -> Linear:
        """``high - low`` as a linear form over top-level variables, loop indices and opaque values."""
        terms: dict[str, tuple[n.Var, int]] = {}
        total = 0
        stack = [(high, 1), (low, -1)]
        while stack:
            atom, k = stack.pop()
            if isinstance(atom, n.Const):
                total += k * int(atom.value)
                continue
            d = self.facts.definition.get(atom.name)
            if isinstance(d, n.Assign) and not self._is_top(atom):
                base = d.op.removeprefix("checked_")
                if base in ("add", "sub"):
                    stack += [(d.args[0], k), (d.args[1], k if base == "add" else -k)]
                    continue
                if base == "mul" and any(isinstance(a, n.Const) for a in d.args):
                    c, other = d.args if isinstance(d.args[0], n.Const) else d.args[::-1]
                    assert isinstance(c, n.Const)
                    stack.append((other, k * int(c.value)))
                    continue
                if base in ("neg", "copy"):
                    stack.append((d.args[0], -k if base == "neg" else k))
                    continue
            _, old = terms.get(atom.name, (atom, 0))
            terms[atom.name] = (atom, old + k)
        return {name: t for name, t in terms.items() if t[1]}, total

    def _upper(self, form: Linear, r: Region, sign: int = 1) -> n.Atom | None:
        """An atom at least (``sign`` 1) or at most (``sign`` -1) every value of ``form`` inside ``r``'s loops."""
        terms, total = form
        value: n.Atom = const(total)
        for var, k in terms.values():
            side = self._extreme(var, sign if k > 0 else -sign, r)
            if side is None:
                return None
            value = self._plus(value, side, k)
        return value

    def _plus(self, value: n.Atom, term: n.Atom, k: int) -> n.Atom:
        if isinstance(term, n.Const) and isinstance(value, n.Const):
            return const(int(value.value) + k * int(term.value))
        if abs(k) != 1:
            term = self.b.assign("mul", term, const(abs(k)), dtype="int64")
        if value == const(0) and k > 0:
            return term
        if isinstance(value, n.Const) and k > 0:
            c = int(value.value)
            return self.b.assign("add" if c >= 0 else "sub", term, const(abs(c)), dtype="int64")
        return self.b.assign("add" if k > 0 else "sub", value, term, dtype="int64")

    def _extreme(self, var: n.Var, sign: int, r: Region) -> n.Atom | None:
        """The largest (``sign`` 1) or smallest value of one variable, from its loop or definition."""
        if self._is_top(var):
            return var
        d = self.facts.definition[var.name]
        if isinstance(d, n.Map) and var in d.indices:
            if sign < 0:
                return const(0)
            return self._upper(self._difference(d.extents[d.indices.index(var)], const(1)), r)
        if isinstance(d, n.For | n.ReverseLoop) and var == d.index and isinstance(d.step, n.Const):
            rising = d.step.value > 0
            if (sign > 0) == rising:
                return self._upper(self._difference(d.stop, const(1 if rising else -1)), r, sign)
            return self._upper(self._linear_atom(d.start), r, sign)
        if isinstance(d, n.Assign) and d.op in ("pymax", "pymin", "maximum", "minimum"):
            sides = [self._upper(self._linear_atom(a), r, sign) for a in d.args]
            binding = (d.op in ("pymax", "maximum")) == (sign > 0)
            known = [s for s in sides if s is not None]
            if len(known) == 2:
                return self.b.assign(d.op, known[0], known[1], dtype="int64")
            return known[0] if known and not binding else None
        return None

    # ---- the forward sweep ------------------------------------------------------------------------------------------

    def rebuild(self) -> list[n.Stmt]:
        """The forward sweep (without its ``Return``) with everything that was collected inserted."""
        return [s for s in self._rebuild(self.facts.top) if not isinstance(s, n.Return)]

    def _rebuild(self, region: Region) -> list[n.Stmt]:
        out = list(self.start.get(id(region), ()))
        for pos, stmt in enumerate(region.stmts):
            if region.kind == "top":
                out += self.prologue.get(pos, ())
            out += self.before.get(id(stmt), ())
            if id(stmt) in self.replaced:
                out += self.replaced[id(stmt)]
            else:
                inner = tuple(tuple(self._rebuild(region.children[pos, k])) for k in range(len(walk.blocks(stmt))))
                out.append(walk.with_blocks(stmt, inner) if inner else stmt)
            out += self.after.get(id(stmt), ())
        return out


@contextmanager
def into(b: Builder, target: list[n.Stmt]) -> Iterator[None]:
    """The builder appends to ``target`` inside."""
    saved, b.out = b.out, target
    try:
        yield
    finally:
        b.out = saved
