"""Templates evaluated with NumPy, and the text that an op has in generated code."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.rules import Apply, Arg, Literal, Op, Result, Template, op


def evaluate(template: Template, y: Any, args: tuple[Any, ...]) -> Any:
    """The value of an elementwise ``template`` at result ``y`` and arguments ``args``; literals have y's dtype."""
    match template:
        case Arg(k):
            return args[k]
        case Result():
            return y
        case Literal(value):
            return np.asarray(y).dtype.type(value)
        case Apply(name, inner):
            return op(name).evaluate(*(evaluate(t, y, args) for t in inner))
    raise TypeError(f"{template} is not elementwise")


def text(entry: Op, names: tuple[str, ...]) -> str:
    """The expression that generated code has for ``entry`` applied to the variables ``names``."""
    if entry.name == "select":
        return f"({names[1]} if {names[0]} else {names[2]})"
    if entry.infix is not None:
        return f"({entry.infix} {names[0]})" if entry.arity == 1 else f"({names[0]} {entry.infix} {names[1]})"
    return f"{entry.call}({', '.join(names)})" if entry.call else names[0]
