"""The invariants of the IR, checked after every pass in tests and on the final IR always.

One file per family: ``scopes`` (names bound once, uses dominated by definitions, ``Return`` last), ``types`` (operands,
indices, joins and carries agree, what each level allows), ``maps`` (iterations of a ``Map`` do not collide), ``memory``
(tapes, written parameters). A check of memory versions belongs beside them, as another function of ``_CHECKS``.
All are linear in the number of statements; recursion follows the nesting depth only.
"""

from __future__ import annotations

from collections.abc import Mapping

from s2sad.ir import nodes as n
from s2sad.verify.failure import Context, OpFacts
from s2sad.verify.maps import check_maps
from s2sad.verify.memory import check_memory
from s2sad.verify.scopes import check_scopes
from s2sad.verify.types import check_types

__all__ = ["OpFacts", "verify"]

_CHECKS = (check_scopes, check_types, check_maps, check_memory)


def verify(fn: n.Function, level: str = "loop", stage: str = "", ops: Mapping[str, OpFacts] | None = None) -> None:
    """Check every invariant of ``fn``.

    Parameters
    ----------
    fn : Function
    level : {"loop", "array"}
        The level whose restrictions apply, see ``docs/ir.md``.
    stage : str
        What produced ``fn``, for the message.
    ops : mapping of str to OpFacts, optional
        Arity, operands and result of every scalar op (the registry's table). Without it ops are not looked at.

    Raises
    ------
    InternalError
        Naming the stage, the statement and the rule that it breaks.
    """
    if level not in ("loop", "array"):
        raise ValueError(f"level must be 'loop' or 'array', not {level!r}")
    context = Context(fn, level, stage, ops)
    for check in _CHECKS:
        check(context)
