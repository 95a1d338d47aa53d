"""One walk down the IR that rewrites statements and remembers what replaces each variable: the frame of most passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from s2sad.ir import nodes as n
from s2sad.ir import walk

Pieces = Iterable[n.Stmt]


class Rewriter:
    """Visits every statement once, its uses already replaced by what ``table`` says.

    A pass overrides ``simple`` (statements without blocks), ``branch``, ``loop`` and ``map``; each gets the statement
    with its uses and blocks rewritten and returns what stands in its place. ``forget`` drops a variable: later uses
    become the given atom.
    """

    def __init__(self) -> None:
        self.table: dict[n.Var, n.Atom] = {}

    # ---- what passes override -----------------------------------------------------------------------------------

    def simple(self, stmt: n.Stmt) -> Pieces:
        return (stmt,)

    def before(self, stmt: n.Stmt) -> Pieces | None:
        """Called for a compound statement before its blocks are visited; a result that is not ``None`` replaces it."""
        return None

    def branch(self, stmt: n.If) -> Pieces:
        return (stmt,)

    def loop(self, stmt: n.For | n.ReverseLoop) -> Pieces:
        return (stmt,)

    def map(self, stmt: n.Map) -> Pieces:
        return (stmt,)

    def enter(self, stmt: n.Stmt, block: int) -> None:
        """Called before block number ``block`` of ``stmt`` is visited."""

    def leave(self, stmt: n.Stmt, block: int) -> None:
        """Called after it."""

    # ---- the walk -----------------------------------------------------------------------------------------------

    def function(self, fn: n.Function) -> n.Function:
        """``fn`` rewritten; ``reverse_at`` follows its statement."""
        at = len(fn.body) if fn.reverse_at is None else fn.reverse_at
        forward = self.block(fn.body[:at])
        body = forward + self.block(fn.body[at:])
        return replace(fn, body=body, reverse_at=None if fn.reverse_at is None else len(forward))

    def block(self, block: n.Block) -> n.Block:
        out: list[n.Stmt] = []
        for stmt in block:
            out.extend(self.statement(stmt))
        return tuple(out)

    def forget(self, var: n.Var, value: n.Atom) -> None:
        """Later uses of ``var`` are uses of ``value``."""
        self.table[var] = value

    def use(self, a: n.Atom) -> n.Atom:
        if not isinstance(a, n.Var):
            return a
        # `unify` gives an array other extents where it is used than where it was made.
        return self.table[a] if a in self.table else self.bind(a)

    def bind(self, var: n.Var) -> n.Var:
        """``var`` with the extents of its type rewritten; its later uses get the new type too."""
        if not isinstance(var.type, n.Array):
            return var
        extents = tuple(self.use(e) for e in var.type.extents)
        if extents == var.type.extents:
            return var
        new = n.Var(var.name, replace(var.type, extents=extents))
        self.table[var] = new
        return new

    def many(self, atoms: tuple[n.Atom, ...]) -> tuple[n.Atom, ...]:
        return tuple(self.use(a) for a in atoms)

    def inside(self, stmt: n.Stmt, block: int) -> n.Block:
        self.enter(stmt, block)
        new = self.block(walk.blocks(stmt)[block])
        self.leave(stmt, block)
        return new

    def statement(self, stmt: n.Stmt) -> Pieces:
        if type(stmt) is n.Assign:
            # Most statements are scalar operations: no extents to rewrite, and often nothing else either.
            args = self.many(stmt.args)
            return self.simple(stmt if args == stmt.args else n.Assign(stmt.target, stmt.op, args, stmt.loc))
        match stmt:
            case n.If():
                return self._branch(replace(stmt, cond=self.use(stmt.cond)))
            case n.For() | n.ReverseLoop():
                inits = [self.use(c.init) for c in stmt.carries]
                carries = tuple(replace(c, init=a) for c, a in zip(stmt.carries, inits, strict=True))
                bounds = self.many((stmt.start, stmt.stop, stmt.step))
                return self._loop(replace(stmt, start=bounds[0], stop=bounds[1], step=bounds[2], carries=carries))
            case n.Map():
                sums = tuple(replace(s, init=self.use(s.init)) for s in stmt.sums)
                return self._map(replace(stmt, extents=self.many(stmt.extents), sums=sums))
            case n.Custom():
                return self._custom(stmt)
            case _:
                return self.simple(walk.rename(stmt, self.use, self.bind))

    def _custom(self, stmt: n.Custom) -> Pieces:
        """The rules are given variables: one whose value is known now is bound once more."""
        again: dict[n.Atom, n.Var] = {}
        made: list[n.Stmt] = []
        for k, v in enumerate(stmt.args):
            value = self.use(v)
            if isinstance(value, n.Const):
                again[v] = n.Var(f"{stmt.outs[0].name}.{k}", v.type)
                made.append(n.Assign(again[v], "copy", (value,), stmt.loc))
        use = lambda a: again[a] if a in again else self.use(a)
        return (*made, *self.simple(walk.rename(stmt, use, self.bind)))

    def _branch(self, stmt: n.If) -> Pieces:
        early = self.before(stmt)
        if early is not None:
            return early
        then = self.inside(stmt, 0)
        values = self.many(tuple(j.then_value for j in stmt.joins))
        orelse = self.inside(stmt, 1)
        others = self.many(tuple(j.else_value for j in stmt.joins))
        targets = [self.bind(j.target) for j in stmt.joins]
        joins = tuple(n.Join(*parts) for parts in zip(targets, values, others, strict=True))
        return self.branch(replace(stmt, then=then, orelse=orelse, joins=joins))

    def _loop(self, stmt: n.For | n.ReverseLoop) -> Pieces:
        early = self.before(stmt)
        if early is not None:
            return early
        inners = [self.bind(c.inner) for c in stmt.carries]
        body = self.inside(stmt, 0)
        # The inner and outer variables of a carry have visible extents, so the same ones after the loop.
        nexts = self.many(tuple(c.next for c in stmt.carries))
        outers = [self.bind(c.outer) for c in stmt.carries]
        inits = [c.init for c in stmt.carries]
        carries = tuple(n.Carry(*parts) for parts in zip(inners, inits, nexts, outers, strict=True))
        new = replace(stmt, carries=carries, body=body)
        if isinstance(new, n.For) and new.leave is not None:
            new = replace(new, leave=self.use(new.leave))
        return self.loop(new)

    def _map(self, stmt: n.Map) -> Pieces:
        early = self.before(stmt)
        if early is not None:
            return early
        body = self.inside(stmt, 0)
        values = self.many(tuple(s.value for s in stmt.sums))
        sums = tuple(replace(s, value=a) for s, a in zip(stmt.sums, values, strict=True))
        return self.map(replace(stmt, body=body, sums=sums))


def index_views(fn: n.Function) -> frozenset[n.Var]:
    """Views that no index may use at loop level: a reference to one must not become the view itself."""
    return frozenset(
        s.target
        for s in walk.walk(fn.body)
        if isinstance(s, n.View) and not any(isinstance(i, n.Reshape) for i in s.items)
    )


def type_extents(fn: n.Function) -> frozenset[n.Var]:
    """Variables that the types of ``fn``'s parameters name as extents: they keep their names."""
    return frozenset(
        e for v in walk.param_vars(fn) if isinstance(v.type, n.Array) for e in v.type.extents if isinstance(e, n.Var)
    )
