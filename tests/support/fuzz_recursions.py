"""Random functions that call themselves: on numbers, parts of arrays, arrays that they write, in branches and loops."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.fuzz_narrow import Text, case_of, vectors
from tests.support.fuzz_programs import Case

SIZE = 4
ARGUMENTS = vectors(SIZE)
RESULTS = ("number", "number", "array", "pair", "nothing")


@dataclass
class _Text(Text):
    result: str = ""
    halves: bool = False  # the arrays get shorter; else they keep their length and k counts down
    numbers: list[str] = field(default_factory=lambda: ["c"])
    arrays: list[str] = field(default_factory=lambda: ["u", "v"])
    calls: int = 0

    def number(self) -> str:
        a, name = self.rng.choice(self.arrays), self.rng.choice(self.numbers)
        return self.rng.choice((name, f"{a}[0]", f"{a}[-1]", f"np.sum({a})", f"0.5 * {name}", f"np.sin({name})"))

    def array(self) -> str:
        a = self.rng.choice(self.arrays)
        return self.rng.choice((a, f"{a} * {self.number()}", f"np.cos({a})", f"0.5 * {a} + {self.number()}"))


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"recursions {seed}.{attempt}")
    w = _Text(rng, result=rng.choice(RESULTS), halves=rng.random() < 0.4)
    first: list[str] = []
    shared = rng.random() < 0.2
    u = rng.choice(("x", "x * 1.0", "np.sin(x)", "x[::-1]", "x[:n]"))
    v = {"x": "x"}.get(u, "y") if shared else rng.choice(("y", "y.copy()", "y[::-1]"))
    v = f"{v}[:n]" if u == "x[:n]" else v
    names = rng.random() < 0.6
    if names:
        first += [f"    p, q = {u}, {v}"]
        u, v = "p", "q"
    _body(w)
    call = f"walk({u}, {v}, b, n)"
    first += {
        "number": [f"    s = {call}"], "array": [f"    s = np.sum({call} * b)"],
        "pair": [f"    s, a = {call}", "    s = s * np.sum(a * a)"], "nothing": [f"    {call}", "    s = 0.3"],
    }[w.result]  # fmt: skip
    if rng.random() < 0.4:
        first.append(
            f"    s += 0.5 * walk({u} * 0.5, {v} + 0.1, s, n - 1)" if w.result == "number" else "    s = s * b"
        )
    kept = ["np.sum(x * y)", *(["np.sum(p * p)", "np.sum(np.sin(q))"] if names else [])]
    first.append("    return s + " + " + ".join(kept))
    walk = "\n".join(["def walk(u, v, c, k):", *w.lines, "", ""])
    return case_of(seed, attempt, first, ARGUMENTS, walk)


def _body(w: _Text) -> None:
    ends = ["len(u) <= 1", "k <= 0 or len(u) < 2"] if w.halves else ["k <= 0", "k < 1 or u[0] > 50.0"]
    w.line(f"if {w.rng.choice(ends)}:")
    w.indent += 1
    for _ in range(w.rng.choice((0, 0, 1))):
        _store(w)
    w.line(_returned(w))
    w.indent -= 1
    for _ in range(w.rng.choice((1, 2, 3))):
        _statement(w)
    while not w.calls:
        _call(w)
    for _ in range(w.rng.choice((0, 1, 2))):
        _statement(w)
    w.line(_returned(w))


def _returned(w: _Text) -> str:
    return {
        "number": f"return {w.number()} + 0.3 * {w.number()}", "array": f"return {w.array()}",
        "pair": f"return {w.number()}, {w.array()}", "nothing": "return",
    }[w.result]  # fmt: skip


def _statement(w: _Text) -> None:
    kinds = {"store": 2.0, "number": 2.0, "array": 1.0, "call": 1.5 if w.calls < 2 else 0.0, "if": 0.8, "for": 0.6}
    if w.indent > 2:
        kinds |= {"if": 0.0, "for": 0.0}
    {"store": _store, "number": _number, "array": _array, "call": _call, "if": _if, "for": _for}[
        w.rng.choices(list(kinds), list(kinds.values()))[0]
    ](w)


def _store(w: _Text) -> None:
    a, e = w.rng.choice(w.arrays), w.number()
    forms = ("{a}[0] += 0.3 * {e}", "{a}[-1] = {e}", "{a} *= 0.9", "{a} += 0.1 * {e}", "{a}[0] = {a}[0] * {a}[-1]",
             "{a}[:] = {b}")  # fmt: skip
    w.line(w.rng.choice(forms).format(a=a, e=e, b=w.rng.choice([n for n in w.arrays if n in ("u", "v")])))


def _number(w: _Text) -> None:
    name = w.rng.choice(("c", f"s{len(w.lines)}")) if w.indent == 1 else "c"
    w.line(f"{name} = 0.7 * {w.number()} + {w.number()}")
    if name not in w.numbers:
        w.numbers.append(name)


def _array(w: _Text) -> None:
    name = w.rng.choice(("u", "v", f"a{len(w.lines)}")) if w.indent == 1 else w.rng.choice(("u", "v"))
    w.line(f"{name} = {w.array()}")
    if name not in w.arrays and w.indent == 1:
        w.arrays.append(name)


def _call(w: _Text) -> None:
    u, v = w.rng.choice(w.arrays), w.rng.choice(w.arrays)
    if w.halves:
        part = w.rng.choice(("[1:]", "[:-1]", "[: len(u) // 2]", "[len(u) // 2:]", "[::2]"))
        u, v = "u" + part, ("v" if w.rng.random() < 0.9 else "u") + part
        down = w.rng.choice(("k - 1", "k - 1", "k"))
        down = "k - 1" if part == "[len(u) // 2:]" or w.calls else down
    else:
        u, v = (w.rng.choice((a, a, f"{a} * 0.8")) for a in (u, v))
        down = w.rng.choice(("k - 1", "k - 1", "k - 2", "k // 2"))
    call = f"walk({u}, {v}, {w.number()}, {down})"
    w.calls += 1
    name = f"r{len(w.lines)}"
    if w.result == "nothing":
        w.line(call)
    elif w.result == "pair":
        w.line(f"{name}, a{name} = {call}" if w.indent == 1 else f"c, _ = {call}")
        if w.indent == 1:
            w.numbers.append(name)
            w.line(f"{name} += 0.2 * np.sum(a{name})")
    elif w.result == "array":
        w.line(f"{'c' if w.indent > 1 else name} = 0.5 * np.sum({call})")
        if w.indent == 1:
            w.numbers.append(name)
    else:
        w.line(f"c = 0.6 * {call} + c" if w.indent > 1 or w.rng.random() < 0.4 else f"{name} = np.sin({call}) * c")
        if name in w.lines[-1]:
            w.numbers.append(name)


def _if(w: _Text) -> None:
    w.line(f"if {w.rng.choice(('c > 0.2', 'k % 2 == 0', 'u[0] > v[-1]', 'len(u) > 2'))}:")
    w.indent += 1
    for _ in range(w.rng.choice((1, 2))):
        _statement(w)
    w.indent -= 1
    if w.rng.random() < 0.3:
        w.line("else:")
        w.indent += 1
        _statement(w)
        w.indent -= 1


def _for(w: _Text) -> None:
    w.line(f"for i in range({w.rng.choice(('2', 'len(u)', 'k'))}):")
    w.indent += 1
    for _ in range(w.rng.choice((1, 2))):
        w.rng.choice((_store, _number))(w)
    if w.calls < 2 and w.rng.random() < 0.4:
        _call(w)
    w.indent -= 1
