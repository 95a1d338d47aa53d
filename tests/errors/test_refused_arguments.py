"""Arguments that no specialisation takes: the error names the argument, its type, and what to pass."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numba
import numpy as np
import pytest

from s2sad import ArgumentError, grad


def square(x):
    return np.sum(x * x)


REFUSED: tuple[tuple[Any, str], ...] = (
    (Decimal("1.5"), "x is of type Decimal, which s2sad does not take; pass float(x)"),
    (Fraction(1, 3), "x is of type Fraction, which s2sad does not take; pass float(x)"),
    (1j, "x is of type complex, which s2sad does not take; complex numbers are not supported yet: pass real and"),
    (np.ones(2, complex), "x has dtype complex128; complex numbers are not supported yet"),
    (np.ma.array([1.0]), "an argument is a MaskedArray; pass x.filled(value) or np.where"),
    (np.array(["2020"], "M8[D]"), "x has dtype datetime64[D]; use float64, float32, an integer dtype or bool"),
    (numba.typed.List([1.0]), "x is of type List, which s2sad does not take; pass a NumPy array or a tuple"),
    ((1.0, np.random.default_rng(0)), "x[1] is a Generator inside of another argument; pass it as an argument of its"),
)


@pytest.mark.parametrize("value, message", REFUSED, ids=lambda v: v[:20] if isinstance(v, str) else "")
def test_message(value, message):
    with pytest.raises(ArgumentError) as caught:
        grad(square, target="python")(value)
    assert message in str(caught.value)
