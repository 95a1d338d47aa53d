"""Names are bound once, uses are dominated by their definitions, ``Return`` is last and only there."""

from __future__ import annotations

from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.verify.failure import Context, same_kind


def check_scopes(context: Context) -> None:
    """Check every binding and use of the function."""
    _Scopes(context).function()


class _Scopes:
    """The names visible at the current statement, and all names bound so far."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.visible: dict[str, n.Var] = {}
        self.bound: set[str] = set()
        self.undo: list[str] = []  # visible names in the order of their binding; a block's end forgets its own

    def function(self) -> None:
        fn = self.context.fn
        params = list(walk.param_vars(fn))
        for var in params:
            self.bind(None, var, extents=False)
        if not fn.body or not isinstance(fn.body[-1], n.Return):
            self.context.fail(fn.body[-1] if fn.body else None, "the body ends in a Return")
        self.block(fn.body[:-1])
        self.all(fn.body[-1], walk.uses(fn.body[-1]))
        for var in params:
            for a in var.type.extents if isinstance(var.type, n.Array) else ():
                # An extent that nothing reads may have lost its definition; one that is bound must be bound at the top.
                if isinstance(a, n.Var) and a.name in self.bound and a.name not in self.visible:
                    self.context.fail(None, f"extent {a.name} of parameter {var.name} is bound inside a block")
        if fn.reverse_at is not None and not 0 <= fn.reverse_at < len(fn.body):
            self.context.fail(None, "reverse_at is an index of the body")

    def block(self, block: n.Block) -> None:
        for stmt in block:
            self.stmt(stmt)

    def stmt(self, stmt: n.Stmt) -> None:
        if isinstance(stmt, n.Return):
            self.context.fail(stmt, "Return is only the last statement of the body")
        self.all(stmt, walk.uses(stmt))
        for block, ends in zip(walk.blocks(stmt), walk.end_uses(stmt), strict=True):
            mark = len(self.undo)
            for var in walk.inner_targets(stmt):
                self.bind(stmt, var)
            self.block(block)
            self.all(stmt, ends)
            for name in self.undo[mark:]:
                del self.visible[name]
            del self.undo[mark:]
        for var in walk.targets(stmt):
            self.bind(stmt, var)

    def bind(self, stmt: n.Stmt | None, var: n.Var, extents: bool = True) -> None:
        if var.name in self.bound:
            self.context.fail(stmt, f"{var.name} is bound twice")
        if extents and isinstance(var.type, n.Array):
            self.all(stmt, var.type.extents)
        self.bound.add(var.name)
        self.visible[var.name] = var
        self.undo.append(var.name)

    def all(self, stmt: n.Stmt | None, atoms: tuple[n.Atom, ...]) -> None:
        for a in atoms:
            if isinstance(a, n.Var):
                self.use(stmt, a)

    def use(self, stmt: n.Stmt | None, var: n.Var) -> None:
        known = self.visible.get(var.name)
        if known is None:
            why = "is not visible here" if var.name in self.bound else "is used before it is bound"
            self.context.fail(stmt, f"{var.name} {why}")
        if known.type is not var.type and not same_kind(known.type, var.type):
            self.context.fail(stmt, f"{var.name} is used with another type than it is bound with")
