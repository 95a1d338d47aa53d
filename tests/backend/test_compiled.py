"""Random functions compiled by Numba give what the interpreter gives; Numba infers the types that the IR has."""

import pytest

from s2sad.backend.cpu import compile_cpu
from s2sad.backend.emit import emit
from tests.backend.test_random import compare
from tests.support.irgen import Features, generate


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_compiled(seed):
    program = generate(seed, 20, Features(tapes=seed % 2 == 0))
    compare(program, "fast", 1e-12, compile_cpu(emit(program.function), ("test",)).dispatcher)
