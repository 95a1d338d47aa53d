"""Which function in a text is the one that runs: compile the text, compare code objects.

A file may have been edited after its import, two lambdas may share a line, a wrapper may carry another's name. So a
definition is never believed by its name or line: the whole text is compiled, which gives closures, classes, private
names and future flags their right meaning, and a definition matches if its code object equals the running one.
"""

from __future__ import annotations
import __future__

import ast
import copy
import dis
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import TypeAlias

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag


@dataclass(frozen=True)
class Definition:
    """A ``def`` or lambda of a text, the code object it compiles to, and the classes around it."""

    node: FunctionNode
    code: CodeType
    in_class: bool


def find_definition(text: str, code: CodeType, rewritten_asserts: bool = False) -> Definition | None:
    """The definition in ``text`` that compiles to ``code``; of several equal ones the nearest to its line.

    Parameters
    ----------
    text : str
        A whole module, cell or input.
    code : CodeType
        The code object that runs.
    rewritten_asserts : bool
        Whether ``assert`` statements were rewritten when the module was imported (by pytest): then definitions that
        contain one are compared without.

    Raises
    ------
    SyntaxError, ValueError
        If ``text`` does not compile.
    """
    flags = code.co_flags & FUTURE_FLAGS
    matches = [d for d in _definitions(text, code.co_name, flags, False) if same(d.code, code)]
    if not matches and rewritten_asserts:
        matches = [d for d in _definitions(text, code.co_name, flags, True) if within(d.code, code)]
    return min(matches, key=lambda d: abs(_anchor(d.node).lineno - code.co_firstlineno), default=None)


@lru_cache(maxsize=64)
def _definitions(text: str, name: str, flags: int, without_asserts: bool) -> tuple[Definition, ...]:
    """All definitions of ``name`` in ``text`` with the code objects that they compile to.

    The pairing is the compiler's own: each definition is moved to lines of its own before compiling, which come back as
    ``co_firstlineno``. (Columns would need Python 3.11.) It is moved as a whole, because code depends a little on which
    of its expressions share a line: constants that fold leave a ``NOP`` behind where they do not.
    """
    # A cell may await at its top level.
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        tree = compile(text, "<source>", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        moved = copy.deepcopy(tree)
        height = text.count("\n") + 2
        lines = []
        # A function comes before those that it contains, so the inner ones leave their outer ones' lines again.
        for node, _ in _functions(moved):
            if _code_name(node) == name:
                line = _anchor(node).lineno
                lines.append((len(lines) + 1) * height + line % height)
                _move(node, lines[-1] - line)
        compiled = _WithoutAsserts().visit(moved) if without_asserts else moved
        module = compile(compiled, "<source>", "exec", flags, dont_inherit=True)
    codes = {c.co_firstlineno: c for c in _code_objects(module) if c.co_name == name}
    nodes = [(node, in_class) for node, in_class in _functions(tree) if _code_name(node) == name]
    # The compiler drops dead code: a node may have no code object.
    found = [(node, codes.get(line), in_class) for (node, in_class), line in zip(nodes, lines, strict=True)]
    return tuple(Definition(node, code, in_class) for node, code, in_class in found if code is not None)


def _functions(tree: ast.AST) -> Iterator[tuple[FunctionNode, bool]]:
    """All function nodes under ``tree``, with whether a class is around them."""
    stack = [(tree, False)]
    while stack:
        node, in_class = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node, in_class
        inside = in_class or isinstance(node, ast.ClassDef)
        stack += [(child, inside) for child in ast.iter_child_nodes(node)]


def _move(node: ast.AST, by: int) -> None:
    """Move what ``node`` spans down; not classes in it, whose code knows its line (``__firstlineno__``)."""
    if isinstance(node, ast.ClassDef):
        return
    if "lineno" in node._attributes:
        node.lineno, node.end_lineno = node.lineno + by, node.end_lineno + by  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        _move(child, by)


def _anchor(node: FunctionNode) -> ast.stmt | ast.expr:
    """The node whose line becomes ``co_firstlineno``."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return decorators[0] if decorators else node


def _code_name(node: FunctionNode) -> str:
    return "<lambda>" if isinstance(node, ast.Lambda) else node.name


def _code_objects(code: CodeType) -> Iterator[CodeType]:
    """``code`` and all code objects nested in it."""
    stack = [code]
    while stack:
        code = stack.pop()
        yield code
        stack += [c for c in code.co_consts if isinstance(c, CodeType)]


class _WithoutAsserts(ast.NodeTransformer):
    """Each ``assert`` becomes ``pass``."""

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)


def same(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects mean the same: all but file name and line numbers is compared."""
    return _key(a) == _key(b)


def _key(code: CodeType) -> tuple:
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return names, counts, code.co_code, tuple(_constant_key(c) for c in code.co_consts)


def _constant_key(value: object) -> object:
    """A key that tells 1, 1.0 and True, and 0.0 and -0.0 apart."""
    if isinstance(value, CodeType):
        return _key(value)
    if isinstance(value, tuple):
        return tuple(_constant_key(v) for v in value)
    if isinstance(value, frozenset):
        return frozenset(_constant_key(v) for v in value)
    return type(value), repr(value)


def within(a: CodeType, b: CodeType) -> bool:
    """Whether the instructions of ``a`` occur in ``b`` in order: ``b`` is ``a`` with other statements between.

    Jump targets are left out.
    """
    if (a.co_freevars, a.co_varnames[: a.co_argcount]) != (b.co_freevars, b.co_varnames[: b.co_argcount]):
        return False
    rest = iter(_instructions(b))
    return all(instruction in rest for instruction in _instructions(a))


def _instructions(code: CodeType) -> list[tuple[str, object]]:
    jumps = set(dis.hasjrel) | set(dis.hasjabs)
    result: list[tuple[str, object]] = []
    for i in dis.get_instructions(code):
        if i.opcode in jumps or i.opname in ("NOP", "RESUME", "CACHE"):
            continue
        value = i.argval if isinstance(i.argval, str) or i.opcode not in dis.hasconst else _constant_key(i.argval)
        result.append((i.opname, value))
    return result
