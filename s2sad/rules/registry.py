"""The registry of primitives: what each scalar op computes, how it is printed, and its partial derivatives.

A differentiable primitive is added in one place::

    @elementwise(np.sin, math.sin)
    def sin(y, x):
        return np.cos(x)

The function takes the result and the arguments and returns the partials (a tuple if there are several arguments;
``None`` is zero). It is ordinary NumPy code and is also parsed into templates (``translate``). The product with the
cotangent is formed elsewhere.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from s2sad.rules.template import Apply, Arg, Bar, Dot, Literal, Result, Template, nodes, reads_args, reads_result
from s2sad.rules.translate import array_templates, partials_of

__all__ = [
    "OPS",
    "Apply",
    "Arg",
    "Bar",
    "Dot",
    "Literal",
    "Op",
    "Result",
    "Template",
    "by_function",
    "condition_of",
    "elementwise",
    "has_rules",
    "jvp_of",
    "nodes",
    "op",
    "raises",
    "reads_args",
    "reads_result",
    "register",
    "rule_jvp",
    "rule_vjp",
    "vjp_of",
    "zero_derivative",
]

Interval = tuple[float, float]


@dataclass(frozen=True)
class Op:
    """One scalar primitive.

    Attributes
    ----------
    name, arity
        How the IR calls it, and its number of arguments.
    functions
        What user code may call to mean this op (``np.sin``, ``math.sin``).
    evaluate
        Its value on NumPy scalars and arrays, elementwise.
    result
        ``"same"`` (the operands' dtype), ``"bool"``, ``"int64"``, or ``"target"`` (``cast``).
    operands
        ``"float"`` (ints are first cast to float64), ``"float64"`` (everything is), ``"any"``, ``"bool"``, ``"int"``.
    infix
        ``"*"`` prints ``a * b`` and ``-a`` for one argument; ``None`` prints a call of ``call``.
    call
        The callee's text; ``rt.`` names are of ``s2sad.runtime``. Empty where the printer has its own form
        (``cast copy select extent`` and whatever has an ``infix``).
    partials
        One template per argument, ``None`` for zero.
    cost
        Floating-point operations, about.
    exact
        The result has no rounding, so it may be recomputed where it steers.
    singular
        Partial k can be inf or nan while the result is finite: a cotangent that is exactly 0 must contribute 0.
    domain
        Per argument, the interval that tests draw from.
    doc
        The rule's docstring: its convention at kinks.
    rule
        The function that the partials were parsed from.
    raises
        Some arguments raise: it is not moved, and not dropped where nothing reads it.
    """

    name: str
    arity: int
    functions: tuple[Callable, ...]
    evaluate: Callable
    result: str
    operands: str
    infix: str | None
    call: str
    partials: tuple[Template | None, ...]
    cost: int
    exact: bool
    singular: tuple[bool, ...]
    domain: tuple[Interval, ...] = ()
    doc: str = ""
    rule: Callable | None = None
    raises: bool = False

    @property
    def differentiable(self) -> bool:
        """Whether some partial is not identically zero."""
        return any(p is not None for p in self.partials)


OPS: dict[str, Op] = {}
_BY_FUNCTION: dict[Callable, str] = {}
_VJP: dict[str, tuple[Template, ...]] = {}
_JVP: dict[str, tuple[Template | None, ...]] = {}
_loading = True  # while the built-in tables are imported, rules may use functions that a later line registers


def op(name: str) -> Op:
    """The op called ``name``; ``KeyError`` if there is none."""
    return OPS[name]


def by_function(f: object) -> Op | None:
    """The op that calling ``f`` means, or ``None``."""
    try:
        name = _BY_FUNCTION.get(f)  # type: ignore[arg-type]
    except TypeError:  # not hashable, so not a registered function
        return None
    return None if name is None else OPS[name]


def _name_of(f: object) -> str | None:
    """The op that a rule means by calling ``f``."""
    if f is np.outer:
        return "outer"
    found = by_function(f)
    return None if found is None else found.name


def register(entry: Op) -> Op:
    """Add ``entry``; a name or a function that is already taken is a ``ValueError``."""
    if entry.name in OPS:
        raise ValueError(f"op {entry.name!r} is registered twice")
    for f in entry.functions:
        if f in _BY_FUNCTION:
            raise ValueError(f"{f!r} already means {_BY_FUNCTION[f]!r}, it cannot mean {entry.name!r} too")
    if entry.rule is not None and not _loading:
        entry = replace(entry, partials=partials_of(entry.rule, _name_of))
    OPS[entry.name] = entry
    _BY_FUNCTION.update(dict.fromkeys(entry.functions, entry.name))
    return entry


def raises(name: str) -> bool:
    """Whether the op called ``name`` raises for some arguments."""
    return name in OPS and OPS[name].raises


def seal() -> None:
    """Parse the rules of the built-in tables, which may use one another; later ones are parsed when registered."""
    global _loading
    for name, entry in OPS.items():
        if entry.rule is not None and not entry.partials:
            OPS[name] = replace(entry, partials=partials_of(entry.rule, _name_of))
    _loading = False


def condition_of(rule: Callable) -> tuple[Template | None, ...]:
    """The conditions, one per argument, that ``rule(y, *args)`` returns (see ``s2sad.rules.kinks``)."""
    return partials_of(rule, _name_of)


def _callee(functions: tuple[Callable, ...], call: str | None, infix: str | None) -> str:
    if call is not None or infix is not None:
        return call or ""
    if not functions or getattr(np, functions[0].__name__, None) is not functions[0]:
        raise ValueError("say what generated code calls: call='rt.name'")
    return f"np.{functions[0].__name__}"


def elementwise(
    *functions: Callable,
    evaluate: Callable | None = None,
    operands: str = "float",
    infix: str | None = None,
    call: str | None = None,
    cost: int = 20,
    exact: bool = False,
    singular: bool | tuple[bool, ...] = False,
    domain: Interval | tuple[Interval, ...] = (-3.0, 3.0),
    name: str | None = None,
) -> Callable[[Callable], Callable]:
    """Register the decorated rule ``fn(y, *args) -> partials`` for ``functions``; see ``Op`` for the options.

    ``evaluate`` defaults to the first function, ``call`` to its name in NumPy, ``name`` to the rule's.

    Raises
    ------
    UnsupportedError
        If the rule uses something that cannot be translated.
    """

    def decorate(rule: Callable) -> Callable:
        arity = len(inspect.signature(rule).parameters) - 1
        register(
            Op(
                name=name or rule.__name__.rstrip("_"),
                arity=arity,
                functions=functions,
                evaluate=evaluate or functions[0],
                result="same",
                operands=operands,
                infix=infix,
                call=_callee(functions, call, infix),
                partials=(),
                cost=cost,
                exact=exact,
                singular=(singular,) * arity if isinstance(singular, bool) else singular,
                domain=domain if isinstance(domain[0], tuple) else (domain,) * arity,  # type: ignore[arg-type]
                doc=inspect.getdoc(rule) or "",
                rule=rule,
            )
        )
        return rule

    return decorate


def zero_derivative(
    *functions: Callable,
    name: str | None = None,
    arity: int = 1,
    evaluate: Callable | None = None,
    result: str = "same",
    operands: str = "float",
    infix: str | None = None,
    call: str | None = None,
    cost: int = 1,
    exact: bool = True,
    domain: Interval = (-3.0, 3.0),
    raises: bool = False,
) -> None:
    """Register ``functions`` as an op whose derivative is zero wherever it exists (and, by convention, everywhere)."""
    register(
        Op(
            name=name or functions[0].__name__,
            arity=arity,
            functions=functions,
            evaluate=evaluate or functions[0],
            result=result,
            operands=operands,
            infix=infix,
            call=_callee(functions, call, infix),
            partials=(None,) * arity,
            cost=cost,
            exact=exact,
            singular=(False,) * arity,
            domain=(domain,) * arity,
            raises=raises,
        )
    )


def rule_vjp(name: str, ranks: tuple[int, ...], rank: int) -> Callable[[Callable], Callable]:
    """Register ``fn(y, *args, *, y_bar) -> cotangents`` for the library routine ``name`` (a ``LibCall.fn``).

    ``ranks`` are the dimensions of the arguments, ``rank`` that of the result.
    """

    def decorate(rule: Callable) -> Callable:
        _VJP[name] = array_templates(rule, ranks, rank, "vjp", _name_of)
        return rule

    return decorate


def rule_jvp(name: str, ranks: tuple[int, ...], rank: int) -> Callable[[Callable], Callable]:
    """Register ``fn(y, *args, *, a_dot, ...) -> y_dot`` for the library routine ``name``; linear in tangents."""

    def decorate(rule: Callable) -> Callable:
        (template,) = array_templates(rule, ranks, rank, "jvp", _name_of)
        _JVP[name] = tuple(_only(template, k) for k in range(len(ranks)))
        return rule

    return decorate


def has_rules(name: str) -> bool:
    """Whether a derivative flows through the library routine ``name``."""
    return name in _VJP


def vjp_of(name: str) -> tuple[Template, ...]:
    """The cotangent of each argument of the library routine ``name``, over ``Arg``, ``Result`` and ``Bar``."""
    return _VJP[name]


def jvp_of(name: str) -> tuple[Template | None, ...]:
    """What the tangent of each argument adds to the result's tangent, over ``Arg``, ``Result`` and ``Dot``."""
    return _JVP[name]


def _only(template: Template, k: int) -> Template | None:
    """``template`` with all tangents but that of argument ``k`` zero; ``None`` if nothing is left."""
    if isinstance(template, Dot):
        return template if template.k == k else None
    if not isinstance(template, Apply):
        return template
    args = [_only(a, k) for a in template.args]
    if all(a is not None for a in args):
        return Apply(template.op, tuple(a for a in args if a is not None))
    if template.op == "add":
        return args[0] if args[1] is None else args[1]
    if template.op == "sub" and args[1] is None:
        return args[0]
    if template.op == "sub":
        return None if args[1] is None else Apply("neg", (args[1],))
    return None  # products and library routines are linear in the tangent they read
