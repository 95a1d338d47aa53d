"""Who else refers to a piece of memory, and when that no longer matters."""

from __future__ import annotations

from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Root, Value, roots


def thaw(c: State, since: int) -> None:
    """At the end of a statement: joins that it only used on the way (``np.sum(x if c else y)``) forbid no store."""
    if len(c.joined) == since:
        return
    made, c.joined = c.joined[since:], c.joined[:since]
    held = {id(root) for frame in c.frames for value in frame.env.values() for root in roots(value)}
    if any(id(pieces[0]) in held for _, pieces in made):
        return
    for reason, pieces in made:
        for root in pieces:
            if root.frozen == reason:
                root.frozen, root.fork = None, None


def exclusive(c: State, root: Root, name: str, others: list[dict[str, Value]]) -> bool:
    """Whether ``root`` is memory made here that no name but ``name`` refers to."""
    if root.kind != "local" or root.copies:
        return False
    envs = [frame.env for frame in c.frames[:-1]]
    for env in (c.env, *others):
        envs.append({k: v for k, v in env.items() if k != name})
    return not any(root in roots(v) for env in envs for v in env.values())
