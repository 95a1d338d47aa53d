"""Expressions: atoms, scalar ops, loads and views of the IR as Python ``ast`` nodes."""

from __future__ import annotations

import ast
import math
from collections.abc import Container, Iterable

import numpy as np

from s2sad.backend import vecmath
from s2sad.backend.fold import Plan
from s2sad.backend.naming import BUILTINS, Names
from s2sad.ir import nodes as n
from s2sad.rules.registry import Op, op

BINARY: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div(), "//": ast.FloorDiv(), "%": ast.Mod(),
    "**": ast.Pow(), "&": ast.BitAnd(), "|": ast.BitOr(), "^": ast.BitXor(), "<<": ast.LShift(), ">>": ast.RShift(),
}  # fmt: skip
COMPARE: dict[str, ast.cmpop] = {
    "<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(), "==": ast.Eq(), "!=": ast.NotEq(),
}  # fmt: skip
UNARY: dict[str, ast.unaryop] = {"-": ast.USub(), "+": ast.UAdd(), "~": ast.Invert(), "not": ast.Not()}
SMALL_INTS = frozenset({"int8", "int16", "int32", "uint8", "uint16", "uint32"})
INTS = SMALL_INTS | {"int64", "uint64"}
# op of a comparison -> the op that holds exactly when it does not; for order comparisons of ints only (nan)
INVERSE: dict[type, ast.cmpop] = {
    ast.Lt: ast.GtE(), ast.LtE: ast.Gt(), ast.Gt: ast.LtE(), ast.GtE: ast.Lt(),
    ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(),
}  # fmt: skip


def name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())


def number(value: float | bool) -> ast.expr:
    """``value`` as Python reads it back: negative numbers are a minus sign before a literal."""
    if not isinstance(value, bool) and (value < 0 or (value == 0 and math.copysign(1.0, value) < 0)):
        return ast.UnaryOp(ast.USub(), number(-value))
    return ast.Constant(value)


def binary(left: ast.expr, sign: str, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, BINARY[sign], right)


def is_number(expr: ast.expr, value: int) -> bool:
    return isinstance(expr, ast.Constant) and type(expr.value) is int and expr.value == value


def plus(expr: ast.expr, k: int) -> ast.expr:
    """``expr + k`` for ints, with literals added up."""
    if isinstance(expr, ast.Constant):
        return number(expr.value + k)  # type: ignore[operator]
    if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.USub) and isinstance(expr.operand, ast.Constant):
        return number(k - expr.operand.value)  # type: ignore[operator]
    if isinstance(expr, ast.BinOp) and isinstance(expr.op, ast.Add | ast.Sub) and isinstance(expr.right, ast.Constant):
        held = expr.right.value if isinstance(expr.op, ast.Add) else -expr.right.value  # type: ignore[operator]
        return plus(expr.left, held + k)  # type: ignore[operator]
    if k == 0:
        return expr
    return binary(expr, "+" if k > 0 else "-", ast.Constant(abs(k)))


def dtype_of(atom: n.Atom) -> str:
    return atom.type.dtype


