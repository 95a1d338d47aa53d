"""Arguments for each function of the library: ranks 1 to 3, all axes, empty and single extents, dtypes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RNG = np.random.default_rng(7)
TRAPEZOID = getattr(np, "trapezoid", None) or np.__dict__["trapz"]


def real(*shape: int, dtype: str = "float64") -> np.ndarray:
    """Numbers of both signs, no two equal."""
    return RNG.normal(size=shape).astype(dtype)


def ints(*shape: int, high: int = 5) -> np.ndarray:
    return RNG.integers(0, high, size=shape)


# ranks 1 to 3, extents unequal, one, and zero; other dtypes; a transposed and a reversed view
ANY = (
    real(5),
    real(1),
    real(0),
    real(3, 4),
    real(1, 3),
    real(3, 0),
    real(2, 3, 4),
    real(4, dtype="float32"),
    ints(4),
    ints(2, 3),
    np.array([True, False, True]),
    real(3, 4).T,
    real(6)[::-2],
)
SOME = (real(5), real(1), real(3, 4), real(2, 3, 4), real(4, dtype="float32"), ints(2, 3), real(3, 4).T)
FLOATS = (real(5), real(1), real(3, 4), real(2, 3, 4), real(4, dtype="float32"))


@dataclass(frozen=True)
class Case:
    """Calls of one function: each of ``args`` with each of ``kwargs``; ``axes``: with every axis, too.

    ``copies``: where NumPy gives a view, the library copies (and lowering forbids stores).
    """

    name: str
    function: Any
    args: Sequence[tuple[Any, ...]]
    kwargs: Sequence[dict[str, Any]] = field(default_factory=lambda: [{}])
    axes: bool = False
    copies: bool = False
    refused: int = 0

    def __str__(self) -> str:
        return self.name

    def calls(self) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Arguments and keywords."""
        for args in self.args:
            for kwargs in self.kwargs:
                yield args, kwargs
                ndim = max([np.ndim(a) for a in args if isinstance(a, np.ndarray)], default=0)
                for axis in range(-ndim - 1, ndim + 1) if self.axes else ():
                    yield args, {**kwargs, "axis": axis}


CASES: list[Case] = []


def case(function: Any, args: Sequence[Any], *kwargs: dict[str, Any], name: str = "", **options: Any) -> None:
    """Enter a case; single arguments need no tuple."""
    tuples = [a if isinstance(a, tuple) else (a,) for a in args]
    CASES.append(Case(name or getattr(function, "__name__", ""), function, tuples, kwargs or ({},), **options))


# ---- cumulative -----------------------------------------------------------------------------------------------------

case(np.cumsum, ANY, {}, {"axis": None}, {"dtype": np.float32}, axes=True)
case(np.cumprod, ANY, {}, {"axis": None}, axes=True)
case(np.nancumsum, FLOATS, axes=True)
case(np.diff, ANY, {}, {"n": 2}, {"n": 0}, axes=True)
case(
    np.diff,
    [real(3, 4)],
    {"prepend": 1.5},
    {"append": real(3, 2)},
    {"prepend": real(3, 1), "append": 0.5},
    name="diff1",
)
case(np.ediff1d, ANY, {}, {"to_begin": 2}, {"to_end": ints(2)})
case(
    np.gradient,
    [real(5), real(4, 5), ints(4), real(4, dtype="float32"), real(3, 4, 5), real(2), real(1)],
    {},
    {"edge_order": 2},
    axes=True,
)
case(
    np.gradient,
    [
        (real(5), 0.5),
        (real(5), np.cumsum(np.abs(real(5)))),
        (real(4, 5), 0.5, 2.0),
        (real(4, 5), np.cumsum(np.abs(real(4))), 0.3),
    ],
    {},
    {"edge_order": 2},
    name="gradient_spaced",
)
case(TRAPEZOID, ANY, {}, {"dx": 0.5}, axes=True)
case(
    TRAPEZOID,
    [(real(5), np.cumsum(np.abs(real(5)))), (real(3, 4), real(4)), (real(3, 4), real(3, 4))],
    name="trapezoid_at",
)
case(
    np.unwrap,
    [10 * real(7), 10 * real(3, 4), real(5), 10 * real(4, dtype="float32")],
    {},
    {"period": 4.0},
    {"discont": 4.0},
    axes=True,
)

