"""Integer atoms as canonical linear forms: which extents are provably equal, which indices provably in range."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from s2sad.ir import nodes as n

# A term is an int variable that nothing is known to define, or (op, form, ...) for an op that is not linear: equal
# operations on equal operands are equal terms.
Term: TypeAlias = "n.Var | tuple"

_DEPTH = 12
_STEPS = 400  # of one proof; what takes more is left unproven
_PIECES = 100  # of a form; a value with more of them is a term of its own


@dataclass(frozen=True)
class Form:
    """``constant + sum of coefficient * term``; equal forms are equal values."""

    constant: int
    terms: frozenset[tuple[Term, int]] = frozenset()

    @classmethod
    def of(cls, constant: int, terms: Iterable[tuple[Term, int]]) -> Form:
        total: dict[Term, int] = {}
        for term, k in terms:
            total[term] = total.get(term, 0) + k
        return cls(constant, frozenset((t, k) for t, k in total.items() if k))

    def __add__(self, other: Form) -> Form:
        return Form.of(self.constant + other.constant, (*self.terms, *other.terms))

    def __sub__(self, other: Form) -> Form:
        return self + other * -1

    def __mul__(self, k: int) -> Form:
        return Form(self.constant * k, frozenset((t, c * k) for t, c in self.terms)) if k else Form(0)

    @property
    def known(self) -> int | None:
        """The value, if it is a constant."""
        return None if self.terms else self.constant


class Shapes:
    """What is known about the int variables of one function; facts learned in a ``scope`` end with it."""

    def __init__(self) -> None:
        self._forms: dict[n.Var, Form] = {}
        self._facts: dict[Term, Form] = {}  # terms shown equal to forms (by a Check), triangular
        self._lower: dict[Term, Form] = {}
        self._upper: dict[Term, Form] = {}
        self._single: set[n.Atom] = set()
        self._steps = 0

    def form(self, a: n.Atom) -> Form:
        """The form of ``a``, with the facts that hold here."""
        if isinstance(a, n.Const):
            return Form(int(a.value))
        return self._reduce(self._forms.get(a, Form(0, frozenset([(a, 1)]))))

    def define(self, target: n.Var, op: str, args: tuple[n.Atom, ...]) -> None:
        """Note ``target = op(*args)``, a pure operation on ints."""
        forms = tuple(self.form(a) for a in args)
        if _pieces(forms, _PIECES) <= 0:
            return
        self._forms[target] = _linear(op, forms) or Form(0, frozenset([((op, *forms), 1)]))

    def bound(self, var: n.Var, lower: Form | None, upper: Form | None) -> None:
        """Note ``lower <= var <= upper``."""
        if lower is not None:
            self._lower[var] = lower
        if upper is not None:
            self._upper[var] = upper

    def equal(self, a: n.Atom, b: n.Atom) -> bool | None:
        """Whether ``a`` and ``b`` are equal; ``None`` if that is not known."""
        difference = (self.form(a) - self.form(b)).known
        return None if difference is None else difference == 0

    def simple(self, a: n.Atom) -> bool:
        """Whether ``a`` is a constant or one variable, not computed from others."""
        if isinstance(a, n.Var) and a not in self._forms:
            return True  # also where a check says that it equals what is computed
        form = self.form(a)
        return form.known is not None or (
            form.constant == 0 and all(isinstance(t, n.Var) and k == 1 for t, k in form.terms)
        )

    def at_most_one(self, a: n.Atom) -> bool:
        """Whether ``a`` is the number of elements of a slice like ``x[:1]`` or ``x[k:k + 1]``: 1, or 0 of none."""
        if a in self._single:
            return True
        known = self.form(a).known
        if known is not None:  # that it is 1 was checked before
            return 0 <= known <= 1
        terms = tuple(self.form(a).terms)
        if len(terms) != 1 or self.form(a).constant or terms[0][1] != 1:
            return False
        term = terms[0][0]
        return isinstance(term, tuple) and term[0] == "pymin" and Form(1) in term[1:]

    def note_at_most_one(self, a: n.Var) -> None:
        """Note that ``a`` is 0 or 1."""
        self._single.add(a)

    def unify(self, a: n.Atom, b: n.Atom) -> None:
        """From here to the end of the scope, ``a`` equals ``b``."""
        difference = self.form(a) - self.form(b)
        units = [(t, k) for t, k in difference.terms if k in (1, -1)]
        if not units:
            return
        # The choice must not depend on hashes, so that names and texts do not either.
        term, k = max(units, key=lambda u: _text(u[0]))
        self._facts[term] = (difference - Form(0, frozenset([(term, k)]))) * -k

    def non_negative(self, form: Form) -> bool:
        """Whether ``form`` is proven to be at least 0."""
        self._steps = _STEPS
        return self._non_negative(self._reduce(form), _DEPTH)

    def at_most(self, a: Form, b: Form) -> bool:
        """Whether ``a <= b`` is proven."""
        return self.non_negative(b - a)

    def facts(self) -> dict[Term, Form]:
        """What is known here, to ``restore``."""
        return dict(self._facts)

    def restore(self, facts: dict[Term, Form]) -> None:
        """Forget what was learned since ``facts``: the checks that showed it are taken back."""
        self._facts = dict(facts)

    @contextmanager
    def scope(self):
        """Facts learned inside are forgotten at the end."""
        saved = self.facts()
        try:
            yield
        finally:
            self._facts = saved

    def _reduce(self, form: Form) -> Form:
        while any(t in self._facts for t, _ in form.terms):
            total = Form(form.constant)
            for t, k in form.terms:
                total += self._facts[t] * k if t in self._facts else Form(0, frozenset([(t, k)]))
            form = total
        return form

    def _non_negative(self, form: Form, depth: int) -> bool:
        self._steps -= 1
        if self._steps < 0:
            return False
        if form.constant >= 0 and all(k > 0 and self._term_non_negative(t, depth) for t, k in form.terms):
            return True
        if depth == 0:
            return False
        for t, k in sorted(form.terms, key=lambda item: _text(item[0])):
            if k < 0 and self._above(form - Form(0, frozenset([(t, k)])), t, -k, depth):
                return True
            for limit in self._limits(t, k > 0):
                rest = form - Form(0, frozenset([(t, k)]))
                if self._non_negative(self._reduce(rest + limit * k), depth - 1):
                    return True
        return False

    def _above(self, rest: Form, term: Term, k: int, depth: int) -> bool:
        """Whether ``rest >= k * term`` follows from what ``term`` is made of: a maximum, or a rounded-down quotient."""
        if not isinstance(term, tuple):
            return False
        if term[0] == "pymax":
            return all(self._non_negative(self._reduce(rest - f * k), depth - 1) for f in term[1:])
        if term[0] == "floordiv" and k == 1 and (term[2].known or 0) > 0:
            by = term[2].known
            return self._non_negative(self._reduce(rest * by - term[1] + Form(by - 1)), depth - 1)
        return False

    def _limits(self, term: Term, low: bool) -> Iterable[Form]:
        """Forms that ``term`` is not below (``low``) or not above."""
        bounds = self._lower if low else self._upper
        if term in bounds:
            yield bounds[term]
        if isinstance(term, tuple) and term[0] == ("pymax" if low else "pymin"):
            yield from term[1:]

    def _term_non_negative(self, term: Term, depth: int) -> bool:
        if term in self._lower and depth > 0 and self._non_negative(self._reduce(self._lower[term]), depth - 1):
            return True
        if not isinstance(term, tuple) or depth == 0:
            return False
        if term[0] == "pymax":
            return any(self._non_negative(f, depth - 1) for f in term[1:])
        if term[0] in ("pymin", "mul", "floordiv", "mod"):
            return all(self._non_negative(f, depth - 1) for f in term[1:])
        return False


def _pieces(forms: Iterable[Form], left: int) -> int:
    """How many of ``left`` pieces remain after those of ``forms``; 0 or less if there are not that many."""
    for form in forms:
        for term, _ in form.terms:
            left -= 1
            if left > 0 and isinstance(term, tuple):
                left = _pieces(term[1:], left)
            if left <= 0:
                return left
    return left


def _linear(op: str, forms: tuple[Form, ...]) -> Form | None:
    """The linear form of ``op`` on ``forms``, if it has one."""
    if op in ("add", "checked_add"):
        return forms[0] + forms[1]
    if op in ("sub", "checked_sub"):
        return forms[0] - forms[1]
    if op == "neg":
        return forms[0] * -1
    if op == "copy":
        return forms[0]
    if op in ("mul", "checked_mul"):
        for a, b in (forms, forms[::-1]):
            if b.known is not None:
                return a * b.known
        a, b = sorted(forms, key=_text)
        return Form(0, frozenset([(("mul", a, b), 1)]))
    return None


def _text(term: Term | Form) -> str:
    """A text that orders terms the same in every process."""
    if isinstance(term, n.Var):
        return term.name
    if isinstance(term, tuple):
        return f"({' '.join(p if isinstance(p, str) else _text(p) for p in term)})"
    return " ".join([str(term.constant), *sorted(f"{_text(t)}*{k}" for t, k in term.terms)])
