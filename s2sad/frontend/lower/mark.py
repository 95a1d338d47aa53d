"""Taking back an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Value


@dataclass
class Mark:
    """What an abandoned attempt must leave as it was."""

    frames: int
    env: dict[str, Value]
    out: int
    problems: int
    roots: list[tuple[bool, str | None, Any]]
    unrollable: int
    loops: int
    masks: dict[Any, Any]

    @classmethod
    def of(cls, c: State) -> Mark:
        flags = [(r.written, r.frozen, r.fork) for r in c.roots]
        return cls(
            len(c.frames), dict(c.env), len(c.b.out), len(c.problems), flags, c.unrollable, c.loops, dict(c.masks)
        )

    def restore(self, c: State) -> None:
        del c.frames[self.frames :]
        c.frame.env = dict(self.env)
        del c.b.out[self.out :]
        del c.problems[self.problems :]
        del c.roots[len(self.roots) :]
        for root, flags in zip(c.roots, self.roots, strict=True):
            root.written, root.frozen, root.fork = flags
        c.masks = dict(self.masks)
        c.loops, c.unrollable = self.loops, self.unrollable