# ---- ordering -------------------------------------------------------------------------------------------------------

case(
    np.argsort,
    [real(5), real(1), real(0), real(3, 4), real(2, 3, 4), ints(4), np.array([2.0, np.nan, 1.0])],
    {"kind": "stable"},
    {"kind": "stable", "axis": None},
    axes=True,
)
case(
    np.sort,
    [real(5), real(1), real(0), real(3, 4), real(2, 3, 4), ints(4), np.array([2.0, np.nan, 1.0])],
    {},
    {"axis": None},
    axes=True,
)
case(np.ndarray.sort, [real(5), real(3, 4)], {}, {"axis": 0})
case(
    np.searchsorted,
    [
        (np.sort(real(6)), real(4)),
        (np.sort(real(6)), real(2, 3)),
        (np.sort(ints(5)), ints(4)),
        (np.sort(real(5)), 0.3),
        (real(0), real(3)),
        (np.sort(ints(5)), real(3)),
    ],
    {},
    {"side": "right"},
)
case(
    np.digitize,
    [(real(4), np.sort(real(3))), (ints(5), np.array([1, 2, 4])), (real(2, 3), np.sort(real(4)))],
    {},
    {"right": True},
)

# ---- joining --------------------------------------------------------------------------------------------------------

PAIRS = [
    ((real(3), real(2)),),
    ((real(3, 4), real(3, 2)),),
    ((real(3, 4), real(1, 4)),),
    ((real(2, 3, 4), real(2, 3, 4)),),
    ((real(3), ints(2)),),
    ((real(2, dtype="float32"), real(1)),),
    ((real(0), real(3), real(1)),),
]
case(np.concatenate, PAIRS, {}, {"axis": None}, axes=True)
for axis in (-2, -1, 0, 1, 2, 3):
    case(np.concatenate, PAIRS, {"axis": axis}, name=f"concatenate{axis}")
    case(
        np.stack,
        [((real(3), real(3)),), ((real(3, 4), real(3, 4), ints(3, 4)),), ((1.0, 2.0),), ((real(3), real(2)),)],
        {"axis": axis},
        name=f"stack{axis}",
    )
case(np.stack, [((real(3), real(3)),)])
for f in (np.hstack, np.vstack, np.dstack, np.column_stack):
    case(
        f,
        [
            ((real(3), real(3)),),
            ((real(3, 4), real(3, 4)),),
            ((real(2, 3, 4), real(2, 3, 4)),),
            ((1.5, 2.5),),
            ((real(3), real(2)),),
            ((real(3, 1), real(3)),),
        ],
    )
case(np.append, [(real(3), real(2)), (real(3, 4), real(2)), (real(3), 1.5)])
case(np.append, [(real(3, 4), real(2, 4))], {"axis": 0}, name="append0")
for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    case(f, [real(3), real(3, 4), real(2, 3, 4), 1.5, (real(3), 2.0)])
case(
    np.split,
    [(real(6), 3), (real(6), 4), (real(6, 4), 2), (real(6), (2, 5)), (real(6), (2, 9)), (real(6), [3])],
    {},
    axes=True,
)
case(np.array_split, [(real(7), 3), (real(2), 3), (real(6, 5), 4), (real(6), (2, 5))], {}, axes=True)
case(np.hsplit, [(real(6), 3), (real(2, 4), 2)])
case(np.vsplit, [(real(6, 2), 3)])
case(np.dsplit, [(real(2, 2, 4), 2)])
case(
    np.tile,
    [
        (real(3), 2),
        (real(3), (2, 2)),
        (real(2, 3), 2),
        (real(2, 3), (2, 1, 3)),
        (real(0), 2),
        (real(3), 0),
        (1.5, 3),
        (ints(2), (2,)),
    ],
)
case(
    np.repeat,
    [(real(3), 2), (real(2, 3), 2), (real(3), ints(3)), (real(3), np.array([2, 0, 1])), (real(2, 3), 0), (1.5, 3)],
    {},
    axes=True,
)

# ---- arranging ------------------------------------------------------------------------------------------------------

