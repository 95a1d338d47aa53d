"""Why programs are refused, and the words of ``docs/limitations.md`` that say so: without them it is a defect."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "limitations.md"

# What the first reason of the error begins with or contains, and the words of the page.
REASONS: tuple[tuple[str, str], ...] = (
    (r"has no derivative here", "What has no rule here is named in the error"),
    (r"print of", "takes texts, float64 numbers, ints and arrays with dimensions"),
    (r"assignment to an attribute", "assignments to attributes"),
    (r"sorted of", "`sorted` of arrays"),
    (r"the truth value of an array", "An expression that raises for any values of its types"),
    (r"in this call and would have to stretch", "would have to stretch against a longer one is refused"),
    (r"is written and is an item of", "an array that is written after it, or"),
    (r"svd with full_matrices", "`svd` with `full_matrices=True` of a matrix that is not square"),
    (r"may have another name or holder", "may be changed while one name refers to it"),
    (r"a list is changed at a run-time index|becomes a dict in the loop", "a loop adds no keys to a dict"),
    (r"that is an argument, a default or captured", "A list or dict that is an argument, a default or captured"),
    (r"after one branch and .* after the other", "A variable whose type differs by branch or trip"),
    (r"the shapes of .* after the two branches", "give arrays whose shapes are computed, and not provably equal"),
    (r"depending on the trips of a loop|after no trip", "after no trip of a loop and a new one after some"),
    (r"rebound in a loop to an array that is not provably", "where it is provable that they do not grow"),
    (r"depending on (its|the) strides", "a view or a copy depending on the strides"),
    (r"exchanged in a loop", "an exchange of arrays of different dtypes or dimensions"),
    (r"an item of a tuple is assigned", "An item of a tuple is not assigned"),
    (r"calls itself", "A function that calls itself until a value of the run ends it"),
    (r"two such functions|call each other", "two such functions do not call each other in both directions"),
    (r"a handler of the `try` around catches", "where a handler around, also in a caller, waits for them"),
    (r"the extent of an array made in a loop", "an array made in a loop whose first extent depends"),
)


def documented(reason: str) -> str | None:
    """The words of the page that announce a refusal with this ``reason``; ``None`` if it is not announced."""
    for pattern, words in REASONS:
        if re.search(pattern, reason):
            return words
    return None


def missing() -> list[str]:
    """Words of the table that the page does not have."""
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    return [words for _, words in REASONS if words not in page]
