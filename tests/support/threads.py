"""Calls from several threads at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np


def check_threads(call: Callable[[Any], Any], args: Sequence[Any], times: int) -> None:
    """Each of ``args`` in a thread of its own, ``times`` over: the result is always that of a call alone."""
    expected = [call(arg) for arg in args]

    def work(k: int) -> int:
        return sum(not np.array_equal(call(args[k]), expected[k]) for _ in range(times))

    with ThreadPoolExecutor(len(args)) as pool:
        assert list(pool.map(work, range(len(args)))) == [0] * len(args)
