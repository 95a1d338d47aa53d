"""Folding, precedence, constants, casts, views, reversed ranges."""

import itertools

import numpy as np
import pytest

from s2sad.backend.emit import emit
from s2sad.ir import nodes as n
from tests.backend.build import BOOL, FLOAT, INT, Program, array, const, line
from tests.backend.test_random import executed

ZERO, ONE = const(0), const(1)
F32 = n.Scalar("float32")


def body(p: Program, style: str = "fast", **options) -> str:
    """The text below the signature, unindented by one level."""
    lines = emit(p.function(**options), style).text.splitlines()[1:]
    return "\n".join(k[4:] for k in lines)


def returned(make, style: str = "fast") -> str:
    """The text of the scalar that ``make(p, a, b, c)`` builds."""
    p = Program()
    p.returns(make(p, *(p.param(name, FLOAT) for name in "abc")))
    return body(p, style)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda p, a, b, c: p.op("neg", p.op("pow", a, b)), "-a ** b"),
        (lambda p, a, b, c: p.op("pow", p.op("neg", a), b), "(-a) ** b"),
        (lambda p, a, b, c: p.op("sub", a, p.op("sub", b, c)), "a - (b - c)"),
        (lambda p, a, b, c: p.op("sub", p.op("sub", a, b), c), "a - b - c"),
        (lambda p, a, b, c: p.op("add", a, p.op("add", b, c)), "a + (b + c)"),
        (lambda p, a, b, c: p.op("div", a, p.op("mul", b, c)), "a / (b * c)"),
        (lambda p, a, b, c: p.op("mul", p.op("div", a, b), c), "a / b * c"),
        (lambda p, a, b, c: p.op("pow", a, p.op("pow", b, c)), "a ** b ** c"),
        (lambda p, a, b, c: p.op("pow", p.op("pow", a, b), c), "(a ** b) ** c"),
        (lambda p, a, b, c: p.op("mul", a, p.op("neg", b)), "a * -b"),
        (lambda p, a, b, c: p.op("sub", a, const(-1.5)), "a - -1.5"),
        (lambda p, a, b, c: p.op("pow", const(-2.0), a), "(-2.0) ** a"),
        (lambda p, a, b, c: p.op("mul", const(np.inf), p.op("add", a, const(np.nan))), "np.inf * (a + np.nan)"),
        (lambda p, a, b, c: p.op("mul", const(-np.inf), const(-0.0)), "-np.inf * -0.0"),
        (
            lambda p, a, b, c: p.op("select", p.op("lt", a, b, dtype="bool"), a, p.op("mul", b, c)),
            "a if a < b else b * c",
        ),
        (
            lambda p, a, b, c: p.op("mul", p.op("select", p.op("lt", a, b, dtype="bool"), a, b), c),
            "(a if a < b else b) * c",
        ),
    ],
)  # fmt: skip
def test_precedence(make, text):
    style = "plain" if "**" in text else "fast"  # which calls powers by name
    assert returned(make, style) == f"return {text}"


def boolean(make) -> str:
    p = Program()
    p.returns(make(p, *(p.param(name, BOOL) for name in "abc")))
    return body(p)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda p, a, b, c: p.op("and", p.op("and", a, b, dtype="bool"), c, dtype="bool"), "a and b and c"),
        (lambda p, a, b, c: p.op("and", a, p.op("or", b, c, dtype="bool"), dtype="bool"), "a and (b or c)"),
        (lambda p, a, b, c: p.op("not", p.op("and", a, b, dtype="bool"), dtype="bool"), "not (a and b)"),
        (lambda p, a, b, c: p.op("or", p.op("not", a, dtype="bool"), b, dtype="bool"), "not a or b"),
        (lambda p, a, b, c: p.op("eq", p.op("ne", a, b, dtype="bool"), c, dtype="bool"), "(a != b) == c"),
    ],
)
def test_boolean_precedence(make, text):
    assert boolean(make) == f"return {text}"


