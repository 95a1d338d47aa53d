"""Programs as texts: functions whose file name and line numbers do not depend on where the tests lie."""

from __future__ import annotations

import itertools
import linecache
import textwrap
from types import FunctionType

_NUMBER = itertools.count()
FILENAME = "program.py"

HEADER = "import math\nimport numpy as np\n"


def define(text: str, name: str = "f") -> FunctionType:
    """The function ``name`` of a program. Line 1 is the first line of ``text``.

    The program's file is called ``program.py<k>``; `portable` removes the number.
    """
    filename = f"{FILENAME}<{next(_NUMBER)}>"
    text = textwrap.dedent(text).lstrip("\n")
    register(filename, text)
    namespace: dict = {"__name__": "program"}
    exec(HEADER, namespace)
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    return namespace[name]


def register(filename: str, text: str) -> None:
    """Give a text a file name, as notebooks do."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)


def portable(message: str) -> str:
    """``message`` with ``program.py`` as name of every program."""
    for k in range(next(_NUMBER)):
        message = message.replace(f"{FILENAME}<{k}>", FILENAME)
    return message
