"""Matrix routines that lowering calls as they are: each becomes one ``LibCall`` of the routine in ``s2sad.runtime``.

Arguments are float arrays of one dtype. No derivative flows through them: that is what ``linalg`` adds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from s2sad import runtime

Dims = tuple[str, ...]


@dataclass(frozen=True)
class Routine:
    """``name`` in ``s2sad.runtime``; the dimensions of arguments and results by names (``min``: that of m and n)."""

    name: str
    arguments: tuple[Dims, ...]
    results: tuple[Dims, ...]


ROUTINES: dict[Callable, Routine] = {}


def _routine(name: str, signature: str) -> Callable:
    """The routine as a function, with a signature as NumPy's generalized ufuncs have it."""

    def dims(text: str) -> tuple[Dims, ...]:
        return tuple(tuple(d for d in part.split(",") if d) for part in text.strip("()").split("),("))

    function = getattr(runtime, name)
    arguments, _, results = signature.partition("->")
    ROUTINES[function] = Routine(name, dims(arguments), dims(results))
    return function


solve = _routine("solve", "(n,n),(n,k)->(n,k)")
inv = _routine("inv", "(n,n)->(n,n)")
pinv = _routine("pinv", "(m,n),(1)->(n,m)")
det = _routine("det", "(n,n)->(1)")
slogdet = _routine("slogdet", "(n,n)->(1),(1)")
cholesky = _routine("cholesky", "(n,n)->(n,n)")
qr = _routine("qr", "(m,n)->(m,min),(min,n)")
eigh = _routine("eigh", "(n,n)->(n),(n,n)")
svd = _routine("svd", "(m,n)->(m,min),(min),(min,n)")
