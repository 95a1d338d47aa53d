"""The checks of the suite, one at a time: what a planted defect has to be caught by. None of them is made for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from s2sad.rules import OPS
from tests import test_corpus, test_corpus_stages
from tests.adjoint import test_random_ir, test_steering
from tests.programs import PROGRAMS
from tests.rules import test_derivatives
from tests.support.mutation import Change


@dataclass(frozen=True)
class Detector:
    """One check of the suite with its arguments."""

    name: str
    check: Callable[..., Any]
    arguments: tuple[Any, ...] = ()

    def __call__(self) -> None:
        """Run the check; it raises where it finds something wrong."""
        self.check(*self.arguments)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Defect:
    """Changes to our code, and checks of the suite of which at least one must fail with them."""

    changes: tuple[Change, ...]
    detectors: tuple[Detector, ...]


def defect(*parts: Change | Detector) -> Defect:
    """The defect made of the changes and detectors among ``parts``."""
    changes = tuple(p for p in parts if not isinstance(p, Detector))
    return Defect(changes, tuple(p for p in parts if isinstance(p, Detector)))


def primal(program: str) -> Detector:
    """NumPy's values after every stage of the primal."""
    return Detector("primal", test_corpus_stages.test_stages_of_the_primal, (PROGRAMS[program],))


def tangent(program: str) -> Detector:
    """Forward mode against differences, at every stage."""
    return Detector("tangent", test_corpus_stages.test_stages_of_the_tangent, (PROGRAMS[program],))


def cotangent(program: str) -> Detector:
    """Reverse mode against differences, at every stage."""
    return Detector("cotangent", test_corpus_stages.test_stages_of_the_cotangent, (PROGRAMS[program],))


def text(program: str) -> Detector:
    """The generated text, un-jitted, against differences."""
    return Detector("text", test_corpus.test_gradient, (PROGRAMS[program],))


def stated(program: str) -> Detector:
    """The generated text against the gradient that the program states."""
    return Detector("stated", test_corpus.test_stated_gradient, (PROGRAMS[program],))


def repeatable(program: str) -> Detector:
    """Two calls, one pullback used twice, arguments unchanged."""
    return Detector("repeatable", test_corpus.test_repeatable, (PROGRAMS[program],))


def single(program: str) -> Detector:
    """float32 against float64."""
    return Detector("single", test_corpus.test_float32, (PROGRAMS[program],))


def variant(program: str, name: str) -> Detector:
    """Another layout or other extents."""
    return Detector("variant", test_corpus.test_layouts_and_extents, (PROGRAMS[program], name))


def random(seed: int, size: int) -> Detector:
    """Both modes of a random function, against each other and against differences."""
    return Detector("random", test_random_ir._check, (seed, size))


def steering(program: str) -> Detector:
    """Nothing that steers the reverse sweep is computed there from rounded values."""
    return Detector("steering", test_steering.test_corpus, (PROGRAMS[program],))


def rule(op: str, k: int) -> Detector:
    """One partial against differences."""
    return Detector("rule", lambda op, k: test_derivatives.test_partial_is_the_derivative((OPS[op], k)), (op, k))


def patching(function: Callable[[pytest.MonkeyPatch], None]) -> Detector:
    """A test that patches names of a module."""

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            function(patch)

    return Detector(function.__name__, run)


def test(function: Callable[..., Any], *arguments: Any) -> Detector:
    """Any other test of the suite."""
    return Detector(function.__name__, function, arguments)
