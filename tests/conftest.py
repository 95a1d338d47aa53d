"""What every test needs: one BLAS thread per worker, a drawing back end without a window, a seeded generator."""

import os
from pathlib import Path

# Before the first import of NumPy: two pytest workers with two BLAS threads each would fight for the cores.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# Not the user's cache: a folder that git ignores, kept so that a second run compiles less.
os.environ.setdefault("S2SAD_CACHE_DIR", str(Path(__file__).resolve().parents[1] / "build" / "test-cache"))

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(20240607)
