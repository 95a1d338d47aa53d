"""What the checks share: the function under test, the facts about ops, and how a broken rule is reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from s2sad.errors import NOWHERE, InternalError
from s2sad.ir import nodes as n
from s2sad.ir import text


class OpFacts(Protocol):
    """The part of a registry entry that typing needs."""

    @property
    def arity(self) -> int: ...

    @property
    def operands(self) -> str:
        """``"float"``, ``"int"``, ``"bool"`` or ``"any"``."""
        ...

    @property
    def result(self) -> str:
        """``"same"`` (the operands' dtype), ``"bool"`` or ``"int64"``."""
        ...


@dataclass(frozen=True)
class Context:
    """One run of ``verify``."""

    fn: n.Function
    level: str
    stage: str
    ops: Mapping[str, OpFacts] | None

    def fail(self, stmt: n.Stmt | None, rule: str) -> NoReturn:
        """Report that ``stmt`` (``None``: the signature) breaks ``rule``."""
        after = f" after {self.stage}" if self.stage else ""
        where = text.line(stmt) if stmt is not None else "the signature"
        loc = stmt.loc if stmt is not None else self.fn.loc
        origin = f"\n  from {loc.filename}:{loc.line}: {loc.text}" if loc != NOWHERE else ""
        raise InternalError(f"invalid IR of {self.fn.name}{after}: {rule}\n  in {where}{origin}")


def is_int(a: n.Atom | n.Type) -> bool:
    """Whether ``a`` is a signed or unsigned integer scalar."""
    t = a if isinstance(a, n.Scalar | n.Array) else a.type
    return isinstance(t, n.Scalar) and t.dtype.startswith(("int", "uint"))


def is_bool(a: n.Atom) -> bool:
    return isinstance(a.type, n.Scalar) and a.type.dtype == "bool"


def is_array(a: n.Atom) -> bool:
    return isinstance(a.type, n.Array)


def is_zero(a: n.Atom) -> bool:
    return isinstance(a, n.Const) and a.value == 0


def same_kind(a: n.Type, b: n.Type) -> bool:
    """Same dtype and number of dimensions (extents are symbols and weakness is lowering's, so neither is compared)."""
    if isinstance(a, n.Array) or isinstance(b, n.Array):
        return isinstance(a, n.Array) and isinstance(b, n.Array) and a.dtype == b.dtype and a.ndim == b.ndim
    return a.dtype == b.dtype
