"""Memory versions on hand-built functions."""

from s2sad.analysis.versions import memory_versions, versions
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.builder import const
from tests.support.work import assert_near_linear

N = n.Var("n", n.Scalar("int64"))
C = n.Var("c", n.Scalar("bool"))


def array(name: str) -> n.Var:
    return n.Var(name, n.Array("float64", (N,)))


def load(name: str, a: n.Var) -> n.Load:
    return n.Load(n.Var(name, n.Scalar("float64")), a, (const(0),))


def store(a: n.Var) -> n.Store:
    return n.Store(a, (const(0),), const(1.0))


def function(params, *body: n.Stmt) -> n.Function:
    return n.Function("f", tuple(n.Param(p.name, p) for p in params), (*body, n.Return(None)))


def loads(fn: n.Function) -> dict[str, int]:
    return {s.target.name: s.version for s in walk.walk(versions(fn).body) if isinstance(s, n.Load)}


def loop(*body: n.Stmt) -> n.For:
    return n.For(n.Var("i", n.Scalar("int64")), const(0), N, const(1), (), body)


def test_a_store_makes_a_version_of_its_array_only():
    x, y = array("x"), array("y")
    seen = loads(function([x, y], load("a", x), load("b", y), store(x), load("c", x), load("d", y), load("e", x)))
    assert seen["a"] != seen["c"] == seen["e"]
    assert seen["b"] == seen["d"] != seen["a"]


def test_a_loop_that_writes_has_a_version_at_its_head_and_one_after_it():
    x, y = array("x"), array("y")
    fn = function([x, y], load("a", x), loop(load("b", x), store(x), load("c", x), load("d", y)), load("e", x))
    seen = loads(fn)
    assert len({seen[k] for k in "abce"}) == 4
    facts = memory_versions(fn)
    head = facts.definitions[seen["b"]]
    assert (head.kind, head.args) == ("head", (seen["a"], seen["c"]))
    assert facts.definitions[seen["e"]].kind == "exit"


def test_each_branch_starts_where_the_if_does():
    x = array("x")
    branch = n.If(C, (load("b", x), store(x), load("c", x)), (load("d", x),))
    fn = function([x], load("a", x), branch, load("e", x))
    seen = loads(fn)
    assert seen["a"] == seen["b"] == seen["d"]
    assert memory_versions(fn).definitions[seen["e"]].args == (seen["c"], seen["a"])


def test_a_branch_inside_a_loop():
    x = array("x")
    fn = function([x], loop(load("a", x), n.If(C, (store(x),), (store(x), load("b", x))), load("c", x)), load("d", x))
    seen = loads(fn)
    facts = memory_versions(fn)
    assert facts.definitions[seen["a"]].args == (0, seen["c"])
    assert facts.definitions[seen["d"]].args == (0, seen["c"])


def test_facts_at_positions():
    x = array("x")
    fn = function([x], store(x), n.If(C, (store(x),), ()), store(x))
    facts = memory_versions(fn)
    before = [facts.before(p, x) for p in range(5)]
    assert before[0] == 0
    assert before[1] == before[2] == facts.after(0, x)
    assert facts.after(1, x) == before[3]
    assert facts.after(3, x) == before[4]


def test_near_linear():
    def nest(count: int) -> tuple[n.Function]:
        x = array("x")
        body: tuple[n.Stmt, ...] = tuple(store(x) for _ in range(count))
        for _ in range(20):
            body = (loop(*body),)
        return (function([x], *body),)

    versions(*nest(5000))
    assert_near_linear(versions, nest, 300)
