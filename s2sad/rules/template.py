"""Templates: the expression trees that rules are parsed into, and that adjoint and tangent are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Arg:
    """Argument ``k`` of the operation."""

    k: int


@dataclass(frozen=True)
class Result:
    """The operation's result."""


@dataclass(frozen=True)
class Literal:
    """A number of the operands' floating dtype."""

    value: float


@dataclass(frozen=True)
class Bar:
    """The cotangent of the result (``rule_vjp`` only)."""


@dataclass(frozen=True)
class Dot:
    """The tangent of argument ``k`` (``rule_jvp`` only)."""

    k: int


@dataclass(frozen=True)
class Apply:
    """A scalar op of the registry; in array rules also ``matmul``, ``matvec``, ``outer`` and ``transpose``."""

    op: str
    args: tuple[Template, ...]


Template: TypeAlias = Arg | Result | Literal | Bar | Dot | Apply


def nodes(template: Template) -> Iterator[Template]:
    """``template`` and everything below it, parents first."""
    stack = [template]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Apply):
            stack.extend(reversed(node.args))


def reads_args(template: Template | None) -> frozenset[int]:
    """The arguments whose values ``template`` reads."""
    return frozenset() if template is None else frozenset(n.k for n in nodes(template) if isinstance(n, Arg))


def reads_result(template: Template | None) -> bool:
    """Whether ``template`` reads the operation's result."""
    return template is not None and any(isinstance(n, Result) for n in nodes(template))
