"""Tapes of awkward loops at many sizes: no trip, one trip, descending pointers; swaps of every parity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.programs import PROGRAMS
from tests.support import matrix

PYTHON = matrix.Public("python")


def floats(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.uniform(0.5, 1.4, size)


def csr(rng: np.random.Generator) -> tuple[Any, ...]:
    """Offsets that mostly ascend; where they do not, the row is empty."""
    size = int(rng.integers(0, 9))
    pointers = np.sort(rng.integers(0, size + 1, rng.integers(1, 7)))
    if rng.random() < 0.3:
        pointers = rng.permutation(pointers)
    return floats(rng, size), rng.integers(0, 4, size), pointers, floats(rng, 4)


def nested(rng: np.random.Generator) -> tuple[Any, ...]:
    data, _, inner, _ = csr(rng)
    outer = np.sort(rng.integers(0, len(inner), rng.integers(1, 6)))
    return data, outer, inner, 0.7


def guarded(rng: np.random.Generator) -> tuple[Any, ...]:
    size = int(rng.integers(0, 7))
    counts = rng.integers(-1, max(size, 1), size)
    return rng.uniform(-1.0, 1.4, size), counts, rng.integers(0, 3, size)


def steps(rng: np.random.Generator) -> tuple[Any, ...]:
    rows = int(rng.integers(0, 5))
    return floats(rng, 8), rng.integers(0, 8, rows), rng.integers(0, 8, rows)


def triangle(rng: np.random.Generator) -> tuple[Any, ...]:
    return floats(rng, int(rng.integers(0, 8))), 0.8


def band(rng: np.random.Generator) -> tuple[Any, ...]:
    return floats(rng, int(rng.integers(0, 7))), 0.8, int(rng.integers(1, 4))


def counted(rng: np.random.Generator) -> tuple[Any, ...]:
    size = int(rng.integers(0, 6))
    return floats(rng, size), rng.integers(0, 4, size)


def swaps(rng: np.random.Generator) -> tuple[Any, ...]:
    return rng.normal(size=6), int(rng.integers(0, 5)), int(rng.integers(0, 6))


def growth(rng: np.random.Generator) -> tuple[Any, ...]:
    return float(rng.uniform(0.2, 4.5)), rng.uniform(0.3, 0.9, int(rng.integers(0, 9)))


MAKERS: dict[str, Callable[[np.random.Generator], tuple[Any, ...]]] = {
    "csr_product": csr,
    "csr_recurrence": csr,
    "trips_computed_from_floats": growth,
    "ragged_in_ragged": nested,
    "ragged_behind_a_float": guarded,
    "ragged_behind_an_int": guarded,
    "ragged_behind_a_changing_float": guarded,
    "ragged_by_other_steps": steps,
    "ragged_in_a_triangle": counted,
    "slices_of_changing_length": steps,
    "triangle_downwards": triangle,
    "bounds_by_floor_division": triangle,
    "bands_and_offsets": band,
    "tetrahedron": triangle,
    "swaps_inside_each_trip": swaps,
    "swaps_in_two_loops": swaps,
    "swapped_back_each_trip": swaps,
}


@pytest.mark.parametrize("name", MAKERS)
def test_at_many_sizes(name: str) -> None:
    """Primal and gradient against the undecorated function, at sizes that come as they come."""
    program = PROGRAMS[name]
    for seed in range(12):
        args = MAKERS[name](np.random.default_rng(seed))
        matrix.check_primal(PYTHON, program, args)
        matrix.check_gradient(PYTHON, program, args)


def test_a_tape_has_a_place_for_each_trip_and_no_more() -> None:
    """A ragged tape has the sum of all rows as its extent: counted, not bounded by rows times the longest."""
    program = PROGRAMS["csr_recurrence"]
    derivative = s2sad.vjp(program.fn, target="python")
    text = derivative.inspect_source(*program.args())
    assert "total += max(0, pointers[i + 1] - pointers[i])" in text
    assert "np.empty(total)" in text


def test_what_cannot_be_counted_beforehand_grows() -> None:
    """The trips of a loop that depend on what the loops around it compute."""
    program = PROGRAMS["trips_computed_from_floats"]
    derivative = s2sad.vjp(program.fn, target="python")
    assert "rt.grown(s_tape" in derivative.inspect_source(*program.args())
    (entry,) = (e for e in derivative.inspect_tape(*program.args()) if e.name == "s_tape")
    assert entry.shape == ("grows",) and entry.nbytes is None
