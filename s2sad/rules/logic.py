"""Comparisons, logic, integer bit operations, indices, and the tests for nan and inf: all without derivative."""

import math
import operator

import numpy as np

from s2sad import runtime as rt
from s2sad.rules.registry import zero_derivative

zero_derivative(np.less, operator.lt, name="lt", arity=2, result="bool", operands="any", infix="<")
zero_derivative(np.less_equal, operator.le, name="le", arity=2, result="bool", operands="any", infix="<=")
zero_derivative(np.greater, operator.gt, name="gt", arity=2, result="bool", operands="any", infix=">")
zero_derivative(np.greater_equal, operator.ge, name="ge", arity=2, result="bool", operands="any", infix=">=")
zero_derivative(np.equal, operator.eq, name="eq", arity=2, result="bool", operands="any", infix="==")
zero_derivative(np.not_equal, operator.ne, name="ne", arity=2, result="bool", operands="any", infix="!=")

zero_derivative(np.logical_and, name="and", arity=2, result="bool", operands="bool", infix="and")
zero_derivative(np.logical_or, name="or", arity=2, result="bool", operands="bool", infix="or")
zero_derivative(np.logical_not, operator.not_, name="not", result="bool", operands="bool", infix="not")
zero_derivative(np.logical_xor, name="xor", arity=2, result="bool", operands="bool", infix="!=")

zero_derivative(np.bitwise_and, operator.and_, name="bitand", arity=2, operands="int", infix="&")
zero_derivative(np.bitwise_or, operator.or_, name="bitor", arity=2, operands="int", infix="|")
zero_derivative(np.bitwise_xor, operator.xor, name="bitxor", arity=2, operands="int", infix="^")
zero_derivative(np.invert, operator.invert, name="invert", operands="int", infix="~")
zero_derivative(np.left_shift, operator.lshift, name="lshift", arity=2, operands="int", call="rt.lshift")
zero_derivative(np.right_shift, operator.rshift, name="rshift", arity=2, operands="int", call="rt.rshift")

zero_derivative(np.isnan, math.isnan, result="bool", operands="float", call="np.isnan")
zero_derivative(np.isinf, math.isinf, result="bool", operands="float", call="np.isinf")
zero_derivative(np.isfinite, math.isfinite, result="bool", operands="float", call="np.isfinite")
zero_derivative(np.signbit, result="bool", operands="float", call="np.signbit")

zero_derivative(
    name="index", arity=2, evaluate=rt.lift(rt.index, "int64"), operands="int", call="rt.index", raises=True
)
zero_derivative(name="wrap", arity=2, evaluate=rt.lift(rt.wrap, "int64"), operands="int", call="rt.wrap")
zero_derivative(
    name="extent", arity=2, evaluate=lambda a, k: np.int64(a.shape[k]), result="int64", operands="any", call=""
)