case(np.roll, [(a, s) for a in ANY for s in (1, -2, 7)], axes=True)
case(np.roll, [(real(3, 4), (1, 2)), (real(3, 4), 1)], {"axis": (0, 1)}, {"axis": (1, 1)}, name="roll_tuple")
case(np.real, ANY)
case(np.flip, ANY, axes=True)
case(np.flip, [real(2, 3, 4)], {"axis": (0, 2)}, name="flip_tuple")
case(np.fliplr, [real(3, 4), real(2, 3, 4), real(3)])
case(np.flipud, [real(3, 4), real(2, 3, 4), real(3)])
case(np.rot90, [(real(3, 4), k) for k in (-1, 0, 1, 2, 3)] + [real(2, 3, 4)], {}, {"axes": (1, 0)})
case(np.rot90, [real(2, 3, 4)], {"axes": (0, 2)}, {"axes": (1, 1)}, name="rot90_axes")
case(
    np.pad,
    [
        (real(4), 2),
        (real(4), (1, 3)),
        (real(3, 4), ((1, 2), (0, 3))),
        (real(2, 3, 2), 1),
        (ints(3), 2),
        (real(1), 3),
        (real(0), 2),
    ],
    {},
    {"mode": "edge"},
    {"mode": "reflect"},
    {"mode": "symmetric"},
    {"mode": "wrap"},
    {"constant_values": 1.5},
    {"constant_values": (1, 2)},
)
case(
    np.broadcast_to,
    [(real(3), (2, 3)), (real(3, 1), (3, 4)), (1.5, (2,)), (real(3), (2, 2)), (real(1), (0,)), (real(1), 3)],
    copies=True,
)
case(np.broadcast_arrays, [(real(3), real(2, 1)), (real(3), real(3))], copies=True)
case(np.rollaxis, [(real(2, 3, 4), k) for k in (0, 1, 2, -1)], {}, {"start": 1}, {"start": 3}, {"start": -1})
case(np.expand_dims, [(real(3), (0, 2)), (real(3, 4), (1, 2)), (real(3), (-1, 0))])

# ---- matrices -------------------------------------------------------------------------------------------------------

MATRICES = (real(3, 4), real(4, 3), real(1, 1), real(0, 3), ints(3, 3), real(2, 3, dtype="float32"), real(3, 4).T)
OFFSETS = [{"k": k} for k in (-2, -1, 0, 1, 3, 5)]
case(np.diagonal, [(a, k) for a in (*MATRICES, real(2, 3, 4)) for k in (-2, 0, 1, 5)], copies=True)
case(
    np.diagonal,
    [real(2, 3, 4)],
    {"axis1": 2, "axis2": 0},
    {"axis1": -1, "axis2": 1},
    {"axis1": 1, "axis2": 1},
    name="diagonal_axes",
    copies=True,
)
case(np.diag, [*MATRICES, real(3), real(0), ints(2)], *OFFSETS, copies=True)
case(np.diagflat, [real(3), real(2, 3)], *OFFSETS)
case(np.trace, [(a, k) for a in (*MATRICES, real(2, 3, 4)) for k in (-2, 0, 1, 5)])
case(np.tril, [*MATRICES, real(2, 3, 4), real(3)], *OFFSETS)
case(np.triu, [*MATRICES, real(2, 3, 4), real(3)], *OFFSETS)
case(np.tri, [3, 0, (3, 4)], {}, {"k": 1}, {"k": -1}, {"dtype": np.float32})
case(np.eye, [3, 0, (3, 4)], {}, {"k": 1}, {"k": -1}, {"dtype": np.int64})
case(np.identity, [3, 0])
case(np.vander, [real(4), real(3, dtype="float32"), ints(4), real(0)], {}, {"N": 2}, {"N": 6}, {"increasing": True})
case(
    np.kron,
    [(real(3), real(2)), (real(2, 3), real(3, 2)), (real(3), real(2, 2)), (real(2, 3, 2), ints(2, 2)), (2.0, real(3))],
)
case(
    np.cross,
    [(real(3), real(3)), (real(4, 3), real(4, 3)), (real(4, 3), real(3)), (ints(3), real(3)), (real(3), real(4))],
)
case(
    np.cross,
    [(real(3, 4), real(3, 4))],
    {"axis": 0},
    {"axisa": 0, "axisb": 0},
    {"axisa": 0, "axisb": 0, "axisc": 0},
    name="cross_axes",
)

