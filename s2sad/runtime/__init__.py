"""What generated code calls (``from s2sad import runtime as rt``): each works as plain Python and inside ``numba.njit``."""

from s2sad.runtime.floats import cbrt, deg2rad, fmod, logaddexp, logaddexp2, rad2deg, sinc
from s2sad.runtime.integers import (
    checked_add, checked_mul, checked_pow, checked_sub, index, lshift, rshift, wrap,
)  # fmt: skip
from s2sad.runtime.lifting import lift
from s2sad.runtime.selection import clip, fmax, fmin, heaviside, maximum, minimum, pymax, pymin
from s2sad.runtime.special import digamma, erf, erfc, gamma, lgamma, polygamma
from s2sad.runtime.sums import add_any

__all__ = [
    "add_any", "cbrt", "checked_add", "checked_mul", "checked_pow", "checked_sub", "clip", "deg2rad", "digamma", "erf",
    "erfc", "fmax", "fmin", "fmod", "gamma", "heaviside", "index", "lgamma", "lift", "logaddexp", "logaddexp2", "lshift",
    "maximum", "minimum", "polygamma", "pymax", "pymin", "rad2deg", "rshift", "sinc", "wrap",
]  # fmt: skip
