"""The test of a value against a pattern of ``match``."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.lower import operators
from s2sad.frontend.lower.matching import Matches
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Num, Static, Tup, Value, describe


def lower_matches(c: State, node: Matches, hint: str) -> Value:
    """Whether the subject matches; a constant where that is known."""
    return matches(c, c.expr(node.subject), node.pattern)


def matches(c: State, value: Value, pattern: Any) -> Num:
    """Whether ``value`` has the form of ``pattern``."""
    match pattern:
        case gast.MatchAs(pattern=None) | gast.MatchStar():
            return operators.number_of(True)
        case gast.MatchAs():
            return matches(c, value, pattern.pattern)
        case gast.MatchValue():
            return _equal(c, value, c.expr(pattern.value))
        case gast.MatchSingleton(value=None):
            return operators.number_of(isinstance(value, Static) and value.value is None)
        case gast.MatchOr():
            return _any(c, [matches(c, value, p) for p in pattern.patterns])
        case gast.MatchSequence():
            return _sequence(c, value, pattern.patterns)
    c.refuse("this kind of pattern is not supported", "`if` / `elif` / `else`")


def _equal(c: State, value: Value, wanted: Value) -> Num:
    if isinstance(value, Tup):
        return operators.number_of(False)
    result = operators.compare(c, gast.Eq(), value, wanted)
    if not isinstance(result, Num):
        c.refuse(f"{describe(value)} as the subject of a match", "`if` / `elif` / `else`")
    return result


def _any(c: State, parts: list[Num]) -> Num:
    if any(part.const for part in parts):
        return operators.number_of(True)
    result = operators.number_of(False)
    for part in parts:
        if part.const is None:
            pair = (result.atom, part.atom)
            result = part if result.const is not None else Num(c.assign("or", pair, "bool"), True)
    return result


def _sequence(c: State, value: Value, patterns: list[Any]) -> Num:
    if not isinstance(value, Tup):
        return operators.number_of(False)  # an array is no sequence to Python's match
    stars = [k for k, p in enumerate(patterns) if isinstance(p, gast.MatchStar)]
    items, missing = list(value.items), len(patterns) - len(value.items)
    if stars:
        if missing > 1:
            return operators.number_of(False)
        items[stars[0] : stars[0] - missing + 1] = [Static(None)]
    elif missing:
        return operators.number_of(False)
    result = operators.number_of(True)
    for item, pattern in zip(items, patterns, strict=True):
        result = operators.both(c, result, matches(c, item, pattern))
        if result.const is False:
            return result
    return result