def test_no_fold_across_a_store():
    p = Program()
    size = p.param("n", INT)
    x, y = p.param("x", array(size)), p.param("y", array(size))
    t = p.load(x, (ZERO,), hint="t")
    u = p.load(y, (ZERO,), hint="t")
    p.add(n.Store(x, (ZERO,), const(5.0)))
    p.returns(p.op("add", t, u))
    assert body(p) == "t = x[0]\nx[0] = 5.0\nreturn t + y[0]"


def test_no_fold_across_a_store_through_a_view_or_a_library_call():
    p = Program()
    size = p.param("n", INT)
    x = p.param("x", array(size, size))
    square = p.op("mul", size, size, hint="m", dtype="int64")
    flat = p.var("flat", array(square))
    p.add(n.View(flat, x, (n.Reshape(),)))
    t = p.load(x, (ZERO, ZERO), hint="t")
    p.add(n.Store(flat, (ZERO,), const(5.0)))
    u = p.load(flat, (ONE,), hint="t")
    p.add(n.LibCall("matmul", (x,), (x, x)))
    p.returns(p.op("add", t, u))
    made = body(p)
    assert (
        made.index("= x[0, 0]") < made.index("flat[0] = 5.0") < made.index("= flat[1]") < made.index("np.dot(x, x, x)")
    )


def test_no_fold_into_a_loop():
    p = Program()
    x, size = p.param("x", FLOAT), p.param("n", INT)
    t = p.op("exp", x)
    with p.loop(ZERO, size, ONE, [("s", const(0.0), FLOAT)]) as (_, (s,), close):
        (out,) = close(p.op("add", s, t, hint="s"))
    p.returns(out)
    assert body(p).splitlines()[0] == "t = exp(x)"


def test_users_names_of_other_lines_stay():
    p = Program()
    a = p.param("a", FLOAT)
    p.loc = line(2, "y = a * a")
    y = p.op("mul", a, a, hint="y")
    p.loc = line(3, "z = np.sin(y + 1)")
    z = p.op("sin", p.op("add", y, const(1.0)), hint="z")
    p.returns(p.op("mul", z, z), line(4, "return z * z"))
    assert body(p) == "y = a * a\nz = sin(y + 1.0)  # z = np.sin(y + 1)\nreturn z * z"


def test_long_expressions_are_cut():
    p = Program()
    total = p.param("a", FLOAT)
    for k in range(40):
        total = p.op("add", total, p.op("sin", p.op("mul", total if k == 0 else const(float(k)), const(2.0))))
    p.returns(total)
    assert max(map(len, body(p).splitlines())) < 110


def test_in_place_forms():
    p = Program()
    size = p.param("n", INT)
    x, y = p.param("x", array(size)), p.param("y", FLOAT)
    p.add(n.Accumulate(x, (ZERO,), p.op("neg", p.op("mul", y, y))))
    p.add(n.Store(x, (ONE,), p.op("mul", p.load(x, (ONE,), hint="t"), y)))
    y1 = p.op("add", y, p.op("neg", const(2.0)), hint="y")
    y2 = p.op("mul", const(3.0), y1, hint="y")
    y3 = p.op("sub", const(3.0), p.op("copy", y2, hint="y"), hint="y")
    p.returns(n.Struct((y3, y3)))
    assert body(p).startswith("x[0] -= y * y\nx[1] *= y\n")


def test_allocations():
    p = Program()
    size = p.param("n", INT)
    a = p.alloc("a", "float64", (size, const(3)))
    b = p.alloc("b", "float32", (size,), const(0.0, "float32"))
    c = p.alloc("c", "bool", (const(2),), const(True))
    d = p.alloc("d", "float64", (size,), const(2.5))
    e = p.alloc("e", "float64", (), const(0.0))
    p.returns(n.Struct((a, b, c, d, e, None)))
    assert body(p) == (
        "a = np.empty((n, 3))\nb = np.zeros(n, dtype=np.float32)\nc = np.ones(2, dtype=np.bool_)\n"
        "d = np.full(n, 2.5)\ne = np.zeros(())\nreturn a, b, c, d, e, None"
    )


