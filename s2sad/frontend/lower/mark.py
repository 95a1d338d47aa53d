"""Taking back an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Root, Value


@dataclass
class Mark:
    """What an abandoned attempt must leave as it was."""

    envs: list[dict[str, Value]]
    out: int
    problems: int
    roots: list[tuple[Any, ...]]
    facts: dict[Any, Any]
    unrollable: int
    loops: list[tuple[int, int]]
    masks: dict[Any, Any]

    @classmethod
    def of(cls, c: State) -> Mark:
        return cls(
            envs=[dict(frame.env) for frame in c.frames],
            out=len(c.b.out),
            problems=len(c.problems),
            roots=[_marks(root) for root in c.roots],
            facts=c.shapes.facts(),
            unrollable=c.unrollable,
            loops=list(c.loops),
            masks=dict(c.masks),
        )

    def restore(self, c: State) -> None:
        del c.frames[len(self.envs) :]
        for frame, env in zip(c.frames, self.envs, strict=True):
            frame.env = dict(env)
        del c.b.out[self.out :]
        del c.problems[self.problems :]
        del c.roots[len(self.roots) :]
        for root, marks in zip(c.roots, self.roots, strict=True):
            root.written, root.frozen, root.fork, root.may, root.copies, root.heirs, root.grows, root.group = marks
        c.shapes.restore(self.facts)
        c.masks = dict(self.masks)
        c.loops, c.unrollable = list(self.loops), self.unrollable


def _marks(root: Root) -> tuple[Any, ...]:
    """What stores and joins leave on ``root``; how many stores there were is only ever compared."""
    return root.written, root.frozen, root.fork, root.may, root.copies, root.heirs, root.grows, root.group