class Expressions:
    """Makes expressions; collects in ``imports`` the global names that they use (``np``, ``rt.index``, ``max``)."""

    def __init__(
        self, names: Names, plan: Plan, style: str, taken: Iterable[str], python: Container[n.Atom] = ()
    ) -> None:
        self.names = names
        self.python = python  # what can hold Python's own numbers
        self.plan = plan
        self.fast = style == "fast"
        self.taken = frozenset(taken)  # parameter names: a global of this name is imported under another one
        self.imports: set[str] = set()

    # ---- names from outside ----

    def outside(self, dotted: str) -> ast.expr:
        """A global such as ``np.sin``, ``rt.index``, ``max``."""
        root, *rest = dotted.split(".")
        alias = root
        while alias in self.taken:
            alias += "_"
        known = f"rt.{rest[0]}" if root == "rt" else root
        if root not in BUILTINS or alias != root:
            self.imports.add(known if alias == root else f"{known} as {alias}")
        expr: ast.expr = name(alias)
        for attribute in rest:
            expr = ast.Attribute(expr, attribute, ast.Load())
        return expr

    def call(self, dotted: str, *args: ast.expr) -> ast.expr:
        return ast.Call(self.outside(dotted), list(args), [])

    def bare(self, function: str) -> ast.expr:
        """A function that the header binds, to vector math or to NumPy's."""
        alias = function
        while alias in self.taken:
            alias += "_"
        self.imports.add(f"vec.{function}" if alias == function else f"vec.{function} as {alias}")
        return name(alias)

    def dtype(self, dtype: str) -> str:
        return "np.bool_" if dtype == "bool" else f"np.{dtype}"

    # ---- atoms ----

    def atom(self, atom: n.Atom, literal: bool = False) -> ast.expr:
        """A variable's name or expression, or a constant; ``literal`` where the context fixes the dtype."""
        if isinstance(atom, n.Var):
            definition = self.plan.inline.get(atom.name)
            return name(self.names[atom]) if definition is None else self.definition(definition)
        value, dtype = atom.value, atom.type.dtype
        if dtype.startswith("float"):
            value = float(str(np.float32(value))) if dtype == "float32" else float(value)  # the shortest digits
            text = ("np.nan" if math.isnan(value) else "np.inf") if not math.isfinite(value) else ""
            expr = self.outside(text) if text else number(value)
            if text and value < 0:
                expr = ast.UnaryOp(ast.USub(), expr)
        else:
            expr = number(bool(value) if dtype == "bool" else int(value))
        if self.fast and not literal and dtype not in ("float64", "int64", "bool") and not atom.type.weak:
            return self.call(self.dtype(dtype), expr)
        return expr

    def atoms(self, atoms: Iterable[n.Atom]) -> list[ast.expr]:
        return [self.atom(a) for a in atoms]

    def definition(self, stmt: n.Stmt) -> ast.expr:
        """The right-hand side of ``stmt``."""
        match stmt:
            case n.Assign():
                return self.assign(stmt)
            case n.Load():
                return self.element(stmt.array, stmt.index)
            case n.Pop():
                return self.element(stmt.tape, stmt.index)
            case n.View():
                return self.view(stmt)
            case n.If():
                (join,) = stmt.joins
                return ast.IfExp(self.atom(stmt.cond), self.atom(join.then_value), self.atom(join.else_value))
        raise TypeError(type(stmt).__name__)

    def element(self, array: n.Var, index: tuple[n.Atom, ...], store: bool = False) -> ast.Subscript:
        items = [self.atom(i, literal=True) for i in index]
        key = items[0] if len(items) == 1 else ast.Tuple(items, ast.Load())
        return ast.Subscript(self.atom(array), key, ast.Store() if store else ast.Load())

    # ---- scalar ops ----

    def assign(self, stmt: n.Assign) -> ast.expr:
        """``op(*args)``."""
        dtype = dtype_of(stmt.target)
        match stmt.op:
            case "copy":
                return self.atom(stmt.args[0])
            case "cast":
                return self.cast(stmt.args[0], dtype)
            case "select":
                return ast.IfExp(*self.atoms(stmt.args))
            case "extent":
                shape = ast.Attribute(self.atom(stmt.args[0]), "shape", ast.Load())
                return ast.Subscript(shape, self.atom(stmt.args[1]), ast.Load())
            case "pymax" | "pymin" if dtype in INTS:
                return self.call(stmt.op[2:], *self.atoms(stmt.args))
            case "add_any" if not self.fast:
                return binary(*self._around(self.atoms(stmt.args), "+"))
        entry = op(stmt.op)
        vector = vecmath.name_of(stmt) if self.fast else None
        if vector is not None:
            return ast.Call(self.bare(vector), self.atoms(stmt.args), [])
        if entry.infix is None:
            return self.call(entry.call, *self.atoms(stmt.args))
        expr = self.infix(entry, self.dividing(stmt, self.operands(entry, stmt.args)))
        if self.fast and dtype in SMALL_INTS and entry.result == "same":
            return self.call(self.dtype(dtype), expr)  # Numba computes small ints in int64
        return expr

    @staticmethod
    def _around(pair: list[ast.expr], sign: str) -> tuple[ast.expr, str, ast.expr]:
        return pair[0], sign, pair[1]

    def operands(self, entry: Op, args: tuple[n.Atom, ...]) -> list[ast.expr]:
        """The operands, without the casts from int to float64 that the operator itself makes."""
        if entry.infix not in ("+", "-", "*", "/") or len(args) != 2:
            return self.atoms(args)
        inner = [self._int_behind_cast(a) for a in args]
        if all(inner) and entry.infix != "/":
            inner[0] = None
        return [self.atom(a) if i is None else self.atom(i) for a, i in zip(args, inner, strict=True)]

    def dividing(self, stmt: n.Assign, operands: list[ast.expr]) -> list[ast.expr]:
        """``operands``, the first as NumPy's number where Python's would raise for a zero."""
        weak = isinstance(stmt.target.type, n.Scalar) and stmt.target.type.weak
        if op(stmt.op).infix not in ("/", "//", "%", "**") or weak:
            return operands
        actual = [self._int_behind_cast(a) or a for a in stmt.args]
        harmless = isinstance(actual[1], n.Const) and actual[1].value > 0
        if harmless or not all(a in self.python for a in actual):
            return operands
        return [self.call(self.dtype(dtype_of(stmt.target)), operands[0]), *operands[1:]]

    def _int_behind_cast(self, atom: n.Atom) -> n.Atom | None:
        if isinstance(atom, n.Var):
            stmt = self.plan.inline.get(atom.name)
            if isinstance(stmt, n.Assign) and stmt.op == "cast" and dtype_of(atom) == "float64":
                return stmt.args[0] if dtype_of(stmt.args[0]) in INTS else None
        return None

    def infix(self, entry: Op, args: list[ast.expr]) -> ast.expr:
        sign = entry.infix or ""
        if len(args) == 1:
            return ast.UnaryOp(UNARY[sign], args[0])
        left, right = args
        if sign in ("and", "or"):
            kind = ast.And if sign == "and" else ast.Or
            first = left.values if isinstance(left, ast.BoolOp) and isinstance(left.op, kind) else [left]
            return ast.BoolOp(kind(), [*first, right])
        if sign in COMPARE:
            return ast.Compare(left, [COMPARE[sign]], [right])
        return binary(left, sign, right)

    def cast(self, atom: n.Atom, dtype: str) -> ast.expr:
        source = dtype_of(atom)
        inner = self.atom(atom, literal=True)
        if source == dtype:
            return inner
        if self.fast:
            return self.call(self.dtype(dtype), inner)
        kinds = {"bool": "bool", "float64": "float"} | dict.fromkeys(INTS, "int")
        return self.call(kinds[dtype], inner) if dtype in kinds and source != "float32" else inner

    def stored(self, value: n.Atom, dtype: str) -> ast.expr:
        """``value`` where it is stored into an array of ``dtype``, which converts between floats and from ints."""
        if isinstance(value, n.Var):
            stmt = self.plan.inline.get(value.name)
            if (
                isinstance(stmt, n.Assign)
                and stmt.op == "cast"
                and dtype_of(value) == dtype
                and dtype.startswith("float")
            ):
                return self.atom(stmt.args[0])
        return self.atom(value, literal=dtype_of(value) == dtype)

    def negated(self, cond: n.Atom) -> ast.expr:
        """``not cond``, prettily."""
        expr = self.atom(cond)
        if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.Not):
            return expr.operand
        stmt = self.plan.inline.get(cond.name) if isinstance(cond, n.Var) else None
        exact = isinstance(stmt, n.Assign) and (
            stmt.op in ("eq", "ne", "xor") or all(dtype_of(a) in INTS for a in stmt.args)
        )
        if exact and isinstance(expr, ast.Compare):
            return ast.Compare(expr.left, [INVERSE[type(expr.ops[0])]], expr.comparators)
        return ast.UnaryOp(ast.Not(), expr)

    # ---- views ----

    def view(self, stmt: n.View) -> ast.expr:
        base = self.atom(stmt.base)
        if len(stmt.items) == 1:
            (item,) = stmt.items
            if isinstance(item, n.Transpose):
                if item.perm == tuple(reversed(range(len(item.perm)))):
                    return ast.Attribute(base, "T", ast.Load())
                axes: list[ast.expr] = [ast.Constant(k) for k in item.perm]
                return ast.Call(ast.Attribute(base, "transpose", ast.Load()), axes, [])
            if isinstance(item, n.Reshape):
                extents = self.atoms(stmt.target.type.extents)  # type: ignore[union-attr]
                shape: list[ast.expr] = extents if extents else [ast.Tuple([], ast.Load())]
                return ast.Call(ast.Attribute(base, "reshape", ast.Load()), shape, [])
        return self.subscript(base, stmt)

    def subscript(self, base: ast.expr, stmt: n.View) -> ast.expr:
        extents = stmt.base.type.extents if isinstance(stmt.base.type, n.Array) else ()
        keys: list[ast.expr] = []
        flips: list[ast.Slice] = []  # result dimensions that are then read backwards
        axis = 0
        for item in stmt.items:
            if isinstance(item, n.NewAxis):
                keys.append(ast.Constant(None))
                flips.append(ast.Slice())
                continue
            if isinstance(item, n.At):
                keys.append(self.atom(item.index, literal=True))
            elif isinstance(item, n.Slice):
                key, flip = self.slice(item, extents[axis])
                keys.append(key)
                flips.append(ast.Slice(step=flip))
            axis += 1
        whole = [isinstance(k, ast.Slice) and k.lower is k.upper is k.step is None for k in keys]
        first = whole.index(True) if True in whole else 0
        if first and all(whole[first:]) and all(isinstance(item, n.At) for item in stmt.items[:first]):
            del keys[first:]  # a[k], which Numba knows to be contiguous, for a[k, :, :]
        key = keys[0] if len(keys) == 1 else ast.Tuple(keys, ast.Load())
        expr = ast.Subscript(base, key, ast.Load())
        if any(f.step is not None for f in flips):
            back = flips[0] if len(flips) == 1 else ast.Tuple(list(flips), ast.Load())
            expr = ast.Subscript(expr, back, ast.Load())
        return expr

    def slice(self, item: n.Slice, extent: n.Atom) -> tuple[ast.expr, ast.expr | None]:
        """The slice, upwards, and the step (-1, or a sign) to read its result with.

        A slice downwards to element 0 has no stop that one could write.
        """
        start, count = self.atom(item.start), self.atom(item.extent)
        if isinstance(item.step, n.Const):
            step = int(item.step.value)
            if abs(step) == 1 and item.extent == extent:
                return ast.Slice(step=number(-1) if step < 0 else None), None
            if step < 0:
                below = self._product(plus(count, -1), ast.Constant(-step))
                low = binary(start, "-", below)
                return ast.Slice(low, plus(start, 1), number(-step) if step != -1 else None), number(-1)
            length = self._product(count, ast.Constant(step))
            stop = length if is_number(start, 0) else self._sum(start, length)
            lower = None if is_number(start, 0) else start
            return ast.Slice(lower, stop, number(step) if step != 1 else None), None
        step = self.atom(item.step)
        size = self.call("abs", step)
        jumps = self.call("max", plus(count, -1), ast.Constant(0))
        low = self.call("min", start, binary(start, "+", binary(jumps, "*", step)))
        return ast.Slice(low, binary(low, "+", binary(count, "*", size)), size), binary(step, "//", size)

    @staticmethod
    def _product(a: ast.expr, b: ast.expr) -> ast.expr:
        if is_number(b, 1):
            return a
        if isinstance(a, ast.Constant) and isinstance(b, ast.Constant):
            return number(a.value * b.value)  # type: ignore[operator]
        return binary(a, "*", b)

    @staticmethod
    def _sum(a: ast.expr, b: ast.expr) -> ast.expr:
        if isinstance(b, ast.Constant):
            return plus(a, b.value)  # type: ignore[arg-type]
        return plus(b, a.value) if isinstance(a, ast.Constant) else binary(a, "+", b)  # type: ignore[arg-type]
