"""The pass: array level to loop level."""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.dependence import nests
from s2sad.analysis.versions import memory_versions
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, Names
from s2sad.scalarize.body import Body, Context, fill
from s2sad.scalarize.extremum import lower_extremum
from s2sad.scalarize.index import is_index_view, shape
from s2sad.scalarize.operands import copy_operands
from s2sad.scalarize.plan import REDUCTIONS, plan
from s2sad.scalarize.reduce import lower_sum
from s2sad.scalarize.stores import store_array


def scalarize(fn: n.Function) -> n.Function:
    """``fn`` at loop level: loops over scalars instead of array expressions, indices instead of views.

    Parameters
    ----------
    fn : Function
        At array level, at loop level, or mixed.

    Returns
    -------
    Function
        The same function (bit for bit, but for the order of sums) at loop level. Memory versions are not numbered.

    Examples
    --------
    >>> from s2sad.ir.builder import const
    >>> from s2sad.ir.text import show
    >>> x, t, y = (n.Var(name, n.Array("float64", (const(9),))) for name in "xty")
    >>> body = (n.Call(t, "mul", (x, const(2.0))), n.Call(y, "exp", (t,)), n.Return(y))
    >>> fn = n.Function("f", (n.Param("x", x),), body)
    >>> print(show(fn))
    def f(x: float64[9]):
        t: float64[9] = call mul(x, 2.0)
        y: float64[9] = call exp(t)
        return y
    >>> print(show(scalarize(fn)))
    def f(x: float64[9]):
        y: float64[9] = alloc empty (local)
        map i in (9):
            x.1: float64 = x[i]
            t.1: float64 = mul(x.1, 2.0)
            y.1: float64 = exp(t.1)
            y[i] = y.1
        return y
    """
    names = Names.of(fn)
    fn = copy_operands(fn, names)
    versions = memory_versions(fn)
    context = Context(Builder(names), plan(fn, versions), versions.aliases, nests=nests(fn))
    reverse_at = fn.reverse_at
    with context.builder.block() as body:
        for k, stmt in enumerate(fn.body):
            if k == fn.reverse_at:
                reverse_at = len(body)
            _statement(context, stmt)
    return replace(fn, body=tuple(body), reverse_at=reverse_at)


def _block(context: Context, block: n.Block) -> n.Block:
    with context.builder.block() as out:
        for stmt in block:
            _statement(context, stmt)
    return tuple(out)


def _statement(context: Context, stmt: n.Stmt) -> None:
    builder = context.builder
    builder.loc = stmt.loc
    match stmt:
        case n.Call():
            _call(context, stmt)
        case n.View():
            context.views[stmt.target] = stmt
            if stmt.target in context.plan.kept:
                builder.add(stmt)
        case n.Store() | n.Accumulate():
            if stmt.index == () and (shape(stmt.array) or isinstance(stmt.value.type, n.Array)):
                store_array(context, stmt)
            else:
                builder.add(_element_access(context, stmt))
        case n.Load():
            builder.add(_element_access(context, stmt))
        case n.If():
            builder.add(replace(stmt, then=_block(context, stmt.then), orelse=_block(context, stmt.orelse)))
        case n.For() | n.ReverseLoop():
            with context.inside(stmt.index):
                builder.add(replace(stmt, body=_block(context, stmt.body)))
        case n.Map():
            with context.inside(*stmt.indices):
                builder.add(replace(stmt, body=_block(context, stmt.body)))
        case _:
            builder.add(stmt)


def _call(context: Context, call: n.Call) -> None:
    target = call.target
    if call.fn == "sum":
        lower_sum(context, call)
    elif call.fn in REDUCTIONS:
        lower_extremum(context, call)
    elif target in context.plan.inlined:
        context.deferred[target] = call
    elif not isinstance(target.type, n.Array):
        body = Body(context)
        context.builder.add(n.Assign(target, call.fn, tuple(body.element(a, ()) for a in call.args), call.loc))
    elif target not in context.plan.unused:
        context.builder.add(n.Alloc(target, None, "local", call.loc))
        fill(context, target, call)


def _element_access(context: Context, stmt: n.Load | n.Store | n.Accumulate) -> n.Stmt:
    """``stmt`` on the memory behind the view that it goes through."""
    view = context.views.get(stmt.array)
    if view is None or not is_index_view(view):
        return stmt
    body = Body(context)
    array, index = body.locate(stmt.array, tuple(body.scalars.form(a) for a in stmt.index))
    return replace(stmt, array=array, index=body.atoms(index))
