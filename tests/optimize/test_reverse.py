"""Every pass on reverse functions: the same cotangents bit for bit, with tapes, shadows and reversed loops in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.reverse import reverse
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.optimize.bounds import bounds
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.rules import OPS
from s2sad.scalarize import scalarize
from s2sad.verify import verify
from tests.support.interpreter import Counts, run
from tests.support.irgen import Features, Program, generate

PASSES = (fold, copies, cse, bounds, hoist, dead)


def derivative(program: Program) -> n.Function:
    """The cotangents of everything floating in ``program``."""
    names = tuple(v.name for v in walk.param_vars(program.function) if v.type.dtype == "float64")
    fn = reverse(program.function, names, value=True, name="gradient", seeds="all")
    return modes(scalarize(fn))


def seed_like(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, tuple):
        return tuple(seed_like(v, rng) for v in value)
    return rng.normal(size=value.shape) if isinstance(value, np.ndarray) else rng.normal()


def arguments(program: Program) -> list[Any]:
    """Those of the program, then a cotangent for its result and for each array it writes."""
    rng = np.random.default_rng(program.seed)
    fn = program.function
    args, used = list(program.arguments()), list(program.arguments())
    value = run(fn, used)
    places = {p.tree: k for k, p in enumerate(fn.params)}
    return [*args, seed_like(value, rng), *(seed_like(used[places[v]], rng) for v in fn.written)]


def leaves(value: Any) -> list[np.ndarray]:
    if isinstance(value, tuple):
        return [leaf for v in value for leaf in leaves(v)]
    return [] if value is None else [np.asarray(value).copy()]


def outcome(fn: n.Function, program: Program, counts: Counts) -> list[bytes]:
    args = arguments(program)
    value = run(fn, args, counts=counts)
    return [x.tobytes() for x in (*leaves(value), *leaves(tuple(args)))]


@pytest.mark.parametrize("seed", range(25))
def test_cotangents_stay_the_same(seed):
    program = generate(seed, 20, Features(clutter=seed % 2 == 0))
    fn = derivative(program)
    first, last = Counts(), Counts()
    expected = outcome(fn, program, first)
    for f in PASSES:
        fn = f(fn)
        verify(fn, "loop", f.__name__, OPS)
        last = Counts()
        assert outcome(fn, program, last) == expected
        assert fn.reverse_at is not None and 0 <= fn.reverse_at < len(fn.body)
    assert last.total <= first.total * 1.1
