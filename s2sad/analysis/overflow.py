"""Operations whose partial can be infinite although the function's value is finite: they need the strong zero.

``1 / (1 + c * exp(-x))`` at x = -1000 is 0, and so is the cotangent of ``c * exp(-x)``; the partials in ``c`` and ``x``
are infinite (pitfall S10). An exponential is guarded where its result goes where infinity disappears (a divisor,
``select``, ``maximum``, ``tanh``, ...), a product also only if its other operand may be infinite (an exponential, a
quotient, ... went into it). Ops whose partials can be infinite at finite values are guarded everywhere: the registry
marks them ``singular``.

>>> from s2sad.ir.builder import FLOAT, const
>>> c, x, e, t, y = (n.Var(v, FLOAT) for v in "cxety")
>>> body = (n.Assign(e, "exp", (x,)), n.Assign(t, "mul", (c, e)), n.Assign(y, "div", (const(1.0), t)), n.Return(y))
>>> sorted(overflowing(n.Function("f", (n.Param("c", c), n.Param("x", x)), body)))
[('e', 0), ('t', 0)]
"""

from __future__ import annotations

from s2sad.analysis.activity import flows, reach
from s2sad.analysis.alias import aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk

_EXPONENTIAL = frozenset(["exp", "exp2", "expm1", "sinh", "cosh"])
_UNBOUNDED = _EXPONENTIAL | frozenset(["div", "reciprocal", "pow", "log", "log2", "log10", "log1p", "tan", "gamma"])
_HIDING = {
    "div": (1,),
    "reciprocal": (0,),
    "select": (1, 2),
    "maximum": (0, 1),
    "minimum": (0, 1),
    "fmax": (0, 1),
    "fmin": (0, 1),
    "pymax": (0, 1),
    "pymin": (0, 1),
    "clip": (0, 1, 2),
    "tanh": (0,),
    "arctan": (0,),
    "arctan2": (0, 1),
    "erf": (0,),
    "erfc": (0,),
    "exp": (0,),
    "exp2": (0,),
    "expm1": (0,),
    "pow": (0, 1),
    "logaddexp": (0, 1),
    "logaddexp2": (0, 1),
}


def overflowing(fn: n.Function) -> frozenset[tuple[str, int]]:
    """(target, operand number) of the ops of ``fn`` whose contribution to that operand needs the strong zero."""
    facts = aliases(fn)

    def key(atom: n.Atom) -> str | None:
        if not isinstance(atom, n.Var) or not atom.type.dtype.startswith("float"):
            return None
        return "[]" + facts.class_of(atom).name if isinstance(atom.type, n.Array) else atom.name

    forward: dict[str, list[str]] = {}
    backward: dict[str, list[str]] = {}
    for a, b in flows(fn):
        source, target = key(a), key(b)
        if source is not None and target is not None:
            forward.setdefault(source, []).append(target)
            backward.setdefault(target, []).append(source)
    scalars = [s for s in walk.walk(fn.body) if isinstance(s, n.Assign)]
    unbounded = [s.target.name for s in scalars if s.op in _UNBOUNDED and not _bounded(s)]
    last = fn.body[-1] if fn.body else None
    outputs = (*(walk.leaves(last.value) if isinstance(last, n.Return) else ()), *fn.written)
    useful = reach((key(a) for a in outputs), backward)
    hidden = [key(s.args[k]) for s in scalars if s.target.name in useful for k in _HIDING.get(s.op, ())]
    infinite, vanishing = reach(unbounded, forward), reach(hidden, backward)
    out = set()
    for s in scalars:
        if s.target.name in vanishing and s.op in _EXPONENTIAL:
            out.add((s.target.name, 0))
        elif s.target.name in vanishing and s.op == "mul":
            out.update((s.target.name, k) for k in (0, 1) if key(s.args[1 - k]) in infinite)
    return frozenset(out)


def _bounded(stmt: n.Assign) -> bool:
    """Whether an op that can overflow does not: a division by a constant, a power with a small constant exponent."""
    last = stmt.args[-1]
    return stmt.op in ("div", "pow") and isinstance(last, n.Const) and last.value != 0
