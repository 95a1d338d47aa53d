"""Which function of NumPy is implemented by which function of this package, and the words that have a meaning of
their own while lowering: ``static``, ``refuse``, ``require``, ``aliased``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from s2sad.errors import NOWHERE, Problem, UnsupportedError
from s2sad.errors import refuse as refusal

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Implementation:
    """``function`` stands for NumPy's ``name``; with ``keywords``, only in calls that give one of them."""

    name: str
    function: Callable[..., Any]
    keywords: frozenset[str] = frozenset()


IMPLEMENTATIONS: dict[Any, Implementation] = {}
METHODS: dict[str, Any] = {}  # methods of arrays that are functions of NumPy
_STATIC: set[Any] = set()


def implements(*functions: Any, keywords: str = "", method: str = "") -> Callable[[F], F]:
    """Register the decorated function for calls of NumPy's ``functions``.

    Parameters
    ----------
    functions : callable
        What user code may call. The parameters are NumPy's, as far as they are supported; others are refused by name.
    keywords : str
        Names, separated by spaces. If given, the function takes only the calls that give one of them.
    method : str
        The method of arrays that is the same function.
    """

    def enter(function: F) -> F:
        for f in functions:
            IMPLEMENTATIONS[f] = Implementation(f"np.{f.__name__}", function, frozenset(keywords.split()))
        if method:
            METHODS[method] = functions[0]
        return function

    return enter


def find(function: Any, given: Any = ()) -> Implementation | None:
    """What implements ``function`` in a call that gives the keywords ``given``."""
    try:
        found = IMPLEMENTATIONS.get(function)
    except TypeError:
        return None
    if found is None or (found.keywords and found.keywords.isdisjoint(given)):
        return None
    return found


def static(function: F) -> F:
    """Mark a function of what is known while lowering (axes, ranks, dtypes, strings): it runs then, as Python.

    Numbers and arrays that are not known may be among its arguments, and in the tuples that it returns, as objects
    that it passes on; of an array ``ndim`` and ``dtype`` are known. What it raises is refused at the user's line.
    """
    _STATIC.add(function)
    return function


def is_static(function: Any) -> bool:
    """Whether lowering runs ``function`` instead of inlining it."""
    try:
        return function in _STATIC
    except TypeError:
        return False


@static
def refuse(what: str, instead: str = "") -> NoReturn:
    """Refuse the call, at the user's line.

    Raises
    ------
    UnsupportedError
        With the reason and what to write instead.
    """
    error: UnsupportedError = refusal(Problem(NOWHERE, what, instead))
    raise error


def require(condition: bool, message: str, error: type[Exception] = ValueError) -> None:
    """Raise ``error(message)`` unless ``condition``, which may be known at run time only.

    Raises
    ------
    Exception
        ``error``.
    """
    if not condition:
        raise error(message)


def aliased(copy: Any, *arrays: Any) -> Any:
    """``copy``, which NumPy would have made a view of ``arrays``: from here on a store into any of them is refused."""
    return copy
