"""What Numba says generated code returns, against what the IR says: a difference is a defect, not a result (S14)."""

from __future__ import annotations

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
