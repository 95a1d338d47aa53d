"""Who else refers to a piece of memory, and when that no longer matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sad.frontend.lower.frames import Callee
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import (
    Arr,
    Bad,
    Column,
    Dead,
    Enumerate,
    Function,
    Iterated,
    Method,
    Num,
    Partial,
    Reversed,
    Root,
    Tup,
    Value,
    Zip,
)  # fmt: skip
from s2sad.ir import nodes as n

_walking: set[int] = set()


def roots(value: Value) -> Iterator[Root]:
    """The memory that ``value`` refers to."""
    if isinstance(value, Arr):
        yield from value.root.all()
    elif isinstance(value, Bad) and value.held is not None:
        yield from roots(value.held)
    elif isinstance(value, Column):
        for array in value.rows.arrays:
            yield from array.root.all()
    elif isinstance(value, Tup | Zip):
        for item in value.items:
            yield from roots(item)
    elif isinstance(value, Enumerate | Reversed | Iterated | Method):
        yield from roots(value.base)
    elif isinstance(value, Partial):
        for item in (value.function, *value.args, *(v for _, v in value.kwargs)):
            yield from roots(item)
    elif isinstance(value, Function) and value.callee.outer is not None:
        yield from _closed_over(value.callee)


def _closed_over(callee: Callee) -> Iterator[Root]:
    """The memory that a function defined inside another one may read through its names."""
    frame = callee.outer
    if frame is None or id(frame) in _walking:
        return
    _walking.add(id(frame))
    try:
        for value in frame.env.values():
            yield from roots(value)
        yield from _closed_over(frame.callee)
    finally:
        _walking.discard(id(frame))


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
    if root.kind != "local" or root.copies or root.frozen:
        return False
    envs = [frame.env for frame in c.frames[:-1]]
    for env in (c.env, *others):
        envs.append({k: v for k, v in env.items() if k != name and k not in c.together})
    return not any(root in roots(v) for env in envs for v in env.values())


def inherits(heir: Root, pieces: Iterable[Root]) -> None:
    """``heir`` takes the place of ``pieces``: a past trip's names may refer to them, so stores into it are theirs."""
    for root in pieces:
        root.heirs = tuple(dict.fromkeys((*root.heirs, heir)))


def holder(c: State, root: Root, name: str) -> str:
    """A name of the user's, other than ``name``, that refers to ``root``; else what ``root`` is called."""
    found = next((k for k, v in c.env.items() if k != name and root in roots(v)), root.name)
    if found.startswith("for "):
        return "what a loop runs over"
    return f"what {name} was before" if found == name else found


def exchanged(names: Iterable[str], after: frozenset[str], envs: list[dict[str, Value]]) -> frozenset[str]:
    """Names of arrays that two sides leave in different ways, if none is another one's alias on either side.

    Their content may be copied: nobody sees which memory they were. What is not read later is taken out of ``envs``.
    """
    names = list(names)
    for env in envs:
        for name in names:
            if name not in after:
                env.pop(name, None)
    pairs = {name: [env.get(name) for env in envs] for name in names}
    arrays = {k: v for k, v in pairs.items() if all(isinstance(a, Arr | Dead) for a in v) and v[0] != v[1]}
    for side in range(len(envs)):
        found = [id(root) for values in arrays.values() for root in _pieces(values[side])]
        if len(set(found)) < len(found):
            return frozenset()
    return frozenset(arrays)


def unread(envs: Iterable[dict[str, Value]], after: frozenset[str]) -> frozenset[str]:
    """Names of the user's in ``envs`` that are not in ``after``, which are read later: they share no memory."""
    return frozenset(name for env in envs for name in env if name not in after and " " not in name)


def _pieces(value: Value | None) -> list[Root]:
    return [] if value is None else list(roots(value))


def one_of(c: State, value: Num, pieces: Iterable[Root], what: str, hint: str) -> Value:
    """``value``, which Python has as one of the 0-d arrays in ``pieces``: no store into it or into them may follow."""
    shared = [root for piece in pieces for root in piece.all() if not exclusive(c, root, "", [c.env])]
    if not shared:
        return value
    result = c.alloc(value.dtype, (), None, hint or "t")
    c.emit(n.Store(result.var, (), value.atom, -1, c.b.loc))
    result.root.copies = tuple(shared)
    reason = f"since line {c.b.loc.line} {hint or 'a value'} is {what}, one of them"
    for root in (result.root, *shared):
        root.freeze(reason)
    c.joined.append((reason, (result.root, *shared)))
    return result
