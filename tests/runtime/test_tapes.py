"""Tapes that grow, un-jitted and compiled alike."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from s2sad import runtime as rt


@numba.njit
def compiled(tape, rows):
    return rt.grown(tape, rows)


@pytest.mark.parametrize("grown", [rt.grown, compiled], ids=["plain", "compiled"])
@pytest.mark.parametrize(("inner", "dtype"), [((), np.bool_), ((0, 3), np.float64)])
def test_rows_stay_and_double(grown, inner, dtype):
    for held, rows, expected in ((0, 1, 1), (3, 4, 6), (3, 7, 7), (4, 4, 8)):
        tape = np.arange(held * int(np.prod(inner))).reshape(held, *inner).astype(dtype)
        more = grown(tape, rows)
        assert more.shape == (expected, *inner) and more.dtype == dtype
        np.testing.assert_array_equal(more[:held], tape)
        assert not np.shares_memory(more, tape)
