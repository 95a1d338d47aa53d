"""For loops: unrolled over static tuples, else a ``For`` whose carried variables are found by a fixpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from s2sad.analysis.shapes import Form
from s2sad.frontend.lower import branches, lists, operators
from s2sad.frontend.lower.aliasing import entry, settle
from s2sad.frontend.lower.carries import finish, leave, revise
from s2sad.frontend.lower.iteration import Item, Trips, bind_target, static_trips, trip_count, trips
from s2sad.frontend.lower.jumps import flags_of, leave_flag
from s2sad.frontend.lower.lazily import Watch, check_loop, steady
from s2sad.frontend.lower.mark import Mark
from s2sad.frontend.lower.outcomes import NeedsStatic
from s2sad.frontend.lower.plans import Carried, GrowPlan, Plan, SlotPlan, initial, inside
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import NONE, Arr, Bad, Column, Dead, Num, Value, integer
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

_ATTEMPTS = 12
_ENDLESS = 2**63 - 1  # trips of a while loop
_NESTED = 40  # trips of an unrolled loop, each in a branch of the one before
_UNROLLED = 256  # a loop of constant bounds that needs a constant index is unrolled up to this many trips


def lower_while(c: State, node: Any) -> None:
    """An endless loop, left by its flag."""
    _Loop(c, node, Trips(integer(0), integer(_ENDLESS), integer(1), lambda k: k)).lower()


def lower_for(c: State, node: Any) -> None:
    """A for statement."""
    iterable = c.expr(node.iter)
    steady(c, [iterable])
    before = Watch.of(c)
    items = static_trips(c, iterable)
    # The loop itself refers to what it runs over, also when the body gives the name another array.
    held = f"for {len(c.frames)}.{node.lineno}.{node.col_offset}"
    c.env[held] = iterable
    if items is not None:
        _unrolled(c, node, items)
    else:
        _runtime(c, node, trips(c, iterable))
    c.env.pop(held, None)
    check_loop(c, node, iterable, before)


def _unrolled(c: State, node: Any, items: list[Item]) -> None:
    """Trip after trip; where one may leave, the rest stands in the other branch."""
    flag = leave_flag(node)
    for k, item in enumerate(items):
        c.env.update(dict.fromkeys(flags_of(node), operators.number_of(False)))
        bind_target(c, node.target, item())
        c.frame.path = (*c.frame.path, k)
        c.block(node.body)
        c.frame.path = c.frame.path[:-1]
        leave = c.env.get(flag) if flag is not None else None
        if not isinstance(leave, Num) or leave.const is False:
            continue
        rest = items[k + 1 :]
        if leave.const is None and rest:
            if len(rest) > _NESTED:
                c.refuse(f"a loop over {len(items)} values of different kinds is left by a run-time condition")
            after = c.frame.callee.live.after.get(node, frozenset())
            branches.split(c, leave, lambda: None, lambda rest=rest: _unrolled(c, node, rest), _bound(c, node), after)
        return


def _bound(c: State, node: Any) -> dict[str, None]:
    """Names that the trips of a loop bind."""
    return lists.rebound(c, [node.target, *node.body] if isinstance(node, gast.For) else node.body)


def _runtime(c: State, node: Any, t: Trips) -> None:
    known = _known_trips(t)
    if known is None or len(known) > _UNROLLED:
        _Loop(c, node, t).lower()
        return
    mark = Mark.of(c)
    c.unrollable += 1
    try:
        _Loop(c, node, t).lower()
    except NeedsStatic:
        mark.restore(c)
        c.unrollable = mark.unrollable
        _unrolled(c, node, [lambda k=k: t.item(Num(const(k), True, 32)) for k in known])
    finally:
        c.unrollable = mark.unrollable


def _known_trips(t: Trips) -> range | None:
    bounds = [t.start.const, t.stop.const, t.step.const]
    if any(b is None for b in bounds) or not t.step.const:
        return None
    return range(*(int(b) for b in bounds))  # type: ignore[arg-type]


class _Loop:
    """One run-time loop: attempts at its body until the kinds of the carried variables are stable."""

    def __init__(self, c: State, node: Any, t: Trips) -> None:
        self.c, self.node, self.trips = c, node, t
        self.loc = c.b.loc
        live = c.frame.callee.live
        self.after = live.after.get(node, frozenset())
        self.head = live.head.get(node, frozenset())
        self.bound = _bound(c, node)
        self.names = [name for name in self.bound if name in self.after or name in self.head]
        self.arrays: set[n.Var] = set()
        self.kept = False  # whether such an array is read after the loop
        self.held: dict[str, set[n.Var]] = {}  # what array names hold where a trip leaves the loop
        self.start, self.stop, self.step = (c.scalar(b, "int64") for b in (t.start, t.stop, t.step))
        if t.step.const is None:
            cond = c.assign("ne", (self.step, const(0)), "bool", "ok")
            c.check(cond, "ValueError", "range() arg 3 must not be zero")
        elif t.step.const == 0:
            c.check(const(False), "ValueError", "range() arg 3 must not be zero")
            self.step = const(1)  # never reached; a loop has a step

    def lower(self) -> None:
        c = self.c
        before = dict(c.env)
        plans = {name: initial(before.get(name)) for name in self.names}
        mark = Mark.of(c)
        for _ in range(_ATTEMPTS):
            revised = self.attempt(before, plans)
            if revised is None:
                return
            mark.restore(c)
            plans = revised
        c.refuse("the kinds of the variables carried by this loop do not settle", "assign floats before the loop")

    def attempt(self, before: dict[str, Value], plans: dict[str, Plan]) -> dict[str, Plan] | None:
        """Lower the body under ``plans``; the plans that its end calls for, or ``None`` when the loop is done."""
        c = self.c
        plans = {name: self.with_room(plan) for name, plan in plans.items()}
        before_it = (c.serial, c.stores)
        carried = [inside(c, name, plans[name], before.get(name)) for name in self.names]
        entry(c, carried)
        leaves = [leaf for item in carried for leaf in item.leaves if not isinstance(leaf.plan, SlotPlan)]
        self.arrays = {leaf.value.var for leaf in leaves if isinstance(leaf.value, Arr)}
        self.kept = any(item.name in self.after for item in carried if isinstance(item.value, Arr))
        self.held = {}
        around, c.frame.loop = c.frame.loop, self
        serial, old = c.serial, lists.held(c, [item.value for item in carried])
        hint = getattr(self.node.target, "id", "i") if isinstance(self.node, gast.For) else "trip"
        index = c.b.var(hint, n.Scalar("int64"))
        c.loops.append(before_it)
        try:
            with c.nested() as out, c.frame.binds(self.bound):
                problems = len(c.problems)
                self.body(index, carried)
                if len(c.problems) > problems:
                    raise c.silent()  # further attempts would only say it again
                ends = {item.name: lists.of_past_trip(self.end(item), old) for item in carried}
                revised = revise(c, carried, ends, self.after if self.nonempty() else frozenset())
                if revised is not None:
                    return revised
                self.unroll_if_bad(carried)
                settle(c, carried, ends, serial)
                finish(c, carried, ends)
                stop = self.left()
        finally:
            c.loops.pop()
            c.frame.loop = around
            c.frame.env = dict(before)
            c.b.loc = self.loc
        for name in self.bound:
            c.env.pop(name, None)
        carries = leave(c, carried, self.after)
        exchanged = self.exchanges(carried)
        count = None if stop is None else c.b.var("trips", n.Scalar("int64"))
        c.emit(n.For(index, self.start, self.stop, self.step, carries, tuple(out), self.loc, stop, count))
        for stmt in (stmt for item in carried for leaf in item.leaves for stmt in leaf.tail):
            c.emit(stmt)
        c.env.update(exchanged)
        return None

    def countable(self) -> bool:
        """Whether the number of trips is known when the loop starts."""
        return isinstance(self.node, gast.For) and self.trips.step.const in (1, -1) and leave_flag(self.node) is None

    def bounded(self) -> bool:
        """Whether there are at most as many trips as are known when the loop starts."""
        return isinstance(self.node, gast.For) and bool(self.trips.step.const)

    def with_room(self, plan: Plan) -> Plan:
        """``plan`` of a growing list with the number of trips."""
        return replace(plan, trips=trip_count(self.c, self.trips)) if isinstance(plan, GrowPlan) else plan

    def counted(self, index: n.Var, value: Value, plan: Plan) -> Value:
        """A growing list as it is at the start of the trip ``index``."""
        if not isinstance(plan, GrowPlan) or not isinstance(value, Column) or plan.counted:
            return value
        c = self.c
        pair = (index, self.start) if self.trips.step.const == 1 else (self.start, index)
        done = c.int_op("mul", c.int_op("sub", *pair), const(plan.per))
        return replace(value, count=Num(c.int_op("add", done, const(plan.first)), True, 32))

    def end(self, item: Carried) -> Value | None:
        """What a carried variable holds at the end of a trip."""
        value = self.c.env.get(item.name)
        if value == NONE and isinstance(item.value, Bad) and item.value.none is not None:
            return replace(item.value, none=operators.number_of(True))
        return item.value if isinstance(value, Dead) else value

    # ---- arrays that are exchanged in trips that do not leave the loop ----

    def goes_on(self, envs: list[dict[str, Value]]) -> int | None:
        """Which of two branches goes on, where the other one leaves the loop; what arrays that one holds is noted."""
        flag = leave_flag(self.node)
        flags = [] if flag is None else [env.get(flag) for env in envs]
        leaves = [isinstance(value, Num) and value.const is True for value in flags]
        if leaves.count(True) != 1:
            return None
        side = leaves.index(True)
        for name in self.names:
            value = envs[side].get(name)
            if isinstance(value, Arr):
                self.held.setdefault(name, set()).add(value.var)
        return 1 - side

    def exchanged(self, a: Value | None, b: Value | None) -> bool:
        """Whether ``a`` and ``b`` are different ones of the arrays that the loop carries."""
        if isinstance(self.node, gast.For) and self.kept:
            return False  # it may be left by a trip that exchanges them, or not
        return isinstance(a, Arr) and isinstance(b, Arr) and a != b and {a.var, b.var} <= self.arrays

    def exchanges(self, carried: list[Carried]) -> dict[str, Value]:
        """Array names after a loop whose last trip did not exchange them: they hold what the next trip would call else.

        A ``while`` loop is only left from inside, so that the last trip is always one of those.
        """
        leaves = [leaf for item in carried for leaf in item.leaves if isinstance(leaf.outer, Arr)]
        outers = {leaf.next: leaf.outer for leaf in leaves}
        result: dict[str, Value] = {}
        for leaf in leaves:
            left = self.held.get(leaf.name, set())
            if leaf.name not in self.after or left <= {leaf.next}:
                continue
            found = outers.get(next(iter(left))) if len(left) == 1 else None
            if found is not None and isinstance(self.node, gast.While):
                result[leaf.name] = found
                continue
            result[leaf.name] = Bad(
                f"{leaf.name} is one of the arrays that the loop above exchanges, depending on where it was left",
                "the exchange as the first statement of the loop, or a copy",
            )
        return result

    def left(self) -> n.Atom | None:
        """Whether this trip leaves the loop; ``None``: it never does."""
        flag = leave_flag(self.node)
        value = self.c.env.get(flag) if flag is not None else None
        if not isinstance(value, Num):
            return None
        return None if value.const is False else value.atom

    def body(self, index: n.Var, carried: list[Carried]) -> None:
        """The statements of one trip."""
        c = self.c
        c.declare(index, *(leaf.inner for item in carried for leaf in item.leaves if leaf.inner is not None))
        for leaf in (leaf for item in carried for leaf in item.leaves):
            c.declare(*leaf.sizes)
            for stmt in leaf.head:
                c.emit(stmt)
        self.index_bounds(index)
        for name in self.bound:
            c.env.pop(name, None)
        for item in carried:
            if item.value is not None:
                c.env[item.name] = self.counted(index, item.value, item.plan)
        c.env.update(dict.fromkeys(flags_of(self.node), operators.number_of(False)))
        if isinstance(self.node, gast.For):
            bind_target(c, self.node.target, self.trips.item(self.index_number(index)))
        c.block(self.node.body)

    def unroll_if_bad(self, carried: list[Carried]) -> None:
        """Where a variable that is read after the loop has no fixed kind, unrolling may help."""
        for item in carried:
            if isinstance(item.value, Bad) and item.value.unroll and item.name in self.after and self.c.unrollable:
                raise NeedsStatic(None)

    def nonempty(self) -> bool:
        """Whether there is certainly a trip."""
        shapes, one = self.c.shapes, Form(1)
        start, stop, step = shapes.form(self.start), shapes.form(self.stop), self.trips.step.const
        if step is None:
            return False
        return shapes.at_most(start + one, stop) if step > 0 else shapes.at_most(stop + one, start)

    def index_bounds(self, index: n.Var) -> None:
        shapes, one, step = self.c.shapes, Form(1), self.trips.step.const
        start, stop = shapes.form(self.start), shapes.form(self.stop)
        if step is not None and step > 0:
            shapes.bound(index, start, stop - one)
        elif step is not None and step < 0:
            shapes.bound(index, stop + one, start)

    def index_number(self, index: n.Var) -> Num:
        """The index as the Python int that it is; its magnitude is that of the bounds."""
        start, stop, step = self.trips.start, self.trips.stop, self.trips.step
        bits = max(start.bits, stop.bits)
        if step.const is not None and step.bits <= 8 and min(start.bits, stop.bits) <= 32:
            bits = min(bits, 32)  # counting further than 2**32 from a small bound is out of reach
        return Num(index, weak=not self.c.frame.numba, bits=bits)
