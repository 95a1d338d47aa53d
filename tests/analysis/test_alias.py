"""Alias classes on hand-built functions."""

from s2sad.analysis.alias import aliases
from s2sad.ir import nodes as n
from s2sad.ir.builder import const

N = n.Var("n", n.Scalar("int64"))
A1 = n.Array("float64", (N,))


def array(name: str) -> n.Var:
    return n.Var(name, A1)


def function(params, *body: n.Stmt) -> n.Function:
    return n.Function("f", tuple(n.Param(p.name, p) for p in params), (*body, n.Return(None)))


def test_views_live_in_their_base():
    x, y, v, w = map(array, "xyvw")
    item = (n.Slice(const(0), const(1), N),)
    facts = aliases(function([x, y], n.View(v, x, item), n.View(w, v, item)))
    assert facts.root(w) == x
    assert facts.may_alias(w, x)
    assert not facts.may_alias(w, y)
    assert facts.of_parameter(w)


def test_swapped_arrays_are_one_class_but_never_the_same_memory():
    x, a, a1, a2, b1, b2 = map(array, ["x", "a", "a.1", "a.2", "b.1", "b.2"])
    t = n.Var("t", n.Scalar("int64"))
    loop = n.For(t, const(0), N, const(1), (n.Carry(a1, x, b1, a2), n.Carry(b1, a, a1, b2)), ())
    facts = aliases(function([x], n.Alloc(a), loop))
    assert len({facts.class_of(v) for v in (x, a, a1, a2, b1, b2)}) == 1
    assert not facts.may_share(a1, b1)
    assert not facts.may_share(a2, b2)
    assert not facts.may_share(x, a)
    assert facts.may_share(a1, x)
    assert facts.may_share(a2, a)
    assert facts.of_parameter(b2)


def test_a_join_may_be_either():
    x, y, z, r = map(array, "xyzr")
    c = n.Var("c", n.Scalar("bool"))
    facts = aliases(function([x, y, z], n.If(c, (), (), (n.Join(r, x, y),))))
    assert facts.may_share(r, x)
    assert facts.may_share(r, y)
    assert not facts.may_share(x, y)
    assert not facts.may_alias(r, z)
