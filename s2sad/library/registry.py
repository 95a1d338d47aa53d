"""Which function of NumPy is implemented by which function of this package, and the words that have a meaning of
their own while lowering: ``static``, ``refuse``, ``require``, ``aliased``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import numpy as np

from s2sad.errors import NOWHERE, Problem, UnsupportedError
from s2sad.errors import refuse as refusal

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Implementation:
    """``function`` stands for NumPy's ``name``, where ``when(*args, **kwargs)`` says so.

    ``first`` are arguments before those of the call: the ufunc, for a method of ufuncs.
    """

    name: str
    function: Callable[..., Any]
    when: Callable[..., bool] | None = None
    first: tuple[Any, ...] = ()


IMPLEMENTATIONS: dict[Any, Implementation] = {}
METHODS: dict[str, Any] = {}  # methods of arrays that are functions of NumPy
GRIDS: list[tuple[Any, Implementation]] = []
UFUNC_METHODS: dict[str, Callable[..., Any]] = {}
_STATIC: set[Any] = set()


def implements(*functions: Any, when: Callable[..., bool] | None = None, method: str = "") -> Callable[[F], F]:
    """Register the decorated function for calls of NumPy's ``functions``.

    Parameters
    ----------
    functions : callable
        What user code may call. The parameters are NumPy's, as far as they are supported; others are refused by name.
    when : callable
        Of the call's arguments (as for `static`): whether the function takes this call. It must accept all calls.
    method : str
        The method of arrays that is the same function.
    """

    def enter(function: F) -> F:
        for f in functions:
            IMPLEMENTATIONS[f] = Implementation(f"np.{f.__name__}", function, when)
        if method:
            METHODS[method] = functions[0]
        return function

    return enter


def of_ufuncs(function: F) -> F:
    """Register the decorated function for the method of its name of every ufunc, which is its first argument."""
    UFUNC_METHODS[function.__name__] = function
    return function


def given(*names: str) -> Callable[..., bool]:
    """A ``when`` for `implements`: the call gives one of the keywords ``names``."""
    return lambda *args, **kwargs: any(name in kwargs for name in names)


def of_grid(grid: Any) -> Callable[[F], F]:
    """Register the decorated function of an index for the subscripts of ``grid`` (``np.mgrid``)."""

    def enter(function: F) -> F:
        GRIDS.append((grid, Implementation(f"np.{function.__name__}", function)))
        return function

    return enter


def grid_of(value: Any) -> Implementation | None:
    """What implements the subscripts of ``value``."""
    return next((found for grid, found in GRIDS if grid is value), None)


def find(function: Any) -> Implementation | None:
    """What implements ``function``; its ``when`` is still to be asked."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc) and function.__name__ in UFUNC_METHODS:
        name = f"np.{owner.__name__}.{function.__name__}"
        return Implementation(name, UFUNC_METHODS[function.__name__], None, (owner,))
    try:
        return IMPLEMENTATIONS.get(function)
    except TypeError:
        return None


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


def match(m: int, n: int, message: str, error: type[Exception] = ValueError) -> None:
    """As ``require(m == n, message, error)``, and from here on the two extents are known to be equal.

    Raises
    ------
    Exception
        ``error``, if they differ.
    """
    if m != n:
        raise error(message)


def argsorted(x: np.ndarray) -> np.ndarray:
    """The order of the elements of the 1-d array ``x`` (equal ones stay in order, nans last), int64."""
    return np.argsort(x, kind="stable")


def places(a: np.ndarray, v: np.ndarray, right: bool) -> np.ndarray:
    """``np.searchsorted`` of 1-d arrays of one dtype, int64."""
    return np.searchsorted(a, v, side="right" if right else "left")


def aliased(copy: Any, *arrays: Any) -> Any:
    """``copy``, which NumPy would have made a view of ``arrays``: from here on a store into any of them is refused."""
    return copy
