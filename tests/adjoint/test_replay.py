"""The proof of memory versions accepts right reverse sweeps and refuses those with a restore missing or misplaced."""

from dataclasses import replace

import pytest

from s2sad.adjoint import reverse as reverse_module
from s2sad.adjoint.replay import check_replay
from s2sad.errors import InternalError
from s2sad.ir import nodes as n
from s2sad.ir import walk
from tests.support.derivatives import Case
from tests.support.irgen import generate

SEEDS = range(80)


def _raw(seed: int) -> n.Function:
    case = Case(generate(seed, 60))
    return reverse_module.reverse(case.fn, case.wrt, value=False, name="cotangent", seeds="all")


def _restores(fn: n.Function) -> list[n.Stmt]:
    assert fn.reverse_at is not None
    return [s for s in walk.walk(fn.body[fn.reverse_at :]) if isinstance(s, n.Store) and s.version >= 0]


def _without(block: n.Block, gone: n.Stmt) -> n.Block:
    return tuple(walk.with_blocks(s, tuple(_without(b, gone) for b in walk.blocks(s))) for s in block if s is not gone)


def test_every_missing_restore_is_found():
    """Each restore is there because a re-read needs it: without it the function is refused."""
    found = 0
    for seed in SEEDS:
        fn = _raw(seed)
        for restore in _restores(fn):
            broken = replace(fn, body=_without(fn.body, restore))
            with pytest.raises(InternalError, match="is not restored before"):
                check_replay(broken)
            found += 1
    assert found > 20


def test_a_restore_on_the_wrong_side_is_found():
    """Restores moved to the end of their blocks come too late for some re-read."""
    found = 0

    def late(block: n.Block) -> n.Block:
        inner = [walk.with_blocks(s, tuple(late(b) for b in walk.blocks(s))) for s in block]
        last = [s for s in inner if isinstance(s, n.Store) and s.version >= 0]
        return (*(s for s in inner if s not in last), *last)

    for seed in SEEDS:
        fn = _raw(seed)
        assert fn.reverse_at is not None
        tail = fn.body[fn.reverse_at : -1]
        broken = replace(fn, body=(*fn.body[: fn.reverse_at], *late(tail), fn.body[-1]))
        try:
            check_replay(broken)
        except InternalError as error:
            assert "wrong side" in str(error)
            found += 1
    assert found >= 2


def test_the_transformation_without_its_saves_is_refused(monkeypatch):
    """The proof does not share the decision that it checks."""
    monkeypatch.setattr(reverse_module, "must_save", lambda facts, rereads: frozenset())
    refused = 0
    for seed in SEEDS:
        try:
            _raw(seed)
        except InternalError:
            refused += 1
    assert refused >= 5
