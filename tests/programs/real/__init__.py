"""Real programs, in the style of the fields they come from; one module each.

A module has ``make(rng)``, which gives the arguments, and ``entry``, the function that is differentiated with respect
to all its float arguments; ``references`` has the same function in torch operations under the same name.
"""

from importlib import import_module
from types import ModuleType

NAMES = (
    "adi",
    "attention",
    "black_scholes",
    "bundle_adjustment",
    "cloth",
    "dense_factorizations",
    "escape_time",
    "fdtd",
    "gaussian_mixture",
    "gaussian_process",
    "hidden_markov",
    "kalman",
    "lattice_boltzmann",
    "lenet",
    "lens_tracing",
    "longstaff_schwartz",
    "lotka_volterra",
    "lstm",
    "nbody",
    "navier_stokes",
    "robot_arm",
    "shallow_water",
    "soft_dtw",
    "sparse_cg",
    "tight_binding",
    "vertical_advection",
)


def load(name: str) -> ModuleType:
    """The module of one program."""
    return import_module(f"{__name__}.{name}")
