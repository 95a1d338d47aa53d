"""What lowering a part found: what it returns, which arguments it writes, its function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from s2sad.frontend.lower.frames import Callee
from s2sad.frontend.lower.part_calls import Key, arrays_of, calm, size_of
from s2sad.frontend.lower.part_kinds import atoms_of, key_of
from s2sad.frontend.lower.sharing import exclusive, roots
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Num, Tup, Value
from s2sad.ir import nodes as n
from s2sad.ir.builder import unused

if TYPE_CHECKING:
    from s2sad.frontend.lower.recursion import Part

_MOST = 6  # shapes that are tried for what a part returns


@dataclass(frozen=True)
class Found:
    """One lowering of ``part`` by ``c``: what it returned, and its kind."""

    c: State
    part: Part
    result: Value
    kind: Key
    leaves: tuple[n.Atom, ...]  # the numbers in the result

    @classmethod
    def of(cls, c: State, part: Part, result: Value) -> Found:
        """What ``part`` returned."""
        leaves: list[Num | Arr] = []
        assumed = iter(list(arrays_of(part.result or ("none",))))

        def array(value: Arr) -> Key:
            known = next(assumed, None)
            if known is not None and any(value.var == out.var for out in part.outs):
                return known
            return ("array", value.dtype, value.ndim, ())

        kind = key_of(c, result, leaves, part.callee, False, array)
        return cls(c, part, result, kind, tuple(v.atom for v in leaves if isinstance(v, Num)))

    @property
    def writes(self) -> tuple[int, ...]:
        """Positions, among the leaves of the arguments, of the arrays that are written."""
        written = {r.var for r in self.c.roots if r.kind == "param" and r.written}
        return tuple(k for k, a in enumerate(self.part.leaves) if a in written)

    def function(self) -> n.Function:
        """The part's function: first the parameters that it reads, then what it writes: arguments, results."""
        c, part = self.c, self.part
        captured: list[Num | Arr] = []
        for value in c.captured.values():
            key_of(c, value, captured, part.callee, False)
        hidden = atoms_of(captured)
        written = [part.leaves[k] for k in self.writes]
        own = [a for a in part.leaves if a not in written]
        written += [out.var for out in part.outs]
        params = _parameters([a for a in (*own, *hidden, *written) if isinstance(a, n.Var)])
        derived = {a for a in (*own, *written) if a.type.dtype.startswith("float")}
        wrt = tuple(p.name for p in params if p.tree in derived)
        body = calm((*c.head, *c.b.out, n.Return(n.Struct(self.leaves), c.b.loc)), part.name)
        source = part.callee.source
        memory = tuple(a for a in written if isinstance(a, n.Var))
        doc = source.fn.__doc__ or ""
        return n.Function(part.name, params, body, source.loc(source.tree), doc, memory, None, wrt)


def _parameters(variables: Sequence[n.Var]) -> tuple[n.Param, ...]:
    taken: set[str] = set()
    params = []
    for v in variables:
        params.append(n.Param(unused(v.name.replace(".", "_"), taken), v))
        taken.add(params[-1].name)
    return tuple(params)


def result_kinds(found: Found) -> list[Key]:
    """The kinds that a result like this one may have, which differ in the shapes of its arrays."""
    shapes: list[list[Key]] = []

    def visit(value: Value, kind: Key) -> None:
        if isinstance(value, Arr):
            shapes.append([(*kind[:3], sizes) for sizes in _sizes(found, value)])
        elif isinstance(value, Tup):
            for item, inner in zip(value.items, kind[3], strict=True):
                visit(item, inner)

    def rebuilt(kind: Key, chosen: Iterator[Key]) -> Key:
        if kind[0] == "array":
            return next(chosen)
        return (*kind[:3], tuple(rebuilt(k, chosen) for k in kind[3])) if kind[0] == "tuple" else kind

    visit(found.result, found.kind)
    choices = list(product(*shapes))[:_MOST]
    return [rebuilt(found.kind, iter(chosen)) for chosen in choices]


def _sizes(found: Found, value: Arr) -> list[tuple]:
    """Ways to say the extents of a result by the arguments, the likeliest first."""
    shapes, leaves = found.c.shapes, found.part.leaves
    arrays = [(k, a.type.extents) for k, a in enumerate(leaves) if isinstance(a.type, n.Array)]
    ints = [(k, a) for k, a in enumerate(leaves) if a.type == n.Scalar("int64")]
    known: list[list[tuple]] = []
    for e in value.extents:
        here = [("extent", k, axis) for k, own in arrays for axis, x in enumerate(own) if shapes.equal(e, x)]
        here += [("value", k) for k, a in ints if shapes.equal(e, a)]
        known.append(here + ([("number", e.value)] if isinstance(e, n.Const) else []))
    alike = [tuple(("extent", k, axis) for axis in range(len(own))) for k, own in arrays if len(own) == value.ndim]
    proven = [sizes for sizes in alike if all(s in here for s, here in zip(sizes, known, strict=True))]
    mixed = [tuple(here[0] for here in known)] if all(known) else []
    return list(dict.fromkeys([*proven, *(m for m in mixed if m[0][0] != "number"), *alike, *mixed]))


def out_of(c: State, leaves: Sequence[n.Atom], key: Key) -> Arr:
    """The parameter that takes an array of the result of kind ``key``."""
    _, dtype, ndim, sizes = key
    extents = tuple(size_of(leaves, sizes[axis]) for axis in range(ndim))
    var = c.b.var("out", n.Array(dtype, extents, "A"))
    c.declare_global(var)
    return Arr(var, c.root("out", "out", var))


# ---- memory ---------------------------------------------------------------------------------------------------------


def check_apart(c: State, callee: Callee, writes: Sequence[int], leaves: Sequence[Num | Arr]) -> None:
    """Refuse a call where one of the arguments ``writes`` shares memory with another one."""
    arrays = {k: a for k, a in enumerate(leaves) if isinstance(a, Arr)}
    for place, target in arrays.items():
        own = {id(root) for root in target.root.all()} if place in writes else set()
        for k, other in arrays.items():
            if k != place and not own.isdisjoint(id(root) for root in other.root.all()):
                c.refuse(
                    f"{callee.name} calls itself and writes {target.root.name}, and takes that array twice here",
                    f"the array once, or {other.root.name}.copy()",
                )


def shared_result(c: State, callee: Callee, result: Value, arguments: Sequence[Num | Arr]) -> None:
    """Forbid stores into what ``callee`` returned, and into its arguments: they may be the same memory."""
    made = list(roots(result))
    pieces = [r for a in arguments for r in roots(a) if not exclusive(c, r, "", [c.env])]
    reason = f"since line {c.b.loc.line} it may be what {callee.name} returned"
    for root in made:
        root.copies = tuple(pieces)
    for root in (*made, *pieces):
        root.freeze(reason)
    c.joined.append((reason, (*made, *pieces)))
