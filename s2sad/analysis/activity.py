"""Activity: which values depend on the chosen inputs and influence the outputs, and may carry a derivative.

Varied: depends differentiably on an independent input. Useful: an output depends differentiably on it. Active: both,
and floating.
Memory is one fact per alias class (Hascoet & Pascual 2013, section 4.1, without their flow sensitivity: a class is
varied
or useful everywhere or nowhere).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from s2sad.analysis.alias import Aliases, aliases
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.draws import is_draw
from s2sad.rules import registry


def is_float(type: n.Type) -> bool:
    """Whether values of ``type`` have a derivative at all."""
    return type.dtype.startswith("float")


@dataclass(frozen=True)
class Activity:
    """Names (of scalars) and alias classes (of arrays) that are varied and useful."""

    varied: frozenset[str]
    useful: frozenset[str]
    alias: Aliases

    def key(self, atom: n.Atom) -> str | None:
        return _key(self.alias, atom)

    def active(self, atom: n.Atom) -> bool:
        key = self.key(atom)
        return key is not None and key in self.varied and key in self.useful

    def is_varied(self, atom: n.Atom) -> bool:
        key = self.key(atom)
        return key is not None and key in self.varied


def _key(alias: Aliases, atom: n.Atom) -> str | None:
    if not isinstance(atom, n.Var) or not is_float(atom.type):
        return None
    return "[]" + alias.class_of(atom).name if isinstance(atom.type, n.Array) else atom.name


def activity(fn: n.Function, independent: Iterable[n.Var], dependent: Iterable[n.Atom]) -> Activity:
    """The activity of ``fn`` for the given inputs and outputs, to a fixed point over its loops and memory."""
    facts = aliases(fn)

    def key(atom: n.Atom) -> str | None:
        return _key(facts, atom)

    edges = [(key(a), key(b)) for a, b in flows(fn)]
    forward: dict[str, list[str]] = {}
    backward: dict[str, list[str]] = {}
    for a, b in edges:
        if a is not None and b is not None:
            forward.setdefault(a, []).append(b)
            backward.setdefault(b, []).append(a)
    varied = reach((key(v) for v in independent), forward)
    useful = reach((key(v) for v in dependent), backward)
    return Activity(varied, useful, facts)


def reach(start: Iterable[str | None], graph: dict[str, list[str]]) -> frozenset[str]:
    """All nodes of ``graph`` that a path from one of ``start`` leads to, those themselves included."""
    seen = {s for s in start if s is not None}
    stack = list(seen)
    while stack:
        for other in graph.get(stack.pop(), ()):
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return frozenset(seen)


def flows(fn: n.Function) -> list[tuple[n.Atom, n.Atom]]:
    """Pairs (from, to) along which a derivative can flow."""
    out: list[tuple[n.Atom, n.Atom]] = []
    add: Callable[[n.Atom, n.Atom], None] = lambda a, b: out.append((a, b))
    for stmt in walk.walk(fn.body):
        match stmt:
            case n.Assign():
                rule = registry.op(stmt.op)
                for k, arg in enumerate(stmt.args):
                    if rule.partials[k] is not None:
                        add(arg, stmt.target)
            case n.Load():
                add(stmt.array, stmt.target)
            case n.Store() | n.Accumulate():
                add(stmt.value, stmt.array)
            case n.Alloc(fill=fill) if fill is not None:
                add(fill, stmt.target)
            case n.LibCall() if registry.has_rules(stmt.fn) or is_draw(stmt.fn):
                for arg in stmt.args:
                    for made in stmt.outs:
                        add(arg, made)
            case n.Custom():
                for arg in stmt.args:
                    for made in stmt.outs:
                        add(arg, made)
            case n.If():
                for j in stmt.joins:
                    add(j.then_value, j.target)
                    add(j.else_value, j.target)
            case n.For() | n.ReverseLoop():
                for c in stmt.carries:
                    for a, b in ((c.init, c.inner), (c.next, c.inner), (c.init, c.outer), (c.next, c.outer)):
                        add(a, b)
            case n.Map():
                for s in stmt.sums:
                    add(s.init, s.target)
                    add(s.value, s.target)
            case n.Pop():
                add(stmt.tape, stmt.target)
            case n.Push():
                add(stmt.value, stmt.tape)
            case n.Call():
                for arg in stmt.args:
                    add(arg, stmt.target)
            case _:
                pass
    return out