# ---- statistics -----------------------------------------------------------------------------------------------------

KEEP = [{}, {"keepdims": True}, {"axis": None}]
case(np.prod, ANY, *KEEP, axes=True)
case(
    np.prod,
    [real(2, 3, 4), ints(2, 3, 4)],
    {"axis": (0, 2)},
    {"axis": ()},
    {"initial": 2.0},
    {"where": np.array([True, False, True, True])},
    {"dtype": np.float32},
    name="prod_more",
)
case(np.nanprod, [np.array([1.0, np.nan, 3.0])], axes=True)
case(
    np.sum,
    [real(3, 4), real(0, 4), real(4, dtype="float32"), ints(3, 4)],
    {"initial": 2.0},
    {"where": np.array([True, False, True, True])},
    axes=True,
)
case(
    np.mean,
    [real(3, 4), real(4, dtype="float32"), ints(3, 4)],
    {"where": np.array([True, False, True, True])},
    axes=True,
)
case(
    np.max,
    [real(3, 4), real(0, 4), real(4, dtype="float32"), ints(3, 4)],
    {"initial": 1},
    {"where": np.array([True, False, True, True]), "initial": -9},
    axes=True,
)
case(
    np.min,
    [real(3, 4), real(0, 4), real(4, dtype="float32"), ints(3, 4)],
    {"initial": 1},
    {"where": np.array([True, False, True, True]), "initial": 9},
    axes=True,
)
case(np.ptp, SOME, *KEEP, axes=True)
for f in (np.var, np.std):
    case(f, ANY, *KEEP, {"ddof": 1}, {"dtype": np.float32}, axes=True)
    case(
        f, [real(2, 3, 4)], {"axis": (0, 2)}, {"where": np.array([True, False, True, True])}, name=f"{f.__name__}_more"
    )
case(np.average, SOME, {}, {"keepdims": True}, {"returned": True}, axes=True)
case(
    np.average,
    [real(3, 4), ints(3, 4), real(3, 4, dtype="float32")],
    {"weights": np.abs(real(4)), "axis": 1},
    {"weights": np.abs(real(3, 4))},
    {"weights": np.abs(real(3, 4)), "axis": 0, "returned": True},
    {"weights": np.abs(real(4))},
    {"weights": np.abs(real(1, 4))},
    {"weights": np.abs(real(3, 1)), "axis": 0},
    name="average_weighted",
)
case(
    np.cov,
    [real(3, 4), real(5), (real(5), real(5)), real(3, 4, dtype="float32"), ints(2, 4)],
    {},
    {"rowvar": False},
    {"bias": True},
    {"ddof": 0},
)
case(np.corrcoef, [real(3, 4), (real(5), real(5)), real(5)], {}, {"rowvar": False})
NANS = (np.array([1.0, np.nan, -2.0, 0.5]), np.array([[np.nan, 1.0], [np.nan, 2.0]]), real(3, 4), ints(3))
case(
    np.median,
    [real(5), real(6), real(3, 4), real(2, 3, 4), ints(4), real(5, dtype="float32"), *NANS, real(1)],
    *KEEP,
    axes=True,
)
case(np.median, [real(2, 3, 4)], {"axis": (0, 2)}, name="median_tuple")
for f, qs in (
    (np.quantile, (0.3, 0.0, 1.0, np.array([0.25, 0.6]))),
    (np.percentile, (30, 30.0, np.array([10, 90]), 101)),
):
    case(
        f,
        [(a, q) for a in (real(5), real(3, 4), real(2, 3, 4), ints(4), real(5, dtype="float32"), NANS[0]) for q in qs],
        {},
        {"keepdims": True},
        axes=True,
    )
    case(
        f,
        [(real(4, 3), qs[0])],
        {"method": "lower"},
        {"method": "higher"},
        {"method": "midpoint"},
        name=f"{f.__name__}_method",
    )

# ---- selecting ------------------------------------------------------------------------------------------------------

for f in (np.any, np.all):
    case(f, [*ANY, np.zeros(3), np.array([[0.0, 1.0], [0.0, 0.0]])], *KEEP, axes=True)
