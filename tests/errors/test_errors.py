"""Rendering of errors."""

from __future__ import annotations

import pickle

import pytest

from s2sad.errors import (
    NOWHERE,
    ArgumentError,
    InternalError,
    Loc,
    Problem,
    S2SADError,
    UnsupportedError,
    refuse,
    render,
)


def test_the_caret_stands_under_the_column_of_an_indented_line():
    loc = Loc("f.py", 7, 12, "y = a[0]", 8)
    assert render(Problem(loc, "reason", "other")) == ("f.py:7:13: reason\n    y = a[0]\n        ^\n  instead: other")


def test_the_caret_keeps_tabs():
    assert render(Problem(Loc("f.py", 1, 3, "a\tb = c", 1), "reason")) == "f.py:1:4: reason\n    a\tb = c\n     \t^"


def test_a_problem_without_a_place_or_alternative():
    assert render(Problem(NOWHERE, "reason")) == "reason"


def test_problems_are_sorted_and_reported_once():
    later, first = Problem(Loc("f.py", 10, 0), "later"), Problem(Loc("f.py", 9, 4), "first")
    error = refuse(later, first, later)
    assert str(error) == "f.py:9:5: first\nf.py:10:1: later"
    assert error.problems == (first, later)


def test_an_internal_error_says_whose_it_is_and_where():
    error = InternalError("x.2 is bound twice", stage="reverse")
    assert str(error) == (
        "internal error of s2sad in stage 'reverse': x.2 is bound twice\n"
        "  This is a defect of s2sad, not of your program: please report it with the function and its arguments."
    )
    assert str(InternalError("boom")).startswith("internal error of s2sad: boom\n")


@pytest.mark.parametrize(
    "error", [InternalError("boom", "emit"), refuse(Problem(Loc("f.py", 1, 0), "no")), ArgumentError("x")]
)
def test_errors_survive_pickling(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)


def test_the_hierarchy():
    assert all(issubclass(e, S2SADError) for e in (UnsupportedError, ArgumentError, InternalError))
    assert issubclass(ArgumentError, TypeError)
