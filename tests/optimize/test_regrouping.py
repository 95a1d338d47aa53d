"""Passes over random adjoints that may add or multiply in another order, or decide what an array's first use is."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import nodes as n
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.firstwrite import firstwrite
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.optimize.merge import merge
from s2sad.optimize.partials import partials
from s2sad.optimize.retarget import retarget
from s2sad.optimize.unify import unify
from s2sad.rules import OPS
from s2sad.verify import verify
from tests.optimize.test_reverse import arguments, derivative, leaves
from tests.programs import PROGRAMS
from tests.support.interpreter import Counts, run
from tests.support.irgen import Features, generate
from tests.test_corpus_stages import bound, derived

ALONE = (unify, merge, firstwrite, retarget, partials)
IN_A_ROW = (fold, copies, cse, unify, merge, firstwrite, retarget, partials, hoist, dead)
SEEDS = 12


def values(fn, program, counts: Counts) -> np.ndarray:
    """Everything that ``fn`` returns and leaves in its arguments."""
    args = arguments(program)
    result = run(fn, args, counts=counts)
    return np.concatenate([np.ravel(x).astype(float) for x in (*leaves(result), *leaves(tuple(args)))])


def check(seed: int, size: int, passes) -> None:
    program = generate(seed, size, Features(clutter=seed % 2 == 0))
    fn = derivative(program)
    before = Counts()
    expected = values(fn, program, before)
    for f in passes:
        fn = f(fn)
        verify(fn, "loop", f.__name__, OPS)
        np.testing.assert_allclose(values(fn, program, Counts()), expected, rtol=1e-9, atol=1e-11, err_msg=f.__name__)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("f", ALONE, ids=lambda f: f.__name__)
def test_alone(f, seed):
    check(seed, 20, (f,))


@pytest.mark.parametrize("seed", range(SEEDS, 2 * SEEDS))
def test_in_a_row(seed):
    check(seed, 30, IN_A_ROW)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(40))
def test_many(block):
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        check(seed, 40, IN_A_ROW)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_primal_keeps_its_bits(seed):
    """Regrouping is for cotangents: none of these passes may change a bit of a program without a reverse sweep."""
    program = generate(seed, 25, Features(clutter=True))
    args = program.arguments()
    expected = [x.tobytes() for x in leaves((run(program.function, args), tuple(args)))]
    for f in ALONE:
        args = program.arguments()
        assert [x.tobytes() for x in leaves((run(f(program.function), args), tuple(args)))] == expected, f.__name__


@pytest.mark.parametrize("name", ["result_copied_and_kept", "products", "result_only_copied", "dots"])
def test_the_reverse_sweep_keeps_its_place(name):
    """A pass that removes statements moves the mark between the sweeps: cotangents begin to be made right there."""
    made = derived(PROGRAMS[name], bound(PROGRAMS[name]), "vjp")
    names = [stage for stage, _ in made.stages]
    for stage, fn in made.stages[names.index("scalarize-adjoint") :]:
        of_cotangents = [k for k, s in enumerate(fn.body) if isinstance(s, n.Alloc) and s.role == "shadow"]
        assert fn.reverse_at is not None and of_cotangents
        assert of_cotangents[0] >= fn.reverse_at, stage
        made_between = fn.body[fn.reverse_at : of_cotangents[0]]
        assert not any(isinstance(s, n.LibCall | n.Map) for s in made_between), stage
