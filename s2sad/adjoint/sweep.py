"""The reverse sweep: the adjoint of each kind of statement, last statement first."""

from __future__ import annotations

from s2sad.adjoint import algebra
from s2sad.adjoint.customs import Customs
from s2sad.adjoint.frames import Frame, close_branches
from s2sad.adjoint.libcalls import LibCalls
from s2sad.adjoint.references import array_carries
from s2sad.adjoint.regions import Region, Regions
from s2sad.adjoint.shadows import Shadows
from s2sad.adjoint.storage import Storage
from s2sad.adjoint.tapes import into
from s2sad.analysis.activity import Activity
from s2sad.analysis.overflow import overflowing
from s2sad.errors import InternalError
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder


class Sweep:
    """One run of the reverse transformation over a function, for a given set of overwrites that save."""

    def __init__(self, facts: Regions, act: Activity, storage: Storage, b: Builder) -> None:
        self.facts = facts
        self.act = act
        self.storage = storage
        self.b = b
        self.shadows = Shadows(facts, act, storage, b)
        self.libcalls = LibCalls(facts, act, storage, self.shadows, b)
        self.customs = Customs(facts, act, storage, self.shadows, b)
        self.top = Frame(facts.top, None, b, facts)
        self.relevant: set[int] = set()
        self.guarded = overflowing(facts.fn)
        self._mark(facts.top)

    # ---- which statements have an adjoint at all ------------------------------------------------------------------

    def _mark(self, region: Region) -> bool:
        found = False
        for pos, stmt in enumerate(region.stmts):
            inner = [self._mark(region.children[pos, k]) for k in range(len(walk.blocks(stmt)))]
            if any(inner) or id(stmt) in self.storage.saves or self._has_adjoint(stmt):
                self.relevant.add(id(stmt))
                found = True
        return found

    def _has_adjoint(self, stmt: n.Stmt) -> bool:
        if isinstance(stmt, n.Store | n.Accumulate):
            return self.act.active(stmt.array)
        if isinstance(stmt, n.LibCall | n.Custom):
            return any(self.act.active(v) for v in (*walk.written(stmt), *walk.targets(stmt)))
        if isinstance(stmt, n.View):
            return False
        if isinstance(stmt, n.Alloc):
            return stmt.fill is not None and self.act.active(stmt.fill)
        return any(self.act.active(t) for t in (*walk.targets(stmt), *walk.inner_targets(stmt)))

    # ---- blocks ---------------------------------------------------------------------------------------------------

    def block(self, frame: Frame) -> None:
        """The reverse of all statements of ``frame``'s region, appended to ``frame.out``."""
        with frame.emitting():
            for pos in range(len(frame.region.stmts) - 1, -1, -1):
                stmt = frame.region.stmts[pos]
                if id(stmt) in self.relevant:
                    frame.at = pos
                    self.b.loc = stmt.loc
                    self.statement(stmt, frame)

    def statement(self, stmt: n.Stmt, frame: Frame) -> None:
        match stmt:
            case n.Assign():
                self.assign(stmt, frame)
            case n.Load():
                self.load(stmt, frame)
            case n.Store() | n.Accumulate():
                self.store(stmt, frame)
            case n.Alloc():
                self.alloc(stmt, frame)
            case n.LibCall():
                self.libcalls.reverse(stmt, frame)
            case n.Custom():
                self.customs.reverse(stmt, frame)
            case n.If():
                self.branch(stmt, frame)
            case n.For():
                self.loop(stmt, frame)
            case n.Map():
                self.map(stmt, frame)
            case _:
                raise InternalError(f"no adjoint for the statement {type(stmt).__name__}")

    def assign(self, stmt: n.Assign, frame: Frame) -> None:
        bar = frame.take(stmt.target)
        if bar is None:
            return
        templates = algebra.Templates(self.b, lambda a, exact: self.storage.need(a, frame, exact))
        for k, arg in enumerate(stmt.args):
            if self.act.is_varied(arg):
                contribution = algebra.pull(self.b, templates, stmt, k, bar, (stmt.target.name, k) in self.guarded)
                if contribution is not None:
                    frame.add(arg, contribution)

    def load(self, stmt: n.Load, frame: Frame) -> None:
        bar = frame.take(stmt.target)
        if bar is None or not self.act.is_varied(stmt.array):
            return
        shadow = self.shadows.of(stmt.array, frame)
        index = self.storage.indices(stmt.index, frame)
        self.b.add(n.Accumulate(shadow, index, bar, "plain", loc=stmt.loc))

    def store(self, stmt: n.Store | n.Accumulate, frame: Frame) -> None:
        active = self.act.active(stmt.array)
        bar: n.Var | None = None
        saved = id(stmt) in self.storage.saves
        index = self.storage.indices(stmt.index, frame)
        if active:
            shadow = self.shadows.of(stmt.array, frame)
            if isinstance(stmt.value, n.Var) and self.act.is_varied(stmt.value):
                bar = self.b.load(shadow, index, hint=stmt.value.hint + "_bar")
            if isinstance(stmt, n.Store) and not self.shadows.untouched_before(stmt, frame.region):
                self.b.add(n.Store(shadow, index, algebra.zero(stmt.array.type.dtype), loc=stmt.loc))
        if saved:
            self._restore(stmt, index, frame)
        if bar is not None:
            frame.add(stmt.value, bar)

    def _restore(self, stmt: n.Store | n.Accumulate, index: tuple[n.Atom, ...], frame: Frame) -> None:
        """Save the old value in the forward sweep, put it back here."""
        tapes = self.storage.tapes
        dtype = stmt.array.type.dtype
        with into(self.b, tapes.before.setdefault(id(stmt), [])):
            old: n.Atom = self.b.load(stmt.array, stmt.index)
        if frame.region.kind != "top":
            tape = self.storage.new_tape(stmt.array.hint + "_tape", dtype, frame.region, stmt.loc)
            push = n.Push(tape, tapes.index(frame.region), old, stmt.loc)
            tapes.before[id(stmt)].append(push)
            old = n.Var(self.b.names.fresh(stmt.array.hint), n.Scalar(dtype))
            self.b.add(n.Pop(old, tape, self.storage.trips(frame), stmt.loc))
        self.b.add(n.Store(self.storage.references.ref(stmt.array, frame), index, old, stmt.version, stmt.loc))

    def alloc(self, stmt: n.Alloc, frame: Frame) -> None:
        """``fill`` was copied into every element; after this point the shadow is dead."""
        assert isinstance(stmt.target.type, n.Array) and stmt.fill is not None
        if not self.act.active(stmt.target):
            return
        shadow = self.shadows.of(stmt.target, frame)
        total = self.b.var(stmt.target.hint + "_bar", n.Scalar(stmt.target.type.dtype))
        axes = tuple(range(stmt.target.type.ndim))
        self.b.add(n.Call(total, "sum", (shadow,), (("axis", axes), ("keepdims", False)), stmt.loc))
        frame.add(stmt.fill, total)

    # ---- nested blocks ----------------------------------------------------------------------------------------------

    def branch(self, stmt: n.If, frame: Frame) -> None:
        cond = self.storage.need(stmt.cond, frame, True)
        bars = [frame.take(j.target) for j in stmt.joins]
        sides = []
        for k in (0, 1):
            side = Frame(frame.region.children[frame.at, k], frame, self.b, self.facts)
            with side.emitting():
                for j, bar in zip(stmt.joins, bars, strict=True):
                    value = (j.then_value, j.else_value)[k]
                    if bar is not None and self.act.is_varied(value):
                        side.add(value, bar)
            self.block(side)
            sides.append(side)
        self.b.loc = stmt.loc
        joins = close_branches(self.b, frame, *sides)
        if joins or sides[0].out or sides[1].out:
            self.b.add(n.If(cond, tuple(sides[0].out), tuple(sides[1].out), joins, stmt.loc))

    def loop(self, stmt: n.For, frame: Frame) -> None:
        start, stop, step = self.storage.trips_of(stmt, frame)
        body = Frame(frame.region.children[frame.at, 0], frame, self.b, self.facts)
        index = n.Var(self.b.names.fresh(stmt.index.hint), stmt.index.type)
        body.values[stmt.index.name] = (index, True)
        references = self._reverse_references(stmt, frame, body)
        scalars = [
            c
            for c in stmt.carries
            if isinstance(c.inner.type, n.Scalar) and (self.act.active(c.inner) or self.act.active(c.outer))
        ]
        seeds = []
        for c in scalars:
            bar = frame.take(c.outer)
            inner = self.b.var(c.inner.hint + "_bar", n.Scalar(c.inner.type.dtype))
            seeds.append((c, inner, bar if bar is not None else algebra.zero(c.inner.type.dtype)))
        with body.emitting():
            for c, inner, _ in seeds:
                if self.act.is_varied(c.next):
                    body.add(c.next, inner)
        self.block(body)
        self.b.loc = stmt.loc
        carries = []
        for c, inner, init in seeds:
            with body.emitting():
                left = body.take(c.inner)
            outer = self.b.var(c.inner.hint + "_bar", n.Scalar(c.inner.type.dtype))
            carries.append((c, n.Carry(inner, init, algebra.zero(c.inner.type.dtype) if left is None else left, outer)))
        accumulated = body.close_loop(frame)
        done = (*(c for _, c in carries), *accumulated, *references)
        self.b.add(n.ReverseLoop(index, start, stop, step, done, tuple(body.out), "store", stmt.loc))
        for c, carry in carries:
            if self.act.is_varied(c.init):
                frame.add(c.init, carry.outer)

    def _reverse_references(self, stmt: n.For, frame: Frame, body: Frame) -> list[n.Carry]:
        """Carries that walk the loop's array references, and those of their shadows, back trip by trip."""
        carried = array_carries(stmt)
        order = [c.inner for c in carried]
        out: list[n.Carry] = []
        tables = []
        if carried:
            tables.append((body.refs, self.storage.references.ref, ""))
        if any(self.act.active(c.inner) for c in carried):
            tables.append((body.shadows, self.shadows.of, "_bar"))
        for table, find, suffix in tables:
            types = [self.storage.references.type_of(c.inner, frame) for c in carried]
            fresh = [n.Var(self.b.names.fresh(c.inner.hint + suffix), t) for c, t in zip(carried, types, strict=True)]
            for c, var in zip(carried, fresh, strict=True):
                assert isinstance(c.next, n.Var)
                table[c.next.name] = var
            for c, var in zip(carried, fresh, strict=True):
                outer = n.Var(self.b.names.fresh(c.inner.hint + suffix), var.type)
                assert c.inner in order
                out.append(n.Carry(var, find(c.outer, frame), table[c.inner.name], outer))
        return out

    def map(self, stmt: n.Map, frame: Frame) -> None:
        extents = tuple(self.storage.need(e, frame, True) for e in stmt.extents)
        body = Frame(frame.region.children[frame.at, 0], frame, self.b, self.facts)
        indices = tuple(n.Var(self.b.names.fresh(i.hint), i.type) for i in stmt.indices)
        for old, new in zip(stmt.indices, indices, strict=True):
            body.values[old.name] = (new, True)
        for s in stmt.sums:
            bar = frame.take(s.target)
            if bar is None:
                continue
            if self.act.is_varied(s.init):
                frame.add(s.init, bar)
            if self.act.is_varied(s.value):
                with body.emitting():
                    body.add(s.value, bar)
        self.block(body)
        self.b.loc = stmt.loc
        sums = body.close_map(frame)
        self.b.add(n.Map(indices, extents, tuple(body.out), tuple(sums), stmt.loc))
