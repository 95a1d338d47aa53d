"""Source-to-source automatic differentiation of imperative NumPy code, compiled by Numba."""

from s2sad.api import Derivative, grad, jvp, value_and_grad, vjp
from s2sad.errors import ArgumentError, InternalError, KinkError, KinkWarning, S2SADError, UnsupportedError
from s2sad.rules.custom import custom_jvp, custom_vjp, stop_gradient, zero_derivative
from s2sad.testing import CheckError, check_grads

__all__ = [
    "ArgumentError", "CheckError", "Derivative", "InternalError", "KinkError", "KinkWarning", "S2SADError",
    "UnsupportedError", "check_grads", "custom_jvp", "custom_vjp", "grad", "jvp", "stop_gradient", "value_and_grad",
    "vjp", "zero_derivative",
]  # fmt: skip
