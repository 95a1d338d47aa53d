"""Each function of the library inlined into a program that calls NumPy's: values, dtypes and shapes as NumPy's."""

import itertools
import linecache
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad.analysis.signature import spec_of
from s2sad.errors import UnsupportedError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import get_source
from s2sad.rules.registry import OPS
from s2sad.verify import verify
from tests.library.cases import CASES, Case
from tests.library.test_against_numpy import agree
from tests.support import interpreter

_COUNT = itertools.count()
_SAMPLE = 7  # of a case's calls; plain Python runs all of them


def written(value: Any, arrays: list[np.ndarray]) -> str:
    """The text of an argument; arrays become parameters."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return f"x{len(arrays) - 1}"
    if isinstance(value, tuple | list):
        return "(" + "".join(f"{written(v, arrays)}, " for v in value) + ")"
    if isinstance(value, float) and math.isinf(value):
        return "np.inf" if value > 0 else "-np.inf"
    return f"np.{value.__name__}" if isinstance(value, type) else repr(value)


def program(case: Case, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Callable[..., Any], list[np.ndarray]]:
    """A function that makes this call, and its arguments."""
    arrays: list[np.ndarray] = []
    parts = [written(a, arrays) for a in args] + [f"{k}={written(v, arrays)}" for k, v in kwargs.items()]
    params = ", ".join(f"x{k}" for k in range(len(arrays)))
    name = f"<case {next(_COUNT)}>.py"
    returned = f"f({', '.join(parts)})"
    if "split" in case.name:
        returned = f"tuple({returned})"
    text = f"import numpy as np\ndef call({params}):\n    return {returned}\n"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space: dict[str, Any] = {"f": case.function}
    exec(compile(text, name, "exec"), space)
    return space["call"], arrays


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lowered(case: Case) -> None:
    """Right, or refused; and not always refused."""
    calls = list(case.calls())
    refused, reason = 0, ""
    step = max(1, len(calls) // _SAMPLE)
    for args, kwargs in calls[::step]:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            fn, arrays = program(case, args, kwargs)
            try:
                expected = fn(*arrays)
            except (ValueError, IndexError, TypeError):
                continue
            try:
                made = lower(get_source(fn), tuple(spec_of(a) for a in arrays))
            except UnsupportedError as error:
                refused += 1
                reason = str(error)
                assert not reason.startswith("internal")
                continue
            verify(made.function, "array", "lower", OPS)
            single = any(a.dtype == np.float32 for a in arrays)
            try:
                result = interpreter.run(made.function, (*arrays, *(c.read() for c in made.captures)))
            except interpreter.SizeOneError:
                continue
        agree(result, expected, f"{case.name}({args}, {kwargs})", single)
    assert refused <= case.refused, f"{refused} refused: {reason}"
