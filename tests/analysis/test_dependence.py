"""The dependence test: known patterns proven, and never a wrong proof against brute force."""

import itertools
import random

import pytest

from s2sad.analysis.dependence import Access, Nests, may_overlap, nests
from s2sad.analysis.polyhedron import Linear, empty
from s2sad.ir import nodes as n
from s2sad.ir.builder import Builder, Names, const

INT = n.Scalar("int64")


class Maker(Builder):
    """Loops and accesses of one array, by hand."""

    def __init__(self) -> None:
        super().__init__(Names())
        self.n = self.var("n", INT)
        self.matrix = n.Var("a", n.Array("float64", (self.n, self.n)))
        self.vector = n.Var("x", n.Array("float64", (self.n,)))
        self.add(n.Assign(self.n, "extent", (self.vector, const(0))))

    def loop(self, index: n.Var, start: n.Atom, stop: n.Atom, body: list[n.Stmt], step: int = 1, reverse=False) -> None:
        kind = n.ReverseLoop if reverse else n.For
        self.add(kind(index, start, stop, const(step), (), tuple(body)))

    def index(self, hint: str) -> n.Var:
        return self.var(hint, INT)

    def plus(self, a: n.Atom, b: int) -> n.Var:
        return self.assign("add", a, const(b), dtype="int64")

    def put(self, array: n.Var, *index: n.Atom) -> None:
        self.add(n.Store(array, index, const(1.0)))

    def get(self, array: n.Var, *index: n.Atom) -> None:
        self.load(array, index)

    def facts(self) -> tuple[Nests, list[Access]]:
        facts = nests(n.Function("f", (), (*self.out, n.Return(None))))
        return facts, [facts.accesses[k] for k in sorted(facts.accesses)]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_time_recurrence_never_overwrites_what_it_read(reverse):
    m = Maker()
    t = m.index("t")
    with m.block() as body:
        m.get(m.vector, t)
        m.put(m.vector, m.plus(t, 1))
    m.loop(t, const(0), m.plus(m.n, -1), body, reverse=reverse)
    facts, (read, write) = m.facts()
    assert may_overlap(facts, read, write, "from") == reverse
    assert may_overlap(facts, write, read, "after") == (not reverse)
    assert not may_overlap(facts, read, write, "same")
    assert may_overlap(facts, read, write, "any")


def test_lu_reads_a_column_that_later_stores_leave_alone():
    m = Maker()
    k, i, j = m.index("k"), m.index("i"), m.index("j")
    with m.block() as columns:
        m.get(m.matrix, i, k)
        m.get(m.matrix, k, j)
        m.put(m.matrix, i, j)
    with m.block() as rows:
        m.loop(j, m.plus(k, 1), m.n, columns)
    with m.block() as steps:
        m.loop(i, m.plus(k, 1), m.n, rows)
    m.loop(k, const(0), m.n, steps)
    facts, (column, row, write) = m.facts()
    assert not may_overlap(facts, column, write, "from")
    assert not may_overlap(facts, row, write, "from")
    assert may_overlap(facts, write, column, "after")
    assert may_overlap(facts, write, write, "after")
    assert not may_overlap(facts, write, write, "after", fixed=1)


def test_cholesky_reads_rows_and_stores_later_columns():
    m = Maker()
    i, j, k = m.index("i"), m.index("j"), m.index("k")
    with m.block() as inner:
        m.get(m.matrix, i, k)
        m.get(m.matrix, j, k)
    with m.block() as columns:
        m.loop(k, const(0), j, inner)
        m.put(m.matrix, i, j)
    with m.block() as rows:
        m.loop(j, const(0), m.plus(i, 1), columns)
    m.loop(i, const(0), m.n, rows)
    facts, (left, right, write) = m.facts()
    assert not may_overlap(facts, left, write, "from")
    assert not may_overlap(facts, right, write, "from")
    assert may_overlap(facts, write, left, "from")


def test_a_triangular_solve_reads_what_is_already_stored():
    m = Maker()
    i, j = m.index("i"), m.index("j")
    with m.block() as inner:
        m.get(m.vector, j)
    with m.block() as outer:
        m.loop(j, const(0), i, inner)
        m.put(m.vector, i)
    m.loop(i, const(0), m.n, outer)
    facts, (read, write) = m.facts()
    assert not may_overlap(facts, read, write, "from")


def test_constant_columns_and_strides_are_disjoint():
    m = Maker()
    t, s = m.index("t"), m.index("s")
    with m.block() as body:
        m.get(m.matrix, t, const(0))
        m.put(m.matrix, t, const(1))
    m.loop(t, const(0), m.n, body)
    with m.block() as body:
        m.get(m.vector, s)
        m.put(m.vector, m.plus(s, 1))
        double = m.assign("mul", const(2), s, dtype="int64")
        m.get(m.vector, double)
        m.put(m.vector, m.plus(double, 1))
    m.loop(s, const(0), m.n, body, step=2)
    facts, (a, b, c, d, e, f) = m.facts()
    assert not may_overlap(facts, a, b)
    assert not may_overlap(facts, c, d)
    assert not may_overlap(facts, e, f)
    assert not may_overlap(facts, c, f)
    assert may_overlap(facts, c, e)


