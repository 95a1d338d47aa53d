"""How much work a function does, counted instead of timed: the same number on every machine, loaded or not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(f: Callable[..., Any], *args: Any) -> int:
    """How many lines of Python run in ``f(*args)``."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f(*args)
    finally:
        sys.settrace(before)
    return count


def assert_near_linear(f: Callable[..., Any], make: Callable[[int], tuple[Any, ...]], size: int) -> None:
    """``f(*make(k))`` does at most 2.3 times the work for twice the size (n log n at 500 would be 2.2 times)."""
    small, large = make(size), make(2 * size)
    f(*small)  # what is done once and kept is not counted
    once, twice = lines_run(f, *small), lines_run(f, *large)
    assert twice <= 2.3 * once, f"{once} lines for {size}, {twice} for {2 * size}"
