"""Random programs about who holds which array: a few names and containers, in loops that rebind, write and keep them.

Small on purpose: nearly every statement makes an alias, stores through one, or reads what an alias may have changed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.support.fuzz_narrow import Text, case_of, vectors
from tests.support.fuzz_programs import Case

SIZE = 3
ARGUMENTS = vectors(SIZE)


@dataclass
class _Text(Text):
    names: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    def some(self, count: int = 1) -> list[str]:
        return [self.rng.choice(self.names) for _ in range(count)]


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"histories {seed}.{attempt}")
    w = _Text(rng, names=("p", "q", "r")[: rng.choice((1, 2, 2, 3))])
    w.lists, w.pairs = (("l", "m")[: rng.choice((0, 1, 1, 2))], ("t",)[: rng.choice((0, 0, 1))])
    made = ("1.0 * x", "np.cos(y)", "y.copy()", "np.array([b, x[1], 0.3])", "np.zeros(3)", "x", "p")
    for k, name in enumerate(w.names):
        w.line(f"{name} = {rng.choice(made[: len(made) - (k == 0)])}")
    for name in w.lists:
        w.line(f"{name} = {rng.choice(('[]', '[p]', '[p.copy()]', '[p, q]' if len(w.names) > 1 else '[p]'))}")
    for name in w.pairs:
        w.line(f"{name} = ({', '.join(w.some(2))})")
    w.rows, w.tables = ("w",)[: rng.choice((0, 0, 1))], ("d",)[: rng.choice((0, 0, 1))]
    for name in w.rows:
        w.line(
            f"{name} = {rng.choice(('np.stack([p, p])', 'np.outer(x, y)[:2]', 'np.zeros((2, 3))', 'np.array([x, p])'))}"
        )
    for name in w.tables:
        w.line(f"{name} = {{'u': {w.some()[0]}, 'v': {w.some()[0]}}}")
    w.line("s = 0.0")
    for _ in range(rng.choice((0, 0, 1))):
        _statement(w)
    _loop(w)
    for _ in range(rng.choice((0, 1, 1, 2))):
        _statement(w)
    kept = [f"np.sum({name} * {name})" for name in w.names]
    kept += [f"np.sum({name} * {name})" for name in w.rows]
    kept += [f"np.sum({name}['u'] * {name}['v'])" for name in w.tables]
    kept += [f"sum([np.sum(e * e) for e in {name}])" for name in w.lists]
    w.line("return s + " + " + ".join(kept))
    return case_of(seed, attempt, w.lines, ARGUMENTS)


def _loop(w: _Text) -> None:
    head = w.rng.choice(("for i in range(n):", "for i in range(3):", "for i in range(2, -1, -1):", "while"))
    name = f"i{w.loops}"
    if head == "while":
        w.line(f"{name} = 0")
        head = f"while {name} < n:"
    else:
        head = head.replace("i ", f"{name} ")
    with w.block(head, loop=True):
        if head.startswith("while"):
            w.line(f"{name} += 1")
        for _ in range(w.rng.choice((2, 3, 3, 4, 5))):
            _statement(w)


def _statement(w: _Text) -> None:
    deep = w.indent - 1
    kind = w.weighted(
        {"store": 3, "rebind": 3, "alias": 1.5, "exchange": 0.8, "choose": 0.7, "append": 2 if w.lists else 0,
         "read": 2.5, "pair": 1 if w.pairs else 0, "row": 2 if w.rows else 0, "entry": 1.5 if w.tables else 0,
         "item": 0.7 if w.lists else 0, "if": 1.2 if deep < 3 else 0, "loop": 0.5 if deep < 3 else 0,
         "call": 0.5, "leave": 0.3 if w.loops else 0}
    )  # fmt: skip
    _FORMS[kind](w)


def _store(w: _Text) -> None:
    a, c = w.some(2)
    forms = ("{a}[0] += 0.5", "{a}[1] = {c}[0] * b", "{a} *= 0.9", "{a}[1:] = 0.3 * {c}[:-1]", "{a} += np.sin({c})",
             "{a}[:] = {c}", "{a}[i0 % 3] -= b" if w.loops else "{a}[2] -= b")  # fmt: skip
    w.line(w.rng.choice(forms).format(a=a, c=c))


def _rebind(w: _Text) -> None:
    a, c, d = w.some(3)
    form = w.rng.choice(("{a} = {a} + np.sin({c})", "{a} = 0.5 * {c}", "{a} = {c} * {d}", "{a} = {a} * 0.8 + b",
                         "{a} = np.array([{c}[0], b, {d}[1]])"))  # fmt: skip
    w.line(form.format(a=a, c=c, d=d))


def _alias(w: _Text) -> None:
    a, c = w.some(2)
    forms = ["{a} = {c}", "{a} = {c}", "{a} = {c}.copy()", "{a} = {c}[::-1]", "{a} = {c}.reshape(3)"]
    forms += [f"{{a}} = {w.rng.choice(w.lists)}[-1]"] if w.lists else []
    w.line(w.rng.choice(forms).format(a=a, c=c))


def _exchange(w: _Text) -> None:
    names = list(w.names)
    w.rng.shuffle(names)
    w.line(f"{', '.join(w.names)} = {', '.join(names)}")


def _choose(w: _Text) -> None:
    a, c, d = w.some(3)
    w.line(f"{a} = {c} if {_test(w)} else {d}")


def _append(w: _Text) -> None:
    a, c = w.some(2)
    name = w.rng.choice(w.lists)
    item = w.rng.choice((a, a, a, f"{a}.copy()", f"0.5 * {a}", f"{a} + {c}", f"{a}[::-1]"))
    w.line(f"{name}.append({item})")


def _read(w: _Text) -> None:
    a, c = w.some(2)
    forms = ["s += {a}[0] * {c}[1]", "s += 0.5 * np.sum({a} * {c})", "s += np.sin({a}[2])"]
    forms += [f"s += 0.7 * {name}[-1][0] ** 2" for name in w.lists]
    forms += [f"s += {name}[0][1] * {name}[1][0]" for name in w.pairs]
    w.line(w.rng.choice(forms).format(a=a, c=c))


def _pair(w: _Text) -> None:
    w.line(f"{w.pairs[0]} = ({', '.join(w.some(2))})")


def _row(w: _Text) -> None:
    a, name = w.some()[0], w.rows[0]
    forms = ("{m}[1] = {a}", "{a} = {m}[0]", "{a} = {m}[1]", "{m} = {m} * 0.7", "{m}[0] += {a}", "{m}[1, 0] += 0.3",
             "{a} = {m}[:, 1:].ravel()[:3]", "{a} = {m}.T[:, 0]", "s += {m}[0, 1] * {m}[1, 2]",
             "for e in {m}:\n{i}    s += e[0] * e[1]", "for e in {m}:\n{i}    e[1] += 0.2",
             "for e in {m}:\n{i}    {a} = {a} + e", "{m}[0], {m}[1] = {m}[1] * 1.0, {m}[0] * 1.0")  # fmt: skip
    w.line(w.rng.choice(forms).format(a=a, m=name, i="    " * w.indent))


def _entry(w: _Text) -> None:
    a, name, key = w.some()[0], w.tables[0], w.rng.choice(("'u'", "'v'"))
    forms = ("{d}[{k}] = {a}", "{a} = {d}[{k}]", "{d}[{k}][0] += 0.4", "{d}[{k}] = {d}[{k}] * 0.9", "s += {d}[{k}][1]",
             "{d} = {{'u': {a}, 'v': {d}['u']}}")  # fmt: skip
    w.line(w.rng.choice(forms).format(a=a, d=name, k=key))


def _item(w: _Text) -> None:
    a, name = w.some()[0], w.rng.choice(w.lists)
    forms = ("{l}[-1] = {a}", "{l}[0][1] += 0.2", "{l} = [{a}]", "{l} = {l} + [{a}]", "{a} = {l}[0]",
             "s += {l}.pop()[0]", "for e in {l}:\n{i}    s += e[0] * 0.5")  # fmt: skip
    w.line(w.rng.choice(forms).format(a=a, l=name, i="    " * w.indent))


def _if(w: _Text) -> None:
    with w.block(f"if {_test(w)}:"):
        for _ in range(w.rng.choice((1, 1, 2))):
            _statement(w)
    if w.rng.random() < 0.4:
        with w.block("else:"):
            _statement(w)


def _call(w: _Text) -> None:
    a, c = w.some(2)
    name = f"step{len(w.lines)}"
    w.line(f"def {name}(u, v):")
    w.line("    " + w.rng.choice(("u[0] += v[1]", "u *= 0.9", "u = u + v", "v = u")))
    w.line("    return " + w.rng.choice(("u", "u * 2.0", "u + v", "v")))
    w.line(f"{w.some()[0]} = {name}({a}, {c})")


def _leave(w: _Text) -> None:
    w.line(f"if {_test(w)}:")
    w.line("    " + w.rng.choice(("break", "continue")))


def _test(w: _Text) -> str:
    forms = ["b > 0.2", "s > 0.4", f"{w.some()[0]}[0] > 0.1", "n > 2"]
    if w.loops:
        forms += ["i0 % 2 == 0", "i0 == 1", "i0 > 0"]
    return w.rng.choice(forms)


_FORMS = {
    "store": _store, "rebind": _rebind, "alias": _alias, "exchange": _exchange, "choose": _choose, "append": _append,
    "read": _read, "pair": _pair, "row": _row, "entry": _entry, "item": _item, "if": _if, "loop": _loop,
    "call": _call, "leave": _leave,
}  # fmt: skip
