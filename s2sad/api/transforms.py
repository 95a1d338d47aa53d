"""``grad``, ``value_and_grad``, ``vjp``, ``jvp``: from a function to a derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.api.derivative import Derivative, shared
from s2sad.api.options import ArgNums, Options
from s2sad.api.seeding import Pullback
from s2sad.errors import ArgumentError

Function = Callable[..., Any]


def grad(
    f: Function | None = None,
    argnums: ArgNums = 0,
    *,
    has_aux: bool = False,
    target: str = "cpu",
    style: str = "fast",
    debug: bool = False,
    vecmath: bool = True,
    kinks: str = "convention",
) -> Any:
    """The gradient of a function that returns one float scalar; bare (``@grad``) or called (``@grad(argnums="w")``).

    Parameters
    ----------
    f : function, lambda or ``numba.njit`` dispatcher
    argnums : int, str, or tuple of them
        The parameters to differentiate with respect to: indices (negative from the end) or names. A tuple gives a tuple
        of gradients.
    has_aux : bool
        ``f`` returns ``(value, aux)``, and the derivative ``(gradient, aux)``.
    target : {"cpu", "python"}
        ``"python"`` runs the generated text un-jitted, for reading and debugging; slow.
    style : {"fast", "plain"}
        The text that runs: fast, or as short as it gets.
    debug : bool
        Run the function itself un-jitted first, so that it raises what Python raises, then the generated text,
        un-jitted too.
    vecmath : bool
        Whether loops may call vectorized ``exp``, ``sin`` and so on (at most 4 ulp from the scalar ones).
    kinks : {"convention", "raise"}
        What happens where an active value comes to a point without derivative (``abs`` at 0, a tie of ``maximum``): the
        convention of the rule (``docs/kinks.md``), or a ``KinkError`` that names the line.

    Returns
    -------
    Derivative
        Called as ``f``. The gradient has the structure, shapes and dtypes of the argument, ``None`` for integers in it.

    Raises
    ------
    UnsupportedError
        At the first call, for what s2sad does not differentiate.
    ArgumentError
        For parameters that do not exist, integer arguments, and arguments of types or layouts that are not taken.
    """
    options = Options("grad", _listed(argnums), has_aux, target, style, debug, vecmath, kinks)
    return _transform(f, options)


def value_and_grad(
    f: Function | None = None,
    argnums: ArgNums = 0,
    *,
    has_aux: bool = False,
    target: str = "cpu",
    style: str = "fast",
    debug: bool = False,
    vecmath: bool = True,
    kinks: str = "convention",
) -> Any:
    """``(value, gradient)``, or with ``has_aux`` ``((value, aux), gradient)``; parameters as for ``grad``."""
    options = Options("value_and_grad", _listed(argnums), has_aux, target, style, debug, vecmath, kinks)
    return _transform(f, options)


def vjp(
    f: Function | None = None,
    *primals: Any,
    target: str = "cpu",
    style: str = "fast",
    debug: bool = False,
    vecmath: bool = True,
    kinks: str = "convention",
) -> Any:
    """The transposed derivative (pullback).

    ``vjp(f, *primals)`` gives ``(out, pullback)``; ``pullback(y_bar)`` gives one cotangent per argument, ``None``
    for what has none. ``y_bar`` has the structure, shapes and dtypes of ``out`` (``None`` or 0 for integers in it).
    Seeds for arguments that ``f`` writes are given by name; their final contents are ``pullback.final``.

    ``vjp(f)`` gives the derivative object, called with the arguments and then the seeds.

    Raises
    ------
    ArgumentError
        For seeds of another structure, dtype or shape than the output.
    """
    options = Options("vjp", None, False, target, style, debug, vecmath, kinks)
    made = _transform(f, options)
    if not primals:
        return made
    out_and_pullback: tuple[Any, Pullback] = made.pullback(made.bind(*primals))
    return out_and_pullback


def jvp(
    f: Function | None = None,
    primals: tuple[Any, ...] | None = None,
    tangents: tuple[Any, ...] | None = None,
    *,
    target: str = "cpu",
    style: str = "fast",
    debug: bool = False,
    vecmath: bool = True,
    kinks: str = "convention",
) -> Any:
    """The derivative in a direction (pushforward): ``jvp(f, primals, tangents)`` gives ``(out, out_dot)``.

    ``tangents`` has one entry per primal: of its structure, shapes and dtypes, or ``None`` or 0 for none. ``jvp(f)``
    gives the derivative object, called with the arguments and then the tangents of the float ones.

    Raises
    ------
    ArgumentError
        For tangents of another structure, dtype or shape than the argument, or of what is not differentiable.
    """
    options = Options("jvp", None, False, target, style, debug, vecmath, kinks)
    made = _transform(f, options)
    if primals is None and tangents is None:
        return made
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list) or len(primals) != len(tangents):
        raise ArgumentError("jvp(f, primals, tangents) takes two tuples of the same length")
    own = made.bind(*primals)
    return made.pushforward(own, dict(zip(made.__signature__.parameters, tangents, strict=False)))


def _transform(f: Function | None, options: Options) -> Any:
    """The derivative object, or without ``f`` the decorator that makes it."""
    if f is None:
        return lambda function: shared(function, options)
    return shared(f, options)


def _listed(argnums: Any) -> Any:
    return tuple(argnums) if isinstance(argnums, list) else argnums


__all__ = ["Derivative", "grad", "jvp", "value_and_grad", "vjp"]