def test_library_call_defines_a_fresh_array():
    p = Program()
    size = p.param("n", INT)
    a, b = p.param("a", array(size, size)), p.param("b", array(size, size))
    m = p.op("extent", a, const(1), hint="m", dtype="int64")
    turned = p.var("t", array(size, size, layout="F"))
    p.add(n.View(turned, a, (n.Transpose((1, 0)),)))
    c = p.alloc("c", "float64", (size, m))
    p.add(n.LibCall("matmul", (c,), (turned, b)))
    p.returns(c)
    assert body(p) == "c = a.T @ b\nreturn c"


def test_float32_constants_and_casts():
    p = Program()
    size = p.param("n", INT)
    x, y = p.param("x", array(size, dtype="float32")), p.param("y", FLOAT)
    t = p.op("mul", p.load(x, (ZERO,), hint="t"), const(float(np.float32(0.1)), "float32"), dtype="float32")
    p.add(n.Store(x, (ZERO,), t))
    p.add(n.Store(x, (ONE,), const(0.5, "float32")))
    p.add(n.Store(x, (const(2),), p.op("cast", y, dtype="float32")))
    k = p.op("mul", p.op("cast", size), y)
    p.returns(p.op("div", k, p.op("cast", p.op("add", size, ONE, dtype="int64"))))
    assert body(p) == "x[0] *= np.float32(0.1)\nx[1] = 0.5\nx[2] = y\nreturn n * y / (n + 1)"
    assert body(p, "plain") == "x[0] *= 0.1\nx[1] = 0.5\nx[2] = y\nreturn n * y / (n + 1)"


def test_casts_that_numba_needs():
    p = Program()
    k, j = p.param("k", INT), p.param("j", INT)
    both = p.op("add", p.op("cast", k), p.op("cast", j))
    small = p.op("add", p.op("cast", k, dtype="int32"), const(3, "int32"), dtype="int32")
    p.returns(n.Struct((both, small, p.op("cast", p.op("sqrt", both), dtype="int64"))))
    made = body(p)
    assert "np.float64(k) + j" in made and "np.int32(np.int32(k) + np.int32(3))" in made and "np.int64(" in made


def test_checks():
    p = Program()
    n_, m, x = p.param("n", INT), p.param("m", INT), p.param("x", FLOAT)
    p.add(n.Check(p.op("eq", n_, m, dtype="bool"), "SizeOne", "extents differ"))
    p.add(n.Check(p.op("lt", n_, m, dtype="bool"), "IndexError", "out of bounds"))
    p.add(n.Check(p.op("lt", x, const(1.0), dtype="bool"), "ValueError", 'it\'s "x"'))
    p.returns(x)
    assert body(p) == (
        'if n != m:\n    raise rt.SizeOneError("extents differ")\nif n >= m:\n    raise IndexError("out of bounds")\n'
        "if not x < 1.0:\n    raise ValueError('it\\'s \"x\"')\nreturn x"
    )


def test_views_of_returned_values():
    p = Program()
    size, s = p.param("n", INT), p.param("s", INT)
    x = p.param("x", array(size, size))
    made = []
    numbers = [
        (ZERO, ONE, size),
        (const(1), ONE, const(3)),
        (const(4), const(-2), const(3)),
        (const(4), const(-1), const(5)),
    ]
    for start, step, count in [*numbers, (const(2), s, const(2)), (const(2), const(2), ZERO), (const(2), s, ZERO)]:
        v = p.var("v", array(count, layout="A"))
        p.add(n.View(v, x, (n.Slice(start, step, count), n.At(ONE))))
        made.append(v)
    for items, extents in (((n.NewAxis(), n.At(ZERO), n.Slice(ZERO, ONE, size)), (ONE, size)),):
        v = p.var("v", array(*extents, layout="A"))
        p.add(n.View(v, x, items))
        made.append(v)
    p.returns(n.Struct(tuple(made)))
    data = np.arange(25.0).reshape(5, 5)
    for step in (1, 2, -1, -2):
        got = executed(emit(p.function()))(5, step, data)
        column = data[:, 1]
        wanted = [column, column[1:4], column[[4, 2, 0]], column[::-1], column[[2, 2 + step]], column[:0], column[:0]]
        for a, b in zip(got, [*wanted, data[0][None]], strict=True):
            np.testing.assert_array_equal(a, b)


