"""Systems of linear inequalities over the integers: is there no solution? (Fourier-Motzkin elimination)

The elimination is rational with integer tightening (a row is divided by the gcd of its coefficients and its constant
rounded down), so ``empty`` may say False for a system without integer solutions, never True for one with solutions.
Dantzig & Eaves 1973; Pugh 1991, "The Omega test", sections 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import gcd

MAX_ROWS = 240


@dataclass(frozen=True)
class Linear:
    """``constant`` plus the sum of ``coefficient * variable``; variables are any hashable values."""

    terms: Mapping[Hashable, int]
    constant: int = 0

    def __add__(self, other: Linear) -> Linear:
        return self.plus(other, 1)

    def __sub__(self, other: Linear) -> Linear:
        return self.plus(other, -1)

    def plus(self, other: Linear, factor: int) -> Linear:
        """``self + factor * other``."""
        total = dict(self.terms)
        for var, coefficient in other.terms.items():
            total[var] = total.get(var, 0) + factor * coefficient
        return Linear({v: c for v, c in total.items() if c}, self.constant + factor * other.constant)

    def scaled(self, factor: int) -> Linear:
        return Linear({}, 0).plus(self, factor)

    def shifted(self, amount: int) -> Linear:
        return Linear(self.terms, self.constant + amount)


def variable(name: Hashable) -> Linear:
    return Linear({name: 1})


def number(value: int) -> Linear:
    return Linear({}, value)


class _Contradiction(Exception):
    """A row without variables is violated."""


def empty(equal: list[Linear], nonnegative: list[Linear]) -> bool:
    """Whether no integers satisfy ``e == 0`` for all of ``equal`` and ``e >= 0`` for all of ``nonnegative``.

    False also if that was not decided within ``MAX_ROWS`` rows.
    """
    try:
        rows = _substitute(list(equal), [r for e in nonnegative if (r := _tightened(e)) is not None])
        while rows:
            var = _cheapest(rows)
            rows = _eliminate(rows, var)
            if len(rows) > MAX_ROWS:
                return False
    except _Contradiction:
        return True
    return False


def _tightened(row: Linear) -> Linear | None:
    """``row >= 0`` in lowest terms; ``None`` if it always holds."""
    if not row.terms:
        if row.constant < 0:
            raise _Contradiction
        return None
    divisor = gcd(*row.terms.values())
    return Linear({v: c // divisor for v, c in row.terms.items()}, row.constant // divisor)


def _substitute(equal: list[Linear], rows: list[Linear]) -> list[Linear]:
    """Use up the equalities: solve for a variable with coefficient 1 or -1, keep the others as two inequalities."""
    while equal:
        equation = equal.pop()
        if not equation.terms:
            if equation.constant:
                raise _Contradiction
            continue
        divisor = gcd(*equation.terms.values())
        if equation.constant % divisor:
            raise _Contradiction
        equation = Linear({v: c // divisor for v, c in equation.terms.items()}, equation.constant // divisor)
        unit = next((v for v, c in equation.terms.items() if abs(c) == 1), None)
        if unit is None:
            rows += [equation, equation.scaled(-1)]
            continue
        sign = equation.terms[unit]
        equal = [e.plus(equation, -sign * e.terms[unit]) if unit in e.terms else e for e in equal]
        replaced = [r.plus(equation, -sign * r.terms[unit]) if unit in r.terms else r for r in rows]
        rows = [t for r in replaced if (t := _tightened(r)) is not None]
    return rows


def _cheapest(rows: list[Linear]) -> Hashable:
    """The variable whose elimination makes the fewest rows."""
    signs: dict[Hashable, list[int]] = {}
    for row in rows:
        for var, coefficient in row.terms.items():
            signs.setdefault(var, [0, 0])[coefficient > 0] += 1
    return min(signs, key=lambda v: signs[v][0] * signs[v][1] - sum(signs[v]))


def _eliminate(rows: list[Linear], var: Hashable) -> list[Linear]:
    """Combine each lower bound of ``var`` with each upper bound; of parallel rows the tightest stays."""
    lower = [r for r in rows if r.terms.get(var, 0) > 0]
    upper = [r for r in rows if r.terms.get(var, 0) < 0]
    tightest: dict[frozenset[tuple[Hashable, int]], Linear] = {}
    combined = (a.scaled(-b.terms[var]).plus(b, a.terms[var]) for a in lower for b in upper)
    for row in [r for r in rows if var not in r.terms] + list(combined):
        tight = _tightened(row)
        if tight is None:
            continue
        key = frozenset(tight.terms.items())
        if key not in tightest or tight.constant < tightest[key].constant:
            tightest[key] = tight
    return list(tightest.values())
