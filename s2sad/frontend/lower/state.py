"""The state of one lowering, and the statements that every part of it emits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from s2sad.analysis.shapes import Form, Shapes
from s2sad.errors import Problem
from s2sad.frontend.lower.frames import Callee, Frame
from s2sad.frontend.lower.outcomes import Capture, Fork, Guard, NeedsStatic, Refused
from s2sad.frontend.lower.values import Arr, Num, Root, Value, integer
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names, const

_COMMUTING_INT = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b}


class State:
    """Everything that lowering one function mutates.

    The functions are the recursive entry points: the parts of the lowering meet through them.
    """

    def __init__(
        self,
        expr: Callable[..., Value],
        block: Callable[[State, Sequence[Any]], None],
        call: Callable[[State, Callee, Sequence[Value], dict[str, Value]], Value],
        call_value: Callable[[State, Value, list[Value], dict[str, Value]], Value],
        attribute: Callable[[State, Value, str], Value],
        set_list_item: Callable[[State, str, Any, Value, Value], None],
    ) -> None:
        self._expr, self._block, self._call = expr, block, call
        self._call_value, self._attribute, self._set_list_item = call_value, attribute, set_list_item
        self.b = Builder(Names())
        self.shapes = Shapes()
        self.frames: list[Frame] = []
        self.problems: list[Problem] = []
        self.params: list[n.Param] = []
        self.taken: set[str] = set()  # names of the function's parameters
        self.head: list[n.Stmt] = []  # extents of parameters
        self.captures: list[Capture] = []
        self.captured: dict[object, Value] = {}
        self.reads: dict[object, tuple[str, object, Callable[[], object]]] = {}  # of them: name, value, how to read it
        self.guards: dict[object, Guard] = {}
        self.callees: dict[object, Callee] = {}
        self.parts: Any = None  # the functions that become functions of their own, of all the lowering
        self.part: Any = None  # the one of them that this lowers
        self.node: Any = None
        self.statement: Any = None
        self.loops: list[tuple[int, int]] = []  # around the statement: how many roots and stores came before each
        self.ruled = 0  # rules of functions with a derivative of their own, around the current statement
        self.unrollable = 0  # of them, those that could be unrolled
        self.caught: frozenset[type] = frozenset()  # what handlers of the ``try``s around wait for
        self.handled: dict[Any, int] = {}  # which handler of a ``try`` lowering has come to
        self.stores = 0
        self.serial = 0
        self.statements = 0
        self.recursion: int | None = None  # how many there were where a function first called itself
        self.roots: list[Root] = []
        self.masks: dict[n.Var, tuple[int, int, tuple[Arr, ...]]] = {}  # where arrays were last found to be nonzero
        self.together: frozenset[str] = frozenset()  # names whose arrays a branch exchanges, or that nobody reads
        self.joined: list[tuple[str, tuple[Root, ...]]] = []  # joins of references that this statement made
        self._scopes: list[set[n.Var]] = [set()]

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def env(self) -> dict[str, Value]:
        return self.frames[-1].env

    def expr(self, node: Any, hint: str | None = None) -> Value:
        return self._expr(self, node, hint)

    def block(self, stmts: Sequence[Any]) -> None:
        self._block(self, stmts)

    def call(self, callee: Callee, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        return self._call(self, callee, args, kwargs)

    def call_value(self, function: Value, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        """``function(*args, **kwargs)`` of abstract values."""
        return self._call_value(self, function, list(args), kwargs)

    def attribute(self, base: Value, name: str) -> Value:
        """``base.name``."""
        return self._attribute(self, base, name)

    def set_list_item(self, name: str, base: Value, index: Value, value: Value) -> None:
        """``name[index] = value`` of the list or dict ``base``."""
        self._set_list_item(self, name, base, index, value)

    # ---- refusals ---------------------------------------------------------------------------------------------------

    def problem(self, reason: str, alternative: str = "", raises: type[Exception] | None = None) -> Problem:
        library = self.frame.library
        if library is not None and not reason.startswith(library.label):
            reason = f"{library.label}: {reason}"
        return Problem(self.frame.loc(self.node), reason, alternative, raises)

    def refuse(self, reason: str, alternative: str = "", raises: type[Exception] | None = None) -> NoReturn:
        """Refuse the expression being lowered; ``raises``: Python raises that there, whatever the values are."""
        raise Refused(self.problem(reason, alternative, raises))

    def silent(self) -> Refused:
        """What stops a statement that uses a value whose own refusal is reported already."""
        return Refused(None)

    def unexplained(self) -> Problem:
        """What is said where a refusal is silent and nothing was reported: without it the statement would be lost."""
        return Problem(self.b.loc, "this reads what is not assigned on every path", "a value on every path to here")

    def needs_static(self, reason: str, alternative: str = "") -> NoReturn:
        """As ``refuse``, but an enclosing loop of constant bounds may be unrolled instead."""
        raise NeedsStatic(self.problem(reason, alternative))

    @contextmanager
    def at(self, node: Any) -> Iterator[None]:
        saved, self.node = self.node, node
        try:
            yield
        finally:
            self.node = saved

    # ---- blocks -----------------------------------------------------------------------------------------------------

    @contextmanager
    def nested(self, names: set[n.Var] | None = None) -> Iterator[list[n.Stmt]]:
        """A block: its statements, names and learned equalities are its own (``names``: it goes on with these)."""
        self._scopes.append(set() if names is None else names)
        try:
            with self.b.block() as out, self.shapes.scope():
                yield out
        finally:
            self._scopes.pop()

    @property
    def depth(self) -> int:
        """How many blocks are around the current place."""
        return len(self._scopes)

    @property
    def scope(self) -> set[n.Var]:
        """The names bound in the current block."""
        return self._scopes[-1]

    def available(self, a: n.Atom, outside: int = 0) -> bool:
        """Whether ``a`` is visible at the current place (``outside``: that many blocks further out)."""
        scopes = self._scopes[: len(self._scopes) - outside]
        return isinstance(a, n.Const) or any(a in scope for scope in scopes)

    def declare(self, *variables: n.Var) -> None:
        self._scopes[-1].update(variables)

    def declare_global(self, *variables: n.Var) -> None:
        """Names of the function's top, whatever block is being made."""
        self._scopes[0].update(variables)

    def emit(self, stmt: n.Stmt) -> None:
        self.b.add(stmt)
        self.declare(*walk.targets(stmt))

    # ---- scalars ----------------------------------------------------------------------------------------------------

    def assign(self, op: str, args: tuple[n.Atom, ...], dtype: str, hint: str = "t") -> n.Var:
        """Emit ``op`` on scalars that have its operand dtypes already."""
        target = self.b.var(hint, n.Scalar(dtype))
        self.emit(n.Assign(target, op, args, self.b.loc))
        if dtype == "int64":
            self.shapes.define(target, op, args)
        return target

    def cast(self, a: n.Atom, dtype: str, hint: str = "t") -> n.Atom:
        """``a`` as ``dtype``; constants are converted here."""
        if a.type.dtype == dtype:
            return a
        if isinstance(a, n.Const):
            try:
                with np.errstate(all="ignore"):
                    if dtype.startswith(("int", "uint")) and isinstance(a.value, int):
                        np.array(a.value, dtype=dtype)  # raises if it does not fit
                    return const(np.dtype(a.type.dtype).type(a.value).astype(dtype).item(), dtype)
            except (OverflowError, ValueError):
                self.refuse(f"{a.value!r} does not fit into {dtype}")
        return self.assign("cast", (a,), dtype, hint)

    def scalar(self, value: Num, dtype: str, hint: str = "t") -> n.Atom:
        if value.weak and value.dtype == "int64" and dtype != "int64" and dtype.startswith(("int", "uint")):
            self._fits(value, dtype)
        return self.cast(value.atom, dtype, hint)

    def _fits(self, value: Num, dtype: str) -> None:
        """A Python int beside smaller ones must be one of theirs (OverflowError, as in NumPy)."""
        info = np.iinfo(dtype)
        if value.const is not None:
            return  # the cast itself sees it
        message = f"Python integer out of bounds for {dtype}"
        if not (info.min == 0 and self.non_negative(value.atom)):
            self.check(self.assign("ge", (value.atom, const(int(info.min))), "bool", "ok"), "OverflowError", message)
        if info.max < 2**63 - 1 and 1 << value.bits > info.max + 1:
            self.check(self.assign("le", (value.atom, const(int(info.max))), "bool", "ok"), "OverflowError", message)

    # ---- int arithmetic on extents and indices: int64, folded -------------------------------------------------------

    def int_op(self, op: str, a: n.Atom, b: n.Atom, hint: str = "t") -> n.Atom:
        """``add``, ``sub`` or ``mul``."""
        if isinstance(a, n.Const) and isinstance(b, n.Const):
            return const(_COMMUTING_INT[op](int(a.value), int(b.value)))
        unit = 1 if op == "mul" else 0
        if isinstance(b, n.Const) and b.value == unit:
            return a
        if isinstance(a, n.Const) and a.value == unit and op != "sub":
            return b
        return self.simplest(self.assign(op, (a, b), "int64", hint))

    def simplest(self, var: n.Var) -> n.Atom:
        """A constant if the value just computed is one (the statement is taken back)."""
        known = self.shapes.form(var).known
        if known is None:
            return var
        self.b.out.pop()
        return const(known)

    def int_max(self, a: n.Atom, b: n.Atom, hint: str = "t") -> n.Atom:
        """The larger one; no statement where it is known which."""
        fa, fb = self.shapes.form(a), self.shapes.form(b)
        if self.shapes.at_most(fa, fb):
            return b
        if self.shapes.at_most(fb, fa):
            return a
        return self.assign("pymax", (a, b), "int64", hint)

    def int_min(self, a: n.Atom, b: n.Atom, hint: str = "t") -> n.Atom:
        """The smaller one; no statement where it is known which."""
        fa, fb = self.shapes.form(a), self.shapes.form(b)
        if self.shapes.at_most(fa, fb):
            return a
        if self.shapes.at_most(fb, fa):
            return b
        return self.assign("pymin", (a, b), "int64", hint)

    def non_negative(self, a: n.Atom) -> bool:
        return self.shapes.non_negative(self.shapes.form(a))

    def branch_bool(self, first: n.Atom, is_or: bool, out: list[n.Stmt], second: n.Atom, hint: str) -> n.Var:
        """``first or second`` (``and``), where ``second`` needs the statements ``out``."""
        target = self.b.var(hint, n.Scalar("bool"))
        decided = n.Const(is_or, n.Scalar("bool"))
        if is_or:
            self.emit(n.If(first, (), tuple(out), (n.Join(target, decided, second),), self.b.loc))
        else:
            self.emit(n.If(first, tuple(out), (), (n.Join(target, second, decided),), self.b.loc))
        return target

    # ---- arrays -----------------------------------------------------------------------------------------------------

    def root(self, name: str, kind: str = "local", var: n.Var | None = None) -> Root:
        self.serial += 1
        root = Root(name, kind, self.serial, var)
        self.roots.append(root)
        return root

    def fresh(self, var: n.Var, in_order: bool = True) -> Arr:
        """``var`` as an array with memory of its own."""
        return Arr(var, self.root(var.hint), in_order)

    def alloc(self, dtype: str, extents: tuple[n.Atom, ...], fill: n.Atom | None = None, hint: str = "t") -> Arr:
        target = self.b.var(hint, n.Array(dtype, extents))
        self.emit(n.Alloc(target, fill, "local", self.b.loc))
        return self.fresh(target)

    def array_call(
        self, fn: str, args: tuple[n.Atom, ...], dtype: str, extents: tuple[n.Atom, ...], hint: str,
        in_order: bool = True, **attrs: object,
    ) -> Arr:  # fmt: skip
        """A fresh array computed by ``fn``."""
        target = self.b.var(hint, n.Array(dtype, extents))
        self.emit(n.Call(target, fn, args, tuple(attrs.items()), self.b.loc))
        return self.fresh(target, in_order)

    def view(
        self,
        base: Arr,
        items: tuple[n.ViewItem, ...],
        extents: tuple[n.Atom, ...],
        layout: str,
        hint: str | None = None,
    ) -> Arr:
        target = self.b.var(hint or base.var.hint, n.Array(base.dtype, extents, layout))
        self.emit(n.View(target, base.var, items, self.b.loc))
        transposed = any(isinstance(item, n.Transpose) for item in items)
        return Arr(target, base.root, base.in_order and not transposed)

    def store(self, array: n.Var, value: n.Atom) -> None:
        """``array[...] = value``; the root is marked by the caller."""
        self.emit(n.Store(array, (), value, -1, self.b.loc))

    def check(self, cond: n.Atom, error: str, message: str) -> None:
        if not (isinstance(cond, n.Const) and cond.value):
            self.emit(n.Check(cond, error, message, self.b.loc))

    def check_equal(self, a: n.Atom, b: n.Atom, error: str, message: str) -> None:
        """Extents ``a`` and ``b`` are equal from here on: proven, or checked at run time."""
        equal = self.shapes.equal(a, b)
        if equal:
            return
        stretches = error == "SizeOne" and (isinstance(a, n.Var) or isinstance(b, n.Var))
        if equal is False and not stretches:
            self.refuse(message)
        self.check(self.assign("eq", (a, b), "bool", "same"), error, message)
        if equal is None:
            self.shapes.unify(a, b)

    def mark_written(self, root: Root) -> None:
        """Note a store into ``root``, or refuse it."""
        for piece in root.all():
            if piece.frozen:
                self._refuse_store(root, piece)
            if piece.kind == "capture":
                self.refuse(f"this writes the captured array {piece.name}", "pass it as an argument")
        self.stores += 1
        for piece in root.all():
            piece.written, piece.last = True, self.stores
            piece.stores += 1

    def _refuse_store(self, root: Root, piece: Root) -> NoReturn:
        items = piece.frozen and "holds the items of" in piece.frozen
        instead = "a store before the append" if items else f"{root.name} = {root.name}.copy() before"
        problem = self.problem(f"this writes {root.name}, and {piece.frozen}", instead)
        if piece.fork is not None and piece.fork[0] in self.frames:
            raise Fork(problem, *piece.fork)
        raise Refused(problem)

    def extent_bound(self, var: n.Var) -> None:
        """An array's extent is at least 0."""
        self.shapes.bound(var, Form(0), None)


def num(atom: n.Atom, weak: bool = False, bits: int = 63) -> Num:
    """``atom`` as a number; constants know their size."""
    if isinstance(atom, n.Const) and atom.type.dtype == "int64":
        return Num(atom, weak, integer(int(atom.value)).bits)
    return Num(atom, weak, bits)
