"""Tapes are pushed once and before they are popped, and only declared parameters are stored into."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.verify.failure import Context


def check_memory(context: Context) -> None:
    """Check the accesses of tapes and of parameter arrays."""
    _Memory(context).run()


class _Memory:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.params = frozenset(walk.param_vars(context.fn))
        self.roots: dict[n.Var, frozenset[n.Var]] = {v: frozenset((v,)) for v in self.params}
        self.tapes: set[n.Var] = set()
        self.made: set[n.Var] = set()
        self.pushed: set[n.Var] = set()
        self.only_whole: dict[n.Var, n.View] = {}  # at loop level: views that no element access may use

    def run(self) -> None:
        fn = self.context.fn
        for var in fn.written:
            if var not in self.params:
                self.context.fail(None, f"written names parameters, and {var.name} is none")
        for block in _blocks(fn.body):
            self.once(block)
        for stmt in walk.walk(fn.body):
            self.stmt(stmt)

    def once(self, block: n.Block) -> None:
        """No two pushes of one block go to the same element."""
        seen: set[tuple[n.Var, tuple[n.Atom, ...]]] = set()
        for stmt in block:
            if isinstance(stmt, n.Push):
                if (stmt.tape, stmt.index) in seen:
                    self.context.fail(stmt, "a tape element is pushed once")
                seen.add((stmt.tape, stmt.index))

    def stmt(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Alloc():
                self.roots[stmt.target] = frozenset((stmt.target,))
                self.made.add(stmt.target)
                if stmt.role == "tape":
                    self.tapes.add(stmt.target)
            case n.View():
                self.roots[stmt.target] = self.root(stmt.base)
                if not any(isinstance(i, n.Reshape) for i in stmt.items):
                    self.only_whole[stmt.target] = stmt
            case n.For() | n.ReverseLoop():
                # Known before the body is walked: carried arrays are permuted among themselves.
                for turn in _turns(stmt.carries):
                    self.same_memory([c.init for c in turn], [v for c in turn for v in (c.inner, c.outer)])
            case n.If():
                for j in stmt.joins:
                    # The branches come later in the walk; an array that a branch makes is its own root until then.
                    self.same_memory([j.then_value, j.else_value], [j.target])
            case n.Load():
                self.element(stmt, stmt.array)
            case n.Store() | n.Accumulate():
                self.element(stmt, stmt.array)
                self.written(stmt, stmt.array)
            case n.LibCall() | n.Invoke():
                self.written(stmt, *stmt.outs)
            case n.Custom():
                self.written(stmt, *walk.written(stmt))
            case n.Push():
                self.tape(stmt, stmt.tape)
                self.pushed.add(stmt.tape)
            case n.Pop():
                self.tape(stmt, stmt.tape)
                if stmt.tape in self.tapes and stmt.tape not in self.pushed:
                    self.context.fail(stmt, "a tape is pushed before it is popped")
            case n.Recall():
                popped = {s.tape for s in walk.walk(self.context.fn.body) if isinstance(s, n.Pop)}
                self.tapes.update(popped.intersection(stmt.targets))
                self.pushed.update(stmt.targets)  # in the other half
            case n.Grow() if stmt.tape not in self.made:
                self.context.fail(stmt, "what grows was made by an Alloc")
            case _:
                for var in walk.targets(stmt):
                    if isinstance(var.type, n.Array):
                        self.roots[var] = frozenset((var,))

    def root(self, array: n.Var) -> frozenset[n.Var]:
        return self.roots.get(array, frozenset((array,)))

    def same_memory(self, atoms: list[n.Atom], variables: list[n.Var]) -> None:
        arrays = [a for a in atoms if isinstance(a, n.Var) and isinstance(a.type, n.Array)]
        if arrays:
            together = frozenset().union(*(self.root(a) for a in arrays))
            self.roots.update((v, together) for v in variables if isinstance(v.type, n.Array))

    def element(self, stmt: n.Stmt, array: n.Var) -> None:
        if self.root(array) & self.tapes:
            self.context.fail(stmt, f"{array.name} is a tape: only Push and Pop access it")
        if self.context.level == "loop" and array in self.only_whole:
            self.context.fail(
                stmt, f"{array.name} is a view: at loop level it is composed into the indices of its root"
            )

    def written(self, stmt: n.Stmt, *arrays: n.Var) -> None:
        for root in (r for array in arrays for r in self.root(array)):
            if root in self.params and root not in self.context.fn.written:
                self.context.fail(stmt, f"the parameter {root.name} is stored into, so it is listed as written")

    def tape(self, stmt: n.Stmt, tape: n.Var) -> None:
        if tape not in self.tapes and tape not in self.params:
            self.context.fail(stmt, f"{tape.name} is not a tape")


def _turns(carries: tuple[n.Carry, ...]) -> list[list[n.Carry]]:
    """The carries by what is exchanged with one another: arrays and their cotangents take turns apart."""
    left = {c.inner: c for c in carries}
    turns: list[list[n.Carry]] = []
    while left:
        turn = [left.pop(next(iter(left)))]
        while isinstance(turn[-1].next, n.Var) and turn[-1].next in left:
            turn.append(left.pop(turn[-1].next))
        turns.append(turn)
    return turns


def _blocks(body: n.Block) -> list[n.Block]:
    """``body`` and all blocks nested in it."""
    return [body, *(b for stmt in walk.walk(body) for b in walk.blocks(stmt))]
