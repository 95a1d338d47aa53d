"""What types Numba gives generated code, against those of the IR: a difference is a defect, not a result (S14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from numba.core import types

from s2sad.api import layout as lay
from s2sad.errors import InternalError


def check(found: types.Type, layout: lay.Layout, name: str) -> None:
    """Raise ``InternalError`` unless the Numba type ``found`` has the structure and the dtypes of ``layout``.

    Raises
    ------
    InternalError
        Naming the function ``name`` and both types.
    """
    if isinstance(found, types.NoneType):
        return  # every path raises: extents known to differ
    if not _agrees(found, layout):
        raise InternalError(f"Numba types the result of {name} as {found}, the IR as {layout}", "result types")


def check_locals(typemap: Mapping[str, types.Type], expected: Iterable[tuple[str, str, int]], name: str) -> None:
    """Raise ``InternalError`` unless each local variable has the dtype and the dimensions that the IR gave it.

    ``typemap`` is Numba's, from its names (``x``, ``x.1``: bindings of ``x``) to types; ``expected`` has name, dtype
    and dimensions (-1 for a scalar).

    Raises
    ------
    InternalError
        Naming the function ``name``, the variable and both types.
    """
    allowed: dict[str, set[tuple[str, int]]] = {}
    for variable, dtype, ndim in expected:
        allowed.setdefault(variable, set()).add((dtype, ndim))
    for variable, found in typemap.items():
        wanted = allowed.get(variable.partition(".")[0])
        found = types.unliteral(found)
        if wanted is None or not isinstance(found, types.Array | types.Number | types.Boolean):
            continue
        kind = (str(found.dtype), found.ndim) if isinstance(found, types.Array) else (str(found), -1)
        if kind not in wanted:
            known = " or ".join(f"{d}, {k} dimensions" if k >= 0 else d for d, k in sorted(wanted))
            raise InternalError(f"Numba types {variable} in {name} as {found}, the IR as {known}", "types")


def _agrees(found: types.Type, layout: lay.Layout) -> bool:
    found = types.unliteral(found)
    if layout is None:
        return isinstance(found, types.NoneType)
    if isinstance(layout, lay.Group):
        items = getattr(found, "types", None)
        if items is None or len(items) != len(layout.items):
            return False
        return all(_agrees(item, part) for item, part in zip(items, layout.items, strict=True))
    if layout.is_array:
        return isinstance(found, types.Array) and str(found.dtype) == layout.dtype and found.ndim == layout.ndim
    return str(found) == layout.dtype