def test_an_index_from_the_end_is_normalized_where_its_sign_is_known():
    m = Maker()
    i = m.index("i")
    with m.block() as body:
        left = m.plus(i, -1)
        m.get(m.vector, m.assign("index", left, m.n, dtype="int64"))
        m.put(m.vector, m.assign("index", i, m.n, dtype="int64"))
        m.get(m.vector, m.assign("index", const(-1), m.n, dtype="int64"))
    m.loop(i, const(1), m.plus(m.n, -1), body)
    facts, (read, write, last) = m.facts()
    assert not may_overlap(facts, read, write, "from")
    assert not may_overlap(facts, last, write)


def test_unknown_indices_meet_unless_they_are_one_binding():
    m = Maker()
    i, table = m.index("i"), n.Var("idx", n.Array("int64", (m.n,)))
    with m.block() as body:
        k = m.load(table, (i,), "k")
        m.get(m.vector, k)
        m.put(m.vector, m.plus(k, 1))
    m.loop(i, const(0), m.n, body)
    facts, (_, read, write) = m.facts()
    assert not may_overlap(facts, read, write, "same")
    assert may_overlap(facts, read, write, "after")


def test_iterations_of_a_map_are_not_ordered():
    m = Maker()
    i, j = m.index("i"), m.index("j")
    with m.block() as body:
        m.get(m.matrix, i, j)
        m.put(m.matrix, i, m.plus(j, 1))
        m.put(m.matrix, i, j)
    m.add(n.Map((i, j), (m.n, m.n), tuple(body)))
    facts, (read, beside, here) = m.facts()
    assert may_overlap(facts, read, beside, "after")
    assert may_overlap(facts, beside, read, "after")
    assert not may_overlap(facts, read, here, "different")
    assert not may_overlap(facts, read, beside, "same")


@pytest.mark.parametrize("seed", range(150))
def test_no_wrong_proof(seed):
    """Random nests of two loops with random affine indices, against all pairs of iterations."""
    rng = random.Random(seed)
    m = Maker()
    i, j = m.index("i"), m.index("j")

    def affine(variables: list[n.Var]) -> tuple[n.Atom, dict[str, int]]:
        form = {v.name: rng.choice([-1, 0, 0, 1, 2]) for v in variables}
        form[""] = rng.randint(-2, 2)
        total: n.Atom = const(form[""])
        for v in variables:
            term = m.assign("mul", const(form[v.name]), v, dtype="int64")
            total = m.assign("add", total, term, dtype="int64")
        return total, form

    steps = [rng.choice([1, 1, 2, -1]) for _ in range(2)]
    reverse = rng.random() < 0.3
    with m.block() as inner:
        indices = [affine([i, j]) for _ in range(4)]
        m.get(m.matrix, indices[0][0], indices[1][0])
        m.put(m.matrix, indices[2][0], indices[3][0])
    with m.block() as outer:
        (first, f1), (last, f2) = affine([i]), affine([i])
        m.loop(j, first, last, inner, steps[1])
    m.loop(i, const(0) if steps[0] > 0 else m.n, m.n if steps[0] > 0 else const(0), outer, steps[0], reverse)
    facts, (read, write) = m.facts()

    def at(form: dict[str, int], **values: int) -> int:
        return form[""] + sum(c * values[v] for v, c in form.items() if v)

    met = dict.fromkeys(["any", "same", "after", "from", "different"], False)
    for extent in range(5):
        outer_trips = list(range(0, extent, steps[0]) if steps[0] > 0 else range(extent, 0, steps[0]))
        outer_trips = outer_trips[::-1] if reverse else outer_trips
        trips = [(a, b) for a in outer_trips for b in range(at(f1, i=a), at(f2, i=a), steps[1])]
        for (p, u), (q, v) in itertools.product(enumerate(trips), repeat=2):
            one = [at(f, i=u[0], j=u[1]) for _, f in indices[:2]]
            two = [at(f, i=v[0], j=v[1]) for _, f in indices[2:]]
            if one == two:
                for order, holds in [("any", True), ("same", p == q), ("after", q > p), ("from", q >= p)]:
                    met[order] |= holds
                met["different"] |= p != q
    for order, happened in met.items():
        if happened:
            assert may_overlap(facts, read, write, order), order


@pytest.mark.parametrize("seed", range(100))
def test_empty_is_never_claimed_of_a_system_with_a_solution(seed):
    rng = random.Random(seed)
    names = "xyz"

    def row() -> Linear:
        return Linear({v: c for v in names if (c := rng.randint(-3, 3))}, rng.randint(-6, 6))

    equal, above = [row() for _ in range(rng.randint(0, 1))], [row() for _ in range(rng.randint(1, 5))]
    solved = any(
        all(_value(e, point) == 0 for e in equal) and all(_value(e, point) >= 0 for e in above)
        for point in itertools.product(range(-6, 7), repeat=3)
    )
    if solved:
        assert not empty(equal, above)


def _value(row: Linear, point: tuple[int, ...]) -> int:
    return row.constant + sum(row.terms.get(v, 0) * x for v, x in zip("xyz", point, strict=True))
