"""Out-of-SSA: hard cases for names, compared as text and executed."""

import ast

import pytest

from s2sad.backend.copies import Copy, sequence
from s2sad.backend.emit import emit
from s2sad.ir import nodes as n
from tests.backend.build import BOOL, FLOAT, INT, Program, array, const, line
from tests.backend.test_random import executed

ZERO, ONE = const(0), const(1)


def text(p: Program, **options) -> str:
    return emit(p.function(**options)).text


def run(p: Program, *args):
    return executed(emit(p.function()))(*args)


def test_swap_is_a_tuple_assignment():
    p = Program()
    size, a0, b0 = p.param("n", INT), p.param("a", FLOAT), p.param("b", FLOAT)
    with p.loop(ZERO, size, ONE, [("a", a0, FLOAT), ("b", b0, FLOAT)]) as (_, (a, b), close):
        outs = close(b, a)
    p.returns(n.Struct(tuple(outs)))
    assert text(p) == "def f(n, a, b):\n    for i in range(n):\n        a, b = b, a\n    return a, b\n"
    assert [run(p, k, 1.0, 2.0) for k in (0, 1, 2)] == [(1.0, 2.0), (2.0, 1.0), (1.0, 2.0)]


def test_rotation_with_one_free_target_is_ordered():
    p = Program()
    size, a0, b0, c0 = p.param("n", INT), p.param("a", FLOAT), p.param("b", FLOAT), p.param("c", FLOAT)
    carried = [("a", a0, FLOAT), ("b", b0, FLOAT), ("c", c0, FLOAT)]
    with p.loop(ZERO, size, ONE, carried) as (_, (_a, b, c), close):
        outs = close(b, c, c)
    p.returns(n.Struct(tuple(outs)))
    assert "        a = b\n        b = c\n" in text(p)
    assert run(p, 1, 1.0, 2.0, 3.0) == (2.0, 3.0, 3.0)


def test_lost_copy():
    p = Program()
    size, x0 = p.param("n", INT), p.param("x", FLOAT)
    with p.loop(ZERO, size, ONE, [("last", const(-1.0), FLOAT), ("x", x0, FLOAT)]) as (_, (_last, x), close):
        after = p.op("add", x, const(1.0), hint="x")
        outs = close(x, after)  # the old x outlives the new one
    p.returns(n.Struct(tuple(outs)))
    assert [run(p, k, 5.0) for k in (0, 1, 3)] == [(-1.0, 5.0), (5.0, 6.0), (7.0, 8.0)]


def test_initial_value_needed_after_the_loop():
    p = Program()
    size, x0 = p.param("n", INT), p.param("x", FLOAT)
    with p.loop(ZERO, size, ONE, [("x", x0, FLOAT)]) as (_, (x,), close):
        (out,) = close(p.op("mul", x, x, hint="x"))
    p.returns(n.Struct((x0, out)))
    assert text(p) == ("def f(n, x):\n    x1 = x\n    for i in range(n):\n        x1 *= x1\n    return x, x1\n")


def test_loop_bound_is_read_after_the_carry_is_set():
    p = Program()
    size = p.param("n", INT)
    with p.loop(ZERO, size, ONE, [("n", const(10), INT)]) as (_, (k,), close):
        (out,) = close(p.op("add", k, ONE, hint="n", dtype="int64"))
    p.returns(out)
    assert [run(p, k) for k in (0, 3)] == [10, 13]


def test_index_kept_after_the_loop():
    p = Program()
    size = p.param("n", INT)
    with p.loop(ZERO, size, ONE, [("i", const(-1), INT)]) as (i, (_,), close):
        (out,) = close(i)
    p.returns(out)
    assert text(p) == "def f(n):\n    i = -1\n    for i in range(n):\n        pass\n    return i\n"
    assert [run(p, k) for k in (0, 3)] == [-1, 2]


def test_nested_loops_share_one_accumulator():
    p = Program()
    size = p.param("n", INT)
    with p.loop(ZERO, size, ONE, [("s", const(0.0), FLOAT)]) as (i, (s,), close):
        with p.loop(ZERO, i, ONE, [("s", s, FLOAT)]) as (_, (t,), close_inner):
            (inner,) = close_inner(p.op("add", t, const(1.0), hint="s"))
        (out,) = close(inner)
    p.returns(out)
    assert text(p) == (
        "def f(n):\n    s = 0.0\n    for i in range(n):\n"
        "        for i1 in range(i):\n            s += 1.0\n    return s\n"
    )
    assert run(p, 4) == 6.0


def test_join_of_constants_and_of_an_unchanged_variable():
    p = Program()
    c, x = p.param("c", BOOL), p.param("x", FLOAT)
    p.loc = line(2, "if c:")
    k = p.branch(c, lambda: const(1.0), lambda: const(2.0), "k")
    p.loc = line(5, "if c: x = x * k")

    def then():
        return p.op("mul", x, k, hint="x")

    x1 = p.branch(c, then, lambda: x, "x")
    p.loc = line(9, "y")
    p.returns(n.Struct((p.op("mul", x1, x1, hint="y"), x1)))
    assert run(p, True, 3.0) == (9.0, 3.0)
    assert run(p, False, 3.0) == (9.0, 3.0)


