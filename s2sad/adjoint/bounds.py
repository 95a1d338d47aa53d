"""Upper bounds of integers that vary in loops, computed from values known before the outermost of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from s2sad.adjoint.regions import Region, Regions
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const

ENDLESS = 2**62  # a constant bound from here on is none

Linear = tuple[dict[str, tuple[n.Var, int]], int]  # sum of coefficient * variable, plus constant


def numbered_by_index(loop: n.For | n.ReverseLoop) -> bool:
    """Whether the loop's own index can index its tapes: from a small constant by one, or down to a small constant."""
    start, stop, step = loop.start, loop.stop, loop.step
    if isinstance(loop, n.For) and loop.leave is not None:
        return False  # places are dense
    if step == const(1):
        return isinstance(start, n.Const) and 0 <= start.value <= 4
    return step == const(-1) and isinstance(stop, n.Const) and -1 <= stop.value <= 4


class Bounds:
    """Bounds for one function; statements go where the builder is. ``None`` where there is no bound."""

    def __init__(self, facts: Regions, b: Builder) -> None:
        self.facts = facts
        self.b = b
        self.leaving = False

    def trips(self, loop: n.For | n.ReverseLoop, r: Region, leaving: bool = False) -> n.Atom | None:
        """At least as many as the trip numbers of ``loop``, whose body is ``r``, ever count; ``leaving`` as below."""
        with self._leaving(leaving):
            return self._trips(loop, r)

    def _trips(self, loop: n.For | n.ReverseLoop, r: Region) -> n.Atom | None:
        if numbered_by_index(loop):
            rising = loop.step == const(1)
            past = self._difference(loop.stop, const(0)) if rising else self._difference(loop.start, const(-1))
            return self.clamp(self._upper(past, r))
        return self._general_bound(loop, r)

    def upper(self, atom: n.Atom, r: Region, leaving: bool = False) -> n.Atom | None:
        """At least every value of ``atom`` inside ``r``'s loops, and not negative.

        ``leaving``: also by the bound of a loop that can be left, which may be far from what it reaches.
        """
        if self.is_top(atom):
            return atom
        with self._leaving(leaving):
            return self.clamp(self._upper(self._difference(atom, const(0)), r))

    @contextmanager
    def _leaving(self, leaving: bool) -> Iterator[None]:
        self.leaving = leaving
        try:
            yield
        finally:
            self.leaving = False

    def _general_bound(self, loop: n.For | n.ReverseLoop, r: Region) -> n.Atom | None:
        step = loop.step
        if isinstance(step, n.Const):
            low, high = (loop.start, loop.stop) if step.value > 0 else (loop.stop, loop.start)
            span = self._upper(self._difference(high, low), r)
            if span is None:
                return None
            size = abs(int(step.value))
            if size > 1:
                more = self.b.assign("add", span, const(size - 1), dtype="int64")
                span = self.b.assign("floordiv", more, const(size), dtype="int64")
            return self.clamp(span)
        if all(self.is_top(a) for a in (loop.start, loop.stop, step)):
            span = self.b.assign("sub", loop.stop, loop.start, dtype="int64")
            up = self.b.assign("gt", step, const(0), dtype="bool")
            one = self.b.assign("select", up, const(1), const(-1), dtype="int64")
            more = self.b.assign("add", span, step, dtype="int64")
            more = self.b.assign("sub", more, one, dtype="int64")
            return self.clamp(self.b.assign("floordiv", more, step, dtype="int64"))
        ends = [self._upper(self._difference(a, c), r) for a, c in ((loop.stop, loop.start), (loop.start, loop.stop))]
        if ends[0] is None or ends[1] is None:
            return None
        return self.clamp(self.b.assign("pymax", ends[0], ends[1], dtype="int64"))

    def clamp(self, atom: n.Atom | None) -> n.Atom | None:
        if isinstance(atom, n.Const):
            return const(max(0, int(atom.value)))
        if atom is None or self._non_negative(atom):
            return atom
        return self.b.assign("pymax", const(0), atom, dtype="int64", hint="trips")

    def _non_negative(self, atom: n.Var) -> bool:
        d = self.facts.definition.get(atom.name)
        return isinstance(d, n.Assign) and (
            d.op == "extent"
            or (d.op in ("pymax", "maximum") and any(isinstance(a, n.Const) and a.value >= 0 for a in d.args))
        )

    def is_top(self, atom: n.Atom) -> bool:
        return isinstance(atom, n.Const) or self.facts.home[atom.name].kind == "top"

    def _difference(self, high: n.Atom, low: n.Atom) -> Linear:
        """``high - low`` as a linear form over top-level variables, loop indices and opaque values."""
        terms: dict[str, tuple[n.Var, int]] = {}
        total = 0
        stack = [(high, 1), (low, -1)]
        while stack:
            atom, k = stack.pop()
            if isinstance(atom, n.Const):
                total += k * int(atom.value)
                continue
            d = self.facts.definition.get(atom.name)
            if isinstance(d, n.Assign) and not self.is_top(atom):
                base = d.op.removeprefix("checked_")
                if base in ("add", "sub"):
                    stack += [(d.args[0], k), (d.args[1], k if base == "add" else -k)]
                    continue
                if base == "mul" and any(isinstance(a, n.Const) for a in d.args):
                    c, other = d.args if isinstance(d.args[0], n.Const) else d.args[::-1]
                    assert isinstance(c, n.Const)
                    stack.append((other, k * int(c.value)))
                    continue
                if base in ("neg", "copy"):
                    stack.append((d.args[0], -k if base == "neg" else k))
                    continue
            _, old = terms.get(atom.name, (atom, 0))
            terms[atom.name] = (atom, old + k)
        return {name: t for name, t in terms.items() if t[1]}, total

    def _upper(self, form: Linear, r: Region, sign: int = 1) -> n.Atom | None:
        """An atom at least (``sign`` 1) or at most (``sign`` -1) every value of ``form`` inside ``r``'s loops."""
        terms, total = form
        value: n.Atom = const(total)
        for var, k in terms.values():
            side = self._extreme(var, sign if k > 0 else -sign, r)
            if side is None:
                return None
            value = self._plus(value, side, k)
        return value

    def _plus(self, value: n.Atom, term: n.Atom, k: int) -> n.Atom:
        if isinstance(term, n.Const) and isinstance(value, n.Const):
            return const(int(value.value) + k * int(term.value))
        if abs(k) != 1:
            term = self.b.assign("mul", term, const(abs(k)), dtype="int64")
        if value == const(0) and k > 0:
            return term
        if isinstance(value, n.Const) and k > 0:
            c = int(value.value)
            return self.b.assign("add" if c >= 0 else "sub", term, const(abs(c)), dtype="int64")
        return self.b.assign("add" if k > 0 else "sub", value, term, dtype="int64")

    def _extreme(self, var: n.Var, sign: int, r: Region) -> n.Atom | None:
        """The largest (``sign`` 1) or smallest value of one variable, from its loop or definition."""
        if self.is_top(var):
            return var
        d = self.facts.definition[var.name]
        if isinstance(d, n.Map) and var in d.indices:
            if sign < 0:
                return const(0)
            return self._upper(self._difference(d.extents[d.indices.index(var)], const(1)), r)
        if isinstance(d, n.For | n.ReverseLoop) and var == d.index and isinstance(d.step, n.Const):
            rising = d.step.value > 0
            if (sign > 0) == rising:
                last = d.stop
                endless = isinstance(last, n.Const) and abs(int(last.value)) >= ENDLESS
                if isinstance(d, n.For) and d.leave is not None and (endless or not self.leaving):
                    return None
                return self._upper(self._difference(d.stop, const(1 if rising else -1)), r, sign)
            return self._upper(self._difference(d.start, const(0)), r, sign)
        if isinstance(d, n.Assign) and d.op in ("pymax", "pymin", "maximum", "minimum"):
            sides = [self._upper(self._difference(a, const(0)), r, sign) for a in d.args]
            binding = (d.op in ("pymax", "maximum")) == (sign > 0)
            known = [s for s in sides if s is not None]
            if len(known) == 2:
                return self.b.assign(d.op, known[0], known[1], dtype="int64")
            return known[0] if known and not binding else None
        if isinstance(d, n.Assign) and d.op == "floordiv" and isinstance(d.args[1], n.Const) and d.args[1].value > 0:
            side = self._upper(self._difference(d.args[0], const(0)), r, sign)
            return None if side is None else self.b.assign("floordiv", side, d.args[1], dtype="int64")
        return None
