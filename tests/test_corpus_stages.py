"""Every stage of the pipeline on every program, run by the interpreter of the IR: the same results before and after.

The first stages are compared with NumPy, the first derivative with finite differences, and each later stage with the
one before it. Each is verified.
"""

import inspect
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from s2sad.analysis.signature import ArgSpec, ArrayArg, TupleArg, spec_of
from s2sad.api import layout as lay
from s2sad.frontend.source import get_source
from s2sad.ir import nodes as n
from s2sad.ir.trees import parts
from s2sad.pipeline import STAGES, Derived, Request, derive
from s2sad.verify import verify
from tests.programs import PROGRAMS, Program
from tests.support import interpreter, matrix
from tests.support.sampling import sampled

RIGHT = [p for p in PROGRAMS.values() if p.outcome == "right"]
SMOOTH = [p for p in RIGHT if p.fd]
TOLERANCE = 1e-12
LEVELS = {stage.name: stage.level for stage in STAGES}
# These may add in another order; every other pass keeps each bit.
REGROUPING = ("scalarize", "scalarize-adjoint", "merge", "partials")
COST_BOUND = 5
COST_OF_FRAME = 60  # what a derivative does once whatever its size: the corpus is small


def bound(program: Program, variant: str = "") -> dict[str, Any]:
    """The arguments by name, defaults filled in."""
    signature = inspect.signature(getattr(program.fn, "py_func", program.fn))
    own = signature.bind(*matrix.arguments(program, variant))
    own.apply_defaults()
    return dict(own.arguments)


def with_ones(spec: ArgSpec, value: Any) -> ArgSpec:
    """The size-1 specialisation, which the wrapper asks for where an extent of 1 stretches."""
    if isinstance(spec, TupleArg):
        return replace(
            spec, items=tuple(with_ones(s, v) for s, v in zip(spec.items, parts(spec.cls, value), strict=True))
        )
    if isinstance(spec, ArrayArg):
        return replace(spec, known=tuple(1 if extent == 1 else None for extent in value.shape))
    return spec


def derived(program: Program, args: dict[str, Any], mode: str) -> Derived:
    """All stages for the given arguments, with respect to every float one of them."""
    wrt = tuple(name for name, value in args.items() if any(matrix.is_float(leaf) for leaf in matrix.leaves(value)))
    specs = tuple(with_ones(spec_of(value, name), value) for name, value in args.items())
    made = derive(get_source(program.fn), specs, Request(mode, wrt))
    if not made.parts or mode == "primal":
        return made
    primal = derive(get_source(program.fn), specs, Request("primal", wrt))
    return replace(made, parts=(*made.parts, *primal.parts))  # the last stages may need fewer than the first ones


