"""Defects in the rules: sign, factor, operand, order, strong zero, ties, transposes, missing terms."""

from s2sad.rules import Apply, Arg, Literal, Result
from s2sad.rules.registry import _JVP, _VJP, Bar
from tests.defects.detectors import Defect, cotangent, defect, rule, stated, steering, tangent, test, text
from tests.rules import test_conventions
from tests.support.mutation import Entry, Fact, Partial

DEFECTS: dict[str, Defect] = {
    "cos has the wrong sign": defect(Partial("cos", 0, Apply("sin", (Arg(0),))), rule("cos", 0), text("trigonometric")),
    "square lacks its factor": defect(Partial("square", 0, Arg(0)), rule("square", 0), text("roots_and_squares")),
    "mul has the wrong operand": defect(Partial("mul", 0, Arg(0)), rule("mul", 0), tangent("long_expression")),
    "tanh reads its argument, not its result": defect(
        Partial("tanh", 0, Apply("sub", (Literal(1.0), Apply("mul", (Arg(0), Arg(0)))))), rule("tanh", 0)
    ),
    "div has its partials swapped": defect(
        Partial("div", 0, Apply("div", (Apply("neg", (Result(),)), Arg(1)))),
        Partial("div", 1, Apply("div", (Literal(1.0), Arg(1)))),
        rule("div", 0),
        rule("div", 1),
    ),
    "sub has no second partial": defect(
        Partial("sub", 1, None), cotangent("long_expression"), tangent("long_expression")
    ),
    "sqrt has no strong zero": defect(Fact("sqrt", "singular", (False,)), stated("where_with_shared_sqrt")),
    "maximum gives a tie to the second": defect(
        Partial("maximum", 0, Apply("select", (Apply("gt", (Arg(0), Arg(1))), Literal(1.0), Literal(0.0)))),
        Partial("maximum", 1, Apply("select", (Apply("gt", (Arg(0), Arg(1))), Literal(0.0), Literal(1.0)))),
        test(test_conventions.test_convention, "maximum", (2, 2), (1, 0)),
    ),
    "exp counts as exact": defect(Fact("exp", "exact", True), steering("threshold_on_recomputed_exp")),
    "matmul is not transposed": defect(
        Entry(_VJP, "matmul", (_VJP["matmul"][0], Apply("matmul", (Arg(0), Bar())))),
        cotangent("transposed_and_repeated"),
    ),
    "the tangent of matvec lacks a term": defect(
        Entry(_JVP, "matvec", (_JVP["matvec"][0], None)), tangent("transposed_and_repeated")
    ),
}