def reversed_trips(start: n.Atom | str, stop: n.Atom | str, step: n.Atom | str):
    """A function ``(start, stop, step, out)`` that notes the trips of the reversed loop, and counts them."""
    p = Program()
    a, b, c = p.param("a", INT), p.param("b", INT), p.param("c", INT)
    out = p.param("out", array(p.param("m", INT), dtype="int64"))
    table = {"a": a, "b": b, "c": c}
    low, high, by = (table[v] if isinstance(v, str) else v for v in (start, stop, step))
    with p.loop(low, high, by, [("k", ZERO, INT)], reverse=True) as (i, (k,), close):
        p.add(n.Store(out, (k,), i))
        (count,) = close(p.op("add", k, ONE, hint="k", dtype="int64"))
    p.returns(count)
    return executed(emit(p.function()))


@pytest.mark.parametrize("step", [-3, -2, -1, 1, 2, 3, "c"])
@pytest.mark.parametrize("fixed", ["none", "start", "stop"])
def test_reversed_ranges_by_brute_force(step, fixed):
    f = None
    for start, stop, c in itertools.product(range(-4, 6), range(-4, 6), (-3, -2, -1, 1, 2, 3)):
        by = c if step == "c" else step
        if f is None or fixed != "none":
            low = const(start) if fixed == "start" else "a"
            high = const(stop) if fixed == "stop" else "b"
            if c == -3 or f is None:
                f = reversed_trips(low, high, step if step == "c" else const(step))
        out = np.full(20, 99)
        count = f(start, stop, c, 20, out)
        assert list(out[:count]) == list(reversed(range(start, stop, by))), (start, stop, by)


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((ZERO, "n", ONE), "range(n - 1, -1, -1)"),
        ((const(2), "n", ONE), "range(n - 1, 1, -1)"),
        (("n", ZERO, const(-1)), "range(1, n + 1)"),
        ((const(-1), "n", const(-1)), "range(n + 1, 0)"),
        ((ZERO, "n", const(2)), "range((n - 1) // 2 * 2, -1, -2)"),
        (("n", const(5), const(-2)), "range(n - (n - 6) // 2 * 2, n + 1, 2)"),
    ],
)
def test_text_of_reversed_ranges(bounds, text):
    p = Program()
    size = p.param("n", INT)
    low, high, by = (size if b == "n" else b for b in bounds)
    with p.loop(low, high, by, reverse=True):
        pass
    p.returns(None)
    assert f"in {text}:" in body(p)


def test_signature_defaults_docstring_and_tuples():
    p = Program()
    w, b, x = p.var("w", FLOAT), p.var("b", FLOAT), p.param("x", FLOAT, "0.5")
    p.params.insert(0, n.Param("params", n.Struct((n.Struct((w,)), b))))
    p.params.append(n.Param("scale", p.var("scale", FLOAT)))
    p.returns(n.Struct((p.op("mul", w, x), n.Struct((b, None)))))
    made = emit(p.function(doc="Twice.")).text
    assert made == ('def f(params, x, scale):\n    """Twice."""\n    (w,), b = params\n    return w * x, (b, None)\n')
    assert executed(emit(p.function()))(((3.0,), 4.0), 0.5, 1.0) == (1.5, (4.0, None))


def test_empty_loop_and_unused_sum_do_not_break():
    p = Program()
    size = p.param("n", INT)
    i, total = p.var("i", INT), p.var("s", FLOAT)
    p.add(n.Map((i,), (size,), (), (n.Sum(total, const(0.0), const(1.0)),)))
    p.returns(size)
    assert body(p) == "for i in range(n):\n    pass\nreturn n"
