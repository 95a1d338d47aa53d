"""The primitives and their derivatives: one table per family, one registry for all of them."""

from s2sad.rules import (  # noqa: F401  (the tables register themselves)
    arithmetic, exponential, hyperbolic, linear, logic, registry, selection, special, trigonometric,
)  # fmt: skip
from s2sad.rules.registry import (
    OPS, Apply, Arg, Bar, Dot, Literal, Op, Result, Template, by_function, elementwise, jvp_of, nodes, op, reads_args,
    reads_result, rule_jvp, rule_vjp, vjp_of, zero_derivative,
)  # fmt: skip

registry.seal()

__all__ = [
    "OPS", "Apply", "Arg", "Bar", "Dot", "Literal", "Op", "Result", "Template", "by_function", "elementwise", "jvp_of",
    "nodes", "op", "reads_args", "reads_result", "rule_jvp", "rule_vjp", "vjp_of", "zero_derivative",
]  # fmt: skip
