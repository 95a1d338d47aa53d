"""Which aliases a loop's slots would not keep: what may be written, and what is refused."""

from __future__ import annotations

from s2sad.frontend.lower.plans import Carried, Leaf, PermPlan, SlotPlan, leaves_of, root_of
from s2sad.frontend.lower.sharing import exclusive, holder, inherits
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Root, Value


def entry(c: State, carried: list[Carried]) -> None:
    """Before the body: which memory permuted arrays stand for, and what a slot's first value forbids."""
    permuted = list(leaves_of(carried, PermPlan))
    sources = [leaf.init.root for leaf in permuted if isinstance(leaf.init, Arr)]
    for leaf in permuted:
        root_of(leaf).may = tuple(dict.fromkeys(sources))
    for leaf in leaves_of(carried, SlotPlan):
        if not isinstance(leaf.init, Arr):
            continue
        inherits(root_of(leaf), leaf.init.root.all())
        if not exclusive(c, leaf.init.root, leaf.name, []):
            other = holder(c, leaf.init.root, leaf.name)
            reason = f"{other} and {leaf.name} are the same array or not, depending on the trips of a loop"
            leaf.init.root.freeze(reason)
            root_of(leaf).freeze(reason)


def settle(c: State, carried: list[Carried], ends: dict[str, Value | None], serial: int) -> None:
    """Refuse the aliases that copying into slots would not keep."""
    slots = list(leaves_of(carried, SlotPlan))
    own = {id(root_of(leaf)): leaf for leaf in slots}
    seen: dict[int, Leaf] = {}
    for leaf in slots:
        if not isinstance(leaf.end, Arr):
            continue
        root, slot = leaf.end.root, root_of(leaf)
        if _permuted(leaf, slots, own, serial):
            continue
        other = seen.setdefault(id(root), leaf)
        if other is not leaf:
            _never_written(c, (slot, root_of(other), root), leaf.name, other.name)
        fresh = root.kind == "local" and root.serial > serial and not root.copies and not root.may
        if not fresh and id(root) not in own:
            _never_written(c, (slot, root, *root.originals()), leaf.name, root.name)
    _handed_on(c, slots)


def _handed_on(c: State, slots: list[Leaf]) -> None:
    """What forbids stores into memory (it is an item of a list, say) forbids them in the slot that takes its place."""
    waiting = list(slots)
    while waiting:
        frozen = {id(leaf): reason for leaf in waiting if (reason := _reason(leaf.end)) is not None}
        for leaf in waiting:
            if id(leaf) in frozen:
                reason, slot = frozen[id(leaf)], root_of(leaf)
                if _written(slot):
                    c.refuse(f"the loop writes {leaf.name}, and {reason}", f"{leaf.name} = {leaf.name}.copy() before")
                slot.freeze(reason)
        if not frozen:
            return
        waiting = [leaf for leaf in waiting if id(leaf) not in frozen]


def _reason(end: Value | None) -> str | None:
    """Why the memory at the end of a trip must not be written any more."""
    pieces = end.root.all() if isinstance(end, Arr) else ()
    return next((piece.frozen for piece in pieces if piece.frozen), None)


def _permuted(leaf: Leaf, slots: list[Leaf], own: dict[int, Leaf], serial: int) -> bool:
    """Whether a trip ends with what an inner loop left that permuted slots or arrays of this trip."""
    root = leaf.end.root if isinstance(leaf.end, Arr) else None
    if root is None or root.group is None:
        return False
    if not all(id(r) in own or (r.kind == "local" and r.serial > serial and not (r.copies or r.may)) for r in root.may):
        return False
    others = [other.end.root for other in slots if other is not leaf and isinstance(other.end, Arr)]
    mine = {id(r) for r in root.may}
    meet = [r for r in others if r is root or any(id(piece) in mine for piece in r.all())]
    return all(r is not root and r.group is root.group for r in meet)


def _written(root: Root) -> bool:
    return any(piece.written for piece in root.lineage())


def _never_written(c: State, pieces: tuple[Root, ...], name: str, other: str) -> None:
    before = f"what {name} was before" if other == name else other
    reason = f"{name} and {before} are then the same array on some trips of a loop"
    for root in pieces:
        if _written(root):
            c.refuse(f"the loop writes an array, and {reason}", f"{name} = {other}.copy()")
        root.freeze(reason)
