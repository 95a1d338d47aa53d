"""gast builds its node classes at run time: every name is Any to the type checker."""

from typing import Any

def __getattr__(name: str) -> Any: ...
