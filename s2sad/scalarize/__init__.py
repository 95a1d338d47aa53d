"""Array statements become loops over scalars before anything is differentiated."""

from s2sad.scalarize.driver import scalarize

__all__ = ["scalarize"]