def test_branches_rebind_the_users_name():
    p = Program()
    x = p.param("x", FLOAT)
    p.loc = line(2, "if x > 0:")
    c = p.op("gt", x, const(0.0), dtype="bool")

    def side(factor, number):
        p.loc = line(number, f"x = x * {factor}")
        return p.op("mul", x, const(factor), hint="x")

    p.loc = line(2, "if x > 0:")
    target = p.branch(c, lambda: side(2.0, 3), lambda: side(3.0, 5), "x")
    p.loc = line(6, "return x + x")
    p.returns(p.op("add", target, target))
    made = text(p)
    assert made == (
        "def f(x):\n    if x > 0.0:   # if x > 0:\n        x *= 2.0  # x = x * 2.0\n    else:\n"
        "        x *= 3.0  # x = x * 3.0\n    return x + x\n"
    )
    assert run(p, 1.5) == 6.0 and run(p, -1.0) == -6.0


def test_array_swap():
    p = Program()
    size = p.param("n", INT)
    a, b = p.param("a", array(size)), p.param("b", array(size))
    with p.loop(ZERO, size, ONE, [("a", a, a.type), ("b", b, b.type)]) as (_, (x, y), close):
        outs = close(y, x)
    p.returns(outs[0])
    assert "a, b = b, a" in text(p)


def test_names_never_collide():
    p = Program()
    args = [p.param(name, FLOAT) for name in ("np", "rt", "max", "x")]
    k = p.param("k", INT)
    locals_ = [p.op("fabs", a, hint=h) for a, h in zip(args, ("lambda", "range", "np", "x1"), strict=True)]
    m = p.op("pymax", k, const(0), dtype="int64")
    x = p.op("maximum", args[3], locals_[0], hint="x")
    total = args[0]
    for v in (*args[1:], *locals_, x, *args):
        total = p.op("add", total, v)
    with p.loop(ZERO, m, ONE, [("s", total, FLOAT)]) as (_, (s,), close):
        (out,) = close(p.op("exp", p.op("add", s, s), hint="s"))
    p.returns(out)
    emitted = emit(p.function())
    assert emitted.imports == {"np as np_", "rt.maximum as rt_", "max as max_", "vec.exp"}
    assert "lambda =" not in emitted.text and " range =" not in emitted.text


def test_a_name_has_one_type():
    p = Program()
    x = p.param("x", INT)
    y = p.op("cast", x, hint="x")
    z = p.op("mul", y, y, hint="x")
    p.returns(n.Struct((z, p.op("add", z, z))))
    assert text(p) == "def f(x):\n    x1 = np.float64(x)\n    x1 *= x1\n    return x1, x1 + x1\n"


def test_dead_names_are_used_again():
    p = Program()
    p.loc = line(1, "x = x + 1")
    x = p.param("x", FLOAT)
    for k in range(3):
        p.loc = line(k + 1, f"x = x * {k}")
        x = p.op("mul", x, const(float(k)), hint="x")
    p.returns(x)
    assert text(p).count("x1") == 0


@pytest.mark.parametrize(
    "moves",
    [
        {"a": "b", "b": "c", "c": "a"},
        {"a": "b", "b": "a", "c": "a"},
        {"a": "b + c", "b": "a", "c": "a + b"},
        {"a": "a + b", "b": "a"},
        {"a": "1", "b": "a"},
    ],
)
def test_parallel_copies(moves):
    """Every order of statements that ``sequence`` chooses has the effect of all copies at once."""

    values = {"a": 1, "b": 10, "c": 100}
    made = [s for s, _ in sequence([Copy(t, ast.parse(s, mode="eval").body) for t, s in moves.items()])]
    module = ast.fix_missing_locations(ast.Module(made, []))
    after = dict(values)
    exec(compile(module, "<copies>", "exec"), after)
    assert all(after[t] == eval(moves[t], dict(values)) if t in moves else after[t] == values[t] for t in values)


def test_deterministic():
    def make():
        p = Program()
        x = p.param("x", FLOAT)
        vs = [p.op("mul", x, const(float(k)), hint=f"v{k % 3}") for k in range(9)]
        p.returns(n.Struct(tuple(p.op("add", a, b) for a in vs for b in vs)))
        return text(p)

    assert make() == make()


def test_a_loop_variable_of_the_user_goes_before_temporaries():
    p = Program()
    size, x = p.param("n", INT), p.param("x", FLOAT)
    k = p.op("mul", size, size, dtype="int64")
    with p.loop(ZERO, size, ONE, [("s", x, FLOAT)], index="t") as (t, (s,), close):
        (out,) = close(p.op("mul", s, p.op("cast", p.op("add", t, k, dtype="int64")), hint="s"))
    p.returns(out)
    assert "t1 = n * n" in text(p) and "for t in range(n):" in text(p)
