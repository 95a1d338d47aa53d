"""Every program of the corpus through every check, on the python target; a spread sample compiled, the rest slow."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import s2sad
from tests.programs import PROGRAMS, Program
from tests.support import matrix
from tests.support.sampling import half, sampled

PYTHON, CPU = matrix.Public("python"), matrix.Public("cpu")
RIGHT = [p for p in PROGRAMS.values() if p.outcome == "right"]
REFUSED = [p for p in PROGRAMS.values() if p.outcome == "refused"]
EITHER = [p for p in PROGRAMS.values() if p.outcome == "either"]
SMOOTH = [p for p in RIGHT if p.fd]
SAMPLE = [p for p in RIGHT if "spread" in p.tags][::3]  # a compilation takes seconds
COMPILED = [pytest.param(p, marks=[] if p in SAMPLE else [pytest.mark.slow], id=str(p)) for p in RIGHT]

each_right = pytest.mark.parametrize("program", RIGHT, ids=str)
each_smooth = pytest.mark.parametrize("program", SMOOTH, ids=str)


def test_every_theme_is_entered() -> None:
    """A file of programs that is not imported is not tested."""
    folder = Path(__file__).parent / "programs"
    themes = {path.stem for path in folder.glob("*.py") if "@program" in path.read_text(encoding="utf-8")}
    assert themes - {"registry"} == {p.fn.__module__.split(".")[-1] for p in PROGRAMS.values()} - {"helpers"}


@each_right
def test_primal(program: Program) -> None:
    """The primal inside the derivative is the user's function."""
    matrix.check_primal(PYTHON, program, program.args())


@each_smooth
def test_gradient(program: Program) -> None:
    """Every float argument against central differences."""
    matrix.check_gradient(PYTHON, program, program.args())


@pytest.mark.parametrize("program", [p for p in PROGRAMS.values() if p.gradient and p.outcome == "right"], ids=str)
def test_stated_gradient(program: Program) -> None:
    """Where differences do not apply: against the gradient that the program states."""
    matrix.check_expected(PYTHON, program, program.args())


@each_smooth
def test_dot_product(program: Program) -> None:
    """Reverse mode is the transpose of forward mode."""
    matrix.check_dot_product(PYTHON, program, program.args())


@each_right
def test_repeatable(program: Program) -> None:
    """Called twice: the same bits, and no input is changed."""
    matrix.check_repeatable(PYTHON, program, program.args())


@pytest.mark.parametrize("program", sampled([p for p in SMOOTH if p.float32], "float32"))
def test_float32(program: Program) -> None:
    """float32 arguments give float32 cotangents, right to 1e-4."""
    matrix.check_primal(PYTHON, program, matrix.arguments(program, "float32"))
    matrix.check_float32(PYTHON, program)


@pytest.mark.parametrize(
    ("program", "variant"),
    [
        *(pytest.param(p, v, id=f"{p}-{v}") for p in SMOOTH for v in p.variants),
        *(pytest.param(p, v, id=f"{p}-{v}", marks=half(f"{p}-{v}")) for p in SMOOTH for v in ("strided", "fortran")),
    ],
)
def test_layouts_and_extents(program: Program, variant: str) -> None:
    """Empty and size-1 extents, strided and Fortran arguments: primal and gradient."""
    args = matrix.arguments(program, variant)
    try:
        matrix.check_primal(PYTHON, program, args)
    except s2sad.UnsupportedError:
        # Whether ravel and reshape give a view depends on the layout: where it cannot be known, refusing is right.
        assert "layout" in program.tags and variant in ("strided", "fortran")
        return
    matrix.check_gradient(PYTHON, program, args)


@pytest.mark.parametrize("program", COMPILED)
def test_compiled(program: Program) -> None:
    """The cpu target: primal, gradient, dot product, repeated calls."""
    args = program.args()
    matrix.check_primal(CPU, program, args)
    matrix.check_repeatable(CPU, program, args)
    if program.fd:
        matrix.check_gradient(CPU, program, args)
        matrix.check_dot_product(CPU, program, args)
    elif program.gradient:
        matrix.check_expected(CPU, program, args)


@pytest.mark.slow
@pytest.mark.parametrize("program", [p for p in SMOOTH if p.float32 and "spread" in p.tags], ids=str)
def test_compiled_variants(program: Program) -> None:
    """The cpu target on float32, strided, empty and size-1 arguments."""
    matrix.check_float32(CPU, program)
    for variant in (*program.variants, "strided", "fortran"):
        args = matrix.arguments(program, variant)
        matrix.check_primal(CPU, program, args)
        matrix.check_gradient(CPU, program, args)


@pytest.mark.parametrize("program", REFUSED, ids=str)
def test_refused(program: Program) -> None:
    """Outside the subset: an error at the user's line that names the reason."""
    with pytest.raises(s2sad.UnsupportedError, match=f"(?is){program.reason}") as caught:
        PYTHON.vjp(program.fn, program.args())
    assert program.theme in str(caught.value)


@pytest.mark.parametrize("program", EITHER, ids=str)
def test_right_or_refused(program: Program) -> None:
    """Outside the subset, but a wider compiler may take it: then it must be right."""
    args = program.args()
    try:
        PYTHON.vjp(program.fn, args)
    except s2sad.UnsupportedError as error:
        assert program.theme in str(error)
        return
    matrix.check_primal(PYTHON, program, args)
    if program.fd:
        matrix.check_gradient(PYTHON, program, args)
    elif program.gradient:
        matrix.check_expected(PYTHON, program, args)


