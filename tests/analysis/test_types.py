"""Result dtypes: the oracle agrees with NumPy where it is asked, joins hold the values of both sides."""

import operator

import numpy as np
import pytest

from s2sad.analysis.types import Kind, common_dtype, example, join, kind_of, result_of

KINDS = [
    Kind("bool", weak=True), Kind("int64", weak=True), Kind("float64", weak=True), Kind("float32"), Kind("float64"),
    Kind("int64"), Kind("int32"), Kind("bool"), Kind("float32", array=True), Kind("float64", array=True),
    Kind("int64", array=True), Kind("bool", array=True),
]  # fmt: skip


@pytest.mark.parametrize("a", KINDS, ids=str)
@pytest.mark.parametrize("b", KINDS, ids=str)
def test_results_are_those_of_numpy(a: Kind, b: Kind) -> None:
    for function in (operator.add, operator.mul, operator.truediv, operator.lt, np.maximum):
        assert result_of(function, (a, b)) == kind_of(function(example(a), example(b)))


def test_python_scalars_are_weak() -> None:
    single, double = Kind("float32", array=True), Kind("float64")
    weak = Kind("float64", weak=True)
    assert result_of(operator.mul, (single, weak)).dtype == "float32"
    assert result_of(operator.mul, (single, double)).dtype == "float64"
    assert result_of(operator.mul, (weak, weak)) == weak
    assert result_of(operator.truediv, (Kind("int64", weak=True),) * 2) == weak
    assert common_dtype((single, weak)) == "float32"


def test_what_numpy_refuses_is_an_error() -> None:
    with pytest.raises(TypeError):
        result_of(operator.sub, (Kind("bool", array=True),) * 2)
    with pytest.raises(TypeError, match="float16"):
        result_of(np.sin, (Kind("bool", array=True),))
    with pytest.raises(TypeError):
        kind_of(1j)


def test_joins() -> None:
    flag, integer, real = (Kind(d, weak=True) for d in ("bool", "int64", "float64"))
    assert join(integer, real) == real
    assert join(flag, integer) == integer
    assert join(real, Kind("float32")) == Kind("float32")  # the type after one trip (S14)
    assert join(integer, Kind("float64")) == Kind("float64")
    assert join(Kind("float32"), Kind("float64")) == Kind("float64")
    for a in KINDS[:8]:
        for b in KINDS[:8]:
            assert join(a, b) == join(b, a)
            assert join(join(a, b), b) == join(a, b)
