"""What is known about integers at each statement: affine forms, ranges of loops, extents, checks, branch conditions."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.affine import Affine, Facts
from s2sad.optimize.rewriter import Rewriter

ZERO = Affine()


class Ranges(Rewriter):
    """A walk that knows the affine forms of the integers and the facts that hold at each statement."""

    def __init__(self, fn: n.Function) -> None:
        super().__init__()
        self.facts = Facts()
        self.forms: dict[n.Var, Affine] = {}
        self.conditions: dict[n.Var, n.Assign] = {}
        for var in walk.param_vars(fn):
            self.facts.seen(var)

    def form(self, a: n.Atom) -> Affine:
        return self.forms.get(a, Affine.of(a)) if isinstance(a, n.Var) else Affine.of(a)

    def ends(self, stmt: n.For | n.ReverseLoop) -> dict[n.Var, tuple[Affine, Affine]]:
        start, stop, step = self.form(stmt.start), self.form(stmt.stop), step_of(stmt)
        if step == 0:
            return {}
        return {stmt.index: (start, stop.shifted(-1)) if step > 0 else (stop.shifted(1), start)}

    def carried(self, stmt: n.For | n.ReverseLoop) -> None:
        """A counter that only grows is at least its initial value, in the loop and after it."""
        made = {s.target: s for s in stmt.body if isinstance(s, n.Assign) and s.op in ("add", "checked_add")}
        for c in stmt.carries:
            step = made.get(c.next) if isinstance(c.next, n.Var) else None
            if step is None or step.args[0] != c.inner:
                continue
            if isinstance(step.args[1], n.Const) and step.args[1].value >= 0:
                self.facts.add((Affine.of(c.inner).minus(self.form(c.init)),))

    def note(self, stmt: n.Stmt) -> None:
        """What a statement without blocks says about integers."""
        match stmt:
            case n.Assign() if stmt.target.type.dtype == "int64":
                form = self.affine(stmt)
                if form is not None:
                    self.forms[stmt.target] = form
                else:
                    self.range_of(stmt)
            case n.Assign() if stmt.op in ("and", "or", "not") or (
                stmt.op in _NEGATED and all(a.type.dtype == "int64" for a in stmt.args)
            ):
                self.conditions[stmt.target] = stmt
            case n.Check():
                self.learn(stmt.cond, True)
            case n.Alloc() | n.View() if isinstance(stmt.target.type, n.Array):
                self.facts.add(self.form(e) for e in stmt.target.type.extents)

    def learn(self, cond: n.Atom, truth: bool) -> None:
        """Facts from a condition that is known to be ``truth`` here."""
        made = self.conditions.get(cond) if isinstance(cond, n.Var) else None
        if made is None:
            return
        if made.op == "not":
            self.learn(made.args[0], not truth)
        elif made.op in ("and", "or"):
            if truth == (made.op == "and"):
                self.learn(made.args[0], truth)
                self.learn(made.args[1], truth)
        else:
            a, b = (self.form(x) for x in made.args)
            self.facts.add(_comparison(made.op if truth else _NEGATED[made.op], a, b))

    def range_of(self, stmt: n.Assign) -> None:
        """Facts about the result of an integer op that is not affine."""
        r = Affine.of(stmt.target)
        forms = [self.form(a) for a in stmt.args if a.type.dtype == "int64" and isinstance(a.type, n.Scalar)]
        match stmt.op:
            case "extent":
                self.facts.add((r,))
            case "index":
                self.facts.add((r, forms[1].minus(r).shifted(-1), forms[1].shifted(-1)))
            case "mod" if self.facts.holds(forms[1].shifted(-1)):
                self.facts.add((r, forms[1].minus(r).shifted(-1)))
            case "minimum" | "pymin":
                self.facts.add(f.minus(r) for f in forms)
                if all(self.facts.holds(f) for f in forms):
                    self.facts.add((r,))
            case "maximum" | "pymax":
                self.facts.add(r.minus(f) for f in forms)
            case "select" if all(self.facts.holds(f) for f in forms):
                self.facts.add((r,))
            case "mul" | "checked_mul":
                # Equal or neighbouring integers have a product of at least 0, and so have two that are not negative.
                apart = forms[0].minus(forms[1])
                if (not apart.terms and abs(apart.const) <= 1) or all(self.facts.holds(f) for f in forms):
                    self.facts.add((r,))
            case "floordiv" if not forms[1].terms and forms[1].const > 0:
                c = forms[1].const
                self.facts.add((forms[0].plus(r, -c), ZERO.plus(r, c).minus(forms[0]).shifted(c - 1)))
                if self.facts.holds(forms[0]):
                    self.facts.add((r,))

    def affine(self, stmt: n.Assign) -> Affine | None:
        if any(a.type.dtype != "int64" or not isinstance(a.type, n.Scalar) for a in stmt.args):
            return None
        forms = [self.form(a) for a in stmt.args]
        match stmt.op:
            case "add" | "checked_add":
                return forms[0].plus(forms[1])
            case "sub" | "checked_sub":
                return forms[0].minus(forms[1])
            case "neg":
                return ZERO.minus(forms[0])
            case "copy" | "cast":
                return forms[0]
            case "mul" | "checked_mul":
                for a, b in (forms, reversed(forms)):
                    if not a.terms:
                        return ZERO.plus(b, a.const) if a.const else ZERO
        return None

    def joined(self, j: n.Join) -> None:
        if all(self.facts.holds(self.form(a)) for a in (j.then_value, j.else_value)):
            self.facts.add((Affine.of(j.target),))


_NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def _comparison(op: str, a: Affine, b: Affine) -> tuple[Affine, ...]:
    """The forms that are >= 0 if ``a op b``."""
    match op:
        case "lt":
            return (b.minus(a).shifted(-1),)
        case "le":
            return (b.minus(a),)
        case "gt":
            return (a.minus(b).shifted(-1),)
        case "ge":
            return (a.minus(b),)
        case "eq":
            return (a.minus(b), b.minus(a))
    return ()


def step_of(stmt: n.For | n.ReverseLoop) -> int:
    """The constant step, or 0."""
    return int(stmt.step.value) if isinstance(stmt.step, n.Const) else 0
