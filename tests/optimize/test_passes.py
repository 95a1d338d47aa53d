"""Every pass on random programs: the same results bit for bit, valid, idempotent, never more work."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from s2sad.ir.text import show
from s2sad.optimize.bounds import bounds
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.rules import OPS
from s2sad.verify import verify
from tests.support.interpreter import Counts, run
from tests.support.irgen import Features, Program, generate

PASSES = {f.__name__: f for f in (fold, copies, cse, dead, hoist, bounds)}
FEATURES = (Features(clutter=True), Features(tapes=True, clutter=True), Features(tapes=True))


def results(fn, args: tuple, counts: Counts | None = None) -> list[np.ndarray]:
    """What ``fn`` returns and leaves in its arguments."""
    value = run(fn, args, counts=counts)
    leaves = value if isinstance(value, tuple) else (value,)
    return [np.asarray(x).copy() for x in (*leaves, *args)]


def outcome(fn, args: tuple) -> list[np.ndarray]:
    try:
        return results(fn, args)
    except IndexError:
        return []


def assert_same(before: list[np.ndarray], after: list[np.ndarray]) -> None:
    for x, y in zip(before, after, strict=True):
        assert x.dtype == y.dtype and x.tobytes() == y.tobytes()


def check_pass(name: str, program: Program) -> None:
    fn = program.function
    new = PASSES[name](fn)
    verify(new, "loop", name, OPS)
    for k in range(2):
        before, after = Counts(), Counts()
        expected = results(fn, program.arguments(k), before)
        assert_same(expected, results(new, program.arguments(k), after))
        assert name in ("hoist", "bounds") or after.total <= before.total
    assert show(PASSES[name](new)) == show(new)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", PASSES)
def test_random_programs(name, seed):
    check_pass(name, generate(seed, 20, FEATURES[seed % len(FEATURES)]))


@pytest.mark.parametrize("seed", range(200, 240))
@pytest.mark.parametrize("name", PASSES)
def test_index_errors_stay(name, seed):
    """Programs whose indices may be out of range raise after a pass if and only if they raised before."""
    program = generate(seed, 15, Features(faults=True))
    new = PASSES[name](program.function)
    verify(new, "loop", name, OPS)
    for k in range(3):
        assert_same(outcome(program.function, program.arguments(k)), outcome(new, program.arguments(k)))


@pytest.mark.parametrize("seed", range(500, 515))
@pytest.mark.parametrize("name", PASSES)
def test_loops_that_can_be_left(name, seed):
    check_pass(name, generate(seed, 25, Features(leaves=True, clutter=seed % 2 == 0)))
    program = generate(seed, 20, Features(leaves=True, faults=True))
    new = PASSES[name](program.function)
    for k in range(3):
        assert_same(outcome(program.function, program.arguments(k)), outcome(new, program.arguments(k)))


@pytest.mark.parametrize("seed", range(100, 130))
def test_all_passes_in_a_row(seed):
    program = generate(seed, 25, FEATURES[seed % len(FEATURES)])
    fn = program.function
    for f in (fold, copies, cse, bounds, hoist, dead, fold, copies, cse, dead):
        fn = f(fn)
        verify(fn, "loop", f.__name__, OPS)
    before, after = Counts(), Counts()
    assert_same(results(program.function, program.arguments(), before), results(fn, program.arguments(), after))


@pytest.mark.parametrize("name", PASSES)
def test_examples(name):
    """The before/after example in the docstring of each pass."""
    import doctest

    module = importlib.import_module(f"s2sad.optimize.{name}")
    assert doctest.testmod(module).failed == 0
