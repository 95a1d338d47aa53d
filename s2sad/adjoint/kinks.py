"""Kinks: where a primitive that is evaluated on active values has no derivative, and where branches hide one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from s2sad.analysis.activity import Activity, activity, reach
from s2sad.errors import Loc
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import BOOL, INT, Builder, Names, const
from s2sad.rules import registry
from s2sad.rules.kinks import COMPARISONS, KINKS

_EXTREMA = ("max", "min")
_BOOLEAN = ("and", "or", "not", "xor", "copy", "cast", "select")


def kinks(fn: n.Function, wrt: frozenset[str], function_at: Callable[[Loc], str] = lambda loc: "") -> n.Function:
    """``fn`` (array level) with a check after everything active that may have a kink: it raises where there is one.

    A kink of a primitive (``s2sad.rules.kinks``), a tie of an extremum over axes, and a comparison of equal values that
    decides about a branch, a choice or the end of a loop. ``function_at`` names the user's function around a place.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT
    >>> from s2sad.ir.text import show
    >>> x, y = n.Var("x", FLOAT), n.Var("y", FLOAT)
    >>> fn = n.Function("f", (n.Param("x", x),), (n.Assign(y, "abs", (x,)), n.Return(y)))
    >>> print(show(kinks(fn, frozenset("x"))))
    def f(x: float64):
        y: float64 = abs(x)
        t: bool = eq(x, 0.0)
        t.1: bool = not(t)
        check t.1 else Kink('abs at 0')
        return y
    """
    return _Kinks(fn, wrt, function_at).function()


def equalities(fn: n.Function, wrt: frozenset[str]) -> tuple[Loc, ...]:
    """The places of ``fn`` where ``==`` or ``!=`` between active floats decides about a branch, each once."""
    found = [s for s in walk.walk(fn.body) if _fn(s) in ("eq", "ne") and any(_is_float(a) for a in _args(s))]
    if not found:
        return ()
    facts = _Facts(fn, wrt)
    return tuple(dict.fromkeys(s.loc for s in found if facts.decides(s)))


def _fn(stmt: n.Stmt) -> str:
    return stmt.op if isinstance(stmt, n.Assign) else stmt.fn if isinstance(stmt, n.Call) else ""


def _args(stmt: n.Stmt) -> tuple[n.Atom, ...]:
    return stmt.args if isinstance(stmt, n.Assign | n.Call) else ()


def _is_float(atom: n.Atom) -> bool:
    return atom.type.dtype.startswith("float")


class _Facts:
    """What is active in a function, and which of its bools decide about the path."""

    def __init__(self, fn: n.Function, wrt: frozenset[str]) -> None:
        inputs = [a for p in fn.params if p.name in wrt for a in walk.leaves(p.tree) if isinstance(a, n.Var)]
        last = fn.body[-1]
        outputs = [*(walk.leaves(last.value) if isinstance(last, n.Return) else ()), *fn.written]
        self.act: Activity = activity(fn, inputs, outputs)
        self.deciding = reach((a.name for a in _conditions(fn) if isinstance(a, n.Var)), _bool_sources(fn))

    def active(self, op: str, k: int, atom: n.Atom) -> bool:
        """Whether a kink of ``op`` in its argument ``k`` matters."""
        rule = registry.OPS.get(op)
        smooth = rule is None or rule.partials[k] is not None
        return self.act.active(atom) if smooth else self.act.is_varied(atom)

    def decides(self, stmt: n.Stmt) -> bool:
        """Whether the comparison ``stmt`` has an active operand and decides about the path (``x != x`` is for nan)."""
        if not isinstance(stmt, n.Assign | n.Call) or _fn(stmt) not in COMPARISONS or stmt.args[0] == stmt.args[1]:
            return False
        return stmt.target.name in self.deciding and any(self.act.is_varied(a) for a in stmt.args)


def _conditions(fn: n.Function) -> Iterator[n.Atom]:
    """The bools that decide about the path of ``fn``."""
    for stmt in walk.walk(fn.body):
        if isinstance(stmt, n.If):
            yield stmt.cond
        elif isinstance(stmt, n.For) and stmt.leave is not None:
            yield stmt.leave
        elif _fn(stmt) == "select":
            yield _args(stmt)[0]


def _bool_sources(fn: n.Function) -> dict[str, list[str]]:
    """From a bool (or a view of bools) to those that it is made of."""
    sources: dict[str, list[str]] = {}

    def add(target: n.Atom, *made_of: n.Atom) -> None:
        if isinstance(target, n.Var) and target.type.dtype == "bool":
            sources.setdefault(target.name, []).extend(a.name for a in made_of if isinstance(a, n.Var))

    for stmt in walk.walk(fn.body):
        if _fn(stmt) in _BOOLEAN and isinstance(stmt, n.Assign | n.Call):
            add(stmt.target, *stmt.args)
        elif isinstance(stmt, n.View):
            add(stmt.target, stmt.base)
        elif isinstance(stmt, n.Load):
            add(stmt.target, stmt.array)
        elif isinstance(stmt, n.Store):
            add(stmt.array, stmt.value)
        elif isinstance(stmt, n.If):
            for j in stmt.joins:
                add(j.target, j.then_value, j.else_value)
        elif isinstance(stmt, n.For):
            for carry in stmt.carries:
                add(carry.inner, carry.init, carry.next)
                add(carry.outer, carry.init, carry.next)
    return sources


class _Kinks:
    """One run of the pass."""

    def __init__(self, fn: n.Function, wrt: frozenset[str], function_at: Callable[[Loc], str]) -> None:
        self.fn = fn
        self.facts = _Facts(fn, wrt)
        self.function_at = function_at
        self.b = Builder(Names.of(fn))

    def function(self) -> n.Function:
        return n.Function(
            self.fn.name, self.fn.params, self.block(self.fn.body), self.fn.loc, self.fn.doc, self.fn.written
        )

    def block(self, block: n.Block) -> n.Block:
        with self.b.block() as out:
            for stmt in block:
                self.b.loc = getattr(stmt, "loc", self.b.loc)
                self.b.add(walk.with_blocks(stmt, tuple(self.block(inner) for inner in walk.blocks(stmt))))
                if isinstance(stmt, n.Assign | n.Call):
                    self.b.loc = stmt.loc
                    self.checked(stmt)
        return tuple(out)

    def checked(self, stmt: n.Assign | n.Call) -> None:
        """The checks after ``stmt``."""
        fn = _fn(stmt)
        if fn in KINKS and _is_float(stmt.args[0]):
            entry = KINKS[fn]
            for condition in dict.fromkeys(
                c
                for k, (c, a) in enumerate(zip(entry.conditions, stmt.args, strict=True))
                if c is not None and self.facts.active(fn, k, a)
            ):
                self.refuse(self.value(condition, stmt), f"{fn.removeprefix('py')} {entry.reason}")
        elif fn in _EXTREMA and isinstance(stmt, n.Call) and self.facts.act.active(stmt.args[0]):
            self.extremum(stmt)
        elif fn in COMPARISONS and self.facts.decides(stmt):
            extents = _extents(stmt.target)
            self.refuse(self.apply("eq", stmt.args, "bool", extents), "a branch on the comparison of equal values")

    def refuse(self, condition: n.Atom, reason: str) -> None:
        """Raise if ``condition`` holds (anywhere)."""
        if isinstance(condition, n.Var) and isinstance(condition.type, n.Array):
            ok = self.b.assign("eq", self.count(condition), const(0), dtype="bool")
        else:
            ok = self.b.assign("not", condition, dtype="bool")
        loc, function = self.b.loc, self.function_at(self.b.loc)
        where = f", in {function} ({loc.filename}:{loc.line}: {loc.text})" if loc.line else ""
        self.b.add(n.Check(ok, "Kink", reason + where, loc))

    def count(self, condition: n.Var) -> n.Var:
        """How many elements of ``condition`` hold."""
        ones = self.apply("cast", (condition,), "int64", _extents(condition))
        return self.call("sum", ones, INT, tuple(range(len(_extents(condition)))))

    def call(self, fn: str, array: n.Atom, type: n.Type, axis: tuple[int, ...]) -> n.Var:
        """A reduction."""
        target = self.b.var("t", type)
        self.b.add(n.Call(target, fn, (array,), (("axis", axis), ("keepdims", False)), self.b.loc))
        return target

    def apply(self, op: str, args: tuple[n.Atom, ...], dtype: str, extents: tuple[n.Atom, ...]) -> n.Var:
        """A primitive on scalars or, if there is an array among them, elementwise."""
        if not any(isinstance(a.type, n.Array) for a in args):
            return self.b.assign(op, *args, dtype=dtype)
        target = self.b.var("t", n.Array(dtype, extents))
        self.b.add(n.Call(target, op, args, (), self.b.loc))
        return target

    def value(self, template: registry.Template, stmt: n.Assign | n.Call) -> n.Atom:
        """The value of ``template`` at ``stmt``."""
        match template:
            case registry.Arg(k):
                return stmt.args[k]
            case registry.Result():
                return stmt.target
            case registry.Literal(value):
                return const(value, stmt.args[-1].type.dtype)
            case registry.Apply(op, args):
                atoms = tuple(self.value(a, stmt) for a in args)
                arrays = {a for a in atoms if isinstance(a, n.Var) and isinstance(a.type, n.Array)}
                extents = _extents(next(iter(arrays)) if len(arrays) == 1 else stmt.target)
                dtype = BOOL.dtype if registry.op(op).result == "bool" else atoms[-1].type.dtype
                return self.apply(op, atoms, dtype, extents)
        raise TypeError(type(template).__name__)

    def extremum(self, stmt: n.Call) -> None:
        """More than one element that is the extremum."""
        array = stmt.args[0]
        assert isinstance(array, n.Var)
        extents = _extents(array)
        given = stmt.attr("axis")
        axes = tuple(range(len(extents))) if given is None else tuple(given)  # type: ignore[arg-type]
        result: n.Var = stmt.target
        if isinstance(result.type, n.Array) and not stmt.attr("keepdims", False):
            items = [n.NewAxis() if k in axes else n.Slice(const(0), const(1), e) for k, e in enumerate(extents)]
            wide = tuple(const(1) if k in axes else e for k, e in enumerate(extents))
            view = self.b.var("t", n.Array(result.type.dtype, wide, result.type.layout))
            self.b.add(n.View(view, result, tuple(items), self.b.loc))
            result = view
        equal = self.apply("eq", (array, result), "bool", extents)
        ones = self.apply("cast", (equal,), "int64", extents)
        kept = tuple(e for k, e in enumerate(extents) if k not in axes)
        found = self.call("sum", ones, n.Array("int64", kept) if kept else INT, axes)
        self.refuse(self.apply("gt", (found, const(1)), "bool", kept), f"{stmt.fn} over equal values")


def _extents(atom: n.Atom) -> tuple[n.Atom, ...]:
    return atom.type.extents if isinstance(atom.type, n.Array) else ()
