"""A corpus of programs that every matrix of tests runs over, one file per theme."""

from tests.programs import (
    aliases,
    arrays_inplace,
    control,
    creation,
    custom_rules,
    dispatchers,
    elementwise,
    formulas,
    functions_as_values,
    indexing,
    interplay,
    left_loops,
    linear,
    masks,
    math_functions,
    outside,
    pitfalls,
    reductions,
    scalars,
    structures,
    tapes,
    tuples_calls,
    ufuncs,
    views,
)
from tests.programs.registry import PROGRAMS, Program

# Importing a theme enters its programs.
THEMES = (
    aliases,
    arrays_inplace,
    control,
    creation,
    custom_rules,
    dispatchers,
    elementwise,
    formulas,
    functions_as_values,
    indexing,
    interplay,
    left_loops,
    linear,
    masks,
    math_functions,
    outside,
    pitfalls,
    reductions,
    scalars,
    structures,
    tapes,
    tuples_calls,
    ufuncs,
    views,
)

__all__ = ["PROGRAMS", "THEMES", "Program"]
