"""Which cases of a large matrix run by default."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import pytest


def half(name: str) -> list[pytest.MarkDecorator]:
    """Marks that make every second case, chosen by its ``name``, a slow one: those run with ``-m slow``."""
    return [pytest.mark.slow] * (zlib.crc32(name.encode()) % 2)


def sampled(cases: Iterable[object], test: str) -> list[Any]:
    """Parameters of ``test``, half of them slow; other tests have other halves."""
    return [pytest.param(case, id=str(case), marks=half(f"{test} {case}")) for case in cases]
