"""A loop-level function as Python text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from s2sad.backend import opaque, vecmath
from s2sad.backend.exits import exits
from s2sad.backend.expressions import Expressions
from s2sad.backend.fold import plan
from s2sad.backend.invoking import begin, shares, tapes
from s2sad.backend.naming import Names
from s2sad.backend.printer import Note, render
from s2sad.backend.python_numbers import PythonNumbers
from s2sad.backend.statements import Statements
from s2sad.errors import Loc
from s2sad.ir import nodes as n
from s2sad.ir import walk


@dataclass(frozen=True)
class Emitted:
    """Generated text.

    Attributes
    ----------
    name
        The function that ``text`` defines.
    text
        Function definitions, without imports; that of ``name`` is the last.
    line_map
        The user's place of each line of ``text`` (from 1) that has one.
    imports
        Globals that ``text`` uses: ``np``, ``math``, ``rt.index``; ``max as max_`` where a parameter took the name;
        ``vec.exp`` for a bare ``exp``, which the header binds to vector math or to NumPy's; library calls of opaque
        functions, ``as`` the names that the header binds them to.
    types
        Of each local variable of ``name``: name, dtype, dimensions (-1 for a scalar), as the IR has them (pitfall S14).
    parts
        Functions that ``text`` defines above it, and Numba's signatures of them; each calls itself and those before it.
    """

    name: str
    text: str
    line_map: dict[int, Loc]
    imports: frozenset[str]
    types: tuple[tuple[str, str, int], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()


def emit(fn: n.Function, style: str = "fast") -> Emitted:
    """The text of ``fn`` in style ``"fast"`` (what runs) or ``"plain"`` (no casts, no blocked sums)."""
    fn = exits(fn)
    folding = plan(fn)
    vector = vecmath.names_in(fn) if style == "fast" else frozenset()
    invoked = frozenset(s.name for s in walk.walk(fn.body) if isinstance(s, n.Invoke))
    called = opaque.names_in(fn, invoked)
    names = Names(fn, folding, vector | invoked | frozenset(called.values()))
    python = PythonNumbers(fn, style == "fast")
    expressions = Expressions(names, folding, style, (fn.name, *(p.name for p in fn.params)), python)
    strided = frozenset() if fn.part is None else frozenset(own_arrays(fn))
    statements = Statements(expressions, names, folding, called, strided)
    body = [*_docstring(fn), *_unpacking(fn, names), *begin(statements, fn), *_body(fn, statements)]
    arguments = _arguments(fn)
    if shares(fn):
        arguments.args += [ast.arg(v.id) for v in tapes(statements) if isinstance(v, ast.Name)]
    tree = ast.FunctionDef(fn.name, arguments, body or [ast.Pass()], [], lineno=0)
    text, line_map = render(tree, statements.notes)
    return Emitted(fn.name, text, line_map, frozenset(expressions.imports), names.types())


def _body(fn: n.Function, statements: Statements) -> list[ast.stmt]:
    if fn.reverse_at is None:
        return statements.block(fn.body)
    forward = statements.block(fn.body[: fn.reverse_at])
    reverse = statements.block(fn.body[fn.reverse_at :])
    for block, header in ((forward, "# forward sweep"), (reverse, "# reverse sweep")):
        if block:
            statements.notes[block[0]] = replace(statements.notes.get(block[0], Note()), header=header)
    return forward + reverse


def own_arrays(fn: n.Function) -> set[n.Var]:
    """The array parameters of ``fn``, and views of them."""
    found = {v for v in walk.param_vars(fn) if isinstance(v.type, n.Array)}
    for stmt in walk.walk(fn.body):
        if isinstance(stmt, n.View) and stmt.base in found:
            found.add(stmt.target)
    return found


def _docstring(fn: n.Function) -> Iterator[ast.stmt]:
    if fn.doc:
        yield ast.Expr(ast.Constant(fn.doc))


def _arguments(fn: n.Function) -> ast.arguments:
    """The signature; defaults before a (hidden) parameter without one cannot be written: the wrapper has them."""
    defaults: list[ast.expr] = []
    for param in fn.params:
        if param.default is None:
            defaults.clear()
        else:
            defaults.append(ast.parse(param.default, mode="eval").body)
    return ast.arguments([], [ast.arg(p.name) for p in fn.params], None, [], [], None, defaults)


def _unpacking(fn: n.Function, names: Names) -> Iterator[ast.stmt]:
    """``w, b = params`` for parameters that are tuples."""
    for param in fn.params:
        if isinstance(param.tree, n.Struct) and param.tree.items:
            yield ast.Assign([_targets(param.tree, names)], ast.Name(param.name, ast.Load()), lineno=0)


def _targets(tree: n.Tree, names: Names) -> ast.expr:
    if isinstance(tree, n.Struct):
        return ast.Tuple([_targets(item, names) for item in tree.items], ast.Store())
    return ast.Name(names[tree] if isinstance(tree, n.Var) else "_", ast.Store())