for f in (np.nansum, np.nanmean, np.nanmax, np.nanmin):
    case(f, NANS, *KEEP, axes=True)
for f in (np.nanvar, np.nanstd):
    case(f, NANS[:3], *KEEP, {"ddof": 1}, axes=True)
SPECIAL = np.array([1.0, np.nan, np.inf, -np.inf])
case(
    np.isclose,
    [(real(3), real(3)), (SPECIAL, SPECIAL), (real(3), 0.5), (np.ones(3), 1 + 1e-9), (1.0, 1.0)],
    {},
    {"equal_nan": True},
    {"atol": 5},
)
case(np.allclose, [(real(3), real(3)), (SPECIAL, SPECIAL), (np.ones(3), 1 + 1e-9)], {}, {"equal_nan": True})
case(
    np.array_equal,
    [(real(3), real(3)), (np.ones(3), np.ones(3)), (np.ones(3), np.ones(4)), (np.ones(3), np.ones((1, 3)))],
)
case(
    np.nan_to_num,
    [SPECIAL, real(2, 3), SPECIAL.astype("float32"), ints(3)],
    {},
    {"nan": 2.5, "posinf": 9.0, "neginf": -9.0},
)
case(
    np.select,
    [((real(4) > 0, real(4) > 1), (real(4), 2 * real(4))), ([real(3, 4) > 0], [real(4)])],
    {},
    {"default": 7.5},
)
case(
    np.interp,
    [
        (real(5), np.sort(real(4)), real(4)),
        (real(2, 3), np.sort(real(4)), real(4)),
        (0.1, np.sort(real(4)), real(4)),
        (np.arange(4.0), np.arange(4.0), real(4)),
        (real(3), np.zeros(1), real(1)),
        (ints(3), np.arange(5), ints(5)),
    ],
    {},
    {"left": -7.0},
    {"right": 8.0},
)

# ---- products -------------------------------------------------------------------------------------------------------

M, N, T3 = real(3, 4), real(4, 5), real(2, 3, 4)
for text, operands in (
    ("ij,jk", (M, N)),
    ("ij,jk->ki", (M, N)),
    ("ij->ji", (M,)),
    ("ij->", (M,)),
    ("ij->j", (M,)),
    ("ij", (M,)),
    ("ba", (M,)),
    ("ii", (real(3, 3),)),
    ("ii->i", (real(3, 3),)),
    ("iij->j", (real(3, 3, 2),)),
    ("i,i", (real(4), real(4))),
    ("i,j", (real(4), real(3))),
    ("i,j->ji", (real(4), real(3))),
    ("bij,bjk->bik", (T3, real(2, 4, 5))),
    ("bij,bjk->bki", (T3, real(2, 4, 5))),
    ("ijk,kl->lij", (T3, real(4, 2))),
    ("...j,jk->...k", (T3, real(4, 2))),
    ("...ij,...jk->...ik", (T3, real(2, 4, 5))),
    ("...ij,jk", (T3, N)),
    ("i...->...", (T3,)),
    ("i...i", (real(3, 2, 3),)),
    ("ij,jk,kl->il", (M, N, real(5, 2))),
    ("ij,ij,ij->i", (M, M, M)),
    ("i,ij,j->", (real(3), M, real(4))),
    ("ij,j->ij", (M, real(4))),
    ("ij,kl->ijkl", (real(2, 3), real(3, 2))),
    ("a,a->a", (ints(3), ints(3))),
    (" ij , jk -> ik ", (M, N)),
    ("ij,jk", (M, N.astype("float32"))),
    ("ii,i->i", (real(3, 3), real(3))),
    ("ij,jk->i", (M, N)),
    ("i,->i", (real(3), 2.0)),
    ("ij,jk", (real(0, 4), N)),
    ("ij,jk", (real(3, 0), real(0, 2))),
    ("ij,kj", (M, N)),
    ("ik,jk->j", (M, real(2, 4))),
    ("ijk->kij", (T3,)),
    ("ijj->ij", (real(2, 3, 3),)),
    ("ij->ii", (M,)),
    ("ij->k", (M,)),
):
    case(
        np.einsum,
        [(text, *operands)],
        name=f"einsum {text}",
        copies="ii->i" in text or "ijj" in text or "i...i" in text,
    )
