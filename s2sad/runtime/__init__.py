"""What generated code calls (``from s2sad import runtime as rt``): plain Python that ``numba.njit`` also compiles."""

from s2sad.runtime import vecmath
from s2sad.runtime.errors import SizeOneError
from s2sad.runtime.floats import fmod, sinc
from s2sad.runtime.integers import (
    checked_add,
    checked_mul,
    checked_pow,
    checked_sub,
    index,
    lshift,
    rshift,
    wrap,
)
from s2sad.runtime.lifting import lift
from s2sad.runtime.ordering import argsort, searchsorted_left, searchsorted_right
from s2sad.runtime.selection import clip, fmax, fmin, heaviside, maximum, minimum, pymax, pymin, sign
from s2sad.runtime.special import digamma, erf, erfc, gamma, lgamma, polygamma
from s2sad.runtime.sums import add_any, compensated_add, compensated_value, total
from s2sad.runtime.tapes import grown

__all__ = [
    "SizeOneError",
    "add_any",
    "argsort",
    "checked_add",
    "checked_mul",
    "checked_pow",
    "checked_sub",
    "clip",
    "compensated_add",
    "compensated_value",
    "digamma",
    "erf",
    "erfc",
    "fmax",
    "fmin",
    "fmod",
    "gamma",
    "grown",
    "heaviside",
    "index",
    "lgamma",
    "lift",
    "lshift",
    "maximum",
    "minimum",
    "polygamma",
    "pymax",
    "pymin",
    "rshift",
    "searchsorted_left",
    "searchsorted_right",
    "sign",
    "sinc",
    "total",
    "vecmath",
    "wrap",
]
