"""Random scalar expressions whose values stay small, and indices that stay in range."""

from __future__ import annotations

import random

from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, Names, const
from tests.support.genscope import Access, Features, Scope

LIMIT = 2.0  # of everything that is stored or carried


class Values:
    """Makes statements that compute scalars from what is in scope."""

    def __init__(self, rng: random.Random, features: Features, empty: bool) -> None:
        self.rng = rng
        self.features = features
        self.empty = empty  # arrays may be empty: no constant index is in range
        self.build = Builder(Names())
        self.scope = Scope()

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    # ---- floats -------------------------------------------------------------------------------------------------

    def literal(self) -> n.Const:
        return const(self.rng.choice([0.5, 0.25, 1.5, -0.75, 1.0, 0.1, -1.25]))

    def known(self) -> tuple[n.Atom, float]:
        """A float in scope, recent ones preferred; sometimes a literal."""
        if not self.scope.floats or self.chance(0.12):
            c = self.literal()
            return c, abs(c.value)
        pool = self.scope.floats[-5:] if self.chance(0.6) else self.scope.floats
        return self.rng.choice(pool)

    def op(self, name: str, *args: n.Atom, dtype: str = "float64", hint: str = "t") -> n.Var:
        return self.build.assign(name, *args, dtype=dtype, hint=hint)

    def expression(self) -> tuple[n.Atom, float]:
        """A new float with its bound; it is added to the scope."""
        atom, bound = self._expression()
        if bound > 2 * LIMIT:
            atom, bound = self.squash(atom, bound)
        self.scope.floats.append((atom, bound))
        return atom, bound

    def _expression(self) -> tuple[n.Atom, float]:
        x, bx = self.known()
        y, by = self.known()
        kinds = ["sin", "cos", "tanh", "arctan", "neg", "add", "sub", "mul", "mul", "add", "square", "safe", "poly"]
        kinds += ["kink", "select"] * self.features.kinks + ["count"] * self.features.integers
        kinds += ["clutter"] * 4 * self.features.clutter
        kind = self.rng.choice(kinds)
        match kind:
            case "sin" | "cos" | "tanh" | "arctan":
                return self.op(kind, x), 1.6
            case "neg":
                return self.op("neg", x), bx
            case "add" | "sub":
                return self.op(kind, x, y), bx + by
            case "mul":
                return self.op("mul", x, y), bx * by
            case "square":
                return self.op("square", x), bx * bx
            case "safe":
                return self._safe(x, bx, y)
            case "poly":
                return self.op("mul", self.op("mul", x, y), self.op("sub", const(1.0), x)), bx * by * (1 + bx)
            case "kink":
                if self.chance(0.3):
                    return self.op("abs", x), bx
                return self.op(self.rng.choice(["maximum", "minimum", "pymax", "pymin", "fmax"]), x, y), max(bx, by)
            case "select":
                return self.op("select", self.condition(), x, y), max(bx, by)
            case "count":
                return self._count(x, bx)
            case _:
                return self._clutter(x, bx, y)

    def _safe(self, x: n.Atom, bx: float, y: n.Atom) -> tuple[n.Atom, float]:
        """Functions with a restricted domain, applied where they are smooth."""
        positive = self.op("add", const(1.5), self.op("mul", y, y))
        match self.rng.choice(["div", "sqrt", "log", "pow", "exp"]):
            case "div":
                return self.op("div", x, positive), bx
            case "sqrt":
                return self.op("sqrt", positive), 5.0
            case "log":
                return self.op("log", positive), 3.0
            case "pow":
                return self.op("pow", positive, const(-1.5)), 1.0
            case _:
                return self.op("exp", self.op("neg", self.op("mul", y, y))), 1.0

    def _count(self, x: n.Atom, bx: float) -> tuple[n.Atom, float]:
        if not self.scope.counters:
            return self.op("neg", x), bx
        k = self.op("cast", self.op("mod", self.rng.choice(self.scope.counters), const(3), dtype="int64"))
        return self.op("mul", x, self.op("mul", k, const(0.5))), bx

    def _clutter(self, x: n.Atom, bx: float, y: n.Atom) -> tuple[n.Atom, float]:
        """What an optimizer removes; some look like identities and are none (x + 0.0)."""
        forms = {
            "one": lambda: self.op("mul", x, const(1.0)),
            "eno": lambda: self.op("mul", const(1.0), x),
            "minus": lambda: self.op("sub", x, const(0.0)),
            "plus": lambda: self.op("add", x, const(0.0)),
            "zero": lambda: self.op("mul", x, const(0.0)),
            "copy": lambda: self.op("copy", x),
            "copies": lambda: self.op("copy", self.op("copy", x)),
            "negneg": lambda: self.op("neg", self.op("neg", x)),
            "twice": lambda: self.op("sub", self.op("sin", x), self.op("mul", self.op("sin", x), const(0.5))),
            "dead": lambda: (self.op("cos", y), x)[1],
            "constant": lambda: self.op("add", const(0.25), const(0.5)),
            "over": lambda: self.op("div", x, const(1.0)),
            "choice": lambda: self.op("select", const(self.chance(0.5)), x, x),
        }
        return self.rng.choice(list(forms.values()))(), bx + 1.0

    def squash(self, x: n.Atom, bound: float) -> tuple[n.Atom, float]:
        match self.rng.choice(["sin", "tanh", "scale"]):
            case "scale":
                return self.op("mul", x, const(round(1.0 / (1.0 + bound), 3))), 1.0
            case f:
                return self.op(f, x), 1.0

    def tame(self) -> n.Atom:
        """A float that may be stored or carried."""
        x, bound = self.expression() if self.chance(0.7) else self.known()
        return x if bound <= LIMIT else self.squash(x, bound)[0]

    # ---- conditions ---------------------------------------------------------------------------------------------

    def condition(self) -> n.Atom:
        kinds = ["old"] * bool(self.scope.bools) + ["constant"] * self.features.clutter
        kinds += ["float", "float"] * self.features.kinks + ["int"] * bool(self.scope.counters)
        match self.rng.choice(kinds or ["constant"]):
            case "old":
                c = self.rng.choice(self.scope.bools)
                return c if self.chance(0.7) else self.op("not", c, dtype="bool", hint="c")
            case "float":
                c = self.op(
                    self.rng.choice(["lt", "gt", "le"]), self.known()[0], self.known()[0], dtype="bool", hint="c"
                )
            case "int":
                k = self.rng.choice(self.scope.counters)
                if self.chance(0.5):
                    k = self.op("mod", k, const(2), dtype="int64", hint="k")
                c = self.op(
                    self.rng.choice(["eq", "lt", "gt"]), k, const(self.rng.randint(0, 2)), dtype="bool", hint="c"
                )
            case _:
                return const(self.chance(0.5))
        self.scope.bools.append(c)
        return c

    # ---- indices ------------------------------------------------------------------------------------------------

    def index(self, access: Access) -> tuple[n.Atom, ...] | None:
        """An index of ``access.array`` that is in range and allowed here; ``None`` if none is known."""
        fixed = dict(access.fixed)
        atoms = [fixed.get(k) or self.position(e) for k, e in enumerate(access.extents)]
        return None if any(a is None for a in atoms) else tuple(a for a in atoms if a is not None)

    def position(self, extent: n.Atom) -> n.Atom | None:
        """An int in [0, extent)."""
        inside = self.scope.ranges.get(extent, [])
        kinds = ["known"] * 4 * bool(inside) + ["checked"] * bool(inside)
        gathers = [a for a in self.scope.arrays.values() if a.array.type.dtype == "int64" and a.read]
        if not self.empty:
            kinds += ["constant", "last"] + ["previous"] * bool(inside)
            kinds += ["gather", "counted"] * self.features.integers * bool(gathers and self.scope.counters)
        if self.features.faults and self.scope.counters:
            kinds += ["fault"] * 2
        if not kinds:
            return None
        match self.rng.choice(kinds):
            case "known":
                return self.rng.choice(inside)
            case "checked":
                return self._index(self.rng.choice(inside), extent)
            case "constant":
                return const(self.rng.randint(0, 1))
            case "last":
                return self._index(const(-1), extent)
            case "previous":
                return self._index(self.op("sub", self.rng.choice(inside), const(1), dtype="int64", hint="k"), extent)
            case "gather":
                access = self.rng.choice(gathers)
                at = self.index(access)
                return const(0) if at is None else self._index(self.build.load(access.array, at, "k"), extent)
            case "fault":
                k = self.rng.choice(self.scope.counters[-3:])
                by = self.rng.choice([-3, -2, -1, 1, 2])
                return self._index(self.op("add", k, const(by), dtype="int64", hint="k"), extent)
            case _:
                k = self.op("mod", self.rng.choice(self.scope.counters), extent, dtype="int64", hint="k")
                return self._index(k, extent)

    def _index(self, k: n.Atom, extent: n.Atom) -> n.Var:
        return self.op("index", k, extent, dtype="int64", hint="k")
