"""Lowering: the IR of small programs is valid and gives, run by the interpreter, what Python and NumPy give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad.analysis.signature import spec_of
from s2sad.frontend.lower import Lowered, lower
from s2sad.frontend.source import get_source
from s2sad.ir import walk
from s2sad.rules.registry import OPS
from s2sad.verify import verify
from tests.frontend import lower_programs
from tests.support import interpreter
from tests.support.matrix import fresh, leaves

ULPS = 4


def lowered(fn: Callable, args: tuple) -> Lowered:
    result = lower(get_source(fn), tuple(spec_of(a) for a in args))
    verify(result.function, "array", "lower", OPS)
    return result


def outcome(run: Callable[[], Any]) -> tuple[Any, type | None]:
    """The result, or the type of the exception."""
    try:
        with np.errstate(all="ignore"):
            return run(), None
    except (ArithmeticError, LookupError, ValueError, interpreter.SizeOneError) as error:
        return None, type(error)


def same(got: Any, want: Any, names: str) -> None:
    """Equal structure, dtypes, shapes and values (a few ulp, for sums and libm)."""
    if isinstance(want, tuple):
        assert isinstance(got, tuple) and len(got) == len(want), names
        for k, (g, w) in enumerate(zip(got, want, strict=True)):
            same(g, w, f"{names}[{k}]")
        return
    if want is None:
        assert got is None, names
        return
    a, b = np.asarray(got), np.asarray(want)
    assert (a.dtype, a.shape) == (b.dtype, b.shape), f"{names}: {a.dtype} {a.shape}, not {b.dtype} {b.shape}"
    assert isinstance(got, np.ndarray) == isinstance(want, np.ndarray), f"{names}: array or scalar"
    if a.dtype.kind == "f":
        np.testing.assert_array_max_ulp(a, b, ULPS) if np.isfinite(b).all() else np.testing.assert_array_equal(a, b)
    else:
        np.testing.assert_array_equal(a, b, err_msg=names)


def run(made: Lowered, args: tuple) -> Any:
    return interpreter.run(made.function, (*args, *(capture.read() for capture in made.captures)))


@pytest.mark.parametrize(
    ("fn", "args"),
    lower_programs.PROGRAMS,
    ids=[f"{f.__name__}-{k}" for k, (f, _) in enumerate(lower_programs.PROGRAMS)],
)
def test_program(fn: Callable, args: tuple) -> None:
    ours, theirs = fresh(args), fresh(args)
    want, error = outcome(lambda: fn(*theirs))
    made = lowered(fn, args)
    got, raised = outcome(lambda: run(made, ours))
    if error is not None:
        expected = (error, interpreter.SizeOneError) if error is ValueError else (error,)
        assert raised in expected, f"{raised} instead of {error}"
        return
    assert raised is None
    same(got, want, fn.__name__)
    same(ours, theirs, "arguments")
    changed = [
        np.asarray(a).tobytes() != np.asarray(b).tobytes() for a, b in zip(leaves(args), leaves(theirs), strict=True)
    ]
    written = {v.name for v in made.function.written}
    params = [leaf.name for p in made.function.params[: len(args)] for leaf in walk.leaves(p.tree)]  # type: ignore[union-attr]
    if len(params) == len(changed):
        assert {name for name, c in zip(params, changed, strict=True) if c} <= written
