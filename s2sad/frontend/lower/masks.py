"""Where an array is not zero: the int arrays that ``np.nonzero`` gives, by a count and a serial walk."""

from __future__ import annotations

from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import reductions
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num
from s2sad.ir import nodes as n
from s2sad.ir.builder import BOOL, INT, const

_LETTERS = "ijklmpqr"


def nonzero(c: State, a: Arr, hint: str = "k") -> tuple[Arr, ...]:
    """The indices of the elements that are not zero, in C order: one int64 array per dimension.

    Their extent is known at run time only. What was found before is used again where ``a`` has not been written since.
    """
    key = (a.root.stores, len(c.loops))
    known = c.masks.get(a.var)
    if known is not None and known[:2] == key and all(c.available(p.var) for p in known[2]):
        return known[2]
    mask = ew.truth_of(c, a)
    assert isinstance(mask, Arr)
    count = _bounded(c, count_true(c, mask), mask)
    places = tuple(c.alloc("int64", (count,), None, hint) for _ in range(a.ndim))
    _walk(c, mask, places, const(0), ())
    c.masks[a.var] = (*key, places)
    return places


def count_true(c: State, mask: Arr, axes: tuple[int, ...] | None = None) -> n.Atom:
    """The number of true elements of a whole mask."""
    ones = c.array_call("cast", (mask.var,), "int64", mask.extents, "one")
    count = reductions.reduce(c, "sum", ones, axes, False, "count")
    assert isinstance(count, Num) and isinstance(count.atom, n.Var)
    c.extent_bound(count.atom)
    return count.atom


def _bounded(c: State, count: n.Atom, mask: Arr) -> n.Atom:
    """``count``, in a loop with the largest value it can have: the reverse sweep gives arrays room before the loop."""
    return c.int_min(count, ew.size_of(c, mask.extents), "count") if c.loops else count


def _walk(c: State, mask: Arr, places: tuple[Arr, ...], position: n.Atom, index: tuple[n.Var, ...]) -> n.Atom:
    """Store the place of each true element of ``mask[index]`` from ``position`` on; the position after the last."""
    axis = len(index)
    if axis == mask.ndim:
        return _note(c, ew.load(c, mask, index, "here"), places, position, index)
    i = c.b.var(_LETTERS[min(axis, len(_LETTERS) - 1)], INT)
    inner, outer = c.b.var("at", INT), c.b.var("at", INT)
    with c.nested() as out:
        c.declare(i, inner)
        end = _walk(c, mask, places, inner, (*index, i))
    carry = n.Carry(inner, position, end, outer)
    c.emit(n.For(i, const(0), mask.extents[axis], const(1), (carry,), tuple(out), c.b.loc))
    return outer


def _note(c: State, here: n.Var, places: tuple[Arr, ...], position: n.Atom, index: tuple[n.Var, ...]) -> n.Var:
    """Store ``index`` at ``position`` if ``here``; the next position."""
    assert here.type == BOOL
    with c.nested() as out:
        for place, i in zip(places, index, strict=True):
            c.emit(n.Store(place.var, (position,), i, -1, c.b.loc))
        following = c.assign("add", (position, const(1)), "int64", "at")
    target = c.b.var("at", INT)
    c.emit(n.If(here, tuple(out), (), (n.Join(target, following, position),), c.b.loc))
    return target