case(
    np.tensordot,
    [
        (M, N, 1),
        (T3, real(3, 4, 2), 2),
        (T3, real(4, 3), ([1, 2], [1, 0])),
        (T3, M, ((1, 2), (0, 1))),
        (real(3), real(2), 0),
        (T3, real(3, 2), (1, 0)),
        (ints(2, 3), ints(3, 2), 1),
        (M, N, 2),
    ],
)
case(np.dot, [(T3, N), (T3, real(4)), (T3, real(2, 4, 3)), (real(4), real(2, 4, 3)), (T3, M)])
case(np.inner, [(T3, M), (T3, real(4)), (T3, real(2, 5, 4)), (real(4), T3)])
for f in (np.convolve, np.correlate):
    case(
        f,
        [
            (real(5), real(3)),
            (real(3), real(5)),
            (real(1), real(4)),
            (ints(4), real(2)),
            (real(4), real(4)),
            (real(2), real(5)),
            (real(6), real(4)),
            (real(0), real(2)),
        ],
        {},
        {"mode": "same"},
        {"mode": "valid"},
        {"mode": "full"},
    )
case(
    np.polyval,
    [
        (real(4), real(3)),
        (real(4), 0.5),
        (real(3), real(2, 3)),
        (ints(3), real(2)),
        (ints(3), ints(2)),
        ((1.0, -2.0), real(3)),
    ],
)

# ---- creation -------------------------------------------------------------------------------------------------------

case(
    np.linspace,
    [
        (0.0, 1.0, 5),
        (1, 4),
        (0.0, 1.0, 1),
        (0.0, 1.0, 0),
        (real(3), 2.0, 4),
        (real(2), real(2), 3),
        (np.float32(1), np.float32(2), 4),
        (0, 9, 4),
    ],
    {},
    {"endpoint": False},
    {"retstep": True},
    {"dtype": np.int64},
)
case(np.linspace, [(real(3), 2.0, 4)], {"axis": 1}, {"axis": -1}, name="linspace_axis")
case(np.logspace, [(0.0, 1.0, 5), (0, 2, 4), (real(2), 2.0, 3)], {}, {"endpoint": False}, {"base": 2.0})
case(np.geomspace, [(1.0, 8.0, 4), (-1.0, -100.0, 3), (2, 200, 3), (5.0, 1.0, 6)], {}, {"endpoint": False})
case(
    np.meshgrid,
    [(real(3), real(2)), (real(3), real(2), ints(4)), (real(3),), (real(0), real(2))],
    {},
    {"indexing": "ij"},
    {"sparse": True},
)
case(np.indices, [((2, 3),), ((4,),), ((2, 0, 3),)], {}, {"sparse": True}, {"dtype": np.float32})
case(np.bincount, [ints(6), (ints(6), real(6)), np.zeros(0, np.int64), (ints(3), ints(3))], {}, {"minlength": 9})
case(
    np.histogram,
    [
        (real(20), 5),
        real(8),
        (real(20), np.array([-1.0, 0.0, 0.5, 2.0])),
        (ints(9), 3),
        (real(3, 4), 4),
        (ints(9), np.array([0, 2, 4])),
    ],
    {},
    {"density": True},
    {"range": (-1.0, 1.5)},
)
case(
    np.histogram,
    [(real(20), 5)],
    {"weights": real(20)},
    {"weights": ints(20)},
    {"weights": np.abs(real(20)), "density": True},
    name="histogram_weights",
)
for f in (np.add, np.multiply, np.maximum, np.hypot, np.subtract, np.logaddexp):
    case(
        f.outer,
        [(real(3), real(2)), (real(3, 2), real(2)), (2.0, real(3)), (ints(2), real(2))],
        name=f"{f.__name__}.outer",
    )
    case(
        f.accumulate,
        [real(5), real(3, 4), real(2, 3, 4), real(0), real(4, dtype="float32")],
        axes=True,
        name=f"{f.__name__}.accumulate",
    )
    case(
        f.reduce,
        [real(5), real(3, 4), real(2, 3, 4), real(4, dtype="float32")],
        {},
        {"keepdims": True},
        axes=True,
        name=f"{f.__name__}.reduce",
    )
