"""The corpus with arrays of other extents: what NumPy takes is right or refused, what it refuses raises here too.

Without Numba, generated code that leaves the bounds of an array raises NumPy's own error. Compiled it would touch
other memory: so every error has to come from a check of ours, from the runtime or from the function itself.
"""

from __future__ import annotations

import linecache
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from s2sad import vjp
from s2sad.errors import ArgumentError, InternalError, S2SADError
from tests.programs import PROGRAMS, Program
from tests.support.matrix import cotangent, vector
from tests.support.sampling import sampled

REFUSALS = (S2SADError, ValueError, IndexError, TypeError)  # the last three: checks at run time
# Functions of Numba's, which read what lies behind an array or draw from Python's own generator.
UNCHECKED = {"seeded_orders", "seeded_matrices", "compiled_callee"}


def others(a: np.ndarray) -> Iterator[np.ndarray]:
    """``a`` with one extent smaller, larger, 1 and 0."""
    for axis, extent in enumerate(a.shape):
        places = {extent - 1: range(extent - 1), extent + 1: [*range(extent), 0], 1: [0], 0: []}
        for size, place in places.items():
            if extent and size != extent:
                yield np.ascontiguousarray(np.take(a, np.array(list(place), dtype=np.int64), axis))


def outcome(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return call(), None
        except Exception as error:
            return None, error


def unguarded(error: Exception) -> str:
    """The line of generated code that failed although it is no ``raise``, if one did."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    assert place is not None
    file = place.tb_frame.f_code.co_filename
    line = linecache.getline(file, place.tb_lineno).strip()
    return line if "generated" in file and not line.startswith("raise") else ""


def differs(got: Any, expected: Any) -> bool:
    a, b = vector(got), vector(expected)
    return a.shape != b.shape or not np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


def check_error(error: Exception, program: Program, where: str) -> None:
    assert not isinstance(error, InternalError), where
    assert isinstance(error, RecursionError) or program.name in UNCHECKED or not unguarded(error), where


@pytest.mark.parametrize("program", sampled([p for p in PROGRAMS.values() if p.outcome == "right"], "extents"))
def test_other_extents(program: Program) -> None:
    for k, argument in enumerate(program.args()):
        for other in others(argument) if isinstance(argument, np.ndarray) else ():
            mine, theirs = ([*program.args()[:k], other.copy(), *program.args()[k + 1 :]] for _ in "mt")
            expected, refused = outcome(lambda theirs=theirs: program.fn(*theirs))
            made, error = outcome(lambda mine=mine: vjp(program.fn, *mine, target="python"))
            where = f"argument {k} of shape {other.shape}: {refused!r} in Python, {error!r} here"
            if error is not None:
                check_error(error, program, where)
                assert refused is not None or isinstance(error, REFUSALS), where
            elif program.name not in UNCHECKED:
                value, pullback = made
                assert refused is None, where
                assert not differs(value, expected), where
                seed = cotangent(value, np.ones(vector(value).size))
                _, error = outcome(lambda pullback=pullback, seed=seed: pullback(seed))
                if error is not None:
                    check_error(error, program, f"{where}; {error!r} in the pullback")
                    assert isinstance(error, REFUSALS) and not isinstance(error, ArgumentError), where
