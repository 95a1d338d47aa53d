"""Divisors, roots and counts of ints; none has a derivative."""

import numpy as np

from s2sad import runtime as rt
from s2sad.rules.registry import zero_derivative

zero_derivative(np.gcd, name="gcd", arity=2, operands="int", call="rt.gcd", cost=40)
zero_derivative(np.lcm, name="lcm", arity=2, operands="int", call="rt.lcm", cost=40)
for _function, _arity in (("int_lcm", 2), ("isqrt", 1), ("factorial", 1), ("perm", 2), ("comb", 2)):
    _runtime = getattr(rt, _function)
    zero_derivative(
        _runtime,
        name=_function,
        arity=_arity,
        operands="int",
        evaluate=rt.lift(_runtime, "int64"),
        call=f"rt.{_function}",
        cost=40,
        raises=True,
    )
