"""Rewriting of the syntax tree that leaves the meaning and takes work from lowering.

After `normalize` each assignment has one target and no annotation, a comparison has two operands, and a function whose
``return`` statements all stand at ends of branches has at most one, as its last statement and with a value (others are
left to ``lower.jumps``). It relies on what `fence` has refused.
"""

from __future__ import annotations

import gast

from s2sad.frontend.paths import ends, inner_blocks, is_valueless, returns


def normalize(tree: gast.FunctionDef) -> gast.FunctionDef:
    """The normalized function. ``tree`` is used up: parts of it are changed and shared.

    - ``if c: return a`` and what follows become ``if c: result = a`` / ``else: ...; result = b`` and one ``return``;
      ``return`` and ``return None`` of functions without a value go away.
    - ``a = b = e`` becomes ``a = e; b = a``: ``e`` is evaluated once, targets are assigned from left to right.
    - ``x: float = e`` becomes ``x = e``; ``x: float``, docstrings and ``pass`` go away.
    - ``a < b < c`` becomes ``a < b and b < c``. ``b`` is written twice and not named, because naming it before the
      statement would evaluate what ``and`` or a conditional expression may have to skip; `fence` lets only
      expressions without side effects stand there.

    >>> print(gast.unparse(normalize(gast.parse('''
    ... def f(x):
    ...     if x < 0:
    ...         return 0.0
    ...     a = b = 2 * x
    ...     return a * b
    ... ''').body[0])))
    def f(x):
        if x < 0:
            result = 0.0
        else:
            a = 2 * x
            b = a
            result = a * b
        return result
    """
    names = _Names(tree)
    body = _simple(_single_return(tree.body, names), names)
    tree.body = _TwoOperands().visit(gast.Module(body=body, type_ignores=[])).body
    return tree


class _Names:
    """Names that the function does not use."""

    def __init__(self, tree: gast.FunctionDef) -> None:
        self.used = {node.id for node in gast.walk(tree) if isinstance(node, gast.Name)}

    def fresh(self, base: str) -> str:
        name, k = base, 1
        while name in self.used:
            k += 1
            name = f"{base}{k}"
        self.used.add(name)
        return name


def _name(name: str, ctx: gast.expr_context, place: gast.AST) -> gast.Name:
    return gast.copy_location(gast.Name(id=name, ctx=ctx, annotation=None, type_comment=None), place)


def _assign(target: gast.expr, value: gast.expr, place: gast.AST) -> gast.Assign:
    return gast.copy_location(gast.Assign(targets=[target], value=value, type_comment=None), place)


def _single_return(body: list[gast.stmt], names: _Names) -> list[gast.stmt]:
    """``body`` with one ``return`` at its end, or none if no value is returned."""
    found = list(returns(body))
    if len(found) == 1 and body[-1] is found[0] and not is_valueless(found[0]):
        return body
    if not _only_branches(body):
        return body
    if all(is_valueless(r) for r in found):
        return _joined(body, None)
    result = names.fresh("result")
    value = _name(result, gast.Load(), found[-1])
    return [*_joined(body, result), gast.copy_location(gast.Return(value=value), found[-1])]


def _only_branches(block: list[gast.stmt]) -> bool:
    """Whether each ``return`` in ``block`` stands at the end of it or of a branch that leaves nothing to do."""
    for k, statement in enumerate(block):
        if isinstance(statement, gast.Raise):
            return False
        if isinstance(statement, gast.If):
            goes_on = not ends(statement.body) and not ends(statement.orelse)
            if goes_on and k + 1 < len(block) and any(returns([statement])):
                return False
            if not _only_branches(statement.body) or not _only_branches(statement.orelse):
                return False
        elif any(any(returns(inner)) for inner in inner_blocks(statement)):
            return False
    return True


def _joined(block: list[gast.stmt], result: str | None) -> list[gast.stmt]:
    """``block`` with each ``return e`` as ``result = e`` and what may follow an early one in the other branch."""
    out: list[gast.stmt] = []
    for k, statement in enumerate(block):
        if isinstance(statement, gast.Return):
            if result is not None:
                out.append(_assign(_name(result, gast.Store(), statement), statement.value, statement))
            return out
        if isinstance(statement, gast.If) and any(returns([statement])):
            rest, then, otherwise = block[k + 1 :], statement.body, statement.orelse
            statement.body = _joined(then if ends(then) else then + rest, result) or [_nothing(statement)]
            statement.orelse = _joined(otherwise if ends(otherwise) else otherwise + rest, result)
            return [*out, statement]
        out.append(statement)
    return out


def _nothing(place: gast.AST) -> gast.stmt:
    """A block may become empty, but not in a tree that shall be printed."""
    return gast.copy_location(gast.Pass(), place)


def _simple(block: list[gast.stmt], names: _Names) -> list[gast.stmt]:
    """``block`` with assignments to one target each, and without what does nothing."""
    out: list[gast.stmt] = []
    for statement in block:
        if isinstance(statement, gast.Pass) or (
            isinstance(statement, gast.Expr) and isinstance(statement.value, gast.Constant)
        ):
            continue
        if isinstance(statement, gast.If | gast.For | gast.While):
            statement.body = _simple(statement.body, names) or [_nothing(statement)]
            statement.orelse = _simple(statement.orelse, names)
            out.append(statement)
        elif isinstance(statement, gast.With):
            statement.body = _simple(statement.body, names) or [_nothing(statement)]
            out.append(statement)
        elif isinstance(statement, gast.Match):
            for case in statement.cases:
                case.body = _simple(case.body, names) or [_nothing(statement)]
            out.append(statement)
        elif isinstance(statement, gast.AnnAssign):
            if statement.value is not None:
                out.append(_assign(statement.target, statement.value, statement))
        elif isinstance(statement, gast.Assign) and len(statement.targets) > 1:
            out += _unchained(statement, names)
        else:
            out.append(statement)
    return out


def _unchained(statement: gast.Assign, names: _Names) -> list[gast.stmt]:
    """One assignment per target. The value is in the first one where that is a name, else in a new one."""
    first, targets = statement.targets[0], statement.targets[1:]
    if not isinstance(first, gast.Name):
        first, targets = _name(names.fresh("t"), gast.Store(), statement.value), statement.targets
    value = [_name(first.id, gast.Load(), statement.value) for _ in targets]
    return [_assign(first, statement.value, statement)] + [_assign(t, v, statement) for t, v in zip(targets, value)]


class _TwoOperands(gast.NodeTransformer):
    """``a < b < c`` as ``a < b and b < c``."""

    def visit_Compare(self, node: gast.Compare) -> gast.expr:
        self.generic_visit(node)
        if len(node.ops) == 1:
            return node
        lefts = [node.left, *node.comparators[:-1]]
        pairs = [
            gast.copy_location(gast.Compare(left=left, ops=[op], comparators=[right]), left)
            for left, op, right in zip(lefts, node.ops, node.comparators)
        ]
        return gast.copy_location(gast.BoolOp(op=gast.And(), values=pairs), node)
