"""Assignments to names, and parallel copies in a safe order."""

from __future__ import annotations

import ast
from dataclasses import dataclass

IN_PLACE = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor)


@dataclass(frozen=True)
class Copy:
    """``target = source``, one of several at once; ``atom`` is what ``source`` stands for."""

    target: str
    source: ast.expr
    atom: object = None

    def reads(self) -> set[str]:
        return {node.id for node in ast.walk(self.source) if isinstance(node, ast.Name)}

    def idle(self) -> bool:
        return isinstance(self.source, ast.Name) and self.source.id == self.target


def assignment(target: str, value: ast.expr) -> ast.stmt | None:
    """``target = value``, as ``target += b`` where ``value`` is ``target + b``; ``None`` for ``x = x``."""
    if isinstance(value, ast.Name) and value.id == target:
        return None
    store = ast.Name(target, ast.Store())
    if isinstance(value, ast.BinOp) and isinstance(value.op, IN_PLACE):
        commutes = isinstance(value.op, ast.Add | ast.Mult)  # exactly, also in floating point
        if _is(value.left, target):
            return _in_place(store, value.op, value.right)
        if commutes and _is(value.right, target):
            return _in_place(store, value.op, value.left)
    return ast.Assign([store], value, lineno=0)


def _is(expr: ast.expr, target: str) -> bool:
    return isinstance(expr, ast.Name) and expr.id == target


def _in_place(store: ast.Name, op: ast.operator, value: ast.expr) -> ast.stmt:
    if isinstance(op, ast.Add | ast.Sub) and isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        op, value = ast.Sub() if isinstance(op, ast.Add) else ast.Add(), value.operand  # x + (-v) is x - v, exactly
    return ast.AugAssign(store, op, value)


def sequence(copies: list[Copy]) -> list[tuple[ast.stmt, list[object]]]:
    """Statements, each with the atoms that it copies, that have the effect of all ``copies`` at once.

    Each target is written after its last other reader. What is left when no target is free of readers is a cycle
    (a swap, a rotation) and becomes one tuple assignment.
    """
    left = [c for c in copies if not c.idle()]
    reads = {c.target: c.reads() for c in left}
    out: list[tuple[ast.stmt, list[object]]] = []
    while left:
        for c in left:
            if not any(c.target in reads[other.target] for other in left if other is not c):
                break
        else:
            out.append((_at_once(left), [c.atom for c in left]))
            break
        left.remove(c)
        made = assignment(c.target, c.source)
        if made is not None:
            out.append((made, [c.atom]))
    return out


def _at_once(copies: list[Copy]) -> ast.stmt:
    targets: list[ast.expr] = [ast.Name(c.target, ast.Store()) for c in copies]
    return ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple([c.source for c in copies], ast.Load()), lineno=0)
