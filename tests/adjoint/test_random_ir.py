"""Both modes on random functions: against differences of the primal, and against each other."""

import numpy as np
import pytest

from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.reverse import reverse
from s2sad.scalarize import scalarize
from tests.support.derivatives import TOLERANCE, Case, copies, flat
from tests.support.interpreter import run
from tests.support.irgen import Features, generate

SIZES = (4, 8, 15, 30, 60)


def _check(seed: int, size: int, features: Features | None = None) -> bool:
    """Whether the program was smooth enough to be compared with differences."""
    case = Case(generate(seed, size, features))
    tangents = case.tangents()
    seeds = [np.asarray(case.rng.normal(size=t.shape)) for t in tangents]
    pushed = sum(float(np.sum(s * t)) for s, t in zip(seeds, tangents, strict=True))
    scale = 1 + sum(float(np.sum(abs(s * t))) for s, t in zip(seeds, tangents, strict=True))
    assert case.pulled(seeds) == pytest.approx(pushed, abs=1e-9 * scale)
    fine = case.differences()
    if fine is None:
        return False
    for tangent, difference in zip(tangents, fine, strict=True):
        np.testing.assert_allclose(tangent, difference, rtol=TOLERANCE, atol=TOLERANCE)
    return True


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("block", range(4))
def test_modes_agree_with_each_other_and_with_differences(size, block):
    smooth = [_check(seed, size) for seed in range(block * 10, block * 10 + 10)]
    assert sum(smooth) >= 7  # else the generator makes programs that test nothing


@pytest.mark.parametrize("variant", ["as it is", "empty tapes", "all saved", "all taped"])
def test_loops_that_can_be_left(variant, monkeypatch):
    """Breaks, whiles and trips computed from floats, nested in each other and in branches; tapes that grow often."""
    if variant != "as it is":
        monkeypatch.setattr("s2sad.adjoint.arenas.START", 0)
        monkeypatch.setattr("s2sad.adjoint.arenas.START_WIDE", 0)
    if variant == "all saved":
        monkeypatch.setattr("s2sad.adjoint.saves.may_overlap", lambda *_: True)
    if variant == "all taped":
        monkeypatch.setattr("s2sad.adjoint.storage.RECOMPUTE_COST", 0)
    smooth = [_check(seed, SIZES[seed % len(SIZES)], Features(leaves=True)) for seed in range(7000, 7025)]
    assert sum(smooth) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("block", range(60))
def test_many_loops_that_can_be_left(block):
    for seed in range(8000 + block * 10, 8000 + block * 10 + 10):
        _check(seed, SIZES[block % len(SIZES)], Features(leaves=True))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(100))
def test_many_random_programs(block):
    for seed in range(1000 + block * 10, 1000 + block * 10 + 10):
        _check(seed, SIZES[block % len(SIZES)])


@pytest.mark.parametrize("block", range(4))
def test_saving_every_overwrite_that_might_matter(block, monkeypatch):
    """Without the dependence test nearly every overwrite saves and restores; the derivatives are the same."""
    monkeypatch.setattr("s2sad.adjoint.saves.may_overlap", lambda *_: True)
    for seed in range(block * 10, block * 10 + 10):
        _check(seed, 40)


@pytest.mark.parametrize("block", range(4))
def test_recording_everything_that_costs_anything(block, monkeypatch):
    """With nothing recomputed every needed value goes on a tape or is re-read."""
    monkeypatch.setattr("s2sad.adjoint.storage.RECOMPUTE_COST", 0)
    for seed in range(block * 10, block * 10 + 10):
        _check(seed, 40)


@pytest.mark.parametrize("block", range(2))
def test_outputs_beside_a_gradient_are_the_primals(block, monkeypatch):
    """Also where the reverse sweep restores older contents in the memory of an output."""
    monkeypatch.setattr("s2sad.adjoint.saves.may_overlap", lambda *_: True)
    for seed in range(block * 20, block * 20 + 20):
        case = Case(generate(seed, 40))
        derivative = modes(scalarize(reverse(case.fn, case.wrt, value=True, name="both", seeds="all")))
        expected = flat(run(case.fn, copies(case.args)))
        seeds = [case.rng.normal(size=t.shape) for t in case.tangents()]
        got = flat(run(derivative, copies(case.args) + case.planted(seeds))[0])
        for a, b in zip(expected, got, strict=True):
            np.testing.assert_array_equal(a, b)
