"""Defects planted in our own code at run time: no file is edited, and everything is as before afterwards.

A defect replaces a piece of a function's text. Texts are compared as ``ast.unparse`` writes them, so that comments and
line breaks do not matter, and the piece must occur exactly once: a defect whose place has changed is an error, not a
test that passes. The new text is compiled and becomes the ``__code__`` of the same function object, so that every
module that imported the function runs it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import CodeType, FunctionType
from typing import Any

from s2sad.rules import OPS, Template


class StaleDefectError(Exception):
    """The code that a defect is planted in is no longer what the defect says."""


@dataclass(frozen=True)
class Edit:
    """``old`` in the text of ``function`` becomes ``new``."""

    function: Callable[..., Any]
    old: str
    new: str

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The edit is in effect inside."""
        function = inspect.unwrap(self.function)
        assert isinstance(function, FunctionType)
        code, text = function.__code__, _text(function)
        new = _replaced(text, self.old, self.new, function.__qualname__)
        function.__code__ = _compiled(function, new)
        _texts[function] = new
        try:
            yield
        finally:
            function.__code__ = code
            _texts[function] = text


@dataclass(frozen=True)
class Partial:
    """The partial of ``op`` in its argument ``k`` is ``template``."""

    op: str
    k: int
    template: Template | None

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The wrong rule is in effect inside."""
        own = OPS[self.op]
        partials = list(own.partials)
        partials[self.k] = self.template
        with _entry(OPS, self.op, replace(own, partials=tuple(partials))):
            yield


@dataclass(frozen=True)
class Fact:
    """A field of the registered ``op`` has another value."""

    op: str
    field: str
    value: Any

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The wrong fact is in effect inside."""
        with _entry(OPS, self.op, replace(OPS[self.op], **{self.field: self.value})):
            yield


@dataclass(frozen=True)
class Entry:
    """``table[key]`` is ``value``."""

    table: dict[Any, Any]
    key: Any
    value: Any

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The wrong entry is in effect inside."""
        with _entry(self.table, self.key, self.value):
            yield


Change = Edit | Partial | Fact | Entry


@contextmanager
def planted(changes: tuple[Change, ...]) -> Iterator[None]:
    """All ``changes`` are in effect inside."""
    with ExitStack() as stack:
        for change in changes:
            stack.enter_context(change.planted())
        yield


@contextmanager
def _entry(table: dict[Any, Any], key: Any, value: Any) -> Iterator[None]:
    saved = table[key]
    table[key] = value
    try:
        yield
    finally:
        table[key] = saved


_texts: dict[FunctionType, str] = {}  # of functions that an edit has changed or will change: what they are now


def _text(function: FunctionType) -> str:
    if function not in _texts:
        _texts[function] = ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(function))))
    return _texts[function]


def _replaced(text: str, old: str, new: str, name: str) -> str:
    if text.count(old) != 1:
        raise StaleDefectError(f"{old!r} is {text.count(old)} times in {name}:\n{text}")
    return text.replace(old, new)


def _compiled(function: FunctionType, text: str) -> CodeType:
    tree = ast.parse(text)
    inner = tree.body[0]
    assert isinstance(inner, ast.FunctionDef)
    inner.decorator_list = []
    free = function.__code__.co_freevars
    if free:  # such as ``__class__`` of a method that calls super: it must be found around the definition
        around = ast.parse(f"def around({', '.join(free)}): pass").body[0]
        assert isinstance(around, ast.FunctionDef)
        around.body = [inner]
        tree.body = [around]
    code = compile(ast.fix_missing_locations(tree), f"<{function.__qualname__} with a defect>", "exec")
    found = [c for c in _codes(code) if c.co_name == function.__name__]
    if not found or found[0].co_freevars != free:
        raise StaleDefectError(f"{function.__qualname__} with its defect does not close over the same names")
    return found[0]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
