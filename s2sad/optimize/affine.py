"""Affine forms of integers, and proofs of inequalities between them from facts that hold at a point of the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, const

_STEPS = 120  # of one proof; proofs of index expressions take two to six


@dataclass(frozen=True)
class Affine:
    """``const + sum of coefficient * variable``; no coefficient is zero."""

    terms: tuple[tuple[n.Var, int], ...] = ()
    const: int = 0

    @classmethod
    def of(cls, a: n.Atom) -> Affine:
        return cls((), int(a.value)) if isinstance(a, n.Const) else cls(((a, 1),))

    def plus(self, other: Affine, factor: int = 1) -> Affine:
        """``self + factor * other``."""
        total = dict(self.terms)
        for var, c in other.terms:
            total[var] = total.get(var, 0) + factor * c
        return Affine(tuple((v, c) for v, c in total.items() if c), self.const + factor * other.const)

    def minus(self, other: Affine) -> Affine:
        return self.plus(other, -1)

    def shifted(self, by: int) -> Affine:
        return Affine(self.terms, self.const + by)

    def coefficient(self, var: n.Var) -> int:
        return dict(self.terms).get(var, 0)

    def without(self, var: n.Var) -> Affine:
        return Affine(tuple((v, c) for v, c in self.terms if v != var), self.const)


def emit(form: Affine, build: Builder) -> n.Atom:
    """Statements that compute ``form``, appended to ``build``'s block; positive terms come first."""
    total: n.Atom | None = None
    for var, c in sorted(form.terms, key=lambda term: term[1] < 0):
        part: n.Atom = var if abs(c) == 1 else build.assign("mul", var, const(abs(c)), dtype="int64", hint="k")
        if total is None:
            total = part if c > 0 else build.assign("neg", part, dtype="int64", hint="k")
        else:
            total = build.assign("add" if c > 0 else "sub", total, part, dtype="int64", hint="k")
    if total is None:
        return const(form.const)
    if form.const:
        op = "add" if form.const > 0 else "sub"
        total = build.assign(op, total, const(abs(form.const)), dtype="int64", hint="k")
    return total


class Facts:
    """Forms known to be >= 0 at the current point. ``mark`` and ``back`` bracket a block."""

    def __init__(self) -> None:
        self.about: dict[n.Var, list[Affine]] = {}
        self.learned: list[Affine] = []
        self.order: dict[n.Var, int] = {}

    def seen(self, var: n.Var) -> None:
        """``var`` is bound now: proofs eliminate the variables bound last first."""
        self.order[var] = len(self.order)

    def add(self, facts: Iterable[Affine]) -> None:
        for fact in facts:
            self.learned.append(fact)
            for var, _ in fact.terms:
                self.about.setdefault(var, []).append(fact)

    def mark(self) -> int:
        return len(self.learned)

    def back(self, mark: int) -> None:
        for fact in reversed(self.learned[mark:]):
            for var, _ in fact.terms:
                self.about[var].pop()
        del self.learned[mark:]

    def holds(self, goal: Affine) -> bool:
        """Whether ``goal >= 0`` follows by adding up facts; ``False`` means not found."""
        budget = [_STEPS]
        return self._search(goal, budget)

    def _search(self, goal: Affine, budget: list[int]) -> bool:
        if not goal.terms:
            return goal.const >= 0
        budget[0] -= 1
        if budget[0] < 0:
            return False
        var, c = max(goal.terms, key=lambda term: self.order.get(term[0], -1))
        for fact in reversed(self.about.get(var, ())):
            f = fact.coefficient(var)
            if c * f > 0 and c % f == 0 and self._search(goal.plus(fact, -(c // f)), budget):
                return True
        return False
