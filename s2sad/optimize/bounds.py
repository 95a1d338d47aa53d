"""Index checks: those proven are dropped, those affine in an innermost loop's index are made once before the loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import Builder, Names
from s2sad.optimize.affine import Affine, emit
from s2sad.optimize.ranges import ZERO, Ranges, step_of
from s2sad.optimize.rewriter import Pieces

_MESSAGE = "index is out of bounds"


def bounds(fn: n.Function) -> n.Function:
    """Remove or weaken ``index(i, n)``: to ``i`` where 0 <= i < n is proven, to ``n + i`` where -n <= i < 0 is.

    Proofs are by affine arithmetic over loop ranges, extents, checks and branch conditions. What is not proven, is
    executed in every trip of an innermost loop and is affine in its index becomes one ``Check`` before the loop:
    IndexError is then raised earlier, and only if the loop has a trip.

    Examples
    --------
    >>> from s2sad.ir.builder import FLOAT, INT, const
    >>> from s2sad.ir.text import show
    >>> m, x, y = n.Var("m", INT), n.Var("x", FLOAT), n.Var("y", FLOAT)
    >>> e, i, j, k, p = (n.Var(v, INT) for v in ("n", "i", "j", "k", "p"))
    >>> a = n.Var("a", n.Array("float64", (e,)))
    >>> inner = (n.Assign(k, "index", (i, e)), n.Store(a, (k,), x))
    >>> outer = (n.Assign(p, "index", (j, e)), n.Store(a, (p,), x))
    >>> body = (
    ...     n.Assign(e, "extent", (a, const(0))),
    ...     n.For(i, const(0), e, const(1), (), inner),
    ...     n.For(j, const(0), m, const(1), (), outer),
    ...     n.Return(x),
    ... )
    >>> params = tuple(n.Param(v.name, v) for v in (x, a, m))
    >>> print(show(bounds(n.Function("f", params, body, written=(a,)))))
    def f(x: float64, a: float64[n], m: int64):  # writes a
        n: int64 = extent(a, 0)
        for i: int64 in range(0, n, 1):
            a[i] = x
        ok: bool = le(m, n)
        none: bool = le(m, 0)
        ok.1: bool = or(none, ok)
        check ok.1 else IndexError('index is out of bounds')
        for j: int64 in range(0, m, 1):
            a[j] = x
        return x
    """
    while True:  # a check moved before a loop may prove an index earlier in that loop's body
        run = _Bounds(fn)
        fn = run.function(fn)
        if not run.hoisted:
            return fn


@dataclass
class _Loop:
    """A loop being visited. ``ends`` gives each index its least and its greatest value, if that is affine."""

    innermost: bool
    depth: int
    inside: set[n.Var]
    ends: dict[n.Var, tuple[Affine, Affine]]
    empty: list[tuple[Affine, Affine]]  # pairs (a, b): no trip if a <= b
    checks: list[n.Stmt] = field(default_factory=list)


class _Bounds(Ranges):
    def __init__(self, fn: n.Function) -> None:
        super().__init__(fn)
        self.build = Builder(Names.of(fn))
        self.marks: list[int] = []
        self.loops: list[_Loop] = []
        self.depth = 0
        self.hoisted = False

    # ---- what is learned ----------------------------------------------------------------------------------------

    def enter(self, stmt: n.Stmt, block: int) -> None:
        self.marks.append(self.facts.mark())
        self.depth += 1
        for var in walk.inner_targets(stmt):
            self.facts.seen(var)
        match stmt:
            case n.If():
                self.learn(stmt.cond, block == 0)
            case n.For() | n.ReverseLoop():
                ends = self.ends(stmt)
                self.carried(stmt)
                empty = [(self.form(stmt.stop), self.form(stmt.start))]
                self.open(stmt, ends, [(b, a) for a, b in empty] if step_of(stmt) < 0 else empty)
            case n.Map():
                forms = [self.form(e) for e in stmt.extents]
                ends = {i: (ZERO, e.shifted(-1)) for i, e in zip(stmt.indices, forms, strict=True)}
                self.open(stmt, ends, [(e, ZERO) for e in forms])

    def open(self, stmt: n.Stmt, ends: dict, empty: list[tuple[Affine, Affine]]) -> None:
        inner = any(walk.blocks(s) and not isinstance(s, n.If) for s in walk.walk(walk.blocks(stmt)[0]))
        usable = bool(ends) and not (isinstance(stmt, n.For | n.ReverseLoop) and abs(step_of(stmt)) != 1)
        if isinstance(stmt, n.For) and stmt.leave is not None:
            usable = False  # the trips after the one that leaves must not be checked
        self.loops.append(_Loop(usable and not inner, self.depth, set(walk.inner_targets(stmt)), ends, empty))
        for i, (low, high) in ends.items():
            self.facts.add((Affine.of(i).minus(low), high.minus(Affine.of(i))))

    def leave(self, stmt: n.Stmt, block: int) -> None:
        self.facts.back(self.marks.pop())
        self.depth -= 1

    # ---- statements ---------------------------------------------------------------------------------------------

    def simple(self, stmt: n.Stmt) -> Pieces:
        for var in walk.targets(stmt):
            self.facts.seen(var)
        if self.loops:
            self.loops[-1].inside.update(walk.targets(stmt))
        if isinstance(stmt, n.Assign) and stmt.op in ("index", "wrap"):
            return self.index(stmt)
        self.note(stmt)
        return (stmt,)

    def index(self, stmt: n.Assign) -> Pieces:
        i, extent = self.form(stmt.args[0]), self.form(stmt.args[1])
        checked = stmt.op == "wrap"
        low = self.facts.holds(i)
        high = checked or self.facts.holds(extent.minus(i).shifted(-1))
        if low and high:
            return self.replaced(stmt, stmt.args[0])
        negative = self.facts.holds(ZERO.minus(i).shifted(-1))
        if negative and (checked or self.facts.holds(extent.plus(i))):
            return self.wrapped(stmt, i, extent)
        if checked:
            return (stmt,)
        if self.loops and self.before_loop(self.loops[-1], i, extent, low, high):
            if negative:
                return self.wrapped(stmt, i, extent)
            return self.replaced(stmt, stmt.args[0]) if low else (n.Assign(stmt.target, "wrap", stmt.args, stmt.loc),)
        self.range_of(stmt)
        if low:
            self.facts.add((extent.minus(i).shifted(-1),))
        return (stmt,)

    def replaced(self, stmt: n.Assign, atom: n.Atom) -> Pieces:
        if atom.type.dtype != stmt.target.type.dtype:
            return (stmt,)
        self.forget(stmt.target, atom)
        return ()

    def wrapped(self, stmt: n.Assign, i: Affine, extent: Affine) -> Pieces:
        """The index is certainly negative and in range: it counts from the end."""
        self.forms[stmt.target] = extent.plus(i)
        a, b = stmt.args
        if isinstance(a, n.Const):
            return (n.Assign(stmt.target, "sub", (b, n.Const(-a.value, a.type)), stmt.loc),)
        return (n.Assign(stmt.target, "add", (a, b), stmt.loc),)

    # ---- checks before loops ------------------------------------------------------------------------------------

    def before_loop(self, loop: _Loop, i: Affine, extent: Affine, low: bool, high: bool) -> bool:
        """Put the check of ``-extent <= i < extent`` before ``loop``; ``low`` and ``high`` say which side is proven."""
        if not loop.innermost or loop.depth != self.depth or any(v in loop.inside for v, _ in extent.terms):
            return False
        if any(v in loop.inside and v not in loop.ends for v, _ in i.terms):
            return False
        least = greatest = i
        for v, (first, last) in loop.ends.items():
            c = i.coefficient(v)
            least = least.without(v).plus(first if c > 0 else last, c) if c else least
            greatest = greatest.without(v).plus(last if c > 0 else first, c) if c else greatest
        if any(v in loop.inside for form in (least, greatest) for v, _ in form.terms):
            return (
                False  # a bound that is itself an index of this Map's box does not occur; carried values do not hoist
            )
        needed = ([] if high else [(greatest.shifted(1), extent)]) + ([] if low else [(ZERO.minus(extent), least)])
        self.check(loop, needed)
        self.hoisted = True
        self.facts.add(b.minus(a) for a, b in needed)
        return True

    def check(self, loop: _Loop, needed: list[tuple[Affine, Affine]]) -> None:
        """``Check`` that a <= b for all pairs unless ``loop`` has no trip."""
        saved, self.build.out = self.build.out, loop.checks
        conditions = [self.compare(a, b, "ok") for a, b in needed]
        ok = conditions[0]
        for other in conditions[1:]:
            ok = self.build.assign("and", ok, other, dtype="bool", hint="ok")
        for a, b in loop.empty:
            if not self.sure(loop, a.minus(b).shifted(-1)):
                ok = self.build.assign("or", self.compare(a, b, "none"), ok, dtype="bool", hint="ok")
        self.build.add(n.Check(ok, "IndexError", _MESSAGE))
        self.build.out = saved

    def sure(self, loop: _Loop, goal: Affine) -> bool:
        """Whether ``goal`` follows from what is known outside of ``loop``."""
        mark = self.marks[-1]
        inner = self.facts.learned[mark:]
        self.facts.back(mark)
        found = self.facts.holds(goal)
        self.facts.add(inner)
        return found

    def compare(self, a: Affine, b: Affine, hint: str) -> n.Var:
        """``a <= b`` as a statement, its constant on the right."""
        left = Affine(tuple(t for t in a.minus(b).terms if t[1] > 0))
        right = left.minus(a.minus(b))
        return self.build.assign("le", emit(left, self.build), emit(right, self.build), dtype="bool", hint=hint)

    def loop(self, stmt: n.For | n.ReverseLoop) -> Pieces:
        return self.close(stmt)

    def map(self, stmt: n.Map) -> Pieces:
        return self.close(stmt)

    def close(self, stmt: n.For | n.ReverseLoop | n.Map) -> Pieces:
        checks = self.loops.pop().checks
        for s in checks:
            self.simple(s)
        for var in walk.targets(stmt):
            self.facts.seen(var)
            if self.loops:
                self.loops[-1].inside.add(var)
        if isinstance(stmt, n.For) and stmt.trips is not None:
            self.facts.add((Affine.of(stmt.trips),))
        return (*checks, stmt)

    def branch(self, stmt: n.If) -> Pieces:
        for j in stmt.joins:
            self.facts.seen(j.target)
            if self.loops:
                self.loops[-1].inside.add(j.target)
            if j.target.type.dtype == "int64" and isinstance(j.target.type, n.Scalar):
                self.joined(j)
        return (stmt,)
