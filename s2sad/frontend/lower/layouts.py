"""NumPy's functions that give an array another layout: the array itself where it has that layout, else a copy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.analysis.types import Kind
from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import shaping
from s2sad.frontend.lower.arguments import Handler, array_of, bound, dtype_of
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Value


def _handler(name: str, layout: str) -> Handler:
    def handler(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
        a = bound(c, name, "a dtype", args, kwargs)
        value = array_of(c, a["a"], name)
        if value.ndim == 0:
            c.refuse(f"{name} of a 0-d array", "np.atleast_1d(x)")
        dtype = dtype_of(c, a["dtype"]) or value.dtype
        if dtype != value.dtype:
            cast = ew.as_kind(c, value, Kind(dtype), hint)
            assert isinstance(cast, Arr)
            return replace(cast, in_order=layout == "C" or value.ndim < 2)
        return shaping.laid_out(c, value, layout, hint)

    return handler


LAYOUTS: dict[Any, Handler] = {
    np.ascontiguousarray: _handler("ascontiguousarray", "C"),
    np.asfortranarray: _handler("asfortranarray", "F"),
}
