"""Advanced indexing: int arrays, lists and masks between the brackets, read and stored (NumPy's rules).

The basic items are applied first, as a view. The arrays then pick along axes of that view: an element of the result is
named by a place in the arrays' common shape and an index on each axis that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from s2sad.frontend.lower import elementwise as ew
from s2sad.frontend.lower import masks
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, SliceOf, Static, Value, describe
from s2sad.frontend.lower.views import WHOLE, Item, fitted, index_number, view_of
from s2sad.ir import nodes as n
from s2sad.ir.builder import INT, const

_LETTERS = "ijklmpqr"


Index: TypeAlias = "tuple[n.Atom, ...]"

Element: TypeAlias = "Callable[[Callable[[Index], Index], Index, Index], None]"


@dataclass(frozen=True)
class Selection:
    """``view[..., arrays, ...]``: ``picks[k]`` gives the index on axis ``axes[k]`` of ``view``.

    ``grid`` is the common shape of ``picks``; its dimensions stand before the kept axis number ``at`` in the result.
    ``distinct``: no element is selected twice. ``checked``: the picks are in range and not negative.
    """

    view: Arr
    axes: tuple[int, ...]
    picks: tuple[Arr, ...]
    grid: Index
    at: int
    distinct: bool
    checked: bool = False

    @property
    def kept(self) -> tuple[int, ...]:
        return tuple(k for k in range(self.view.ndim) if k not in self.axes)

    @property
    def extents(self) -> Index:
        kept = tuple(self.view.extents[k] for k in self.kept)
        return (*kept[: self.at], *self.grid, *kept[self.at :])


def select(c: State, base: Arr, given: Sequence[Value]) -> Selection:
    """What ``base[given]`` selects; at least one of ``given`` is an array that is not 0-d."""
    items = _spread(c, base, given)
    picks: list[Arr] = []
    axes: list[int] = []
    basic: list[Item] = []
    made = 0  # axes of the view
    for item in items:
        if isinstance(item, Arr):
            axes.append(made)
            picks.append(item)
        basic.append(WHOLE if isinstance(item, Arr) else item)
        made += not isinstance(item, Num)
    view = view_of(c, base, basic)
    at = _place(given, items)
    arrays = [p for p in ew.narrowed(c, picks) if isinstance(p, Arr)]
    grid = ew.broadcast(c, arrays)
    return Selection(view, tuple(axes), tuple(arrays), grid, at, _distinct(given))


def along(c: State, base: Arr, index: Arr, axis: int) -> Selection:
    """What ``take_along_axis`` selects: ``base[i, ..., index[i, ..., j, ..., k], ..., k]``."""
    picks: list[Arr] = []
    for k, extent in enumerate(base.extents):
        if k == axis:
            picks.append(index)
            continue
        if not ew.is_one(index.extents[k]):
            message = f"axis {k} of {base.var.hint} and of {index.var.hint} differ"
            c.check_equal(extent, index.extents[k], "SizeOne", f"operands could not be broadcast together: {message}")
        steps = c.array_call("arange", (const(0), const(1)), "int64", (extent,), _LETTERS[min(k, 7)])
        items: list[Item] = [WHOLE if j == k else None for j in range(base.ndim)]
        picks.append(view_of(c, steps, items))
    arrays = [p for p in ew.narrowed(c, picks) if isinstance(p, Arr)]
    return Selection(base, tuple(range(base.ndim)), tuple(arrays), ew.broadcast(c, arrays), 0, False)


def _distinct(given: Sequence[Value]) -> bool:
    arrays = [v for v in given if isinstance(v, Arr) and v.ndim]
    return len(arrays) == 1 and arrays[0].dtype == "bool"


def _spread(c: State, base: Arr, given: Sequence[Value]) -> list[Any]:
    """One int, slice or int array per axis, and new axes: masks are replaced by the places where they are true."""
    items: list[Any] = []
    axis = 0
    taken = sum(_axes_of(v) for v in given)
    if taken > base.ndim:
        c.refuse(f"{taken} indices for {describe(base)} ({base.var.hint})")
    ellipses = sum(_is_ellipsis(v) for v in given)
    if ellipses > 1:
        c.refuse("an index can only have a single ellipsis ('...')")
    for value in given:
        if _is_ellipsis(value):
            items += [WHOLE] * (base.ndim - taken)
            axis += base.ndim - taken
            continue
        items += _item(c, base, value, axis)
        axis += _axes_of(value)
    return items + [WHOLE] * (base.ndim - axis)


def _is_ellipsis(value: Value) -> bool:
    return isinstance(value, Static) and value.value is Ellipsis


def _axes_of(value: Value) -> int:
    if isinstance(value, Static):
        return 0
    return value.ndim if isinstance(value, Arr) and value.dtype == "bool" else 1


def _item(c: State, base: Arr, value: Value, axis: int) -> list[Any]:
    match value:
        case Static(value=None):
            return [None]
        case SliceOf():
            return [value]
        case Num(dtype="bool"):
            c.refuse("a bool as an index", "an if, or np.where")
        case Arr(dtype="bool"):
            if value.ndim == 0:
                c.refuse("a bool as an index", "an if, or np.where")
            _fits(c, base, value, axis)
            return list(masks.nonzero(c, value))
        case Arr() if value.ndim > 0:
            if not value.dtype.startswith(("int", "uint")):
                c.refuse(f"{describe(value)} as an index", "x.astype(np.int64)")
            return [value]
    return [index_number(c, value)]


def _fits(c: State, base: Arr, mask: Arr, axis: int) -> None:
    for k, extent in enumerate(mask.extents):
        message = f"boolean index did not match indexed array along axis {axis + k}"
        c.check_equal(base.extents[axis + k], extent, "IndexError", message)


def only_mask(c: State, base: Arr, given: Sequence[Value]) -> Arr | None:
    """The mask, if it is all that is ``given``, with new axes for the dimensions of ``base`` that it leaves."""
    if len(given) != 1 or not isinstance(mask := given[0], Arr) or mask.dtype != "bool" or mask.ndim > base.ndim:
        return None
    _fits(c, base, mask, 0)
    items: list[Item] = [*[WHOLE] * mask.ndim, *[None] * (base.ndim - mask.ndim)]
    return view_of(c, mask, items)


def _place(given: Sequence[Value], items: list[Any]) -> int:
    """How many kept axes stand before the picked ones: NumPy's rule.

    Where all ints and arrays are neighbours in what is given, the result has the picked dimensions in their place,
    else (an axis, a new axis or ``...`` between them) in front.
    """
    picking = [isinstance(v, Num | Arr) for v in given]
    first, last = picking.index(True), len(picking) - picking[::-1].index(True)
    if not all(picking[first:last]):
        return 0
    before = 0
    for item in items:
        if isinstance(item, Num | Arr):
            return before
        before += 1
    return before


# ---- the loops ------------------------------------------------------------------------------------------------------


def read(c: State, s: Selection, hint: str = "t") -> Arr:
    """The selected elements, as a new array."""
    result = c.alloc(s.view.dtype, s.extents, None, s.view.var.hint if hint == "t" else hint)
    in_order = s.at == 0 or result.ndim < 2  # else NumPy's result has the picked axes in front in memory

    def element(place: Callable[[Index], Index], kept: Index, grid: Index) -> None:
        value = ew.load(c, s.view, place(kept), s.view.var.hint)
        c.emit(n.Store(result.var, _index(s, kept, grid), value, -1, c.b.loc))

    if s.at == 0:
        _over(c, s.grid, False, lambda grid: _rows(c, s, grid, element))
    else:
        s = positions(c, s)
        _over(c, s.extents, False, lambda index: _one(c, s, index, element))
    return Arr(result.var, result.root, in_order)


def write(c: State, s: Selection, value: Num | Arr, combine: Callable[..., None] | None = None) -> None:
    """Store ``value``, which broadcasts, into the selected elements; of equal places the last one wins.

    ``combine(array, index, atom)`` emits something else than a store for each element.
    """
    dtype = s.view.dtype if combine is None else value.dtype
    atom = ew.cast_value(c, value, dtype)
    if isinstance(value, Arr):
        assert isinstance(atom, n.Var)
        own = _shares(value, s.view) and dtype == value.dtype
        value = Arr(fitted(c, s.extents, s.view.var.hint, Arr(atom, value.root)), value.root)
        atom = _copy(c, value).var if own else value.var
    picks = tuple(_copy(c, p) if _shares(p, s.view) else p for p in s.picks)
    s = replace(s, picks=picks)
    c.mark_written(s.view.root)

    def element(place: Callable[[Index], Index], kept: Index, grid: Index) -> None:
        where = place(kept)
        one = _element(c, atom, _index(s, kept, grid))
        if combine is None:
            c.emit(n.Store(s.view.var, where, one, -1, c.b.loc))
        else:
            combine(s.view, where, one)

    # An index into an axis of one element may vanish, and with it the reason why no two places are equal.
    distinct = s.distinct and not any(ew.is_one(s.view.extents[axis]) for axis in s.axes)
    _over(c, s.grid, not distinct, lambda grid: _rows(c, s, grid, element))


def _shares(a: Arr, b: Arr) -> bool:
    """Whether the two may be the same memory."""
    mine = {id(r) for r in a.root.all()}
    return any(id(r) in mine for r in b.root.all())


def _copy(c: State, a: Arr) -> Arr:
    return c.array_call("copy", (a.var,), a.dtype, a.extents, a.var.hint)


def positions(c: State, s: Selection) -> Selection:
    """``s`` with its picks checked and made non-negative, in arrays of their own."""
    picks = []
    for axis, pick in zip(s.axes, s.picks, strict=True):
        own = c.alloc("int64", pick.extents, None, pick.var.hint)

        def one(index: Index, axis: int = axis, pick: Arr = pick, own: Arr = own) -> None:
            c.emit(n.Store(own.var, index, _checked(c, pick, index, s.view.extents[axis]), -1, c.b.loc))

        _over(c, pick.extents, False, one)
        picks.append(own)
    return replace(s, picks=tuple(picks), checked=True)


def _checked(c: State, pick: Arr, index: Index, extent: n.Atom) -> n.Atom:
    """One index, in range and not negative."""
    k = c.cast(ew.load(c, pick, index, "k"), "int64", "k")
    return c.assign("index", (k, extent), "int64", "k")


def _place_of(c: State, s: Selection, grid: Index) -> Callable[[Index], Index]:
    """The index into the view for indices on the kept axes, at ``grid``; each pick is read once, here."""
    found: dict[int, n.Atom] = {}
    for axis, pick in zip(s.axes, s.picks, strict=True):
        index = _stretched(grid, pick.extents)
        if s.checked:
            found[axis] = ew.load(c, pick, index, "k")
        else:
            found[axis] = _checked(c, pick, index, s.view.extents[axis])

    def place(kept: Index) -> Index:
        rest = iter(kept)
        return tuple(found[k] if k in found else next(rest) for k in range(s.view.ndim))

    return place


def _rows(c: State, s: Selection, grid: Index, element: Element) -> None:
    """``element`` for all indices on the kept axes, at one place of the grid."""
    place = _place_of(c, s, grid)
    kept = tuple(s.view.extents[k] for k in s.kept)
    _over(c, kept, False, lambda index: element(place, index, grid))


def _one(c: State, s: Selection, index: Index, element: Element) -> None:
    """``element`` for one index into the result."""
    grid = index[s.at : s.at + len(s.grid)]
    element(_place_of(c, s, grid), (*index[: s.at], *index[s.at + len(s.grid) :]), grid)


def _index(s: Selection, kept: Index, grid: Index) -> Index:
    return (*kept[: s.at], *grid, *kept[s.at :])


def _stretched(index: Index, extents: Index) -> Index:
    kept = index[len(index) - len(extents) :]
    return tuple(const(0) if ew.is_one(e) else i for i, e in zip(kept, extents, strict=True))


def _element(c: State, value: n.Atom, index: Index) -> n.Atom:
    """One element of a value that broadcasts."""
    if not isinstance(value, n.Var) or not isinstance(value.type, n.Array):
        return value
    target = c.b.var(value.hint, n.Scalar(value.type.dtype))
    c.emit(n.Load(target, value, _stretched(index, value.type.extents), -1, c.b.loc))
    return target


def _over(c: State, extents: Sequence[n.Atom], serial: bool, body: Callable[[Index], None]) -> None:
    """``body`` for all indices below ``extents``: one after the other, or in any order."""
    variables = [c.b.var(_LETTERS[min(k, len(_LETTERS) - 1)], INT) for k in range(len(extents))]
    index = tuple(const(0) if ew.is_one(e) else v for v, e in zip(variables, extents, strict=True))
    looped = [(v, e) for v, e in zip(variables, extents, strict=True) if not ew.is_one(e)]
    if not looped:
        body(index)
        return
    with c.nested() as out:
        c.declare(*variables)
        body(index)
    block = tuple(out)
    if not serial:
        c.emit(n.Map(tuple(v for v, _ in looped), tuple(e for _, e in looped), block, (), c.b.loc))
        return
    for v, e in reversed(looped):
        block = (n.For(v, const(0), e, const(1), (), block, c.b.loc),)
    c.emit(block[0])
