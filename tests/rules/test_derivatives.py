"""Every registered rule against finite differences; a primitive that is registered is tested without further ado."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from s2sad.rules import OPS, Apply, Arg, Literal, Op, Result, nodes
from tests.support.templates import evaluate

DIFFERENTIABLE = [entry for entry in OPS.values() if entry.differentiable]
PARTIALS = [(entry, k) for entry in DIFFERENTIABLE for k, p in enumerate(entry.partials) if p is not None]
POINTS = 40


def draw(entry: Op, dtype: str = "float64", points: int = POINTS) -> list[np.ndarray]:
    """Random arguments in the domain that ``entry`` declares."""
    rng = np.random.default_rng(7)
    args = [rng.uniform(low, high, points).astype(dtype) for low, high in entry.domain]
    if entry.name == "select":
        args[0] = rng.random(points) < 0.5
    return args


def central(entry: Op, args: list[np.ndarray], k: int, h: float) -> np.ndarray:
    """Central differences in argument ``k``, extrapolated once (Richardson): error O(h**4)."""

    def difference(step: float) -> np.ndarray:
        up, down = list(args), list(args)
        up[k], down[k] = args[k] + step, args[k] - step
        return (entry.evaluate(*up) - entry.evaluate(*down)) / (up[k] - down[k])

    return (4.0 * difference(h / 2.0) - difference(h)) / 3.0


def ids(case: tuple[Op, int]) -> str:
    return f"{case[0].name}-{case[1]}"


@pytest.mark.parametrize("case", PARTIALS, ids=ids)
def test_partial_is_the_derivative(case):
    entry, k = case
    args = draw(entry)
    y = entry.evaluate(*args)
    exact = np.broadcast_to(evaluate(entry.partials[k], y, tuple(args)), y.shape)
    coarse, fine = central(entry, args, k, 4e-3), central(entry, args, k, 2e-3)
    smooth = np.abs(coarse - fine) <= 1e-5 * (1.0 + np.abs(fine))  # a kink or jump is at least a step away
    assert smooth.mean() >= 0.8
    np.testing.assert_allclose(exact[smooth], fine[smooth], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda e: e.name)
def test_arguments_without_partial_do_not_matter(entry):
    args = draw(entry)
    for k, partial in enumerate(entry.partials):
        if partial is None and args[k].dtype != bool and entry.name != "polygamma":
            moved = list(args)
            moved[k] = args[k] * (1.0 + 1e-9)
            np.testing.assert_array_equal(entry.evaluate(*moved), entry.evaluate(*args))


@pytest.mark.parametrize("entry", [e for e in OPS.values() if e.operands == "float"], ids=lambda e: e.name)
def test_where_no_partial_is_given_the_function_is_piecewise_constant(entry):
    if entry.differentiable or entry.name == "sum_error":  # which is rounding itself
        return
    args = draw(entry)
    moved = [a * (1.0 + 1e-12) for a in args]
    np.testing.assert_array_equal(entry.evaluate(*moved), entry.evaluate(*args))


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda e: e.name)
def test_rule_runs_as_numpy_code_and_agrees_with_its_template(entry):
    assert entry.rule is not None
    for args in zip(*draw(entry, points=10)):
        y = entry.evaluate(*args)
        returned = entry.rule(y, *args)
        returned = returned if isinstance(returned, tuple) else (returned,)
        assert len(returned) == entry.arity == len(entry.partials)
        for value, partial in zip(returned, entry.partials):
            if partial is None:
                assert value is None
            else:
                np.testing.assert_allclose(evaluate(partial, y, args), value, rtol=1e-14)


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda e: e.name)
def test_partials_are_made_of_registered_ops(entry):
    for partial in entry.partials:
        for node in nodes(partial) if partial is not None else ():
            assert isinstance(node, Apply | Arg | Result | Literal)
            if isinstance(node, Apply):
                assert len(node.args) == OPS[node.op].arity
            if isinstance(node, Arg):
                assert 0 <= node.k < entry.arity


def second(entry: Op, k: int, args: list[np.ndarray]) -> Any:
    """d2 y / d args[k]**2 by the chain rule over the ops of the partial."""
    y = entry.evaluate(*args)
    first: Any = entry.partials[k]

    def slope(template: Any) -> tuple[Any, Any]:
        match template:
            case Arg(j):
                return args[j], np.full(y.shape, float(j == k))
            case Result():
                return y, np.broadcast_to(evaluate(first, y, tuple(args)), y.shape)
            case Literal(value):
                return np.full(y.shape, value), np.zeros(y.shape)
        inner = [slope(t) for t in template.args]
        values = tuple(v for v, _ in inner)
        result = OPS[template.op].evaluate(*values)
        total = np.zeros(y.shape)
        for (_, d), partial, singular in zip(inner, OPS[template.op].partials, OPS[template.op].singular):
            if partial is not None:
                term = evaluate(partial, result, values) * d
                total = total + (np.where(d == 0.0, 0.0, term) if singular else term)
        return result, total

    return slope(first)[1]


@pytest.mark.parametrize("case", PARTIALS, ids=ids)
def test_second_derivatives_follow_from_the_same_rules(case):
    entry, k = case
    args = draw(entry)

    def first(x: np.ndarray) -> np.ndarray:
        moved = [x if j == k else a for j, a in enumerate(args)]
        y = entry.evaluate(*moved)
        return np.broadcast_to(evaluate(entry.partials[k], y, tuple(moved)), y.shape)

    h = 2e-3
    x = args[k]
    coarse = (first(x + h) - first(x - h)) / (2.0 * h)
    fine = (first(x + h / 2.0) - first(x - h / 2.0)) / h
    smooth = np.abs(coarse - fine) <= 1e-3 * (1.0 + np.abs(fine))
    assert smooth.mean() >= 0.8
    with np.errstate(all="ignore"):
        exact = second(entry, k, args)
    np.testing.assert_allclose(exact[smooth], ((4.0 * fine - coarse) / 3.0)[smooth], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", PARTIALS, ids=ids)
def test_float32_stays_float32(case):
    entry, k = case
    args = draw(entry, "float32")
    y = entry.evaluate(*args)
    if entry.operands == "float64" or entry.name == "cast":
        assert y.dtype == np.float64 or entry.name != "cast"
        return
    assert y.dtype == np.float32
    assert np.asarray(evaluate(entry.partials[k], y, tuple(args))).dtype == np.float32
