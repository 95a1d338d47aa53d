"""Extents: equal forms, facts from checks, indices proven in range."""

import pytest

from s2sad.analysis.shapes import Form, Shapes
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

INT = n.Scalar("int64")


def var(name: str) -> n.Var:
    return n.Var(name, INT)


@pytest.fixture
def shapes() -> Shapes:
    made = Shapes()
    for name in ("n", "m"):
        made.bound(var(name), Form(0), None)
    return made


def defined(shapes: Shapes, name: str, op: str, *args: n.Atom) -> n.Var:
    shapes.define(var(name), op, args)
    return var(name)


def test_equal_computations_are_equal(shapes: Shapes) -> None:
    a = defined(shapes, "a", "sub", var("n"), const(2))
    b = defined(shapes, "b", "add", defined(shapes, "c", "sub", var("n"), const(1)), const(-1))
    assert shapes.equal(a, b)
    assert shapes.equal(a, var("n")) is False
    assert shapes.equal(a, var("m")) is None
    x = defined(shapes, "x", "pymax", const(0), a)
    y = defined(shapes, "y", "pymax", const(0), b)
    assert shapes.equal(x, y)
    p = defined(shapes, "p", "mul", var("n"), var("m"))
    q = defined(shapes, "q", "mul", var("m"), var("n"))
    assert shapes.equal(p, q)
    assert shapes.equal(
        defined(shapes, "d", "mul", var("n"), const(2)), defined(shapes, "e", "add", var("n"), var("n"))
    )


def test_facts_end_with_their_scope(shapes: Shapes) -> None:
    a = defined(shapes, "a", "sub", var("n"), const(1))
    with shapes.scope():
        shapes.unify(var("m"), a)
        assert shapes.equal(var("m"), a)
        b = defined(shapes, "b", "add", var("m"), const(1))
        assert shapes.equal(b, var("n"))
        shapes.unify(var("n"), const(4))
        assert shapes.form(var("m")).known == 3
    assert shapes.equal(var("m"), a) is None


def test_indices_in_range(shapes: Shapes) -> None:
    i, j = var("i"), var("j")
    shapes.bound(i, Form(1), shapes.form(var("n")) - Form(1))  # i in range(1, n)
    shapes.bound(j, shapes.form(i), shapes.form(var("n")) - Form(1))  # j in range(i, n)
    before = defined(shapes, "before", "sub", i, const(1))
    after = defined(shapes, "after", "add", i, const(1))
    for index in (i, j, before):
        assert shapes.non_negative(shapes.form(index))
        assert shapes.at_most(shapes.form(index) + Form(1), shapes.form(var("n")))
    assert not shapes.at_most(shapes.form(after) + Form(1), shapes.form(var("n")))
    assert not shapes.non_negative(shapes.form(before) - Form(1))


def test_clipped_values(shapes: Shapes) -> None:
    low = defined(shapes, "low", "pymax", const(0), defined(shapes, "t", "sub", var("n"), const(3)))
    high = defined(shapes, "high", "pymin", var("m"), var("n"))
    assert shapes.non_negative(shapes.form(low))
    assert shapes.non_negative(shapes.form(high))
    assert shapes.at_most(shapes.form(high), shapes.form(var("n")))
    assert shapes.at_most_one(defined(shapes, "one", "pymin", const(1), var("n")))
    assert not shapes.at_most_one(high)
    assert shapes.simple(var("n"))
    assert not shapes.simple(low)


def test_values_made_of_ever_more_are_terms_of_their_own(shapes: Shapes) -> None:
    """Halves of halves, clipped: each is made of the one before twice. The work grows with their number only."""
    extent: n.Atom = var("n")
    for k in range(60):
        half = defined(shapes, f"half{k}", "floordiv", extent, const(2))
        clipped = defined(shapes, f"clipped{k}", "pymin", defined(shapes, f"at{k}", "add", half, var("k")), extent)
        assert shapes.at_most(shapes.form(clipped), shapes.form(extent)) or k > 3
        shapes.at_most(shapes.form(half), shapes.form(clipped))
        extent = clipped
    assert sum(shapes.form(var(f"clipped{k}")) == Form(0, frozenset([(var(f"clipped{k}"), 1)])) for k in range(60)) > 1
    shapes.unify(extent, var("m"))
    assert shapes.equal(extent, var("m"))
