"""Random functions compiled by Numba give what the interpreter gives; Numba infers the types that the IR has."""

import numpy as np
import pytest

from s2sad.backend.cpu import compile_cpu
from s2sad.backend.emit import emit
from tests.backend.build import FLOAT, Program
from tests.backend.test_random import compare
from tests.support.irgen import Features, generate


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_compiled(seed):
    program = generate(seed, 20, Features(tapes=seed % 2 == 0))
    compare(program, "fast", 1e-12, compile_cpu(emit(program.function), ("test",)).dispatcher)


def test_no_fused_multiply_add():
    """``a * b + c`` is rounded twice, compiled as in Python."""
    p = Program()
    a, b, c = (p.param(name, FLOAT) for name in "abc")
    p.returns(p.op("add", p.op("mul", a, b), c))
    made = compile_cpu(emit(p.function("muladd")))
    for x, y, z in np.random.default_rng(1).normal(size=(500, 3)).tolist():
        assert made.dispatcher(x, y, -x * y + z * 1e-12) == made.function(x, y, -x * y + z * 1e-12)
