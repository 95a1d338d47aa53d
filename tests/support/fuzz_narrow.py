"""What the narrow kinds of random programs share: a text that grows line by line, and the case that is made of it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.fuzz_programs import ENTRY, HEADER, Argument, Case


def vectors(size: int) -> tuple[Argument, ...]:
    """Two vectors ``x`` and ``y``, a number ``b``, and ``n``, which is 3."""
    shape = (size,)
    return Argument("x", "f", shape), Argument("y", "f", shape), Argument("b", "f"), Argument("n", "i", value=3)


@dataclass
class Text:
    """The lines of a function's body while they are drawn."""

    rng: random.Random
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    loops: int = 0  # around this place
    made: list[int] = field(default_factory=lambda: [0])  # how many names: one count for a text and those inside it

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def name(self, stem: str) -> str:
        """A name that is new in the program."""
        self.made[0] += 1
        return f"{stem}{self.made[0]}"

    @contextmanager
    def block(self, head: str, loop: bool = False) -> Iterator[None]:
        self.line(head)
        self.indent += 1
        self.loops += loop
        yield
        self.indent -= 1
        self.loops -= loop

    def weighted(self, table: dict[str, float]) -> str:
        return self.rng.choices(list(table), list(table.values()))[0]


def case_of(seed: int, attempt: int, lines: Sequence[str], arguments: tuple[Argument, ...], before: str = "") -> Case:
    """The program whose body is ``lines``; ``before`` are the functions that stand before it."""
    head = f"def {ENTRY}({', '.join(a.name for a in arguments)}):"
    text = HEADER.format(real="float64") + before + "\n".join([head, *lines])
    return Case(seed * 100 + attempt, ast.unparse(ast.parse(text)) + "\n", arguments)
