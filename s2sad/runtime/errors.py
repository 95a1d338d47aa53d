"""What generated code raises besides Python's own exceptions."""


class KinkError(ArithmeticError):
    """A function was evaluated where it has no derivative: what compiled code raises for ``s2sad.KinkError``."""


class SizeOneError(ValueError):
    """Two extents that must be equal differ and one may be 1: the wrapper makes a variant for that and calls again."""
