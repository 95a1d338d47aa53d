"""Random programs whose ints, index arrays and masks change as they run: what the reverse sweep must find again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.fuzz_narrow import Text, case_of
from tests.support.fuzz_programs import Argument, Case

SIZE = 4
ARGUMENTS = (
    Argument("x", "f", (SIZE,)), Argument("y", "f", (SIZE,)), Argument("a", "f", (SIZE, SIZE)), Argument("b", "f"),
    Argument("n", "i", value=SIZE),
)  # fmt: skip


@dataclass
class _Text(Text):
    counters: list[str] = field(default_factory=list)
    ints: tuple[str, ...] = ("k", "j")
    indices: tuple[str, ...] = ("p", "q")
    masks: tuple[str, ...] = ("m",)
    floats: tuple[str, ...] = ("x", "y", "u")

    def pick(self, *items: str) -> str:
        return self.rng.choice(items)

    def place(self) -> str:
        """An int in ``range(SIZE)``."""
        p, k = self.rng.choice(self.indices), self.pick(*self.ints, *self.counters)
        here = str(self.rng.randrange(SIZE))
        return self.pick(f"{k} % n", f"{p}[{k} % n]", f"{p}[{here}]", here, f"{p}[{p}[{k} % n]]", f"-1 - {k} % n",
                         f"np.argmax({self.rng.choice(self.floats)})")  # fmt: skip

    def number(self) -> str:
        f = self.rng.choice(self.floats)
        return self.pick(f"{f}[{self.place()}]", f"{f}[{self.place()}]", f"a[{self.place()}, {self.place()}]", "b", "s",
                         f"np.sum({f}[{self.pick(*self.indices, *self.masks)}])", f"np.sin({f}[0])")  # fmt: skip

    def test(self) -> str:
        k, m, f = self.pick(*self.ints), self.rng.choice(self.masks), self.rng.choice(self.floats)
        p = self.rng.choice(self.indices)
        return self.pick(f"{k} % 2 == 0", f"{m}[{self.place()}]", f"{f}[{self.place()}] > {f}[{self.place()}]",
                         f"{self.place()} < {self.place()}", "s > 0.2", f"{p}[0] == {k}")  # fmt: skip


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"integers {seed}.{attempt}")
    w = _Text(rng)
    w.line(f"k, j = {rng.choice(('0, 1', '2, n - 1', 'n % 3, 1'))}")
    w.line(
        f"p = {rng.choice(('np.arange(n)', 'np.array([3, 1, 0, 2])', 'np.argsort(x)', 'np.zeros(n, dtype=np.int64)'))}"
    )
    w.line(f"q = {rng.choice(('np.arange(n)[::-1]', 'p.copy()', '(p * 3 + 1) % n', 'np.argsort(-y)'))}")
    w.line(f"m = {rng.choice(('x > 0.0', 'np.zeros(n, dtype=np.bool_)', 'y > x', 'p > 1'))}")
    w.line("u, s = np.cos(x), 0.0")
    for _ in range(rng.choice((0, 1, 2))):
        _statement(w)
    _loop(w)
    for _ in range(rng.choice((0, 1, 2))):
        _statement(w)
    w.line("return s + np.sum(x * y) + np.sum(u * u) + np.sum(a * a) + np.sum(x[p] * y[q]) + np.sum(u[m])")
    return case_of(seed, attempt, w.lines, ARGUMENTS)


def _statement(w: _Text) -> None:
    kinds = {"int": 2.5, "index": 2.5, "mask": 1.2, "store": 3.0, "add": 2.0, "gather": 1.0, "swap": 0.8, "masked": 0.8,
             "if": 1.2, "loop": 0.7}  # fmt: skip
    if w.indent > 3:
        kinds |= {"if": 0.0, "loop": 0.0}
    _FORMS[w.rng.choices(list(kinds), list(kinds.values()))[0]](w)


def _int(w: _Text) -> None:
    k, j = w.pick(*w.ints), w.pick(*w.ints, *w.counters)
    w.line(w.pick(f"{k} += 1", f"{k} = {j} + 1", f"{k} = ({k} * 3 + {j}) % n", f"{k} = {w.place()}", f"{k} -= 1",
                  f"{k} = {k} // 2 + 1", "k, j = j, k", f"{k} = {j} if {w.test()} else {w.place()}",
                  f"{k} = int(np.sum({w.rng.choice(w.masks)}))", f"{k} = max({k}, {j})"))  # fmt: skip


def _index(w: _Text) -> None:
    p, q = w.pick(*w.indices), w.pick(*w.indices)
    w.line(w.pick(f"{p}[{w.place()}] = {w.place()} % n", f"{p}[{w.place()}] = {w.place()} % n",
                  f"{p} = ({p} + 1) % n", f"{p} = {q}[::-1].copy()", f"{p} = {q}[{p}]", f"{p}[1:] = {p}[:-1].copy()",
                  f"{p} = np.argsort({w.rng.choice(w.floats)})", f"{p}[:] = {q}", f"{p} = np.roll({q}, 1)",
                  f"{p} *= 3\n{'    ' * w.indent}{p} %= n"))  # fmt: skip


def _mask(w: _Text) -> None:
    m, f = w.rng.choice(w.masks), w.rng.choice(w.floats)
    w.line(w.pick(f"{m}[{w.place()}] = {w.test()}", f"{m} = {f} > 0.1", f"{m} = ~{m}", f"{m}[0] = not {m}[1]",
                  f"{m} = {m} & ({w.rng.choice(w.indices)} > 1)"))  # fmt: skip


def _store(w: _Text) -> None:
    f, e = w.rng.choice(w.floats), w.number()
    w.line(w.pick(f"{f}[{w.place()}] = 0.5 * {e}", f"{f}[{w.place()}] += 0.3 * {e}", f"{f}[{w.place()}] *= 0.9",
                  f"a[{w.place()}, {w.place()}] = {e}", f"a[{w.place()}] += 0.2 * {f}",
                  f"{f}[{w.pick(*w.indices)}] = 0.7 * {f}",
                  f"np.add.at({f}, {w.pick(*w.indices)}, 0.2 * {w.rng.choice(w.floats)})"))  # fmt: skip


def _add(w: _Text) -> None:
    w.line(f"s = 0.8 * s + {w.number()} * {w.number()}")


def _gather(w: _Text) -> None:
    f, g, p = w.rng.choice(w.floats), w.rng.choice(w.floats), w.pick(*w.indices)
    w.line(w.pick(f"{f} = 0.9 * {g}[{p}]", f"{f} = np.where({w.rng.choice(w.masks)}, {g}, 0.5 * {f})",
                  f"{f} = {f} + a[{w.place()}]", f"{f} = a[{p}, {w.pick(*w.indices)}] * 0.8",
                  f"{f} = np.sort({g})"))  # fmt: skip


def _swap(w: _Text) -> None:
    v, k, j = w.pick(*w.floats, *w.indices), w.place(), w.place()
    w.line(f"{v}[{k}], {v}[{j}] = {v}[{j}], {v}[{k}]")


def _masked(w: _Text) -> None:
    f, m = w.rng.choice(w.floats), w.rng.choice(w.masks)
    w.line(w.pick(f"{f}[{m}] *= 0.8", f"{f}[{m}] = {w.number()}", f"{f}[~{m}] += 0.1", f"s += np.sum({f}[{m}] ** 2)"))


def _if(w: _Text) -> None:
    w.line(f"if {w.test()}:")
    w.indent += 1
    for _ in range(w.rng.choice((1, 2))):
        _statement(w)
    if w.counters and w.rng.random() < 0.15:
        w.line(w.pick("break", "continue"))
    w.indent -= 1
    if w.rng.random() < 0.35:
        w.line("else:")
        w.indent += 1
        _statement(w)
        w.indent -= 1


def _loop(w: _Text) -> None:
    name = f"i{len(w.counters)}"
    head = w.pick(f"for {name} in range(n):", f"for {name} in range(n - 1, -1, -1):", f"for {name} in p:", "while",
                  f"for {name} in range({w.place()}):")  # fmt: skip
    if head == "while":
        w.line(f"{name} = 0")
        head = f"while {name} < n and {w.test()}:" if w.rng.random() < 0.5 else f"while {name} < 3:"
    w.line(head)
    w.indent += 1
    if head.startswith("while"):
        w.line(f"{name} += 1")
    w.counters.append(name)
    for _ in range(w.rng.choice((2, 3, 4, 5))):
        _statement(w)
    w.counters.pop()
    w.indent -= 1


_FORMS = {
    "int": _int, "index": _index, "mask": _mask, "store": _store, "add": _add, "gather": _gather, "swap": _swap,
    "masked": _masked, "if": _if, "loop": _loop,
}  # fmt: skip
