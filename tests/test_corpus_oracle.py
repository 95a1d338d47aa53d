"""The corpus itself: every program runs, is deterministic and smooth where it claims to be, and every input matters."""

import numpy as np
import pytest

from tests.programs import PROGRAMS, Program
from tests.support import matrix

RUNNABLE = [p for p in PROGRAMS.values() if p.outcome != "refused"]


def test_the_corpus_is_wide() -> None:
    """At least 65 programs that must be right, at least 20 in the compiled sample."""
    right = [p for p in PROGRAMS.values() if p.outcome == "right"]
    assert len(right) >= 65
    assert sum("spread" in p.tags for p in right) >= 20


@pytest.mark.parametrize("program", RUNNABLE, ids=str)
def test_runs_and_is_deterministic(program: Program) -> None:
    """Two runs give the same bits; exactly the declared arguments are written."""
    args = program.args()
    before = matrix.fresh(args)
    first = matrix.run(program, args)
    matrix.same_bits(before, args)
    matrix.same_bits(first, matrix.run(program, args))
    own = matrix.fresh(args)
    program.fn(*own)
    changed = [k for k, (a, b) in enumerate(zip(own, args, strict=True)) if not _equal(a, b)]
    assert changed == matrix.written_positions(program)


def _equal(a: object, b: object) -> bool:
    pairs = zip(matrix.leaves(a), matrix.leaves(b), strict=True)
    pairs = ((x, y) for x, y in pairs if not isinstance(x, np.random.Generator))
    return all(np.array_equal(x, y, equal_nan=np.asarray(x).dtype.kind == "f") for x, y in pairs)


@pytest.mark.parametrize("program", [p for p in RUNNABLE if p.fd], ids=str)
def test_differences_converge(program: Program) -> None:
    """Richardson's error estimate is far below the tolerance of the checks, and no input is without effect."""
    args = program.args()
    jacobian, error = matrix.jacobian(program, args)
    assert np.all(np.isfinite(jacobian))
    assert error <= 1e-8 * max(1.0, float(np.max(np.abs(jacobian), initial=0.0)))
    if jacobian.size and "inert" not in program.tags:
        sizes = [np.size(leaf) for leaf in matrix.leaves(args) if matrix.is_float(leaf)]
        for k, columns in enumerate(np.split(jacobian, np.cumsum(sizes)[:-1], axis=1)):
            assert columns.size == 0 or np.any(columns != 0.0), f"float input {k} has no effect"


@pytest.mark.parametrize("program", RUNNABLE, ids=str)
def test_variants_run(program: Program) -> None:
    """Empty, size-1, strided, Fortran and float32 arguments run in NumPy with finite results."""
    for variant in (*program.variants, "strided", "fortran", *(["float32"] if program.float32 else [])):
        out = matrix.outputs(program, matrix.arguments(program, variant))
        assert np.all(np.isfinite(out)) or not program.fd


def test_the_oracle_sees_an_error() -> None:
    """A wrong derivative fails the gradient check, a right one passes: the check is not vacuous."""
    program = PROGRAMS["several_results"]

    class ByHand:
        factor = 1.0

        def vjp(self, fn, args):
            x, y = args

            def pull(bars):
                p_bar = bars[0] + 2.0 * x * y * bars[1]
                return p_bar * y + bars[1], p_bar * x * self.factor

            return fn(*args), pull

        def jvp(self, fn, args, tangents):
            raise AssertionError

    matrix.check_gradient(ByHand(), program, program.args())
    wrong = ByHand()
    wrong.factor = 1.0 + 1e-5
    with pytest.raises(AssertionError):
        matrix.check_gradient(wrong, program, program.args())