for f in (np.unique, np.partition, np.argpartition, np.apply_along_axis, np.apply_over_axes):
    case(f, [])


# ---- pieces taken out, put in, chosen -------------------------------------------------------------------------------

case(np.block, [[real(3), real(2)]], name="block_of_vectors")
case(
    np.block,
    [
        ([real(3), 2.0, ints(2)],),
        ([real(3), real(2, 3)[:1]],),
        (
            [
                [real(2, 3), real(2, 1)],
                [
                    real(4),
                ],
            ],
        ),
    ],
)
case(np.block, [real(3, 2), ([[real(2, 2), np.eye(2)], [np.zeros((1, 2)), np.ones((1, 2))]],)], name="block_of_blocks")
case(
    np.delete,
    [(real(5), 1), (real(5), -1), (real(5), [0, 3]), (real(3, 4), 2), (real(3), 3), (real(3, 4), [1])],
    axes=True,
)
case(
    np.insert,
    [(real(5), 1, 2.0), (real(5), -1, 7), (real(5), 5, 0.5), (ints(4), 0, 2.5), (real(3, 4), 2, 0.5)],
    axes=True,
)
case(np.insert, [(real(3, 4), 1, real(4))], {"axis": 0}, name="insert_a_row")
case(
    np.take,
    [(real(5), [0, -7, 9]), (real(5), 8), (real(3, 4), ints(2, 2) + 2)],
    {"mode": "clip"},
    {"mode": "wrap"},
    axes=True,
    name="take_by_mode",
)
case(np.take, [(real(5), [0, -3, 4])], {"mode": "raise"}, name="take_that_raises")
_CHOICES = (real(4), 2.0, ints(4))
case(
    np.choose,
    [
        (ints(4, high=3), _CHOICES),
        (np.array([True, False, True, True]), _CHOICES[:2]),
        (ints(3, 4, high=2), (real(4), real(3, 1))),
    ],
)
case(np.choose, [(ints(4, high=9) - 4, _CHOICES)], {}, {"mode": "wrap"}, {"mode": "clip"}, name="choose_by_mode")
case(np.ix_, [(ints(3), [0, 2]), ([1, 2],), ([0], [1, 2], [3]), (np.array([True, False, True]), ints(2))])
case(
    np.unravel_index,
    [(5, (3, 4)), (ints(6), (3, 4)), (ints(2, 2), (2, 1, 3)), (12, (3, 4)), (3, (5,)), (-1, (2, 2))],
    copies=True,
)
case(np.ravel_multi_index, [((1, 2), (3, 4)), ((ints(4, high=2), ints(4, high=3)), (2, 3)), ((2, 0), (2, 3))])
case(np.isin, [(ints(5), [1, 2]), (real(2, 3), 0.5), (ints(2, 3), ints(2))], {}, {"invert": True})
case(np.fill_diagonal, [])
case(np.piecewise, [])
case(np.fromfunction, [])
case(np.polyadd, [(real(4), real(2)), (real(2), real(3)), ([1, 2], real(1)), (2.0, real(3)), (ints(2), ints(3))])
case(np.polysub, [(real(4), real(2)), (real(2), real(3)), ([1, 2], real(1)), (ints(2), ints(3))])
case(
    np.polymul,
    [
        (real(4), real(2)),
        (real(2), real(3)),
        ([1, 2], real(1)),
        (np.array([3, 0]), np.array([2, 0, -1])),
        (0.0, real(2)),
    ],
)
case(np.polyder, [real(4), real(1), [1, 2, 3], (real(5), 2), (real(3), 0)])
case(np.polyint, [real(4), real(1), [1, 2, 3], (real(2), 1, 0.5)])
if hasattr(np, "cumulative_sum"):
    case(np.astype, [(real(3), np.float32), (ints(3), np.float64)], copies=True)
    case(np.cumulative_sum, [real(4), ints(3)])
    case(np.cumulative_sum, [real(2, 3)], {"axis": 1}, {"axis": 0, "dtype": np.float32}, name="cumulative_sum_axis")
    case(np.cumulative_prod, [real(4), ints(3)])
    case(np.cumulative_prod, [real(2, 3)], {"axis": 1}, name="cumulative_prod_axis")
    case(np.unstack, [], copies=True)
