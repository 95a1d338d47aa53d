"""Random programs about which path is taken: loops that are left, functions that return early, handlers, closures.

Names may be unassigned where they are read, functions read variables that change after they are made, and every loop,
handler and function may be left from anywhere within.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.support.fuzz_narrow import Text, case_of, vectors
from tests.support.fuzz_programs import Case

SIZE = 3
ARGUMENTS = vectors(SIZE)


@dataclass
class _Text(Text):
    depth: int = 0
    functions: tuple[str, ...] = ()
    inside: bool = False  # in a function that the program makes
    hazy: bool = False  # some path assigns `w`
    with_hazy: bool = False

    @contextmanager
    def block(self, head: str, loop: bool = False) -> Iterator[None]:
        self.depth += 1
        with super().block(head, loop):
            yield
        self.depth -= 1

    def number(self) -> str:
        forms = ["s", "t", "b", "x[1]", "p[0]", "p[-1]", "np.sum(p)", "s * b", "np.sin(t)", "0.5 * s", "y[2] * t"]
        forms += ["w", "w"] if self.hazy else []
        forms += [f"{f}({self.rng.choice(('s', 't', 'b', 'p[1]'))})" for f in self.functions for _ in range(2)]
        return self.rng.choice(forms)

    def test(self) -> str:
        forms = ["b > 0.2", "s > 0.4", "p[0] > 0.1", "t < s", "n > 2", "k % 2 == 0", "k > 2", "not (s < 0.1)",
                 "s > 0.3 and t < 0.5", "k == 1 or p[1] > 0.2", "0.1 < t < 0.9", "np.any(p > 0.7)"]  # fmt: skip
        return self.rng.choice(forms)


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"exits {seed}.{attempt}")
    w = _Text(rng, with_hazy=rng.random() < 0.4)
    for text in ("s = 0.1", f"t = {rng.choice(('b', '0.3', 'x[0]'))}", "k = 0", f"p = {rng.choice(('x', '1.0 * x'))}"):
        w.line(text)
    for _ in range(rng.choice((0, 0, 1, 2))):
        _function(w)
    for k in range(rng.choice((2, 3, 3, 4))):
        (_statement if k != 1 else rng.choice((_loop, _loop, _if, _try)))(w)
    w.line("return s + 0.7 * t + np.sum(p * y)" + (" + w" if w.hazy and rng.random() < 0.4 else ""))
    return case_of(seed, attempt, w.lines, ARGUMENTS)


def _statement(w: _Text) -> None:
    deep = w.depth
    kind = w.weighted(
        {"number": 3, "array": 1.5, "hazy": 1 if w.with_hazy else 0, "if": 1.8 if deep < 4 else 0,
         "loop": (2.5 if deep == 0 else 1.2) if deep < 3 else 0, "leave": 2 if w.loops else 0,
         "return": 0.7 if deep else 0, "try": 0.5 if deep < 3 else 0, "raise": 0.3 if deep else 0,
         "function": 0.5 if deep < 2 and not w.inside else 0, "match": 0.4 if deep < 3 else 0, "count": 1.0,
         "choose": 0.8, "delete": 0.1 if w.hazy else 0}
    )  # fmt: skip
    _FORMS[kind](w)


def _some(w: _Text, counts: tuple[int, ...] = (1, 1, 2, 3)) -> None:
    for _ in range(w.rng.choice(counts)):
        _statement(w)


def _number(w: _Text) -> None:
    a, c = w.rng.choice(("s", "s", "t")), w.number()
    w.line(w.rng.choice(("{a} += 0.4 * {c}", "{a} = np.sin({a} + {c})", "{a} = 0.5 * {a} - {c} * b", "{a} = {c}",
                         "s, t = t, s", "{a} *= 0.8 + 0.1 * {c}")).format(a=a, c=c))  # fmt: skip


def _array(w: _Text) -> None:
    forms = ("p = np.sin(p) + {c}", "p = 0.9 * p", "p = p[::-1]", "p = y * {c}", "p = np.array([{c}, p[0], b])",
             "p = p.copy()", "p = x")  # fmt: skip
    w.line(w.rng.choice(forms).format(c=w.number()))


def _hazy(w: _Text) -> None:
    w.line(f"w = {w.number()}")
    w.hazy = True


def _delete(w: _Text) -> None:
    w.line("del w")


def _count(w: _Text) -> None:
    w.line(w.rng.choice(("k += 1", "k = k + 2", "k = n - k", "k = 0")))


def _choose(w: _Text) -> None:
    w.line(f"t = {w.number()} if {w.test()} else {w.number()}")


def _if(w: _Text) -> None:
    with w.block(f"if {w.test()}:"):
        _some(w)
    if w.rng.random() < 0.3:
        with w.block(f"elif {w.test()}:"):
            _some(w)
    if w.rng.random() < 0.5:
        with w.block("else:"):
            _some(w)


def _loop(w: _Text) -> None:
    i, e = w.name("i"), w.name("e")
    head = w.rng.choice(
        (f"for {i} in range(n):", f"for {i} in range(k, 4):", f"for {i} in range(3):", f"for {e} in p:", "while",
         f"for {i}, {e} in enumerate(y):", f"for {i}, {e} in zip(range(n), x):", "while True:", "walrus",
         f"for {i} in range(n, 0, -1):", f"for {e} in (b, t, s):")
    )  # fmt: skip
    if head in ("while", "walrus", "while True:"):
        w.line(f"{i} = 0")
    words = {"while": f"while {i} < n and ({w.test()}):", "walrus": f"while ({i} := {i} + 1) < 4:"}
    with w.block(words.get(head, head), loop=True):
        if head in ("while", "while True:"):
            w.line(f"{i} += 1")
        if head == "while True:":
            w.line(f"if {i} > 3:")
            w.line(f"    {w.rng.choice(('break', 'break', 'return s'))}")
        if f" {e} in" in head or f", {e} in" in head:
            w.line(f"s += 0.3 * {e}")
        _some(w, (2, 2, 3))
    if w.rng.random() < 0.25:
        with w.block("else:"):
            _some(w, (1, 2))
    if w.rng.random() < 0.15 and "range" in head and "zip" not in head:
        w.line(f"s += 0.1 * {i}")


def _leave(w: _Text) -> None:
    w.line(f"if {w.test()}:")
    if w.rng.random() < 0.3:
        w.line(f"    {w.rng.choice(('s', 't'))} += {w.number()}")
    w.line("    " + w.rng.choice(("break", "break", "continue")))


def _return(w: _Text) -> None:
    w.line(f"if {w.test()}:")
    w.line(f"    return {w.rng.choice((w.number(), 's + t', 's * np.sum(p)'))}")


def _raise(w: _Text) -> None:
    far = f"if {w.test()} and t > 2.5:\n{'    ' * w.indent}    raise ValueError('far')"
    high = f"if s > 3.0:\n{'    ' * w.indent}    raise ValueError('high')"
    w.line(w.rng.choice((far, "assert s < 1e6", high)))


def _try(w: _Text) -> None:
    with w.block("try:"):
        _some(w)
        if w.rng.random() < 0.1:
            w.line(f"if {w.test()}:")
            w.line("    raise ValueError('left')")
        _some(w, (0, 1))
    with w.block(w.rng.choice(("except ValueError:", "except TypeError:", "except (KeyError, IndexError):"))):
        _some(w, (1, 1, 2))
    if w.rng.random() < 0.2:
        with w.block("else:"):
            _some(w, (1,))
    if w.rng.random() < 0.1:
        with w.block("finally:"):
            w.line("s += 0.1 * t")


def _match(w: _Text) -> None:
    with w.block(f"match {w.rng.choice(('k % 3', 'n', 'k'))}:"):
        for pattern in w.rng.sample(("0", "1", "2 | 3", "m if m > 4"), w.rng.choice((1, 2))):
            with w.block(f"case {pattern}:"):
                _some(w, (1, 1, 2))
        if w.rng.random() < 0.6:
            with w.block("case _:"):
                _some(w, (1,))


def _function(w: _Text) -> None:
    """A function that is left early; what it does not assign is the program's, as it is when it is called."""
    name = w.name("f")
    body = replace(w, lines=[], indent=w.indent + 1, loops=0, depth=1, functions=(), inside=True)
    body.hazy = body.with_hazy = False
    _some(body, (1, 2, 2))
    names = [n for n in ast.walk(ast.parse("if n:\n" + "\n".join(_shifted(body)))) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    w.line(f"def {name}(u):")
    w.lines += ["    " * (w.indent + 1) + f"{v} = {start}" for v, start in _START.items() if v in own]
    w.lines += body.lines
    w.line(f"    return {w.rng.choice(('u * s', 's + 0.5 * t', 'u * t', 's * np.sum(p)'))}")
    w.functions = (*w.functions, name)


_START = {"s": "0.2 * u", "t": "u", "k": "n", "p": "x * u"}


def _shifted(body: _Text) -> list[str]:
    return [line[4 * (body.indent - 1) :] for line in body.lines]


_FORMS = {
    "number": _number, "array": _array, "hazy": _hazy, "if": _if, "loop": _loop, "leave": _leave, "return": _return,
    "try": _try, "raise": _raise, "function": _function, "match": _match, "count": _count, "choose": _choose,
    "delete": _delete,
}  # fmt: skip
