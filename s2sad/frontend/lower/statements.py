"""Statements: assignment in all its forms, and the dispatch; a refused statement does not stop the ones after it."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Sequence
from typing import Any

import gast

from s2sad.frontend.lower import columns, indexing, lists, operators, optional
from s2sad.frontend.lower.attempts import lower_branch
from s2sad.frontend.lower.expressions import nested_callee
from s2sad.frontend.lower.failures import failure, message, uncaught
from s2sad.frontend.lower.iteration import bind_target, store_item
from s2sad.frontend.lower.jumps import Forget
from s2sad.frontend.lower.linear import matmul
from s2sad.frontend.lower.liveness import RETURN, names_bound, names_read
from s2sad.frontend.lower.loops import lower_for, lower_while
from s2sad.frontend.lower.names import attribute, lookup, usable
from s2sad.frontend.lower.outcomes import Diverges, Fork, NeedsStatic, Refused, TooDeep
from s2sad.frontend.lower.printing import is_print, lower_print
from s2sad.frontend.lower.sharing import thaw
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import NONE, Arr, Bad, Column, Dead, Function, Static, Tup, Value
from s2sad.ir.builder import const

_LIMIT = 20_000


def lower_block(c: State, stmts: Sequence[Any]) -> None:
    """Lower ``stmts`` in order; problems are collected, and what a refused statement binds becomes unusable."""
    around = c.frame.top
    for k, stmt in enumerate(stmts):
        c.frame.top = stmt
        c.b.loc = c.frame.loc(stmt)
        c.statements += 1
        c.statement = stmt
        joined = len(c.joined)
        try:
            with c.at(stmt):
                if c.statements > _LIMIT:
                    c.refuse(f"more than {_LIMIT} statements after inlining and unrolling", "fewer inlined calls")
                handler = _HANDLERS.get(type(stmt))
                if handler is None:
                    c.refuse(f"{type(stmt).__name__} statements are not supported")
                handler(c, stmt)
            thaw(c, joined)
        except Diverges:
            c.env.update(dict.fromkeys(names_bound(list(stmts[k:])), Dead()))
            break
        except Refused as refused:
            if isinstance(refused, Fork | TooDeep) or (isinstance(refused, NeedsStatic) and c.unrollable):
                raise
            if c.frame.library is not None:
                raise  # one problem per call of the library
            if c.statements > _LIMIT and refused.problem is not None:
                c.problems = [refused.problem]
                raise
            if refused.problem is not None:
                c.problems.append(refused.problem)
            elif not c.problems:
                c.problems.append(c.unexplained())
            c.env.update(dict.fromkeys(names_bound([stmt]), Bad()))
    c.frame.top = around


def _assign(c: State, stmt: Any) -> None:
    first = stmt.targets[0]
    hint = first.id if isinstance(first, gast.Name) else None
    value = optional.named(c, stmt.value) or c.expr(stmt.value, hint)
    for target in stmt.targets:
        bind_target(c, target, value)


def _annotated(c: State, stmt: Any) -> None:
    if stmt.value is not None:
        hint = stmt.target.id if isinstance(stmt.target, gast.Name) else None
        bind_target(c, stmt.target, c.expr(stmt.value, hint))


def _augmented(c: State, stmt: Any) -> None:
    function, target = operators.function_of(stmt.op), stmt.target
    if isinstance(target, gast.Subscript):
        base, index = c.expr(target.value), columns.derefed(c, c.expr(target.slice))
        if isinstance(base, Tup | Column):
            old = columns.get(c, base, index)
            if isinstance(old, Arr):
                if isinstance(base, Tup) and base.is_plain:  # Python adds, and then raises a TypeError
                    c.refuse("an item of a tuple is assigned by this augmented assignment", "p[0][:] += e")
                indexing.in_place(c, old, function, c.expr(stmt.value))
            else:
                store_item(c, target, base, index, _combined(c, function, old, c.expr(stmt.value), "t"))
            return
        indexing.augment_item(c, base, index, function, lambda: c.expr(stmt.value))
        return
    if not isinstance(target, gast.Name):
        c.refuse(f"augmented assignment to {type(target).__name__.lower()}", "assign to a name or an element")
    with c.at(target):
        old = usable(c, lookup(c, target.id))
    value = c.expr(stmt.value)
    if isinstance(old, Arr):
        indexing.in_place(c, old, function, value)
    else:
        c.env[target.id] = _combined(c, function, old, value, target.id)


def _combined(c: State, function: Callable, old: Value, value: Value, hint: str) -> Value:
    listed = isinstance(old, Column) or (isinstance(old, Tup) and old.is_list)
    if listed and function is operator.add:
        lists.change(c, hint, "extend", [value], {})
        return c.env[hint]
    if function is operator.matmul:
        return matmul(c, old, value, hint)
    return operators.binary(c, function, old, value, hint)


def _return(c: State, stmt: Any) -> None:
    hint = stmt.value.id if isinstance(stmt.value, gast.Name) else "result"
    value = NONE if stmt.value is None else optional.named(c, stmt.value) or c.expr(stmt.value, hint)
    c.env[RETURN] = value if c.part is None else c.part.returned(c, value)


def _expression(c: State, stmt: Any) -> None:
    if is_print(c, stmt.value):
        lower_print(c, stmt.value)
    else:
        c.expr(stmt.value)


def _pass(c: State, stmt: Any) -> None:
    pass


def _function(c: State, stmt: Any) -> None:
    if stmt.decorator_list:
        c.refuse("a decorated function inside a function", "define it at the top of the module")
    c.env[stmt.name] = Function(nested_callee(c, stmt.name, stmt))


def _assert(c: State, stmt: Any) -> None:
    cond = operators.truth(c, c.expr(stmt.test))
    if cond.const is None:
        uncaught(c, AssertionError, "`assert`")
    c.check(cond.atom, "AssertionError", "" if stmt.msg is None else message(c, stmt.msg))


def _raise(c: State, stmt: Any) -> None:
    error, text = failure(c, stmt)
    c.check(const(False), error, text)


def _delete(c: State, stmt: Any) -> None:
    for target in stmt.targets:
        if not isinstance(target, gast.Name):
            c.refuse("`del` of anything but a name is not supported", "leave it, it costs nothing")
        usable(c, lookup(c, target.id))
        c.env.pop(target.id, None)


def _forget(c: State, stmt: Any) -> None:
    """Arrays that the loop binds and that nothing reads once it is left here."""
    live = c.frame.callee.live
    kept = live.after[stmt.loop.node] if stmt.value is None else names_read(stmt.value) | live.closed
    for name in names_bound([stmt.loop.node]):
        if name not in kept and isinstance(c.env.get(name), Arr):
            c.env[name] = Dead()


def _import(c: State, stmt: Any) -> None:
    for alias in stmt.names:
        module = importlib.import_module(stmt.module if isinstance(stmt, gast.ImportFrom) else alias.name)
        if isinstance(stmt, gast.ImportFrom):
            value = attribute(c, Static(module), alias.name)
            c.env[alias.asname or alias.name] = value
        elif alias.asname:
            c.env[alias.asname] = Static(module)
        else:
            root = alias.name.partition(".")[0]
            c.env[root] = Static(importlib.import_module(root))


_HANDLERS: dict[type, Callable[[State, Any], None]] = {
    gast.Assign: _assign,
    gast.AnnAssign: _annotated,
    gast.AugAssign: _augmented,
    gast.Return: _return,
    gast.Expr: _expression,
    gast.Pass: _pass,
    gast.If: lower_branch,
    gast.For: lower_for,
    gast.FunctionDef: _function,
    gast.While: lower_while,
    gast.Assert: _assert,
    gast.Raise: _raise,
    gast.Delete: _delete,
    Forget: _forget,
    gast.Import: _import,
    gast.ImportFrom: _import,
    gast.Global: _pass,
    gast.Nonlocal: _pass,
}
