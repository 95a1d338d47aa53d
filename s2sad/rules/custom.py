"""Functions with a derivative of their own: ``custom_vjp``, ``custom_jvp``, ``stop_gradient``, ``zero_derivative``.

The objects are plain callables in ordinary Python. Lowering meets them by identity, computes the primal, and attaches
the rules, which are functions in the same language (``docs/custom-rules.md``).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class CustomRule:
    """A function whose derivative is given by functions; made by `custom_vjp` and `custom_jvp`.

    Attributes
    ----------
    primal : callable
        The function itself.
    vjp : callable or None
        ``f_vjp(result, *args, *, result_bar)``: the cotangents of ``args``, ``None`` for zero.
    jvp : callable or None
        ``f_jvp(result, *args, *, x_dot, ...)``: the tangent of the result.
    fwd, bwd : callable or None
        JAX's pair in the place of ``vjp``: ``fwd(*args) -> (result, residuals)``, ``bwd(residuals, result_bar)``.
    """

    def __init__(self, primal: Callable) -> None:
        functools.update_wrapper(self, primal)
        self.primal = primal
        self.vjp: Callable | None = None
        self.jvp: Callable | None = None
        self.fwd: Callable | None = None
        self.bwd: Callable | None = None
        self.in_use = False  # some derivative has been made with these rules

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The primal; arrays of the result are memory of their own."""
        return _unshared(self.primal(*args, **kwargs), list(_arrays((args, tuple(kwargs.values())))))

    def __repr__(self) -> str:
        return f"<{self.__qualname__} with a derivative of its own>"  # type: ignore[attr-defined]

    @property
    def functions(self) -> tuple[Callable, ...]:
        """Everything that a derivative through this function is made from."""
        found = (self.primal, self.vjp, self.jvp, self.fwd, self.bwd)
        return tuple(f for f in found if f is not None)

    def defvjp(self, rule: Callable, bwd: Callable | None = None) -> Callable:
        """Give the rule of reverse mode.

        Parameters
        ----------
        rule : callable
            ``f_vjp(result, *args, *, result_bar)``, which returns one cotangent per argument, each of the shape of the
            argument (``None`` for zero): a tuple if there are several. A keyword ``active`` gets, in the structure of
            the result, whether the objective depends on that part of it at all. With ``bwd``, JAX's
            ``f_fwd(*args) -> (result, residuals)``.
        bwd : callable, optional
            ``f_bwd(residuals, result_bar)``, which returns the tuple of cotangents.

        Returns
        -------
        callable
            ``rule``, so that this is a decorator.

        Raises
        ------
        TypeError
            If the signature is none of these.
        ValueError
            If there is such a rule already, or a derivative was made before.
        """
        self._undefined("vjp", self.vjp or self.bwd)
        if bwd is not None:
            _positional(bwd, 2, "bwd(residuals, result_bar)")
            self.fwd, self.bwd = rule, bwd
            return rule
        keywords = [k for k in _keywords(rule) if k != "active"]
        if len(keywords) != 1 or not keywords[0].endswith("_bar"):
            raise TypeError(
                f"{rule.__name__} must take the cotangent of the result as its one keyword-only argument: "
                f"def {rule.__name__}(result, *args, *, result_bar)"
            )
        self.vjp = rule
        return rule

    def defjvp(self, rule: Callable) -> Callable:
        """Give the rule of forward mode.

        Parameters
        ----------
        rule : callable
            ``f_jvp(result, x, y, *, x_dot, y_dot)``, which returns the tangent of the result; or JAX's
            ``f_jvp(primals, tangents) -> (result, tangent)``.

        Returns
        -------
        callable
            ``rule``, so that this is a decorator.

        Raises
        ------
        TypeError
            If the signature is none of these.
        ValueError
            If there is such a rule already, or a derivative was made before.
        """
        self._undefined("jvp", self.jvp)
        keywords = _keywords(rule)
        if not keywords:
            _positional(rule, 2, "jvp(primals, tangents)")
        names = [p.name for p in inspect.signature(rule).parameters.values() if p.kind in _POSITIONAL][1:]
        strange = [k for k in keywords if k.removesuffix("_dot") not in names or not k.endswith("_dot")]
        if strange:
            raise TypeError(
                f"{rule.__name__}: {strange[0]} is not the tangent of an argument; "
                f"def {rule.__name__}(result, x, y, *, x_dot, y_dot)"
            )
        self.jvp = rule
        return rule

    def _undefined(self, what: str, old: object) -> None:
        if old is not None:
            raise ValueError(f"{self.__qualname__} has a {what} rule already")  # type: ignore[attr-defined]
        if self.in_use:
            raise ValueError(f"{self.__qualname__} was differentiated before its {what} rule was given")  # type: ignore[attr-defined]


