"""From a rule's own source to templates.

A rule is ordinary Python: local assignments, then one ``return`` of an expression or of a tuple with one expression
per argument. Expressions are names, numbers, arithmetic, comparisons of two operands, ``&``, ``|``, ``~`` on
conditions, and calls of functions that the registry knows. ``np.where(c, a, b)`` means ``select``; ``None`` means zero.
"""

from __future__ import annotations

import ast
import inspect
import operator
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from s2sad.errors import Loc, Problem, UnsupportedError, refuse
from s2sad.rules.template import Apply, Arg, Bar, Dot, Literal, Result, Template

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.BitAnd: "and",
    ast.BitOr: "or",
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.Invert: "not"}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}

FOLDED: dict[str, Callable] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
}


@dataclass
class Rule:
    """A rule being translated: its syntax, what its names mean, and where errors point."""

    fn: Callable
    tree: ast.FunctionDef
    filename: str
    first_line: int
    lines: list[str]
    indent: int  # of the rule in its file; the syntax is that of the dedented text
    env: dict[str, Template] = field(default_factory=dict)
    ranks: dict[Template, int] = field(default_factory=dict)  # of Arg, Result, Bar and Dot in array rules
    lookup: Callable[[object], str | None] = lambda _: None

    def problem(self, node: ast.AST, reason: str, alternative: str = "") -> UnsupportedError:
        line = getattr(node, "lineno", 1)
        text = self.lines[line - 1].strip() if line <= len(self.lines) else ""
        loc = Loc(self.filename, self.first_line + line - 1, self.indent + getattr(node, "col_offset", 0), text)
        return refuse(Problem(loc, f"rule {self.fn.__name__}: {reason}", alternative))


def read_rule(fn: Callable, lookup: Callable[[object], str | None]) -> Rule:
    """The syntax of ``fn``, a function defined in a file; ``lookup`` gives the op that a function object means."""
    try:
        lines, first_line = inspect.getsourcelines(fn)
    except OSError as error:
        raise UnsupportedError(
            f"rule {fn.__name__}: its source cannot be read ({error}); define it in a file"
        ) from None
    text = textwrap.dedent("".join(lines))
    indent = len(lines[0]) - len(lines[0].lstrip())
    body = ast.parse(text).body[0]
    filename = inspect.getsourcefile(fn) or "<unknown>"
    if not isinstance(body, ast.FunctionDef):
        raise UnsupportedError(f"{filename}:{first_line}: a rule is written as a def, not as a lambda")
    return Rule(fn, body, filename, first_line, text.splitlines(), indent, lookup=lookup)


def partials_of(fn: Callable, lookup: Callable[[object], str | None]) -> tuple[Template | None, ...]:
    """The partials that the elementwise rule ``fn(y, x0, x1, ...)`` returns, one per argument.

    Raises
    ------
    UnsupportedError
        Where the rule uses something that has no template, or returns another number of partials than it has arguments.
    """
    rule = read_rule(fn, lookup)
    names = [a.arg for a in rule.tree.args.args]
    rule.env = {names[0]: Result(), **{name: Arg(k) for k, name in enumerate(names[1:])}}
    values = _returned(rule)
    if len(values) != len(names) - 1:
        raise rule.problem(rule.tree, f"{len(values)} partials for {len(names) - 1} arguments")
    return tuple(values)


def array_templates(
    fn: Callable, ranks: tuple[int, ...], rank: int, mode: str, lookup: Callable
) -> tuple[Template, ...]:
    """The templates that an array rule returns; ``mode`` is ``"vjp"`` or ``"jvp"``, ``ranks`` the arguments'."""
    rule = read_rule(fn, lookup)
    names = [a.arg for a in rule.tree.args.args]
    keywords = [a.arg for a in rule.tree.args.kwonlyargs]
    rule.env = {names[0]: Result(), **{name: Arg(k) for k, name in enumerate(names[1:])}}
    expected = [f"{names[0]}_bar"] if mode == "vjp" else [f"{name}_dot" for name in names[1:]]
    if keywords != expected:
        raise rule.problem(rule.tree, f"its keyword-only parameters must be {', '.join(expected)}")
    rule.env |= {expected[0]: Bar()} if mode == "vjp" else {name: Dot(k) for k, name in enumerate(expected)}
    rule.ranks = {Result(): rank, Bar(): rank, **{Arg(k): r for k, r in enumerate(ranks)}}
    rule.ranks |= {Dot(k): r for k, r in enumerate(ranks)}
    values = _returned(rule)
    wanted = len(ranks) if mode == "vjp" else 1
    if len(values) != wanted or any(v is None for v in values):
        raise rule.problem(rule.tree, f"it returns {len(values)} values, {wanted} are needed")
    return tuple(v for v in values if v is not None)


