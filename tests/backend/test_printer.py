"""Comments, headers, and the cost of printing."""

import numpy as np
import pytest

from s2sad.backend.cpu import compile_cpu
from s2sad.backend.emit import emit
from s2sad.ir import nodes as n
from s2sad.runtime import SizeOneError
from tests.backend.build import FLOAT, INT, Program, array, const, line
from tests.backend.test_random import executed
from tests.support.work import assert_near_linear

ZERO, ONE = const(0), const(1)


def test_one_comment_per_statement_of_the_user():
    p = Program()
    size = p.param("n", INT)
    x, y = p.param("x", array(size)), p.param("y", array(size))
    p.loc = line(2, "y[:] = np.sin(x) * 2")
    i = p.var("i", INT)
    with p.block() as body:
        t = p.op("mul", p.op("sin", p.load(x, (i,), hint="t")), const(2.0))
        p.add(n.Store(y, (i,), t, loc=p.loc))
    p.add(n.Map((i,), (size,), tuple(body), loc=p.loc))
    p.loc = line(3, "z = a very long statement of the user's that does not fit beside the code " + "x" * 40)
    z = p.op("mul", p.load(x, (ZERO,), hint="t"), const(2.0), hint="z")
    p.loc = line(4, "w = z * z")
    w = p.op("mul", z, z, hint="w")
    p.returns(n.Struct((w, w, z)), line(5, "return w, w, z"))
    assert emit(p.function()).text == (
        "def f(n, x, y):\n"
        "    for i in range(n):  # y[:] = np.sin(x) * 2\n"
        "        y[i] = sin(x[i]) * 2.0\n"
        f"    # z = a very long statement of the user's that does not fit beside the code {'x' * 40}\n"
        "    z = x[0] * 2.0\n"
        "    w = z * z\n"
        "    return w, w, z\n"
    )


def test_elif():
    p = Program()
    x = p.param("x", FLOAT)
    out = p.alloc("out", "float64", (ONE,))
    below = p.op("lt", x, const(0.0), dtype="bool")

    def store(value):
        with p.block() as made:
            p.add(n.Store(out, (ZERO,), const(value)))
        return tuple(made)

    with p.block() as orelse:
        b = p.op("lt", x, const(1.0), dtype="bool")
        p.add(n.If(b, store(2.0), store(3.0), loc=line(4, "elif x < 1:")))
    p.add(n.If(below, store(1.0), tuple(orelse), loc=line(2, "if x < 0:")))
    p.returns(out)
    made = emit(p.function())
    assert "    elif x < 1.0:  # elif x < 1:" in made.text
    assert [float(executed(made)(v)[0]) for v in (-1.0, 0.5, 2.0)] == [1.0, 2.0, 3.0]


def test_sizes_differ_raises_also_compiled():
    p = Program()
    size = p.param("n", INT)
    p.add(n.Check(p.op("eq", size, ONE, dtype="bool"), "SizeOne", "extents differ"))
    p.returns(size)
    made = compile_cpu(emit(p.function()))
    for f in (made.function, made.dispatcher):
        with pytest.raises(SizeOneError, match="extents differ"):
            f(2)
        assert f(1) == 1


def test_library_calls_of_strided_and_empty_operands(recwarn):
    p = Program()
    a, b = p.param("a", array(p.var("k", INT), p.var("k", INT), layout="A")), p.param("b", array(p.var("k", INT)))
    c = p.alloc("c", "float64", (p.op("extent", a, ZERO, dtype="int64"),))
    p.add(n.LibCall("matvec", (c,), (a, b)))
    p.returns(c)
    made = compile_cpu(emit(p.function()))
    x = np.arange(12.0).reshape(3, 4)[:, ::2]
    for f in (made.function, made.dispatcher):
        np.testing.assert_array_equal(f(x, np.array([1.0, 2.0])), x @ np.array([1.0, 2.0]))
        np.testing.assert_array_equal(f(x[:, :0], np.empty(0)), np.zeros(3))
    assert not recwarn.list


def many_statements(count: int) -> tuple[n.Function]:
    p = Program()
    x, size = p.param("x", FLOAT), p.param("n", INT)
    for k in range(count):
        p.loc = line(k + 1, f"x = step {k}")
        x = p.op("mul", p.op("sin", p.op("add", x, const(float(k)))), x, hint=f"x{k % 7}")
        with p.loop(ZERO, size, ONE, [("s", x, FLOAT)]) as (_, (s,), close):
            (x,) = close(p.op("add", p.op("exp", s), x, hint="s"))
        x = p.branch(p.op("lt", x, const(2.0), dtype="bool"), lambda x=x: x, lambda x=x: p.op("sqrt", x), "x")
    p.returns(x)
    return (p.function(),)


def test_the_work_grows_with_the_number_of_statements():
    assert emit(*many_statements(250)).text.count("\n") > 1000
    assert_near_linear(emit, many_statements, 60)