class ZeroDerivative:
    """A function whose result has zero derivative; made by `zero_derivative`."""

    def __init__(self, primal: Callable) -> None:
        functools.update_wrapper(self, primal)
        self.primal = primal

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function; arrays of the result are memory of their own."""
        return _unshared(self.primal(*args, **kwargs), list(_arrays((args, tuple(kwargs.values())))))

    @property
    def functions(self) -> tuple[Callable, ...]:
        """What its value is computed by."""
        return (self.primal,)


def custom_vjp(f: Callable) -> CustomRule:
    """``f`` with a derivative of its own in reverse mode: a decorator, to be followed by ``f.defvjp``.

    ``f.defjvp`` gives the rule of forward mode to the same object.

    Examples
    --------
    >>> from s2sad import custom_vjp, grad
    >>> @custom_vjp
    ... def floor_through(x):
    ...     return np.floor(x)
    >>> @floor_through.defvjp
    ... def floor_through_vjp(result, x, *, result_bar):
    ...     return result_bar
    >>> def f(x):
    ...     return 3.0 * floor_through(x)
    >>> float(f(2.5)), float(grad(f, target="python")(2.5))
    (6.0, 3.0)
    """
    return CustomRule(f)


def custom_jvp(f: Callable) -> CustomRule:
    """``f`` with a derivative of its own in forward mode: a decorator, to be followed by ``f.defjvp``.

    The object is that of `custom_vjp`: it can have both rules.
    """
    return CustomRule(f)


def zero_derivative(f: Callable) -> ZeroDerivative:
    """``f`` as a function whose result has zero derivative.

    Examples
    --------
    >>> from s2sad import grad, zero_derivative
    >>> scale = zero_derivative(lambda x: np.sum(np.abs(x)))
    >>> def f(x):
    ...     return np.sum(x) / scale(x)
    >>> grad(f, target="python")(np.array([1.0, 3.0]))
    array([0.25, 0.25])
    """
    return ZeroDerivative(f)


def stop_gradient(x: Any) -> Any:
    """``x`` (a number, an array, or a tuple of them) with zero derivative; arrays are copied.

    Examples
    --------
    >>> from s2sad import grad, stop_gradient
    >>> def f(x):
    ...     return x * stop_gradient(x)
    >>> float(grad(f, target="python")(3.0))
    3.0
    """
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, tuple | list):
        return _rebuilt(x, [stop_gradient(v) for v in x])
    if isinstance(x, dict):
        return {k: stop_gradient(v) for k, v in x.items()}
    return x


def _rebuilt(like: Any, items: list[Any]) -> Any:
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)


def _unshared(result: Any, arguments: list[np.ndarray]) -> Any:
    """``result`` with copies of the arrays that share memory with ``arguments``."""
    if isinstance(result, np.ndarray):
        return result.copy() if any(np.may_share_memory(result, a) for a in arguments) else result
    if isinstance(result, tuple | list):
        return _rebuilt(result, [_unshared(v, arguments) for v in result])
    return result


def _arrays(values: Any) -> Iterator[np.ndarray]:
    if isinstance(values, np.ndarray):
        yield values
    elif isinstance(values, tuple | list):
        for v in values:
            yield from _arrays(v)


def _keywords(rule: Callable) -> list[str]:
    parameters = inspect.signature(rule).parameters.values()
    return [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]


def _positional(rule: Callable, count: int, form: str) -> None:
    parameters = [p for p in inspect.signature(rule).parameters.values() if p.kind in _POSITIONAL]
    if len(parameters) != count:
        raise TypeError(f"{rule.__name__} must be of the form {form}")