@pytest.mark.parametrize("name", ["logistic", "network_loss", "conditions", "running_sum_squared", "log_sum_exp"])
def test_value_and_grad_agree_with_vjp(name: str) -> None:
    """``grad`` and ``value_and_grad`` of a scalar function are its pullback of one."""
    program = PROGRAMS[name]
    args = program.args()
    out, pull = PYTHON.vjp(program.fn, args)
    value, bar = s2sad.value_and_grad(program.fn, target="python")(*args)
    matrix.same_bits(value, out)
    np.testing.assert_allclose(matrix.vector(bar), matrix.vector(pull(1.0)[0]), rtol=1e-13)
    matrix.same_bits(s2sad.grad(program.fn, target="python")(*args), bar)


# --- pitfalls that show at the call -----------------------------------------------------------------------------------


def _shift_into(a, b):
    for i in range(len(b)):
        a[i] = a[i] * b[i]
    return a[0] * a[-1]


def test_overlapping_arguments_are_an_error() -> None:
    """One memory under two names, one of them written: refused at the call, with both names."""
    x = np.linspace(0.5, 1.5, 6)
    with pytest.raises(s2sad.S2SADError, match=r"(?s)a.*b"):
        s2sad.vjp(_shift_into, x[1:], x[:-1], target="python")


def test_one_array_twice_is_an_error_or_right() -> None:
    """The identical array as both arguments: one memory, one shadow; or refused."""
    x = np.linspace(0.5, 1.5, 6)
    try:
        _, pull = s2sad.vjp(_shift_into, x, x, target="python")
    except s2sad.S2SADError:
        return
    bars = pull(1.0)
    total = sum(np.asarray(bar) for bar in bars if bar is not None)
    expected = np.zeros(6)
    expected[0], expected[-1] = 2.0 * x[0] * x[-1] ** 2, 2.0 * x[-1] * x[0] ** 2
    np.testing.assert_allclose(total, expected, rtol=1e-12)


def test_broadcast_argument() -> None:
    """An argument with stride 0: fine where it is read, refused where it is written."""
    row = np.linspace(0.5, 1.5, 4)
    program = PROGRAMS["broadcasting"]
    _, r, col, s = program.args()
    shared = np.broadcast_to(r, (4, 3))
    matrix.check_gradient(PYTHON, program, (np.ascontiguousarray(shared), r, col, s))
    _, pull = s2sad.vjp(program.fn, shared, r, col, s, target="python")
    reference = s2sad.vjp(program.fn, shared.copy(), r, col, s, target="python")[1]
    seed = np.ones((4, 3))
    matrix.same_bits(pull(seed)[0], reference(seed)[0])
    with pytest.raises(s2sad.S2SADError, match="a"):
        s2sad.vjp(_shift_into, np.broadcast_to(row[0], (4,)), row, target="python")


def test_integer_overflow_raises() -> None:
    """Python's ints are unbounded, ours are not: 39! does not fit, and that is an error, not a number."""
    with pytest.raises(OverflowError):
        s2sad.grad(PROGRAMS["taylor_with_factorial"].fn, target="python")(3.0, 40)


def test_index_out_of_bounds_raises() -> None:
    """As in NumPy; the adjoint never writes out of bounds."""

    def beyond(x, n):
        s = 0.0
        for i in range(n):
            s += x[i] * x[i]
        return s

    for derivatives in (PYTHON, CPU):
        with pytest.raises(IndexError):
            derivatives.vjp(beyond, (np.ones(3), 4))


def _sum_of_two(x, y):
    return np.sum(x * y)


def _store_of_one_into_the_other(x, y):
    z = x * 2.0
    z[:] = y
    return np.sum(z)


def _addition_in_place(x, y):
    z = x * 2.0
    z += y
    return np.sum(z)


@pytest.mark.parametrize("fn", [_sum_of_two, _store_of_one_into_the_other, _addition_in_place])
def test_extents_that_differ_raise(fn) -> None:
    """As NumPy does, and not only where an access would leave the array."""
    for sizes in ((4, 3), (3, 4), (3, 0)):
        x, y = (np.ones(k) for k in sizes)
        with pytest.raises(ValueError, match="broadcast"):
            fn(x, y)
        with pytest.raises(ValueError, match="broadcast"):
            s2sad.grad(fn, target="python")(x, y)


def test_division_by_zero_raises_as_the_function_does() -> None:
    """Between Python floats a plain function raises; between NumPy values it does not."""

    def quotient(x, y):
        return x / y

    with pytest.raises(ZeroDivisionError):
        s2sad.grad(quotient, target="python")(1.0, 0.0)


@pytest.mark.slow
def test_float32_sum_of_many() -> None:
    """2**25 ones in float32: a plain loop stops at half."""

    value, bar = s2sad.value_and_grad(_sum, target="cpu")(np.ones(2**25, np.float32))
    assert value == 2.0**25
    assert bar.dtype == np.float32 and np.all(bar == 1.0)


def _sum(x):
    return np.sum(x)


def _mean(x):
    return np.mean(x)


@pytest.mark.parametrize("fn", [_sum, _mean])
def test_reductions_are_as_accurate_as_numpy(fn: Callable[[np.ndarray], np.floating]) -> None:
    """float32 sums of 10,000 random numbers: error at most four times NumPy's, or one rounding."""
    rng = np.random.default_rng(5)
    x = rng.random(10_000).astype(np.float32)
    exact = float(fn(x.astype(np.longdouble)))
    value, _ = s2sad.value_and_grad(fn, target="python")(x)
    ours, numpys = abs(float(value) - exact), abs(float(fn(x)) - exact)
    assert ours <= max(4.0 * numpys, exact * float(np.finfo(np.float32).eps))
