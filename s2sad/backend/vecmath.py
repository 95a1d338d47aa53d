"""Which calls of generated text are vector math: their names, the header's binding of them, the cache key."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from numba.core.registry import cpu_target

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.rules.registry import op
from s2sad.runtime import vecmath

MODULE = "s2sad.runtime.vecmath"
# what the text calls by its bare name -> where the function of that name is without vector math
NUMPY = (
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan",
    "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt", "power", "arctan2", "hypot",
)  # fmt: skip
SCALAR: dict[str, str] = {name: "numpy" for name in NUMPY} | {"erf": "s2sad.runtime", "erfc": "s2sad.runtime"}  # noqa: C420
CALLS = {f"{'np' if where == 'numpy' else 'rt'}.{name}": name for name, where in SCALAR.items()}
EASY_POWERS = (-1.0, 0.5, 1.0, 2.0)  # which the compiler turns into a division, a root, a product


def name_of(stmt: n.Assign) -> str | None:
    """The bare name that the scalar op ``stmt`` is called by, or ``None`` if it is not vector math."""
    entry = op(stmt.op)
    if entry.infix == "**":
        floats = all(arg.type.dtype.startswith("float") for arg in stmt.args)
        exponent = stmt.args[1]
        easy = isinstance(exponent, n.Const) and exponent.value in EASY_POWERS
        return "power" if floats and not easy else None
    return CALLS.get(entry.call) if entry.infix is None else None


def names_in(fn: n.Function) -> frozenset[str]:
    """The bare names that the text of ``fn`` calls."""
    found = {name_of(stmt) for stmt in walk.walk(fn.body) if isinstance(stmt, n.Assign)}
    return frozenset(name for name in found if name is not None)


def import_lines(names: Iterable[str], vectorized: bool, runtime: bool = True) -> list[str]:
    """The import statements for ``names`` (``exp``, or ``exp as exp_``).

    ``vectorized`` binds them to vector math, else they are NumPy's; without ``runtime`` nothing is imported from s2sad.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        where = MODULE if vectorized else SCALAR[name.partition(" ")[0]]
        if runtime or not where.startswith("s2sad"):
            found.setdefault(where, []).append(name)
    return [f"from {where} import {', '.join(listed)}" for where, listed in found.items()]


@lru_cache(maxsize=1)
def key() -> str:
    """What machine code with vector math depends on, for its name in the cache: the library and the target.

    ``"none"`` without the library. Numba's own key has the target, but not the library that the code refers to.
    """
    if not vecmath.LOADED:
        return "none"
    context: Any = cpu_target.target_context
    triple, processor, features = context.codegen().magic_tuple()
    return f"{_library()} {triple} {processor} {features}"


def _library() -> str:
    """A hash of the library's file; of the C library's version where the file cannot be found."""
    path = _path()
    if path is None:
        return os.confstr("CS_GNU_LIBC_VERSION") or "unknown"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _path() -> Path | None:
    """The file that the loaded library came from."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        for line in maps.read_text(encoding="utf-8", errors="replace").splitlines():
            _, _, file = line.partition("/")
            if os.path.basename(file).startswith("libmvec") and os.access(f"/{file}", os.R_OK):
                return Path(f"/{file}")
    return None
