"""Delta debugging of failing programs on their syntax tree: fewer statements, then smaller expressions."""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tests.support.fuzz_oracle import Outcome
from tests.support.fuzz_programs import Case
from tests.support.matrix import leaves

SECONDS = 60.0
BLOCKS = ("body", "orelse")


def minimized(case: Case, outcome: Outcome, check: Callable[[Case], Outcome]) -> str:
    """The text of the smallest program found that fails as ``case`` does, and its arguments."""
    deadline = time.monotonic() + SECONDS

    def fails(text: str) -> bool:
        if time.monotonic() > deadline:
            return False
        try:
            got = check(replace(case, text=text))
        except Exception:  # what is left of the module may not even load
            return False
        return got.status == outcome.status and _alike(got, outcome)

    text = case.text
    while True:
        smaller = _pass(text, fails)
        if smaller == text or time.monotonic() > deadline:
            break
        text = smaller
    return f"{text}\n{_arguments(case)}\n{check(replace(case, text=text)).detail}"


def _alike(a: Outcome, b: Outcome) -> bool:
    numeric = ("vjp", "jvp", "dot product", "value_and_grad", "targets differ")
    return a.kind == b.kind or (a.kind in numeric and b.kind in numeric)


def _pass(text: str, fails: Callable[[str], bool]) -> str:
    """One sweep over all reductions, each kept if the program still fails."""
    k = 0
    candidates = list(_candidates(ast.parse(text)))
    while k < len(candidates):
        tried = candidates[k]
        if len(tried) < len(text) and fails(tried):
            text = tried
            candidates = list(_candidates(ast.parse(text)))
        else:
            k += 1
    return text


def _candidates(tree: ast.Module) -> Iterator[str]:
    """Texts with one thing less."""
    blocks = [
        (node, field) for node in ast.walk(tree) for field in BLOCKS if isinstance(getattr(node, field, None), list)
    ]
    for at, (node, field) in enumerate(blocks):
        for k in range(len(getattr(node, field))):
            yield from _without(tree, at, field, k)
    count = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    for at in range(count):
        yield from _simpler(tree, at)


def _without(tree: ast.Module, at: int, field: str, k: int) -> Iterator[str]:
    """Without statement ``k`` of block ``at``, or with its body in its place."""
    for unwrap in (False, True):
        new = copy.deepcopy(tree)
        blocks = [(n, f) for n in ast.walk(new) for f in BLOCKS if isinstance(getattr(n, f, None), list)]
        block = getattr(*blocks[at])
        statement = block[k]
        inner: list[ast.stmt] = []
        if unwrap:
            if not isinstance(statement, ast.If | ast.For):
                return
            inner = statement.body
        elif isinstance(statement, ast.Return | ast.Pass):
            return
        block[k : k + 1] = inner or ([ast.Pass()] if len(block) == 1 and field == "body" else [])
        yield _text(new)
        if unwrap and isinstance(statement, ast.If) and statement.orelse:
            block[k : k + len(inner)] = statement.orelse
            yield _text(new)


def _simpler(tree: ast.Module, at: int) -> Iterator[str]:
    """With expression ``at`` replaced by one of its parts or a number."""
    node = _expression(tree, at)
    if isinstance(node, ast.Constant | ast.Slice) or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, ast.Call):
        parts = node.args
    if isinstance(node, ast.Subscript):
        parts = [node.value]
    for part in [*parts, ast.Constant(0.5)]:
        if isinstance(part, ast.Slice):
            continue
        new = copy.deepcopy(tree)
        _replace(new, at, copy.deepcopy(part))
        yield _text(new)


def _expression(tree: ast.Module, at: int) -> Any:
    return [node for node in ast.walk(tree) if isinstance(node, ast.expr)][at]


def _replace(tree: ast.Module, at: int, new: ast.expr) -> None:
    old = _expression(tree, at)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return
            if isinstance(value, list) and any(v is old for v in value):
                value[[v is old for v in value].index(True)] = new
                return


def _text(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _arguments(case: Case) -> str:
    """The arguments as comments."""
    values = case.make(case.load())
    lines = []
    for a, v in zip(case.arguments, values, strict=True):
        size = sum(np.size(leaf) for leaf in leaves(v))
        lines.append(f"# {a.name}: {a.layout} {v!r}" if size < 30 else f"# {a.name}: {a}")
    return "\n".join(lines)