def _returned(rule: Rule) -> list[Template | None]:
    """The values of the rule's ``return``, after its local assignments are substituted."""
    for stmt in rule.tree.body:
        match stmt:
            case ast.Expr(value=ast.Constant()):
                continue  # the docstring
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                rule.env[name] = _expr(rule, value)
            case ast.Return(value=ast.Tuple(elts=items)):
                return [None if _is_none(item) else _expr(rule, item) for item in items]
            case ast.Return(value=ast.expr() as value):
                return [None if _is_none(value) else _expr(rule, value)]
            case _:
                raise rule.problem(stmt, "only assignments to a name and one return can be translated")
    raise rule.problem(rule.tree, "it returns nothing")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _expr(rule: Rule, node: ast.expr) -> Template:
    match node:
        case ast.Name(id=name) if name in rule.env:
            return rule.env[name]
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Literal(float(value))
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return _matmul(rule, node, _expr(rule, left), _expr(rule, right))
        case ast.BinOp(left=left, op=kind, right=right) if type(kind) in BINARY:
            return _fold(Apply(BINARY[type(kind)], (_expr(rule, left), _expr(rule, right))))
        case ast.UnaryOp(op=kind, operand=operand) if type(kind) in UNARY:
            return _fold(Apply(UNARY[type(kind)], (_expr(rule, operand),)))
        case ast.Compare(left=left, ops=[kind], comparators=[right]) if type(kind) in COMPARE:
            return Apply(COMPARE[type(kind)], (_expr(rule, left), _expr(rule, right)))
        case ast.Attribute(value=value, attr="T") if rule.ranks:
            return Apply("transpose", (_expr(rule, value),))
        case ast.Call(func=ast.Attribute(value=value, attr="conj"), args=[], keywords=[]) if rule.ranks:
            return _expr(rule, value)  # real numbers only so far: the conjugate is the number itself
        case ast.Name() | ast.Attribute():
            return _number(rule, node)
        case ast.Call(func=func, args=args, keywords=[]):
            name = rule.lookup(_object(rule, func))
            if name is None:
                raise rule.problem(
                    node, f"{ast.unparse(func)} is not a registered primitive", "register it beside this rule"
                )
            return Apply(name, tuple(_expr(rule, a) for a in args))
    raise rule.problem(
        node, f"{ast.unparse(node)} has no template", "use arithmetic, comparisons, np.where and registered functions"
    )


def _fold(template: Apply) -> Template:
    """``template``, or its value if it is arithmetic of numbers (``1.0 / 30.0``)."""
    if template.op in FOLDED and all(isinstance(a, Literal) for a in template.args):
        return Literal(FOLDED[template.op](*(a.value for a in template.args if isinstance(a, Literal))))
    return template


def _object(rule: Rule, node: ast.expr) -> object:
    """The object that a dotted name stands for in the rule's module."""
    match node:
        case ast.Name(id=name):
            scope = inspect.getclosurevars(rule.fn)
            for names in (scope.nonlocals, scope.globals, scope.builtins):
                if name in names:
                    return names[name]
        case ast.Attribute(value=value, attr=attr):
            owner = _object(rule, value)
            if hasattr(owner, attr):
                return getattr(owner, attr)
    raise rule.problem(node, f"{ast.unparse(node)} is not defined")


def _number(rule: Rule, node: ast.expr) -> Literal:
    """A module-level constant such as ``np.pi``."""
    value = _object(rule, node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise rule.problem(node, f"{ast.unparse(node)} is not a number")
    return Literal(float(value))


def _matmul(rule: Rule, node: ast.AST, a: Template, b: Template) -> Template:
    """``a @ b`` as the library routine that the ranks choose."""
    match _rank(rule, node, a), _rank(rule, node, b):
        case 2, 2:
            return Apply("matmul", (a, b))
        case 2, 1:
            return Apply("matvec", (a, b))
        case 1, 2:
            return Apply("matvec", (Apply("transpose", (b,)), a))
    raise rule.problem(node, "@ of two vectors is not a LibCall")


def _rank(rule: Rule, node: ast.AST, template: Template) -> int:
    if template in rule.ranks:
        return rule.ranks[template]
    if isinstance(template, Apply):
        if template.op in ("matmul", "outer", "transpose"):
            return 2
        if template.op == "matvec":
            return 1
        return max(_rank(rule, node, a) for a in template.args)
    if isinstance(template, Literal):
        return 0
    raise rule.problem(node, "its rank is not known")
