"""Which constructs and functions a program of the corpus shows: from its source, and from one traced run.

Names are resolved in the program's own globals, and what local variables are is seen in the run, so that an index
array differs from an index.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FunctionNode = (ast.FunctionDef, ast.Lambda)
OPERATORS = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power",
    ast.FloorDiv: "floor_divide", ast.Mod: "remainder", ast.MatMult: "matmul", ast.BitAnd: "bitwise_and",
    ast.BitOr: "bitwise_or", ast.BitXor: "bitwise_xor", ast.LShift: "left_shift", ast.RShift: "right_shift",
    ast.Invert: "invert", ast.USub: "negative", ast.UAdd: "positive", ast.Eq: "equal", ast.NotEq: "not_equal",
    ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal",
}  # fmt: skip


@dataclass
class Piece:
    """One function (or class) that a program reaches."""

    name: str
    node: ast.AST
    scope: dict[str, Any]
    calls: set[str] = field(default_factory=set)
    cells: tuple[str, ...] = ()


@dataclass
class Program:
    """A program as the scan sees it: what it reaches (the entry first), its arguments, and its local variables.

    ``kinds`` has, by function and variable, what was seen in the run: ``"index"`` (an integer array), ``"mask"``,
    ``"array"``, ``"0-d"``, ``"rebound"``, ``"extent"``.
    """

    name: str
    pieces: list[Piece]
    args: tuple[Any, ...]
    kinds: dict[tuple[str, str], set[str]]
    variants: frozenset[str] = frozenset()
    written: bool = False

    def walk(self, *types_: type) -> Iterator[tuple[Piece, Any]]:
        """Every node of these types, with the function that it is in."""
        for piece in self.pieces:
            for node in inside(piece.node):
                if not types_ or isinstance(node, types_):
                    yield piece, node


def inside(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, but not decorators and annotations."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("decorator_list", "annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from inside(child)


@functools.cache
def module_tree(file: str) -> ast.Module:
    """The tree of a file, with parents."""
    with open(file, encoding="utf8") as stream:
        tree = ast.parse(stream.read())
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    return tree


def ancestors(node: ast.AST) -> Iterator[ast.AST]:
    """From the parent upwards, as far as the enclosing function."""
    while not isinstance(node, (*FunctionNode, ast.Module)):
        node = node.parent  # type: ignore[attr-defined]
        yield node


def plain(fn: Any) -> Any:
    """The Python function in a dispatcher, a partial, a bound method or a class."""
    while True:
        inner = getattr(fn, "py_func", None) or getattr(fn, "__wrapped__", None) or getattr(fn, "func", None)
        inner = inner or getattr(fn, "__func__", None)
        if inner is None or inner is fn:
            return fn
        fn = inner


def node_of(fn: Any) -> ast.AST | None:
    """The definition of a function or class of the corpus."""
    file = inspect.getsourcefile(fn)
    if file is None:
        return None
    name = fn.__name__
    for node in ast.walk(module_tree(file)):
        if isinstance(fn, type):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return node
        elif isinstance(node, FunctionNode) and getattr(node, "name", "<lambda>") == name:
            first = min([d.lineno for d in getattr(node, "decorator_list", [])], default=node.lineno)
            if fn.__code__.co_firstlineno in (first, node.lineno):
                return node
    return None


def scope_of(fn: Any) -> dict[str, Any]:
    """Globals and captured variables."""
    if isinstance(fn, type):
        return dict(vars(sys.modules[fn.__module__]))
    cells = zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True)
    return {**fn.__globals__, **{name: cell.cell_contents for name, cell in cells}}


def reach(entry: Any, found: dict[Any, Piece] | None = None) -> dict[Any, Piece]:
    """The functions and classes of the corpus that the entry names, transitively."""
    found = {} if found is None else found
    fn = plain(entry)
    if fn in found or not (getattr(fn, "__module__", None) or "").startswith("tests.programs"):
        return found
    node = node_of(fn)
    if node is None:
        return found
    code = getattr(fn, "__code__", None)
    outer = {name: value for name, value in scope_of(fn).items() if name not in bound_names(node)}
    piece = found[fn] = Piece(fn.__name__, node, outer, cells=code.co_freevars if code else ())
    for name in inside(node):
        value = resolve(name, piece.scope) if isinstance(name, (ast.Name, ast.Attribute)) else None
        inner = plain(value) if callable(value) else None
        if isinstance(inner, (types.FunctionType, type)):
            piece.calls.add(inner.__name__)
            reach(inner, found)
    return found


def bound_names(node: ast.AST) -> set[str]:
    """Parameters and variables: what does not mean a global of that name."""
    found = {n.arg for n in inside(node) if isinstance(n, ast.arg)}
    found |= {n.id for n in inside(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found | {n.name for n in inside(node) if isinstance(n, ast.FunctionDef) and n is not node}


def resolve(node: ast.AST, scope: dict[str, Any]) -> Any:
    """The object that a name or a chain of attributes of a global means; None where it is none."""
    if isinstance(node, ast.Name):
        return scope.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = resolve(node.value, scope)
        return getattr(owner, node.attr, None) if owner is not None else None
    return None


# --- the run ---------------------------------------------------------------------------------------------------------


def trace(fn: Callable[..., Any], args: tuple[Any, ...]) -> dict[tuple[str, str], set[str]]:
    """Runs the function and says what its variables, and those of the corpus's functions that it calls, have been."""
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(found: set[str], seen: dict[str, np.ndarray], name: str, value: Any) -> None:
        if isinstance(value, list):
            found.add("list")
            return
        found.add({"b": "mask", "i": "index"}.get(value.dtype.kind, "array") if value.ndim else "0-d")
        before = seen.setdefault(name, value)
        if before is not value:
            found.add("rebound")
            if before.shape != value.shape:
                found.add("extent")
            seen[name] = value

    def enter(frame: Any, event: str, _: Any) -> Any:
        if not frame.f_globals.get("__name__", "").startswith("tests.programs"):
            return None
        seen: dict[str, np.ndarray] = {}  # of this call

        def local(frame: Any, event: str, _: Any) -> Any:
            for name, value in frame.f_locals.items():
                if isinstance(value, (np.ndarray, list)):
                    note(kinds[frame.f_code.co_name, name], seen, name, value)
            return local

        return local

    old = sys.gettrace()
    sys.settrace(enter)
    try:
        fn(*args)
    except (ValueError, IndexError, ZeroDivisionError, TypeError):
        pass  # a program that is refused may fail in NumPy too
    finally:
        sys.settrace(old)
    return kinds


# --- functions -------------------------------------------------------------------------------------------------------


def functions(program: Program, known: dict[Any, str]) -> set[str]:
    """The listed functions that the program calls; an operator stands for its ufunc, a method for its function."""
    found = {f"np.{OPERATORS[type(n)]}" for _, n in program.walk(*OPERATORS)}
    by_method = {name.rpartition(".")[2]: name for name in known.values() if name.count(".") == 1}
    for piece, node in program.walk(ast.Name, ast.Attribute):
        value = resolve(node, piece.scope)
        if value is None and isinstance(node, ast.Attribute):
            parent = node.parent  # type: ignore[attr-defined]
            if isinstance(parent, ast.Call) and parent.func is node and node.attr in by_method:
                found.add(by_method[node.attr].replace("math.", "np."))
        try:
            if value is not None and value in known:
                found.add(known[value])
        except (TypeError, ValueError):
            continue  # not hashable: an array
        if isinstance(node, ast.Attribute) and resolve(node.value, piece.scope) is np.add:
            found.add(f"np.add.{node.attr}")
    return found
