"""``np.linalg``: what is read by index and by shape here, with the derivatives of ``factorizations`` and ``products``."""

from __future__ import annotations

import numpy as np

from s2sad.library import matrices as m
from s2sad.library.axes import axes_of, common, floating, is_float
from s2sad.library.registry import implements, refuse, require, static
from s2sad.library.routines import Routine  # noqa: F401
