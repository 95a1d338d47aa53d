"""Random functions: the interpreter of the IR against the emitted text, un-jitted, in both styles."""

import ast
import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad import runtime
from s2sad.backend import vecmath
from s2sad.backend.emit import Emitted, emit
from tests.support import derivatives, interpreter
from tests.support.irgen import Features, generate


def executed(emitted: Emitted) -> Callable[..., Any]:
    """The function that the text defines."""
    namespace: dict[str, Any] = {"np": np, "math": math, "rt": runtime}
    namespace |= {name: getattr(runtime.vecmath, name) for name in vecmath.SCALAR}
    exec(compile(emitted.text, "<emitted>", "exec"), namespace)
    return namespace[emitted.name]


def same(a, b, tolerance: float) -> None:
    assert type(a) is tuple if isinstance(b, tuple) else True
    if isinstance(b, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y, tolerance)
    elif b is None:
        assert a is None
    elif tolerance:
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(a, b)


def compare(program, style: str, tolerance: float, f=None) -> None:
    f = f or executed(emit(program.function, style))
    for seed in range(2):
        mine, theirs = program.arguments(seed), program.arguments(seed)
        with np.errstate(all="ignore"):
            got = f(*mine)
        expected = interpreter.run(program.function, theirs)
        same(got, copy.deepcopy(expected), tolerance)
        same(mine, theirs, tolerance)


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("tapes", [False, True])
@pytest.mark.parametrize("style", ["fast", "plain"])
def test_text_means_what_the_ir_means(block, tapes, style):
    for seed in range(15 * block, 15 * block + 15):
        program = generate(seed, 25, Features(tapes=tapes, clutter=seed % 2 == 0))
        compare(program, style, 1e-12)


@pytest.mark.parametrize("block", range(4))
def test_loops_that_can_be_left(block, monkeypatch):
    """Breaks and whiles as the printer writes them; their reverse sweeps, with tapes that grow from one row."""
    monkeypatch.setattr("s2sad.adjoint.arenas.START", 1)
    monkeypatch.setattr("s2sad.adjoint.arenas.START_WIDE", 1)
    for seed in range(10 * block, 10 * block + 10):
        program = generate(seed, 25, Features(leaves=True, clutter=seed % 3 == 0))
        compare(program, "fast" if seed % 2 else "plain", 1e-12)
        case = derivatives.Case(program)
        seeds = [np.asarray(case.rng.normal(size=t.shape)) for t in case.tangents()]
        fn = case.adjoint()
        expected = interpreter.run(fn, derivatives.copies(case.args) + case.planted(seeds))
        with np.errstate(all="ignore"):
            got = executed(emit(fn, "fast"))(*derivatives.copies(case.args), *case.planted(seeds))
        same(got, expected, 1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_text_parses_back_to_itself(seed):
    text = emit(generate(seed, 40, Features(tapes=True)).function).text
    tree = ast.parse(text)
    assert ast.dump(ast.parse(ast.unparse(tree))) == ast.dump(tree)
    assert emit(generate(seed, 40, Features(tapes=True)).function).text == text
