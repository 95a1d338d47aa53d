"""Random programs are valid, run without error, stay tame, and have every construct."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from s2sad.ir import walk
from s2sad.ir.text import show
from s2sad.rules import OPS
from s2sad.verify import verify
from tests.support.interpreter import run
from tests.support.irgen import Features, generate


@pytest.mark.parametrize("seed", range(60))
def test_programs_run(seed):
    program = generate(seed, 25, Features(tapes=seed % 2 == 0, clutter=seed % 3 == 0))
    verify(program.function, "loop", "generate", OPS)
    value = run(program.function, program.arguments(1))
    for x in value if isinstance(value, tuple) else (value,):
        assert np.size(x) == 0 or np.max(np.abs(x)) < 50


def test_programs_are_reproducible():
    assert show(generate(5).function) == show(generate(5).function)


def test_every_construct_occurs():
    kinds = Counter(
        type(s).__name__
        for seed in range(60)
        for s in walk.walk(generate(seed, features=Features(tapes=True)).function.body)
    )
    expected = "Accumulate Alloc Assign Check For If LibCall Load Map Pop Push Return ReverseLoop Store View"
    assert sorted(kinds) == expected.split()


def test_features_switch_constructs_off():
    plain = Features(branches=False, maps=False, arrays=False, swaps=False, views=False, library=False)
    kinds = {type(s).__name__ for seed in range(20) for s in walk.walk(generate(seed, features=plain).function.body)}
    assert kinds <= {"Assign", "For", "Check", "Return"}
