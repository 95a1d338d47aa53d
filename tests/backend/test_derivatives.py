"""Derivatives of random functions, executed as emitted text: the oracle of the AD core with the printer in the loop."""

import numpy as np
import pytest

from s2sad.adjoint.accumulate import modes
from s2sad.backend.emit import emit
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.optimize.merge import merge
from tests.backend.test_random import executed
from tests.support import derivatives
from tests.support.irgen import generate


@pytest.mark.parametrize("style", ["fast", "plain"])
@pytest.mark.parametrize("optimized", [False, True])
@pytest.mark.parametrize("block", range(4))
def test_modes_agree(block, optimized, style, monkeypatch):
    def run(fn, args, **_options):
        with np.errstate(all="ignore"):
            return executed(emit(fn, style))(*args)

    def passes(fn):
        fn = modes(fn)
        for f in (fold, copies, cse, merge, hoist, dead) if optimized else ():
            fn = f(fn)
        return fn

    monkeypatch.setattr(derivatives, "run", run)
    monkeypatch.setattr(derivatives, "modes", passes)
    for seed in range(block * 10, block * 10 + 10):
        case = derivatives.Case(generate(seed, 20))
        tangents = case.tangents()
        seeds = [np.asarray(case.rng.normal(size=t.shape)) for t in tangents]
        pushed = sum(float(np.sum(s * t)) for s, t in zip(seeds, tangents, strict=True))
        scale = 1 + sum(float(np.sum(abs(s * t))) for s, t in zip(seeds, tangents, strict=True))
        assert case.pulled(seeds) == pytest.approx(pushed, abs=1e-9 * scale)
        fine = case.differences()
        for tangent, difference in zip(tangents, fine or tangents, strict=True):
            np.testing.assert_allclose(tangent, difference, rtol=1e-6, atol=1e-6)
