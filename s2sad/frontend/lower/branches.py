"""Branches: both arms are lowered, and what they leave in a name that is read later is joined."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import gast

from s2sad.analysis.types import Kind, join
from s2sad.frontend.lower import columns, lists, operators, optional
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.arms import Arm, arm_of, joined_numbers, resumed
from s2sad.frontend.lower.failures import failure
from s2sad.frontend.lower.liveness import RETURN
from s2sad.frontend.lower.outcomes import Diverges, Fork
from s2sad.frontend.lower.sharing import exchanged, exclusive, inherits, unread
from s2sad.frontend.lower.sized import largest, shrunk, store_first
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.unassigned import UNASSIGNED
from s2sad.frontend.lower.values import NONE, Arr, Bad, Column, Dead, Num, Tup, Value, describe, ordered
from s2sad.frontend.paths import raises
from s2sad.ir import nodes as n

_ZEROS = {"b": False, "f": 0.0}


def lower_if(c: State, node: Any) -> None:
    """An if statement."""
    cond = operators.truth(c, c.expr(node.test))
    if cond.const is not None:
        c.block(node.body if cond.const else node.orelse)
        return
    if raises(node.body) or raises(node.orelse):
        _one_way(c, node, cond)
        return
    after = c.frame.callee.live.after.get(node, frozenset())
    names = lists.rebound(c, [*node.body, *node.orelse])
    then, orelse = (_narrowed(c, node.test, k == 0, block) for k, block in enumerate((node.body, node.orelse)))
    split(c, cond, then, orelse, names, after)


def _narrowed(c: State, test: Any, holds: bool, block: list[Any]) -> Callable[[], None]:
    def run() -> None:
        optional.narrow(c, test, holds)
        c.block(block)

    return run


def split(
    c: State,
    cond: Num,
    then: Callable[[], None],
    orelse: Callable[[], None],
    names: Collection[str],
    after: frozenset[str],
) -> None:
    """``then()`` or ``orelse()``, which bind ``names``; those in ``after``, which are read later, are joined."""
    frame, before = c.frame, c.env
    loc = c.b.loc
    with frame.binds(names):
        arms = [arm_of(c, before, body) for body in (then, orelse)]
    c.b.loc = loc
    on = None if frame.loop is None else frame.loop.goes_on([arm.env for arm in arms])
    joins: list[n.Join] = []
    later: dict[n.Var, tuple[n.Stmt, ...]] = {}  # what makes the arrays whose extents the sides decide
    envs = [arm.env for arm in arms]
    around, c.together = c.together, exchanged(names, after, envs) | unread([*envs, before], after)
    opposite: list[str] = []  # names that are true where the condition is false
    for name in names:
        old = before.pop(name, None)
        if name in after:
            left, right = (arm.env.get(name) for arm in arms)
            if name == RETURN and frame.callee.total:  # a side without a result does not get to the end
                left, right = (Dead() if value is None else value for value in (left, right))
            if on is not None and frame.loop is not None and frame.loop.exchanged(left, right):
                before[name] = arms[on].env[name]
            elif _is(left, False) and _is(right, True):
                opposite.append(name)
            elif _is(left, True) and _is(right, False):
                before[name] = Num(cond.atom, weak=True, bits=1)
            elif left is not None or right is not None or name not in frame.callee.safe:
                hint = "result" if name == RETURN else name
                joined = _join(c, hint, left, right, arms, joins)
                if name == RETURN and isinstance(joined, Bad) and NONE in (left, right):
                    texts = ("some paths return no value", "return a value at the end of every path")
                    joined = replace(joined, reason=texts[0], alternative=texts[1])
                carried = name in getattr(frame.loop, "names", ()) and left is not None and right is not None
                if isinstance(joined, Bad) and joined.none is None and (carried or name == RETURN):
                    joined = _sized(c, hint, (left, right), old, arms, joins, later) or joined
                if isinstance(joined, Bad) and joined.reason and left is not None and right is not None:
                    joined = replace(joined, fork=None if name == RETURN else joined.fork or (frame, frame.top))
                before[name] = joined
    c.together = around
    c.emit(n.If(cond.atom, tuple(arms[0].out), tuple(arms[1].out), tuple(joins), loc))
    for stmt in (s for value in before.values() if isinstance(value, Arr) for s in later.get(value.var, ())):
        c.emit(stmt)
    if opposite:
        before.update(dict.fromkeys(opposite, operators.negate(c, cond)))


def _is(value: Value | None, known: bool) -> bool:
    return isinstance(value, Num) and value.weak and value.const is known


def _one_way(c: State, node: Any, cond: Num) -> None:
    """A branch that only goes on where it does not raise: what it leaves needs no joins."""
    dead = raises(node.body)
    failing, rest = (node.body, node.orelse) if dead else (node.orelse, node.body)
    loc = c.b.loc
    if len(failing) == 1 and isinstance(failing[0], gast.Raise):
        c.b.loc = c.frame.loc(failing[0])
        with c.at(failing[0]):
            error, message = failure(c, failing[0])
        c.check(operators.negate(c, cond).atom if dead else cond.atom, error, message)
    else:
        arm = arm_of(c, c.env, lambda: c.block(failing))
        c.b.loc = loc
        c.emit(n.If(cond.atom, *((tuple(arm.out), ()) if dead else ((), tuple(arm.out))), (), loc))
    c.b.loc = loc
    c.block(rest)


def choose(c: State, cond: Num, then: Callable[[], Value], orelse: Callable[[], Value], hint: str) -> Value:
    """``then() if cond else orelse()``: only one of them is evaluated."""
    before = c.env
    arms = [arm_of(c, before, lambda f=f: _known(f)) for f in (then, orelse)]
    if all(isinstance(arm.value, Dead) for arm in arms):
        raise Diverges
    joins: list[n.Join] = []
    value = _join(c, hint, arms[0].value, arms[1].value, arms, joins)
    if isinstance(value, Bad):
        top = c.frame.top
        if isinstance(top, gast.Assign) and isinstance(top.value, gast.IfExp):
            raise Fork(c.problem(value.reason, value.alternative), c.frame, top)
        c.refuse(value.reason, value.alternative)
    c.emit(n.If(cond.atom, tuple(arms[0].out), tuple(arms[1].out), tuple(joins), c.b.loc))
    return value


def _known(f: Callable[[], Value]) -> Value:
    try:
        return f()
    except Diverges:
        return Dead()


def _join(c: State, name: str, then: Value | None, orelse: Value | None, arms: list[Arm], joins: list[n.Join]) -> Value:
    if isinstance(then, Dead) or isinstance(orelse, Dead):
        value = orelse if isinstance(then, Dead) else then
        if value is None or isinstance(value, Dead):
            return Dead()
        sides = (None, value) if isinstance(then, Dead) else (value, None)
        return _one_sided(c, name, *sides, arms, joins)
    if then is None or orelse is None:
        for side in (then, orelse):
            if isinstance(side, Bad):
                return side  # its reason has not been reported yet
        if name in c.frame.callee.safe:
            return _one_sided(c, name, then, orelse, arms, joins)
        fork = (c.frame, UNASSIGNED)
        return Bad(
            f"{name} may be unassigned here: only one branch assigns it", f"assign {name} before the if", fork=fork
        )
    if then == orelse and lists.same_lists(then, orelse):
        return then
    if optional.either(then, orelse):
        return _join_optional(c, name, then, orelse, arms, joins)
    for value in (then, orelse):
        if isinstance(value, Bad):
            return value
    if isinstance(then, Tup) and isinstance(orelse, Tup) and _alike(then, orelse):
        pairs = zip(then.items, orelse.items, strict=True)
        items = tuple(_join(c, f"{name}_{k}", a, b, arms, joins) for k, (a, b) in enumerate(pairs))
        return Tup(items, then.cls, then.is_list, then.tokens | orelse.tokens)
    if isinstance(then, Num) and isinstance(orelse, Num):
        return joined_numbers(c, name, then, orelse, arms, joins)
    if isinstance(then, Arr) and isinstance(orelse, Arr):
        return _join_arrays(c, name, then, orelse, arms)
    if isinstance(then, Column) and isinstance(orelse, Column) and then.rows.arrays == orelse.rows.arrays:
        return _join_columns(c, name, then, orelse, arms, joins)
    sized = [v for v in (then, orelse) if isinstance(v, Column) or (isinstance(v, Tup) and v.tokens)]
    if len(sized) == 2:
        what = f"how many items {name} has depends on a branch"
        return Bad(what, "np.where, or an array made before: np.empty(n)", grown=lists.longer(then, orelse))
    return Bad(
        f"{name} is {describe(then)} after one branch and {describe(orelse)} after the other",
        "values of one kind from both branches",
    )


def _join_optional(
    c: State, name: str, then: Value | None, orelse: Value | None, arms: list[Arm], joins: list[n.Join]
) -> Bad:
    """A value that is ``None`` on some paths."""
    (no_left, left), (no_right, right) = optional.parts(then) or (None, None), optional.parts(orelse) or (None, None)
    assert no_left is not None and no_right is not None
    sides = (left, right)
    held = _one_sided(c, name, *sides, arms, joins, True) if None in sides else _join(c, name, left, right, arms, joins)  # type: ignore[arg-type]
    if isinstance(held, Bad):
        return held
    none = joined_numbers(c, f"no_{name}", no_left, no_right, arms, joins)
    return Bad(f"{name} may be None here", f"if {name} is not None: ...", none=none, held=held)


def _one_sided(
    c: State, name: str, then: Value | None, orelse: Value | None, arms: list[Arm], joins: list[n.Join],
    filled: bool = False,
) -> Value:  # fmt: skip
    """What one branch left in a name that no path through the other one reads."""
    value, arm = (then, arms[0]) if then is not None else (orelse, arms[1])
    match value:
        case Num() if not c.available(value.atom):
            other = Num(n.Const(_ZEROS.get(value.dtype[0], 0), n.Scalar(value.dtype)), value.weak, 1)
            pair = (value, other) if then is not None else (other, value)
            return joined_numbers(c, name, *pair, arms, joins)
        case Tup():
            sides = [(i, None) if then is not None else (None, i) for i in value.items]
            items = tuple(_one_sided(c, f"{name}_{k}", *side, arms, joins, filled) for k, side in enumerate(sides))
            return Tup(items, value.cls, value.is_list, value.tokens)
        case Arr() if not c.available(value.var):
            if not all(map(c.available, value.extents)):
                return Bad(f"the shape of {name} is only known in the branch", f"{name} = np.empty(shape) before it")
            fill = n.Const(_ZEROS.get(value.dtype[0], 0), n.Scalar(value.dtype)) if filled else None
            return _copied(c, name, value.dtype, value.extents, [(arm, value)], arms, fill)
    return value if value is not None else Bad()


def _join_columns(c: State, name: str, then: Column, orelse: Column, arms: list[Arm], joins: list[n.Join]) -> Column:
    """A list that a loop adds to, in one branch or in both."""
    result = replace(
        then,
        rows=columns.joined(then.rows, orelse.rows),
        tokens=then.tokens | orelse.tokens,
        inner=then.inner | orelse.inner,
        most=max(then.most, orelse.most),
        open=max(then.open, orelse.open),
    )
    if (then.count, then.added) == (orelse.count, orelse.added):
        return result
    counts: list[Num] = []
    for arm, value in zip(arms, (then, orelse), strict=True):
        with resumed(c, arm):
            counts.append(columns.length(c, value))
    return replace(result, count=joined_numbers(c, f"{name}_n", counts[0], counts[1], arms, joins), added=0)


def _alike(a: Tup, b: Tup) -> bool:
    return len(a.items) == len(b.items) and a.cls == b.cls and a.is_list == b.is_list


def _join_arrays(c: State, name: str, then: Arr, orelse: Arr, arms: list[Arm]) -> Value:
    """References are not joined, the content is copied: right where none of the names is written later."""
    if then.ndim != orelse.ndim:
        return Bad(f"{name} is {describe(then)} after one branch and {describe(orelse)} after the other")
    extents: list[n.Atom] = []
    for a, b in zip(then.extents, orelse.extents, strict=True):
        known = next((e for e in (a, b) if c.available(e)), None)
        if known is None or not _may_agree(c, a, b):
            return Bad(
                f"the shapes of {name} after the two branches are not provably equal",
                "np.empty of one shape before the branches, and [:] = ... in them",
            )
        extents.append(known)
    for arm, value in zip(arms, (then, orelse), strict=True):
        with resumed(c, arm), c.shapes.scope():
            for a, b in zip(extents, value.extents, strict=True):
                c.check_equal(a, b, "ValueError", f"{name} must have the same shape after both branches")
    dtype = join(Kind(then.dtype), Kind(orelse.dtype)).dtype
    return _copied(c, name, dtype, tuple(extents), list(zip(arms, (then, orelse), strict=True)), arms)


def _sized(
    c: State, name: str, sides: tuple[Value | None, Value | None], old: Value | None, arms: list[Arm],
    joins: list[n.Join], later: dict[n.Var, tuple[n.Stmt, ...]],
) -> Arr | None:  # fmt: skip
    """An array of the extents that the side which runs gives it, in memory that is large enough for both, if known."""
    pairs = [(arm, v) for arm, v in zip(arms, sides, strict=True) if isinstance(v, Arr)]
    arrays = [v for _, v in pairs]
    others = [v for v in sides if not isinstance(v, Arr | Dead) and v is not None]
    if not arrays or others or len({a.ndim for a in arrays}) > 1 or len({a.dtype for a in arrays}) > 1:
        return None
    like = [old] if isinstance(old, Arr) and old.ndim == arrays[0].ndim else []
    room = [largest(c, [a.extents[k] for a in arrays], [o.extents[k] for o in like]) for k in range(arrays[0].ndim)]
    extents = tuple(e for e in room if e is not None)
    if len(extents) < len(room):
        return None
    pieces = [r for _, v in pairs for r in v.root.all()]
    shared = [r for r in pieces if not exclusive(c, r, name, [arm.env for arm in arms])]
    buffer = c.alloc(arrays[0].dtype, extents, None, name)
    sizes: dict[int, n.Var] = {}
    for k in range(len(extents)):
        sizes[k] = c.b.var(f"{name}_n", n.Scalar("int64"))
        ends = [v.extents[k] if isinstance(v, Arr) else n.Const(0, n.Scalar("int64")) for v in sides]
        joins.append(n.Join(sizes[k], ends[0], ends[1]))
    c.declare(*sizes.values())
    for arm, value in pairs:
        with resumed(c, arm):
            store_first(c, buffer.var, value.var, value.extents)
    result, made = shrunk(c, buffer.var, sizes, ordered(*arrays))
    later[result.var] = made
    inherits(result.root, pieces)
    if shared:
        reason = f"since line {c.b.loc.line} {name} is one of two arrays, depending on a condition"
        result.root.copies = tuple(shared)
        for root in (result.root, *shared):
            root.freeze(reason)
    return result


def _copied(
    c: State, name: str, dtype: str, extents: tuple[n.Atom, ...], sides: list[tuple[Arm, Arr]], arms: list[Arm],
    fill: n.Const | None = None,
) -> Arr:  # fmt: skip
    """Memory that each of ``sides`` copies its array into."""
    in_order = ordered(*(value for _, value in sides))
    pieces = [root for _, value in sides for root in value.root.all()]
    shared = [root for root in pieces if not exclusive(c, root, name, [arm.env for arm in arms])]
    result = replace(c.alloc(dtype, extents, fill, name), in_order=in_order)
    for arm, value in sides:
        with resumed(c, arm):
            c.emit(n.Store(result.var, (), ew.cast_value(c, value, dtype), -1, c.b.loc))
    inherits(result.root, pieces)
    if shared:
        reason = f"since line {c.b.loc.line} {name} is one of two arrays, depending on a condition"
        fork = (c.frame, c.frame.top)
        result.root.copies = tuple(shared)
        for root in (result.root, *shared):
            root.freeze(reason, fork)
        c.joined.append((reason, (result.root, *shared)))
    return result


def _may_agree(c: State, a: n.Atom, b: n.Atom) -> bool:
    """Whether the extents are equal, or are those of two arguments, say: then the branch that runs checks that."""
    equal = c.shapes.equal(a, b)
    return bool(equal) or (equal is None and c.shapes.simple(a) and c.shapes.simple(b))
