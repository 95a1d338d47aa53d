"""From errors raised in generated code to the user's line."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path

from s2sad.errors import Loc

PREFIX = "raised while evaluating "


def explain(error: BaseException, path: Path, line_map: Mapping[int, Loc]) -> None:
    """Add to ``error`` a note with the user's line, if it was raised in the generated file ``path``.

    Before Python 3.11 there are no notes; there the text is appended to the error's message.
    """
    loc = user_loc(error, path, line_map)
    if loc is None or any(PREFIX in str(part) for part in (*error.args, *getattr(error, "__notes__", ()))):
        return
    note = f"{PREFIX}{loc.filename}:{loc.line}: {loc.text}"
    add_note = getattr(error, "add_note", None)
    if add_note is not None:
        add_note(note)
    elif error.args and isinstance(error.args[0], str):
        error.args = (f"{error.args[0]}\n{note}", *error.args[1:])


def user_loc(error: BaseException, path: Path, line_map: Mapping[int, Loc]) -> Loc | None:
    """The place in the user's file that the innermost frame of ``path`` in the traceback stands for."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if _same(frame.filename, path)]
    for line in reversed(lines):
        if line is not None and line in line_map:
            return line_map[line]
    return None


def _same(filename: str, path: Path) -> bool:
    return filename == str(path) or Path(filename).name == path.name
