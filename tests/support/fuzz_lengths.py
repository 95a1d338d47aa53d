"""Random programs whose arrays change their length as they run: parts, masks, joined arrays, in loops and branches."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.support.fuzz_narrow import Text, case_of
from tests.support.fuzz_programs import Argument, Case

ARGUMENTS = (
    Argument("x", "f", (5,)), Argument("y", "f", (4,)), Argument("a", "f", (4, 3)), Argument("b", "f"),
    Argument("n", "i", value=3),
)  # fmt: skip


@dataclass
class _Text(Text):
    names: tuple[str, ...] = ("p", "q")
    table: bool = False

    def some(self) -> str:
        return self.rng.choice(self.names)

    def part(self) -> str:
        """A vector of any length, made of what there is."""
        p, q = self.some(), self.some()
        forms = [f"{p}[1:]", f"{p}[:-1]", f"{p}[::2]", f"{p}[n:]", f"{p}[: len({q}) // 2]", f"{p}[len({p}) // 2 :]",
                 f"{p}[{p} > 0.1]", f"{p}[1:-1]", f"np.append({p}, s)[:6]", f"np.concatenate(({p}, {q}))[:7]",
                 f"{p}[::-1]", f"np.diff({p})", f"np.sort({p})[1:]",
                 f"np.cumsum({p})", f"{p}[np.argsort({p})[:2]]", f"{p}[-2:]", f"np.repeat({p}, 2)[:5]",
                 f"{p}.copy()", f"0.9 * {p}", f"np.sin({p}) + s", f"np.where({p} > s, {p}, 0.5 * {p})"]  # fmt: skip
        if self.table:
            forms += ["w[:, 0]", "w.ravel()[1:6]", "w.sum(axis=0)", "w[-1:].ravel()"]
        if self.loops:
            forms += [f"{p}[i0:]", f"{p}[: i0 + 1]", f"{p}[i0 : i0 + 2]"]
        return self.rng.choice(forms)

    def test(self) -> str:
        p, q = self.some(), self.some()
        return self.rng.choice((f"len({p}) > 2", f"len({p}) > len({q})", f"np.sum({p}) > 0.2", "s > 0.3", "b > 0.1",
                                f"{p}.size % 2 == 0", "i0 > 0" if self.loops else "n > 2"))  # fmt: skip


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"lengths {seed}.{attempt}")
    w = _Text(rng)
    w.line(f"p = {rng.choice(('1.0 * x', 'np.sin(x)', 'x', 'x[1:]', 'np.cos(a).ravel()'))}")
    w.line(f"q = {rng.choice(('1.0 * y', 'y', 'x[::2]', 'np.zeros(n)', 'a[:, 1].copy()'))}")
    w.line("s = 0.5 * b")
    if rng.random() < 0.4:
        w.table = True
        w.line(f"w = {rng.choice(('1.0 * a', 'a[1:]', 'np.outer(p, q)', 'a[:, :n]'))}")
    for _ in range(rng.choice((1, 2, 3))):
        _statement(w)
    _loop(w)
    for _ in range(rng.choice((0, 1, 2))):
        _statement(w)
    w.line("return s + np.sum(p * p) + np.sum(np.sin(q)) + 0.1 * len(p)" + (" + np.sum(w * w)" if w.table else ""))
    return case_of(seed, attempt, w.lines, ARGUMENTS)


def _statement(w: _Text) -> None:
    kinds = {
        "rebind": 4.0,
        "store": 2.0,
        "read": 2.5,
        "if": 1.2,
        "loop": 0.6,
        "rows": 1.5 if w.table else 0.0,
        "call": 0.4,
    }
    if w.indent > 2:
        kinds |= {"if": 0.4, "loop": 0.0}
    if w.indent > 3:
        kinds |= {"if": 0.0}
    _FORMS[w.rng.choices(list(kinds), list(kinds.values()))[0]](w)


def _rebind(w: _Text) -> None:
    w.line(f"{w.some()} = {w.part()}")


def _store(w: _Text) -> None:
    p = w.some()
    w.line(w.rng.choice((f"{p}[:] *= 0.8", f"{p}[1:] += s", f"{p}[:1] = s", f"{p} += 0.1", f"{p}[-1:] *= b",
                         f"{p}[::2] = 0.3 * {p}[::2]", f"{p}[{p} < 0.0] = 0.2", f"{p}[...] = {p}[::-1]")))  # fmt: skip


def _read(w: _Text) -> None:
    p, q = w.some(), w.some()
    m = f"min(len({p}), len({q}))"
    forms = (f"s += np.sum({w.part()})", f"s += 0.3 * np.sum({p} * {p})", f"s += np.dot({p}[:{m}], {q}[:{m}])",
             f"s += 0.01 * len({w.part()}) * b", f"for e in {p}:\n{'    ' * w.indent}    s = 0.9 * s + e * b",
             f"for k in range(len({p})):\n{'    ' * w.indent}    {p}[k] = 0.7 * {p}[k] + s",
             f"if len({p}) > 0:\n{'    ' * w.indent}    s += np.max({p}) + {p}[-1] * {p}[0]")  # fmt: skip
    w.line(w.rng.choice(forms))


def _rows(w: _Text) -> None:
    forms = ("w = w[1:]", "w = w[:, :-1]", "w = w.T", "w = w * s", "w = w[::2, 1:]", "w[:1] += 0.2", "w[:, -1:] *= s",
             "w = np.vstack((w, w))[:4]", "w = w[w[:, 0] > 0.0]" if w.indent == 1 else "w = 0.8 * w",
             f"for r in w:\n{'    ' * w.indent}    s += np.sum(r[1:]) * b", "w = np.outer(p, q)")  # fmt: skip
    w.line(w.rng.choice(forms))


def _if(w: _Text) -> None:
    w.line(f"if {w.test()}:")
    w.indent += 1
    for _ in range(w.rng.choice((1, 1, 2))):
        _statement(w)
    w.indent -= 1
    if w.rng.random() < 0.5:
        w.line("else:")
        w.indent += 1
        _statement(w)
        w.indent -= 1


def _call(w: _Text) -> None:
    name = f"cut{len(w.lines)}"
    w.line(f"def {name}(u, v):")
    forms = ("if len(u) > len(v):\n{i}        return u[1:]", "u = u[1:]", "v[:1] += 0.1", "v = u")
    w.line("    " + w.rng.choice(forms).format(i="    " * w.indent))
    w.line("    " + w.rng.choice(("return u * 0.5", "return v", "return u[: len(v)] + 0.1")))
    w.line(f"{w.some()} = {name}({w.some()}, {w.some()})")


def _loop(w: _Text) -> None:
    p, name = w.some(), f"i{w.loops}"
    head = w.rng.choice(
        (f"for {name} in range(n):", f"for {name} in range(3):", f"for {name} in range(len({p})):", "while", "until")
    )
    if head == "until":
        w.line(f"{name} = 0")
        head = f"while len({p}) > 1 and {name} < 4:"
    elif head == "while":
        w.line(f"{name} = 0")
        head = f"while {name} < n:"
    w.line(head)
    w.indent += 1
    w.loops += 1
    if head.startswith("while"):
        w.line(f"{name} += 1")
    for _ in range(w.rng.choice((1, 2, 3, 3))):
        _statement(w)
    if w.rng.random() < 0.15:
        w.line(f"if {w.test()}:")
        w.line("    break")
    w.loops -= 1
    w.indent -= 1


_FORMS = {"rebind": _rebind, "store": _store, "read": _read, "rows": _rows, "if": _if, "loop": _loop, "call": _call}
