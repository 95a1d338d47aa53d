"""What every test needs: one BLAS thread per worker, a drawing back end without a window, a seeded generator."""

import os

# Before the first import of NumPy: two pytest workers with two BLAS threads each would fight for the cores.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20240607)
