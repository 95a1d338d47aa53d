"""Errors that generated code raises itself."""

from __future__ import annotations


class SizeOneError(ValueError):
    """Two extents differ and one of them may be 1: the general code does not broadcast, a variant for extent 1 would."""
