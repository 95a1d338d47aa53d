"""The public interface: transformations of functions, and the objects that they return."""

from s2sad.api.derivative import Derivative
from s2sad.api.njit import DerivativeType
from s2sad.api.transforms import grad, jvp, value_and_grad, vjp

__all__ = ["Derivative", "DerivativeType", "grad", "jvp", "value_and_grad", "vjp"]
