"""Which cases of a large matrix run by default."""

from __future__ import annotations

import zlib

import pytest


def half(name: str) -> list[pytest.MarkDecorator]:
    """Marks that make every second case, chosen by its ``name``, a slow one: those run with ``-m slow``."""
    return [pytest.mark.slow] * (zlib.crc32(name.encode()) % 2)
