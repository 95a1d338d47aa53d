"""Names for places in the user's files."""

from __future__ import annotations

import linecache
import re

import gast

from s2sad.errors import Loc
from s2sad.frontend.source import Source


def function_at(loc: Loc, source: Source) -> str:
    """The name of the function around ``loc``: of ``source``, or of one that it calls."""
    last = max(getattr(node, "lineno", 0) for node in gast.walk(source.tree))
    if loc.filename == source.filename and source.tree.lineno <= loc.line <= last:
        return source.qualname
    for line in reversed(linecache.getlines(loc.filename)[: loc.line]):
        found = re.match(r"(\s*)(?:async )?def (\w+)", line)
        if found and len(found[1]) <= loc.indent:
            return found[2]
    return source.qualname
