"""Statements as text, with a comment for each of the user's statements.

astunparse writes the statements and lets us see each line as it is made; ``ast.unparse`` writes the expressions,
which astunparse puts too many parentheses into.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from astunparse.unparser import Unparser

from s2sad.errors import NOWHERE, Loc

WIDTH = 100
COLUMN = 58  # comments start at one column, unless the code is longer than this


@dataclass(frozen=True)
class Note:
    """What the printer knows of a statement besides its tree.

    ``anchor``: the comment of a run of statements with one ``loc.text`` stands at the first anchor. ``header``: a
    comment before it.
    """

    loc: Loc = NOWHERE
    anchor: bool = True
    header: str = ""


class _Lines(Unparser):
    """Lines of text and, for the first line of each statement, its note."""

    def __init__(self, tree: ast.AST, notes: Mapping[ast.stmt, Note]) -> None:
        self.lines: list[str] = []
        self.marks: dict[int, Note] = {}
        self._notes = notes
        self._indent = 0
        self.dispatch(tree)

    def fill(self, text: str = "") -> None:
        self.lines.append("    " * self._indent + text)

    def write(self, text: str) -> None:
        if text != "\n":
            self.lines[-1] += text

    def dispatch(self, tree) -> None:
        if isinstance(tree, ast.stmt):
            self.mark(tree)
        if isinstance(tree, ast.expr | ast.arguments):
            self.write(ast.unparse(tree))
        else:
            super().dispatch(tree)

    def mark(self, stmt: ast.stmt) -> None:
        if stmt in self._notes:
            self.marks[len(self.lines)] = self._notes[stmt]

    def bare(self, expr: ast.expr) -> None:
        """``expr``, a tuple without its parentheses."""
        text = ast.unparse(expr)
        self.write(text[1:-1] if isinstance(expr, ast.Tuple) and expr.elts and text[0] == "(" else text)

    def _Assign(self, t: ast.Assign) -> None:
        self.fill()
        for target in t.targets:
            self.bare(target)
            self.write(" = ")
        self.bare(t.value)

    def _Return(self, t: ast.Return) -> None:
        self.fill("return ")
        self.bare(t.value or ast.Constant(None))

    def _Raise(self, t: ast.Raise) -> None:
        self.fill("raise ")
        match t.exc:
            case ast.Call(func, [ast.Constant(str(message))]) if not set(message) & set("\\\"'\n"):
                self.write(f'{ast.unparse(func)}("{message}")')
            case exc:
                self.write(ast.unparse(exc or ast.Constant(None)))

    def _Expr(self, tree: ast.Expr) -> None:
        self.fill()
        value = tree.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            doc = value.value
            plain = "\\" not in doc and '"""' not in doc and not doc.endswith('"')
            first, *rest = (f'"""{doc}"""' if plain else repr(doc)).split("\n")
            self.write(first)
            self.lines += rest
        else:
            self.dispatch(value)

    def _If(self, t: ast.If) -> None:
        self.fill("if ")
        self.suite(t)
        while len(t.orelse) == 1 and isinstance(t.orelse[0], ast.If):
            t = t.orelse[0]
            self.mark(t)
            self.fill("elif ")
            self.suite(t)
        if t.orelse:
            self.fill("else")
            self.enter()
            self.dispatch(t.orelse)
            self.leave()

    def suite(self, t: ast.If) -> None:
        self.dispatch(t.test)
        self.enter()
        self.dispatch(t.body)
        self.leave()


def render(tree: ast.FunctionDef, notes: Mapping[ast.stmt, Note]) -> tuple[str, dict[int, Loc]]:
    """The text of ``tree`` and the user's place of each of its lines (counted from 1)."""
    printed = _Lines(tree, notes)
    comments = _comments(printed)
    short = [len(printed.lines[k]) for k in comments if len(printed.lines[k]) <= COLUMN]
    column = max(short, default=0) + 2
    out: list[str] = []
    line_map: dict[int, Loc] = {}
    for k, line in enumerate(printed.lines):
        note = printed.marks.get(k)
        indent = line[: len(line) - len(line.lstrip())]
        if note is not None and note.header:
            out.append(indent + note.header)
        if k in comments:
            aligned, close = f"{line:<{column - 2}}  {comments[k]}", f"{line}  {comments[k]}"
            if len(close) <= WIDTH:
                line = aligned if len(aligned) <= WIDTH else close
            else:
                out.append(indent + comments[k])
        out.append(line)
        if note is not None and note.loc.line > 0:
            line_map[len(out)] = note.loc
    return "\n".join(out) + "\n", line_map


def _comments(printed: _Lines) -> dict[int, str]:
    """The comment of each line that has one: the first anchor of each run of statements of one user statement."""
    found: dict[int, str] = {}
    current, done = "", False
    for k in sorted(printed.marks):
        note = printed.marks[k]
        text = " ".join(note.loc.text.split())
        if not text or text.startswith(("def ", "@")):  # what precedes the first statement, such as extents
            continue
        if text != current:
            current, done = text, False
        if note.anchor and not done:
            done = True
            if printed.lines[k].strip() != text:
                found[k] = f"# {text}"
    return found
