"""Calls of functions with a derivative of their own, and what stops derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any, NoReturn

from numba.core.dispatcher import Dispatcher

from s2sad.errors import Loc, Problem
from s2sad.frontend.lower import calls, library, opaque
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower.frames import Callee
from s2sad.frontend.lower.functions import OBJECTS, handles
from s2sad.frontend.lower.outcomes import Refused
from s2sad.frontend.lower.rule_code import free
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import NONE, Arr, Num, Static, Tup, Value, describe, number
from s2sad.ir import nodes as n
from s2sad.rules.custom import CustomRule, ZeroDerivative, label_of, stop_gradient

_NO_WRITE = "a function with a rule of its own may not change its arguments"


def call(c: State, f: CustomRule | ZeroDerivative, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    """A call of ``f``: the primal, and the rules attached to copies of what it returns."""
    if opaque.is_declared(c, f):
        given = [_guarded(c, a) for a in args]
        primal = lambda: opaque.call(c, f, given, kwargs, hint)
    elif not isinstance(f.primal, FunctionType | Dispatcher):  # a method, an object that is called, a partial
        if kwargs:
            c.refuse(f"{label_of(f.primal)} is given the keyword {next(iter(kwargs))}", "positional arguments")
        given = [_guarded(c, a) for a in args]
        primal = lambda: calls.call_value(c, Static(f.primal), given, {}, hint)
    else:
        callee = _read(c, f.primal)
        given = [_guarded(c, a) for a in calls.bind(c, callee, args, kwargs).values()]
        primal = lambda: c.call(callee, given, {})
    if c.ruled:  # the code of a rule is not differentiated
        return _copies(c, primal(), (), hint)[0]
    if isinstance(f, ZeroDerivative):
        return _stopped(c, primal(), hint)
    f.in_use = True
    rules = _Rules(c, f, given)
    if f.fwd is None:
        return rules.attach(primal(), None, hint)
    pair = c.call(_callee(c, f.fwd), given, {})
    if not isinstance(pair, Tup) or len(pair.items) != 2:
        _fail(_callee(c, f.fwd), f"{f.fwd.__name__} returns {describe(pair)}", "return result, residuals")
    return rules.attach(pair.items[0], pair.items[1], hint)


OBJECTS[CustomRule] = OBJECTS[ZeroDerivative] = call


@handles(stop_gradient)
def _stop_gradient(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
    if len(args) != 1 or kwargs:
        c.refuse("stop_gradient takes one argument")
    return _copies(c, args[0], (), hint)[0] if c.ruled else _stopped(c, args[0], hint)


def _stopped(c: State, value: Value, hint: str) -> Value:
    result, outs, values = _copies(c, value, (), hint)
    if outs:
        _declare(c, outs)
        c.emit(n.Custom(tuple(outs), tuple(values), loc=c.b.loc))
    return result


def _declare(c: State, outs: Sequence[n.Var]) -> None:
    c.declare(*(v for v in outs if isinstance(v.type, n.Scalar)))


def _callee(c: State, f: Callable) -> Callee:
    return library.callee(f) if library.is_own(f) else calls.callee_of(c, f)


def _read(c: State, f: Callable) -> Callee:
    """The primal ``f``; one that cannot be read need not be."""
    before = len(c.problems)
    try:
        return _callee(c, f)
    except Refused:
        for k, problem in enumerate(c.problems[before:], before):
            words = (problem.alternative, f"result=... where {label_of(f)} gets its rule, to call it as it is")
            c.problems[k] = replace(problem, alternative="; or ".join(w for w in words if w))
        raise


def _guarded(c: State, value: Value) -> Value:
    """``value`` with arrays that may not be stored into."""
    if isinstance(value, Arr):
        root = c.root(value.root.name, value.root.kind, None)
        root.freeze(_NO_WRITE)
        return replace(value, root=root)
    if isinstance(value, Tup):
        return replace(value, items=tuple(_guarded(c, v) for v in value.items))
    return value


def _copies(c: State, value: Value, known: Sequence[n.Var], hint: str) -> tuple[Value, list[n.Var], list[n.Atom]]:
    """``value`` with a name of its own for each floating number, memory of its own for each array."""
    outs: list[n.Var] = []
    values: list[n.Atom] = []

    def copy(v: Value) -> Value:
        match v:
            case Num() if v.dtype.startswith("float"):
                out = c.b.var(hint, n.Scalar(v.dtype))
                outs.append(out)
                values.append(v.atom)
                return Num(out, v.weak)
            case Arr():
                made = c.alloc(v.dtype, v.extents, None, hint)
                if v.dtype.startswith("float"):
                    outs.append(made.var)
                    values.append(v.var)
                else:
                    c.store(made.var, v.var)
                return replace(made, in_order=v.in_order)
            case Tup():
                return replace(v, items=tuple(copy(item) for item in v.items))
        return v

    if c.ruled and isinstance(value, Num):
        return value, [], []
    result = copy(value)
    if c.ruled:  # no derivative: plain copies
        for out, source in zip(outs, values, strict=True):
            if isinstance(out.type, n.Array):
                c.store(out, source)
            else:
                c.emit(n.Assign(out, "copy", (source,), c.b.loc))
    return result, outs, values


@dataclass(frozen=True)
class _Seeds:
    """Variables for cotangents or tangents, and the value that shows them to the rule."""

    value: Value
    variables: tuple[n.Var, ...]


class _Rules:
    """The rules of ``f`` for one call."""

    def __init__(self, c: State, f: CustomRule, given: list[Value]) -> None:
        self.c = c
        self.f = f
        self.given = given
        self.args = tuple(leaf for leaf in _leaves(given) if isinstance(leaf, n.Var))

    def attach(self, primal: Value, residuals: Value | None, hint: str) -> Value:
        """The result of the call, with its ``Custom``."""
        c = self.c
        result, outs, values = _copies(c, primal, (), hint)
        if not outs:
            return result
        if not self.args:  # nothing here that could have a derivative
            _declare(c, outs)
            c.emit(n.Custom(tuple(outs), tuple(values), loc=c.b.loc))
            return result
        scalars = [v for v in outs if isinstance(v.type, n.Scalar)]
        c.declare(*scalars)
        c.ruled += 1
        try:
            vjp, jvp = self.vjp(_guarded(c, result), residuals), self.jvp(_guarded(c, result))
        finally:
            c.ruled -= 1
        reads = list(dict.fromkeys(v for rule in (vjp, jvp) if isinstance(rule, n.Rule) for v in free(rule)))
        vjp, jvp = (replace(r, params=(*reads, *r.params)) if isinstance(r, n.Rule) else r for r in (vjp, jvp))
        c.emit(n.Custom(tuple(outs), tuple(values), self.args, tuple(reads), vjp, jvp, loc=c.b.loc))
        return result

    # ---- the rules --------------------------------------------------------------------------------------------------

    def vjp(self, result: Value, residuals: Value | None) -> n.Rule | str:
        c, f = self.c, self.f
        bar = _seeds(c, result, "bar")
        flags: list[n.Var] = [c.b.var("active", n.Scalar("bool")) for _ in bar.variables]
        if f.bwd is not None:
            assert residuals is not None
            callee = _callee(c, f.bwd)
            arguments, keywords = [_guarded(c, residuals), bar.value], {}
        elif f.vjp is not None:
            callee = _callee(c, f.vjp)
            names = [k for k, p in inspect.signature(f.vjp).parameters.items() if p.kind is p.KEYWORD_ONLY]
            arguments, keywords = [result, *self.given], {k: bar.value for k in names if k != "active"}
            if "active" in names:
                keywords["active"] = _flags(c, result, flags)
        else:
            return f"{f.__name__} has no rule for reverse mode"  # type: ignore[attr-defined]
        with c.nested() as body:
            c.declare(*bar.variables, *flags)
            made = c.call(callee, arguments, keywords)
            many = len(self.given) != 1
            items = made.items if isinstance(made, Tup) and (many or _wraps(made, self.given[0])) else (made,)
            if made is NONE or made == NONE:
                items = (NONE,) * len(self.given)
            if len(items) != len(self.given):
                words = f"{callee.name} returns {len(items)} cotangents for {len(self.given)} arguments"
                _fail(callee, words, "one for each, None for zero")
            found = [a for g, v in zip(self.given, items) for a in self.matched(callee, v, g, "cotangent")]
        return n.Rule((*bar.variables, *flags), tuple(body), tuple(found))

    def jvp(self, result: Value) -> n.Rule | str:
        c, f = self.c, self.f
        if f.jvp is None:
            return f"{f.__name__} has no rule for forward mode"  # type: ignore[attr-defined]
        callee = _callee(c, f.jvp)
        parameters = inspect.signature(f.jvp).parameters
        given = dict(
            zip([k for k in parameters if parameters[k].kind is not inspect.Parameter.KEYWORD_ONLY][1:], self.given)
        )
        dots = {k: _seeds(c, v, "dot") for k, v in enumerate(self.given)}
        variables = tuple(v for d in dots.values() for v in d.variables)
        if any(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values()):
            keywords = {}
            for k, name in enumerate(given):
                if f"{name}_dot" in parameters:
                    keywords[f"{name}_dot"] = dots[k].value
                elif dots[k].variables:
                    _fail(callee, f"{callee.name} does not take the tangent {name}_dot", f"*, {name}_dot")
            arguments = [result, *self.given]
        else:
            arguments, keywords = [Tup(tuple(self.given)), Tup(tuple(d.value for d in dots.values()))], {}
        with c.nested() as body:
            c.declare(*variables)
            made = c.call(callee, arguments, keywords)
            if not keywords:
                if not isinstance(made, Tup) or len(made.items) != 2:
                    _fail(callee, f"{callee.name} returns {describe(made)}", "return result, tangent")
                made = made.items[1]
            found = list(self.matched(callee, made, result, "tangent"))
        return n.Rule(variables, tuple(body), tuple(found))

    def matched(self, callee: Callee, value: Value, like: Value, what: str) -> Iterator[n.Atom | None]:
        """Per floating leaf of ``like`` the atom of ``value`` that belongs to it, of its dtype."""
        c = self.c
        if value == NONE:
            yield from (None for leaf in _leaves([like]) if what == "tangent" or isinstance(leaf, n.Var))
            return
        match like:
            case Tup():
                if not isinstance(value, Tup) or len(value.items) != len(like.items):
                    _fail(callee, f"{callee.name} returns {describe(value)} as the {what} of {describe(like)}")
                for v, part in zip(value.items, like.items, strict=True):
                    yield from self.matched(callee, v, part, what)
            case Num() if like.dtype.startswith("float"):
                number = ew.operand(c, value) if isinstance(value, Num | Arr) else value
                if not isinstance(number, Num):
                    _fail(callee, f"{callee.name} returns {describe(value)} as the {what} of a number")
                atom = c.scalar(number, like.dtype)
                if what == "tangent" or isinstance(like.atom, n.Var):
                    yield atom
            case Arr() if like.dtype.startswith("float"):
                yield self.array(callee, value, like, what)
            case Num() | Arr() if what == "cotangent" and isinstance(value, Num | Arr):
                return  # a rule written for floats, called with an int: that has no derivative
            case _:
                _fail(callee, f"{callee.name} returns {describe(value)} as the {what} of {describe(like)}", "None")

    def array(self, callee: Callee, value: Value, like: Arr, what: str) -> n.Var:
        c = self.c
        if not isinstance(value, Arr) or value.ndim != like.ndim:
            _fail(callee, f"{callee.name} returns {describe(value)} as the {what} of {describe(like)}")
        saved, c.b.loc = c.b.loc, _place(callee)
        try:
            message = f"{callee.name}: the {what} of {like.var.hint} has another shape than {like.var.hint}"
            for mine, its in zip(value.extents, like.extents, strict=True):
                if c.shapes.equal(mine, its) is False:
                    _fail(callee, message)
                c.check_equal(mine, its, "ValueError", message)
            if value.dtype == like.dtype:
                return value.var
            return c.array_call("cast", (value.var,), like.dtype, value.extents, value.var.hint).var
        finally:
            c.b.loc = saved


def _wraps(made: Tup, arg: Value) -> bool:
    """Whether ``made`` is a tuple with one cotangent for the only argument ``arg``."""
    return len(made.items) == 1 and not (isinstance(arg, Tup) and len(arg.items) == 1 and arg.cls is made.cls)


def _leaves(values: Sequence[Value]) -> Iterator[n.Atom]:
    """The floating numbers and arrays in ``values``."""
    for value in values:
        match value:
            case Num() if value.dtype.startswith("float"):
                yield value.atom
            case Arr() if value.dtype.startswith("float"):
                yield value.var
            case Tup():
                yield from _leaves(value.items)


def _seeds(c: State, value: Value, suffix: str) -> _Seeds:
    """A variable for every floating leaf of ``value`` (a zero for a constant), in the structure of ``value``."""
    variables: list[n.Var] = []

    def seed(v: Value) -> Value:
        match v:
            case Num(atom=n.Var()) if v.dtype.startswith("float"):
                var = c.b.var(f"{v.atom.hint}_{suffix}", n.Scalar(v.dtype))  # type: ignore[union-attr]
                variables.append(var)
                return Num(var, v.weak)
            case Num() if v.dtype.startswith("float"):
                return Num(n.Const(0.0, n.Scalar(v.dtype)), v.weak)
            case Num() if v.dtype.startswith("int") and suffix == "dot":
                return number(0.0)  # so that a rule for floats takes 2 for 2.0
            case Arr() if v.dtype.startswith("float"):
                var = c.b.var(f"{v.var.hint}_{suffix}", n.Array(v.dtype, v.extents, "A"))
                variables.append(var)
                root = c.root(var.hint)
                root.freeze(_NO_WRITE)
                return Arr(var, root, v.in_order)
            case Tup():
                return replace(v, items=tuple(seed(item) for item in v.items))
        return NONE

    return _Seeds(seed(value), tuple(variables))


def _flags(c: State, value: Value, flags: list[n.Var]) -> Value:
    """For every floating leaf of ``value`` the next of ``flags``, in the structure of ``value``."""
    left = iter(flags)

    def flag(v: Value) -> Value:
        if isinstance(v, Tup):
            return replace(v, items=tuple(flag(item) for item in v.items))
        floating = isinstance(v, Num | Arr) and v.dtype.startswith("float")
        return Num(next(left)) if floating else NONE

    return flag(value)


def _place(callee: Callee) -> Loc:
    """The line of the rule's ``def``."""
    return callee.source.loc(callee.source.tree)


def _fail(callee: Callee, reason: str, alternative: Any = "") -> NoReturn:
    raise Refused(Problem(_place(callee), reason, alternative))
