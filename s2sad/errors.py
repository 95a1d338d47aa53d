"""Every error that s2sad raises on purpose, and the place in the user's file that it points at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loc:
    """A place in the user's source.

    ``line`` counts from 1 and ``col`` from 0, both in ``filename``; ``text`` is the stripped source line, which
    generated code repeats as its comment and errors show above the caret.
    """

    filename: str
    line: int
    col: int
    text: str = ""


NOWHERE = Loc("<generated>", 0, 0, "")


class S2SADError(Exception):
    """Root of all errors raised by s2sad."""


class UnsupportedError(S2SADError):
    """The function uses something that s2sad does not differentiate; the text says where, why and what to write."""


class ArgumentError(S2SADError, TypeError):
    """A call passed an argument, seed or option of the wrong type, shape, dtype or layout."""


class InternalError(S2SADError):
    """A defect of s2sad itself, with the stage that failed."""


@dataclass(frozen=True)
class Problem:
    """One refusal: where, why, and what to write instead."""

    loc: Loc
    reason: str
    alternative: str = ""


def render(problem: Problem) -> str:
    """The text of one problem: ``file:line:col: reason``, the line, a caret, the alternative."""
    loc = problem.loc
    lines = [f"{loc.filename}:{loc.line}:{loc.col + 1}: {problem.reason}"]
    if loc.text:
        lines += [f"    {loc.text}"]
    if problem.alternative:
        lines += [f"  instead: {problem.alternative}"]
    return "\n".join(lines)


def refuse(*problems: Problem) -> UnsupportedError:
    """The error that reports all ``problems`` of one function together."""
    return UnsupportedError("\n".join(render(p) for p in problems))