def packed(fn: n.Function, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """``values`` as generated code takes them."""
    pairs = [(lay.packer(lay.of_tree(p.tree)), value) for p, value in zip(fn.params, values, strict=True)]
    return tuple(value if pack is None else pack(value) for pack, value in pairs)


def results(made: Derived, args: dict[str, Any], extra: tuple[Any, ...]) -> dict[str, np.ndarray]:
    """By stage: the float leaves that the IR gives, then those of the arrays that the function writes; each verified.

    Arguments, captured values and seeds are in the order of the parameters; a stage before differentiation takes no
    seeds.
    """
    found = {}
    for name, fn in made.stages:
        verify(fn, LEVELS[name] or "loop", name)
        captured = (capture.read() for capture in made.lowered.captures)
        own = matrix.fresh((*args.values(), *captured, *extra))[: len(fn.params)]
        own = packed(fn, own)
        out = interpreter.run(fn, own, parts={part.name: part for part in made.parts})
        written = {v.name for v in fn.written}
        after = [a for p, a in zip(fn.params, own, strict=True) if getattr(p.tree, "name", None) in written]
        found[name] = matrix.vector((out, tuple(after)))
    return found


def differentiated(made: Derived, stages: dict[str, np.ndarray]) -> list[str]:
    """The names of the stages from differentiation on."""
    names = [name for name, _ in made.stages]
    assert names == list(stages)
    return names[names.index("differentiate") :]


def compare(reference: np.ndarray, stages: dict[str, np.ndarray], primal: bool = False) -> None:
    """Each stage against the one before it, bit for bit but where sums are regrouped; the first against ``reference``.

    Of a primal only NumPy's own sums are regrouped, and the sign of zero counts; in cotangents it means nothing.
    """
    regrouping = REGROUPING[:1] if primal else REGROUPING
    tolerance = TOLERANCE
    before = "the reference"
    for name, values in stages.items():
        if before != "the reference":
            tolerance = TOLERANCE if name in regrouping else 0.0
        scale = float(np.max(np.abs(reference), initial=0.0)) if np.all(np.isfinite(reference)) else 1.0
        np.testing.assert_allclose(values, reference, rtol=0.0, atol=tolerance * scale, err_msg=f"{before} and {name}")
        if tolerance == 0.0 and primal:
            zeros = reference == 0.0
            np.testing.assert_array_equal(
                np.signbit(values[zeros]), np.signbit(reference[zeros]), f"{before} and {name}"
            )
        reference, before = values, name


@pytest.mark.parametrize("program", sampled(RIGHT, "primal"))
def test_stages_of_the_primal(program: Program) -> None:
    """Lowering gives NumPy's values; no later stage changes them."""
    for variant in ("", *program.variants):
        args = bound(program, variant)
        out, written = matrix.run(program, tuple(args.values()))
        compare(matrix.vector((out, written)), results(derived(program, args, "primal"), args, ()), primal=True)


@pytest.mark.parametrize("program", sampled(SMOOTH, "tangent"))
def test_stages_of_the_tangent(program: Program) -> None:
    """Forward mode gives the directional difference of the returned values; no later stage changes it."""
    args = bound(program)
    values = tuple(args.values())
    direction = np.random.default_rng(6).normal(size=matrix.vector(values).size)
    made = derived(program, args, "jvp")
    moving = matrix.with_values(values, direction)
    tangents = tuple(t for t in moving if any(matrix.is_float(leaf) for leaf in matrix.leaves(t)))
    stages = results(made, args, tangents)
    out, _ = matrix.run(program, values)
    slope, error = matrix.directional(program, values, direction)
    count = matrix.vector(out).size
    last = list(stages)[-1]
    bound_ = 1e-6 * float(np.max(np.abs(slope), initial=0.0)) + 10.0 * error
    np.testing.assert_allclose(stages[last][count : 2 * count], slope[:count], rtol=0.0, atol=bound_)
    after = differentiated(made, stages)
    compare(stages[after[0]], {name: stages[name] for name in after})


@pytest.mark.parametrize("program", sampled(SMOOTH, "cotangent"))
def test_stages_of_the_cotangent(program: Program) -> None:
    """Reverse mode gives the transposed differences; no later stage changes it."""
    args = bound(program)
    values = tuple(args.values())
    made = derived(program, args, "vjp")
    out, written = matrix.run(program, values)
    seed = np.random.default_rng(7).normal(size=matrix.vector((out, written)).size)
    seeds = matrix.cotangent((out, written), seed)
    extra = (seeds[0], *seeds[1]) if out is not None else seeds[1]
    stages = results(made, args, extra)
    jacobian, error = matrix.jacobian(program, values)
    expected = seed @ jacobian
    after = differentiated(made, stages)
    got = stages[after[-1]][: expected.size]
    bound_ = 1e-6 * float(np.linalg.norm(expected)) + 10.0 * error * float(np.sum(np.abs(seed)))
    np.testing.assert_allclose(got, expected, rtol=0.0, atol=bound_)
    compare(stages[after[0]], {name: stages[name] for name in after})


UNDIFFERENCED = [(p, v) for p in RIGHT for v in ("", *p.variants) if v or not p.fd]


@pytest.mark.parametrize(("program", "variant"), UNDIFFERENCED, ids=lambda x: str(x) or "itself")
@pytest.mark.parametrize("mode", ["jvp", "vjp"])
def test_stages_among_themselves(program: Program, variant: str, mode: str) -> None:
    """Kinks, nan, empty and size-1 extents: whatever the first stage of a derivative gives, the later ones give too."""
    args = bound(program, variant)
    values = tuple(args.values())
    made = derived(program, args, mode)
    rng = np.random.default_rng(8)
    if mode == "jvp":
        moving = matrix.with_values(values, rng.normal(size=matrix.vector(values).size))
        extra = tuple(t for t in moving if any(matrix.is_float(leaf) for leaf in matrix.leaves(t)))
    else:
        out, written = matrix.run(program, values)
        seeds = matrix.cotangent((out, written), rng.normal(size=matrix.vector((out, written)).size))
        extra = (seeds[0], *seeds[1]) if out is not None else seeds[1]
    stages = results(made, args, extra)
    after = differentiated(made, stages)
    compare(stages[after[0]], {name: stages[name] for name in after})


@pytest.mark.parametrize("program", SMOOTH, ids=str)
def test_cost_of_the_adjoint(program: Program) -> None:
    """Forward and reverse sweep together: at most five times the primal's arithmetic, loads and stores."""
    args = bound(program)
    out, written = matrix.run(program, tuple(args.values()))
    seeds = matrix.cotangent((out, written), np.ones(matrix.vector((out, written)).size))
    extra = (seeds[0], *seeds[1]) if out is not None else seeds[1]
    primal, adjoint = interpreter.Counts(), interpreter.Counts()
    for mode, counts, seed in (("primal", primal, ()), ("vjp", adjoint, extra)):
        made = derived(program, args, mode)
        captured = (capture.read() for capture in made.lowered.captures)
        values = packed(made.function, matrix.fresh((*args.values(), *captured, *seed)))
        interpreter.run(made.function, values, counts=counts, parts={part.name: part for part in made.parts})
    if "composite" in program.tags:  # functions whose partials are formulas of many operations count by their cost
        primal.arithmetic, adjoint.arithmetic = primal.flops, adjoint.flops
    # The derivative of a determinant takes singular values where the matrix is nearly singular: 20 n^3 for n^3.
    times = 5 * COST_BOUND if "decomposed" in program.tags else COST_BOUND
    assert adjoint.total <= times * primal.total + COST_OF_FRAME, (primal, adjoint)
