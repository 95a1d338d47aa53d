"""Tapes that grow: those of loops whose trips are not known beforehand."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable


@register_jitable
def grown(tape, rows):
    """A tape of at least ``rows`` rows, and of at least twice as many as ``tape`` has, whose rows come first."""
    held = tape.shape[0]
    more = np.empty((max(rows, 2 * held),) + tape.shape[1:], tape.dtype)
    more[:held] = tape
    return more
