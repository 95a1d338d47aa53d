"""Comprehensions over what is known in advance, unrolled."""

from __future__ import annotations

from typing import Any

from s2sad.frontend.lower import operators
from s2sad.frontend.lower.frames import Callee, Frame
from s2sad.frontend.lower.iteration import Item, bind_target, static_trips
from s2sad.frontend.lower.lazily import Watch, iterated_in, steady
from s2sad.frontend.lower.liveness import names_bound
from s2sad.frontend.lower.mark import Mark
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Iterated, Range, Value, integer

COMPREHENSION = "comprehension"  # the name of its frame
_WRITTEN_OUT = 32  # trips over a constant range


def comprehend(c: State, node: Any) -> list[Value] | None:
    """The items of a comprehension over what is known in advance, unrolled; ``None``: it runs over run-time values."""
    first = node.generators[0].iter
    mark = Mark.of(c)
    iterable = c.expr(first)
    known = _known_items(c, iterable)
    if known is None:
        mark.restore(c)
        return None
    targets = frozenset(names_bound([g.target for g in node.generators]))
    steady(c, [iterable])
    before = Watch.of(c)
    callee = Callee(COMPREHENSION, None, (), c.frame.source, c.frame, locals=targets)
    c.frames.append(Frame(callee, numba=c.frame.numba))
    items: list[Value] = []

    def generate(k: int) -> None:
        if k == len(node.generators):
            items.append(c.expr(node.elt))
            return
        generator = node.generators[k]
        values = known if k == 0 else _known_items(c, c.expr(generator.iter))
        if values is None:
            c.refuse("a comprehension over run-time values inside another loop of it", "for loops that fill an array")
        for item in values:
            bind_target(c, generator.target, item())
            conditions = [operators.truth(c, c.expr(test)) for test in generator.ifs]
            if any(cond.const is None for cond in conditions):
                c.refuse("a comprehension with a run-time condition", "a for loop")
            if all(cond.const for cond in conditions):
                generate(k + 1)

    try:
        generate(0)
    finally:
        c.frames.pop()
    steady(c, [Iterated(g, before.acted(c)) for g in iterated_in(iterable)])
    return items


def _known_items(c: State, value: Value) -> list[Item] | None:
    """The items of what is known in advance, also of a short range."""
    if isinstance(value, Range):
        bounds = [value.start.const, value.stop.const, value.step.const]
        if None in bounds or not value.step.const:
            return None
        known = range(*(int(b) for b in bounds))  # type: ignore[arg-type]
        return [lambda k=k: integer(k) for k in known] if len(known) <= _WRITTEN_OUT else None
    return static_trips(c, value)
