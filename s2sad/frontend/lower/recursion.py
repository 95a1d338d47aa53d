"""Functions that call themselves until a value of the run ends it: each becomes a function of its own, a part.

A call of a part is an ``Invoke`` and a ``Custom`` whose rules are the part's own derivatives. A part is made for the
kinds of its arguments. What it returns is found by assuming a kind and lowering it until the kind is what was assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.errors import Problem
from s2sad.frontend.lower import calls, names
from s2sad.frontend.lower.frames import Callee, Frame
from s2sad.frontend.lower.outcomes import Diverges, Refused
from s2sad.frontend.lower.part_calls import Key, PartCall, arrays_of
from s2sad.frontend.lower.part_kinds import atoms_of, identity, key_of, parameter
from s2sad.frontend.lower.part_results import Found, check_apart, out_of, result_kinds, shared_result
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Function, Num, Tup, Value, describe
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.draws import is_draw

ROUNDS = 8
MOST = 24  # kinds of arguments of all parts together
_SELF = "<self>"  # the function itself, if what it reads around it has to be handed to it
_INT, _BOOL, _FLOAT = (("number", dtype, True) for dtype in ("int64", "bool", "float64"))


class Recursive(Exception):
    """Lowering begins again: a function was found that has to become a part."""


@dataclass(eq=False)
class Part:
    """A function for arguments of certain kinds. ``result`` is assumed while it is being lowered."""

    callee: Callee
    numba: bool
    name: str
    keys: dict[str, Key]  # kinds of the arguments by parameter
    result: Key | None = None  # None: not even assumed
    writes: tuple[int, ...] = ()  # positions, among the numbers and arrays in its arguments, of those that it writes
    captured: dict[object, Any] = field(default_factory=dict)  # names, values and readers of what it captures
    function: n.Function | None = None  # None: being lowered
    shares: bool = False  # an array that it returns may be one of its arguments, or another one that it returns
    frame: Frame | None = None  # where it is being lowered
    leaves: tuple[n.Atom, ...] = ()  # the numbers and arrays in its arguments there
    outs: list[Arr] = field(default_factory=list)  # memory for the arrays that it returns
    unproven: int = 0  # extents of these that are checked at run time

    def assumed(self) -> tuple:
        """What other calls of it see."""
        return self.result, self.writes, list(self.captured), self.shares

    def returned(self, c: State, value: Value) -> Value:
        """``value``, which a ``return`` gives: arrays are stored where the caller wants them."""
        if c.frame is not self.frame or self.result is None:
            return value
        outs = iter(self.outs)
        seen: set[int] = set()

        def stored(kind: Key, v: Value) -> Value:
            if kind[0] == "tuple" and isinstance(v, Tup) and len(v.items) == len(kind[3]):
                return replace(v, items=tuple(map(stored, kind[3], v.items)))
            if kind[0] != "array":
                return v
            out = next(outs)
            if not isinstance(v, Arr) or (v.dtype, v.ndim) != kind[1:3]:
                c.refuse(f"{self.callee.name} returns {describe(v)} here and {describe(out)} elsewhere", "one of them")
            roots = {id(r) for r in v.root.all()}
            held = any(r.kind != "local" or r.copies for r in v.root.all())
            self.shares = self.shares or held or not roots.isdisjoint(seen)
            seen.update(roots)
            for mine, its in zip(v.extents, out.extents, strict=True):
                self.unproven += not c.shapes.equal(mine, its)
                message = f"the result of {self.callee.name} must have the shape that its arguments say"
                c.check_equal(mine, its, "ValueError", message)
            c.store(out.var, v.var)
            return out

        return stored(self.result, value)


class Parts:
    """The parts of one lowering."""

    def __init__(self, new: Callable[[], State]) -> None:
        self.new = new
        self.recursive: set[Any] = set()
        self.table: dict[Key, Part] = {}

    def begin(self) -> State:
        """The state that lowers the main function, with no part made yet."""
        self.table.clear()
        c = self.new()
        c.parts = self
        return c

    def functions(self) -> tuple[n.Function, ...]:
        return tuple(p.function for p in self.table.values() if p.function is not None)

    def marked(self, callee: Callee) -> bool:
        """Whether calls of ``callee`` are calls of a part."""
        return identity(callee) in self.recursive

    def mark(self, c: State, callee: Callee) -> None:
        """Begin again with ``callee`` as a part; it calls itself, and nothing known now ends that."""
        self.recursive.add(identity(callee))
        raise Recursive

    def entry(self, c: State, frame: Frame) -> Value:
        """The result of the main function, if it is itself a part."""
        c.frames.append(frame)
        try:
            with c.at(frame.source.tree):
                return self.invoke(c, frame.callee, dict(frame.env))
        finally:
            c.frames.pop()

    # ---- calls ------------------------------------------------------------------------------------------------------

    def invoke(self, c: State, callee: Callee, env: dict[str, Value]) -> Value:
        """A call of ``callee``, whose arguments by parameter are ``env``."""
        numba = c.frame.numba or callee.source.semantics == "numba"
        if numba and not c.frame.numba:
            env = {k: calls.strengthened(v) for k, v in env.items()}
        if callee.outer is not None:
            env = {**env, _SELF: Function(callee)}
        leaves: list[Num | Arr] = []
        keys = {k: key_of(c, names.usable(c, v), leaves, callee) for k, v in env.items()}
        part = self._find(c, callee, numba, keys)
        if part.result is None:
            raise Diverges
        hidden: list[Num | Arr] = []
        for value in _captured(c, part):
            key_of(c, value, hidden, callee, False)
        written = [a for k in part.writes if isinstance(a := leaves[k], Arr)]
        check_apart(c, callee, part.writes, leaves)
        call = PartCall(c, part.name, part.result, part.function, atoms_of(leaves), atoms_of(hidden), part.writes)
        result, contents = call.result()
        for k, array in zip(part.writes, written, strict=True):
            c.mark_written(array.root)
            c.store(array.var, contents[k])
        if part.shares:
            shared_result(c, callee, result, leaves)
        return calls.weakened(result) if numba and not c.frame.numba else result

    def _find(self, c: State, callee: Callee, numba: bool, keys: dict[str, Key]) -> Part:
        key = (identity(callee), numba, c.caught, tuple(keys.items()))
        part = self.table.get(key)
        if part is None:
            if len(self.table) >= MOST:
                c.refuse(f"{callee.name} calls itself with ever new kinds of arguments")
            taken = {p.name for p in self.table.values()}
            stem = "".join(ch if ch.isidentifier() or ch.isdigit() else "_" for ch in callee.name.split(".")[-1])
            wished = (f"{stem.strip('_') or 'function'}_part{k or ''}" for k in range(MOST + 1))
            part = self.table[key] = Part(callee, numba, next(w for w in wished if w not in taken), keys)
            self._lower(c, part)
        elif part.function is None and c.part is None:
            raise c.silent()  # lowering it failed before, and that is reported
        elif part.function is None and part is not c.part:
            c.refuse(f"{callee.name} and {c.part.callee.name} call themselves and each other", "one function for both")
        return part

    # ---- lowering a part --------------------------------------------------------------------------------------------

    def _lower(self, c: State, part: Part) -> None:
        """Lower ``part`` for what it returns: assumed, first what the paths return on which it does not call itself."""
        part.result = None
        found = self._round(c, part)
        likely = [] if isinstance(found, list) else result_kinds(found)
        problems: list[Problem] = []
        for proven in (True, False):
            for guess in likely or (_INT, _BOOL, _FLOAT):
                now = self._settled(c, part, guess)
                if not now and (part.unproven == 0 or not proven):
                    return
                part.function = None
                problems = problems if problems and likely else now
            if not any(key for guess in likely for key in arrays_of(guess)):
                break
        c.problems.extend(p for p in (_explained(p, part) for p in problems) if p not in c.problems)
        raise c.silent()

    def _settled(self, c: State, part: Part, guess: Key) -> list[Problem]:
        """Lower ``part``, which returns ``guess`` or what that leads to; why it cannot be done."""
        part.result, part.writes, part.captured, part.shares = guess, (), {}, False
        for _ in range(ROUNDS):
            before = part.assumed()
            found = self._round(c, part)
            if isinstance(found, list):
                return found
            kind = found.kind
            if any(not key[3] for key in arrays_of(kind)):  # where no array was expected: its shape is a guess
                kind = next(iter(result_kinds(found)), None)
                if kind is None:
                    break
            part.result, part.writes, part.captured = kind, found.writes, dict(found.c.reads)
            part.function = found.function()
            if part.assumed() == before:
                return []
        reason = f"what {part.callee.name} returns changes its type from call to call"
        return [Problem(part.callee.source.loc(part.callee.source.tree), reason)]

    def _round(self, outer: State, part: Part) -> Found | list[Problem]:
        """Lower ``part`` with the result that is assumed; what was found, or why it cannot be lowered."""
        c = self.new()
        c.parts, c.part, c.callees, c.guards = self, part, outer.callees, outer.guards
        c.caught = outer.caught  # its body fails inside of the same handlers
        part.function, part.unproven = None, 0
        c.loops = [(0, 0)]  # it repeats, as a loop
        source = part.callee.source
        c.b.loc = source.loc(source.tree)
        env = {name: parameter(c, name, key) for name, key in part.keys.items()}
        leaves: list[Num | Arr] = []
        for value in env.values():
            key_of(c, value, leaves, part.callee)
        part.leaves = atoms_of(leaves)
        part.outs = [out_of(c, part.leaves, key) for key in arrays_of(part.result or _INT)]
        inner = env.pop(_SELF, None)
        part.frame = Frame(inner.callee if isinstance(inner, Function) else part.callee, env, part.numba)
        found = None
        try:
            result = calls.run_body(c, part.frame)
            if not c.problems:
                found = Found.of(c, part, result)
        except Refused as refused:
            if refused.problem is not None and refused.problem not in c.problems:
                c.problems.append(refused.problem)
        for stmt in walk.walk(tuple(c.b.out)):
            effect = _effect(stmt)
            if effect is not None:
                what = f"{part.callee.name} calls itself until a value of the run ends it, and {effect}s"
                c.problems.append(Problem(stmt.loc, f"{what}: derivatives repeat it", f"{effect} outside of it"))
        return found if found is not None and not c.problems else c.problems


def _effect(stmt: n.Stmt) -> str | None:
    """What ``stmt`` does that must happen once."""
    if isinstance(stmt, n.Print):
        return "print"
    return "draw" if isinstance(stmt, n.LibCall) and is_draw(stmt.fn) else None


def _explained(problem: Problem, part: Part) -> Problem:
    """``problem``, which may come from the assumption that the part returns a number."""
    if not problem.reason.startswith("result is"):
        return problem
    reason = f"{part.callee.name} calls itself until a value of the run ends it, and does not return one number"
    return replace(problem, reason=reason, alternative="a function that returns a number; a loop")


def _captured(c: State, part: Part) -> list[Value]:
    """What ``part`` captures, as ``c`` sees it."""
    c.frames.append(Frame(part.callee, {}, part.numba))
    try:
        return [names.captured(c, key[0], *how) for key, how in part.captured.items()]  # type: ignore[index]
    finally:
        c.frames.pop()
