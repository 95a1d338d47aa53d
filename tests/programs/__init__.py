"""A corpus of programs that every matrix of tests runs over, one file per theme."""

from tests.programs import (
    arrays_inplace,
    control,
    creation,
    dispatchers,
    elementwise,
    indexing,
    interplay,
    linear,
    masks,
    math_functions,
    outside,
    pitfalls,
    reductions,
    scalars,
    tapes,
    tuples_calls,
    ufuncs,
    views,
)
from tests.programs.registry import PROGRAMS, Program

# Importing a theme enters its programs.
THEMES = (
    arrays_inplace,
    control,
    creation,
    dispatchers,
    elementwise,
    indexing,
    interplay,
    linear,
    masks,
    math_functions,
    outside,
    pitfalls,
    reductions,
    scalars,
    tapes,
    tuples_calls,
    ufuncs,
    views,
)

__all__ = ["PROGRAMS", "THEMES", "Program"]
