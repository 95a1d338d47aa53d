"""The real programs: values, gradients against differences and torch, both modes against each other."""

from functools import cache
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.programs.real import NAMES, load
from tests.support import real
from tests.support.real import PENDING

READY = [name for name in NAMES if name not in PENDING]
COMPILED = (
    "attention",
    "cloth",
    "fdtd",
    "hidden_markov",
    "kalman",
    "lotka_volterra",
    "navier_stokes",
    "sparse_cg",
)
PYTHON = [pytest.param(name, "python", id=f"{name}-python") for name in READY]
CPU = [
    pytest.param(name, "cpu", id=f"{name}-cpu", marks=[] if name in COMPILED else [pytest.mark.slow]) for name in READY
]
each = pytest.mark.parametrize(("name", "target"), [*PYTHON, *CPU])


@cache
def value_and_gradient(name: str, target: str) -> tuple[Any, tuple[Any, ...]]:
    """The value and the cotangents of all arguments for a seed of one."""
    out, pull = s2sad.vjp(load(name).entry, *real.arguments(name), target=target)
    return out, pull(1.0)


@each
def test_value(name: str, target: str) -> None:
    """The primal is the undecorated function; no argument is changed."""
    args = real.arguments(name)
    before = real.vector(args)
    value, bars = value_and_gradient(name, target)
    s2sad.vjp(load(name).entry, *args, target=target)
    np.testing.assert_array_equal(real.vector(args), before)
    expected = real.plain(name)(*args)
    assert type(value) is type(expected) or target == "cpu" or load(name).entry is not real.plain(name)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    assert real.same_structure(args, bars)


@each
def test_gradient_against_differences(name: str, target: str) -> None:
    """Random directions and a sample of coordinates, to 1e-6 of the gradient's norm."""
    g = real.vector(value_and_gradient(name, target)[1])
    for direction in real.directions(name):
        expected, error = real.slope(name, direction)
        assert abs(g @ direction - expected) <= 1e-6 * np.linalg.norm(g) + 10.0 * error


@each
def test_gradient_against_torch(name: str, target: str) -> None:
    """Every component, to 1e-9 of the gradient's norm."""
    pytest.importorskip("torch")
    _, expected = real.torch_value_and_gradient(name)
    g = real.vector(value_and_gradient(name, target)[1])
    assert np.linalg.norm(g - expected) <= 1e-9 * np.linalg.norm(expected)


@each
def test_dot_product(name: str, target: str) -> None:
    """Reverse mode is the transpose of forward mode."""
    args = real.arguments(name)
    g = real.vector(value_and_gradient(name, target)[1])
    direction = np.random.default_rng(5).normal(size=g.size)
    tangents = real.floats_only(real.with_values(args, direction))
    out, out_dot = s2sad.jvp(load(name).entry, args, tangents, target=target)
    np.testing.assert_allclose(out, value_and_gradient(name, target)[0], rtol=1e-12)
    assert abs(float(out_dot) - g @ direction) <= 1e-10 * float(np.linalg.norm(g) * np.linalg.norm(direction))


@pytest.mark.parametrize("name", NAMES)
def test_reference_and_differences_agree(name: str) -> None:
    """The oracles among themselves: without this compiler."""
    pytest.importorskip("torch")
    value, g = real.torch_value_and_gradient(name)
    np.testing.assert_allclose(real.plain(name)(*real.arguments(name)), value, rtol=1e-10)
    for direction in real.directions(name, random=2, coordinates=2):
        expected, error = real.slope(name, direction)
        assert abs(g @ direction - expected) <= 1e-7 * np.linalg.norm(g) + 10.0 * error


@pytest.mark.parametrize("name", PENDING)
def test_pending_is_refused(name: str) -> None:
    """An error at the user's line that names the construct."""
    with pytest.raises((s2sad.UnsupportedError, s2sad.ArgumentError), match=PENDING[name]):
        s2sad.vjp(load(name).entry, *real.arguments(name), target="python")