for _names in (("matvec", real(3, 4), real(4)), ("vecmat", real(3), real(3, 4)), ("vecdot", real(2, 3), real(2, 3))):
    if hasattr(np, _names[0]):
        case(getattr(np, _names[0]), [_names[1:]])
for _names in (
    ("vector_norm", real(3, 4)), ("vector_norm", real(4)), ("matrix_norm", real(3, 4)), ("matrix_norm", real(2, 3, 4)),
    ("outer", real(3), real(2)), ("matmul", real(3, 2), real(2, 4)), ("trace", real(3, 4)), ("trace", real(2, 3, 3)),
    ("diagonal", real(3, 4)), ("diagonal", real(2, 3, 3)), ("vecdot", real(3), real(3)),
):  # fmt: skip
    if hasattr(np.linalg, _names[0]):
        case(getattr(np.linalg, _names[0]), [_names[1:]], name=f"linalg.{_names[0]}", copies=True)


# ---- linear algebra -------------------------------------------------------------------------------------------------

_SQUARES = (
    real(3, 3),
    real(1, 1),
    real(2, 3, 3),
    real(2, 1, 2, 2),
    real(3, 3, dtype="float32"),
    real(0, 0),
    ints(2, 2) + 5 * np.eye(2, dtype=int),
)
_POSITIVE = tuple(
    np.asarray(a @ np.swapaxes(a, -1, -2) + 2.0 * np.eye(a.shape[-1], dtype=a.dtype), a.dtype) for a in _SQUARES[:5]
)
_RECTANGLES = (real(4, 3), real(2, 3), real(2, 2, 3), real(2, 4, 2), real(3, 2, dtype="float32"), real(0, 2))
for _function in (np.linalg.inv, np.linalg.det, np.linalg.slogdet):
    case(_function, _SQUARES, copies=True)
case(
    np.linalg.solve,
    [(a, real(*a.shape[:-1], 2)) for a in _SQUARES] + [(a, real(a.shape[-1])) for a in _SQUARES],
    copies=True,
)
case(np.linalg.cholesky, _POSITIVE, {}, {"upper": True}, copies=True)
case(np.linalg.eigh, _SQUARES, copies=True)  # with UPLO="U" the signs of vectors may differ
case(np.linalg.eigvalsh, _SQUARES, {}, {"UPLO": "U"}, copies=True)
case(np.linalg.svd, _RECTANGLES, {"full_matrices": False}, {"compute_uv": False}, copies=True)
case(np.linalg.svdvals, _RECTANGLES, copies=True)
case(np.linalg.qr, _RECTANGLES, {}, {"mode": "r"}, copies=True)
case(np.linalg.pinv, _RECTANGLES, {}, {"rcond": 1e-3}, copies=True)
case(np.linalg.matrix_power, [(a, n) for a in _SQUARES[:5] for n in (0, 1, 5, -2)], copies=True)
case(np.linalg.multi_dot, [((real(3, 2), real(2, 4), real(4)),), ((real(3, 2), real(2, 4), real(4, 1)),)], copies=True)
case(np.linalg.matrix_rank, _RECTANGLES[:4], {}, {"tol": 0.5}, copies=True)
case(np.linalg.cond, _SQUARES[:5], {}, {"p": 1}, {"p": "fro"}, {"p": -2}, {"p": np.inf}, copies=True)
case(
    np.linalg.norm,
    (real(4), real(4, dtype="float32"), ints(4)),
    *({"ord": k} for k in (None, 1, 2, 3, 0.5, 0, -1, np.inf, -np.inf)),
    {"keepdims": True},
    copies=True,
)
case(
    np.linalg.norm,
    (real(3, 4), real(3, 2, dtype="float32")),
    *({"ord": k} for k in (None, 1, 2, -1, -2, "fro", "nuc", np.inf, -np.inf)),
    *({"ord": k, "axis": (1, 0), "keepdims": True} for k in (1, "nuc", np.inf)),
    {"axis": 0},
    {"axis": -1, "keepdims": True},
    name="norm_of_matrices",
    copies=True,
)
