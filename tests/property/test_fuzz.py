"""Random programs of the subset: a sample in every run, the thousands of the acceptance line marked slow.

A failure prints its seed and the minimized program; ``python -m tests.property.run --seeds N`` repeats it.
"""

import ast
from dataclasses import replace

import numpy as np
import pytest

from tests.support.fuzz_minimize import minimized
from tests.support.fuzz_oracle import Outcome, check
from tests.support.fuzz_programs import Argument, Case, case, function_of
from tests.support.fuzz_reasons import documented, missing
from tests.support.fuzz_run import DRAWN, Found, one

BATCH = 10


def _run(seeds: range, target: str, drawn_by: str = "programs") -> list[Found]:
    found = [one(seed, target, minimize=True, drawn_by=drawn_by) for seed in seeds]
    failed = [f"seed {f.seed}: {f.status}: {f.kind}\n{f.minimized or f.text}" for f in found if f.failed]
    assert not failed, "\n\n".join(failed)
    return found


def _batches(first: int, last: int) -> list[range]:
    return [range(k, min(k + BATCH, last)) for k in range(first, last, BATCH)]


@pytest.mark.parametrize("seeds", _batches(0, 60), ids=str)
def test_python_target(seeds: range) -> None:
    """No wrong number and no crash."""
    _run(seeds, "python")


@pytest.mark.parametrize("seed", range(2000, 2006))
def test_compiled(seed: int) -> None:
    """The same compiled; it equals the python target too."""
    _run(range(seed, seed + 1), "cpu")


# How many run by default, and one in how many of these is taken at least: the others are refused, and none is wrong.
NARROW = {
    "histories": (80, 5), "recursions": (50, 2), "integers": (50, 2), "overlaps": (50, 2), "lengths": (50, 5),
    "exits": (50, 3), "functions": (50, 2),
}  # fmt: skip


@pytest.mark.parametrize(
    ("drawn_by", "seeds"), [(k, b) for k, (n, _) in NARROW.items() for b in _batches(0, n)], ids=str
)
def test_narrow_kinds(drawn_by: str, seeds: range) -> None:
    """Small programs about one thing."""
    found = _run(seeds, "python", drawn_by)
    assert sum(f.status == "ok" for f in found) >= len(seeds) // NARROW[drawn_by][1]


def test_every_narrow_kind_is_run() -> None:
    """A kind that can be drawn is in the table."""
    assert set(NARROW) == set(DRAWN) - {"programs"}


@pytest.mark.parametrize("seed", range(3000, 3003))
def test_histories_compiled(seed: int) -> None:
    """The same compiled."""
    _run(range(seed, seed + 1), "cpu", "histories")


@pytest.mark.slow
@pytest.mark.parametrize("drawn_by", NARROW)
def test_two_thousand(drawn_by: str) -> None:
    """Many of them."""
    found = [f for seeds in _batches(50000, 52000) for f in _run(seeds, "python", drawn_by)]
    assert sum(f.status == "ok" for f in found) >= 1000


@pytest.mark.slow
def test_three_thousand() -> None:
    """None wrong, none crashes, at most 1 % refused of what Numba compiles, each for a reason that is announced."""
    found = [f for seeds in _batches(30000, 33000) for f in _run(seeds, "python")]
    refused = [f for f in found if f.numba]
    assert len(refused) <= 30 and not [f for f in refused if not documented(f.kind)], [
        (f.seed, f.kind) for f in refused
    ]
    assert sum(f.status == "ok" for f in found) >= 2400


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40000, 40300))
def test_compiled_three_hundred(seed: int) -> None:
    """300 programs, compiled."""
    _run(range(seed, seed + 1), "cpu")


# ---- the fuzzer itself ----------------------------------------------------------------------------------------------


def test_same_seed_same_program() -> None:
    """A seed names one program and its arguments."""
    a, b = case(7), case(7)
    assert a == b and a.text != case(8).text
    for x, y in zip(a.make(a.load()), b.make(b.load()), strict=True):
        np.testing.assert_array_equal(x, y)


def test_programs_run() -> None:
    """Nearly all drawn programs run as plain Python."""
    raised = 0
    with np.errstate(all="ignore"):
        for seed in range(200):
            drawn = case(seed)
            namespace = drawn.load()
            try:
                function_of(namespace)(*drawn.make(namespace))
            except Exception:
                raised += 1
    assert raised <= 16


WIDTH = {
    "loops": (ast.For,), "branches": (ast.If,), "choices": (ast.IfExp,), "slices": (ast.Slice,),
    "augmented": (ast.AugAssign,), "annotated": (ast.AnnAssign,), "comparisons": (ast.Compare,), "logic": (ast.BoolOp,),
    "products": (ast.MatMult,), "tuples": (ast.Tuple,), "keywords": (ast.keyword,), "lambdas": (ast.Lambda,),
    "while": (ast.While,), "exits": (ast.Break, ast.Continue), "demands": (ast.Assert, ast.Raise),
    "match": (ast.Match,), "lists": (ast.List,), "comprehensions": (ast.ListComp, ast.GeneratorExp),
    "dictionaries": (ast.Dict,), "walrus": (ast.NamedExpr,),
}  # fmt: skip
CALLS = (
    "np.add.at", "np.cumsum", "np.sort", "np.einsum", "np.linalg", "np.concatenate", ".append", "np.argsort",
    "rng.normal(", "rng.permutation", "print(", "@custom_vjp", "zero_derivative(", "stop_gradient(", "math.gamma",
)  # fmt: skip


@pytest.mark.parametrize("name", WIDTH)
def test_width(name: str) -> None:
    """The programs use the whole subset."""
    trees = [ast.parse(case(seed).text) for seed in range(200)]
    assert sum(any(isinstance(node, WIDTH[name]) for node in ast.walk(tree)) for tree in trees) >= 10


@pytest.mark.parametrize("name", CALLS)
def test_calls(name: str) -> None:
    """The programs call NumPy's larger functions."""
    assert sum(name in case(seed).text for seed in range(500)) >= 3


def test_functions_that_call_themselves() -> None:
    """Also with a depth that the run decides."""
    functions = [
        node
        for seed in range(300)
        for node in ast.walk(ast.parse(case(seed).text))
        if isinstance(node, ast.FunctionDef) and f"{node.name}(" in ast.unparse(ast.Module(node.body, []))
    ]
    assert len(functions) >= 15


def test_arrays_in_arguments_are_written() -> None:
    """In containers of every kind."""
    texts = [case(seed).text for seed in range(600)]
    for place in ("p.v[", "p['v'][", "p[1]["):
        assert sum(any(line.strip().startswith(place) for line in text.splitlines()) for text in texts) >= 3, place


def test_refusals_are_announced() -> None:
    """The words that the table of reasons quotes stand in docs/limitations.md."""
    assert not missing()
    assert documented("trim_zeros has no derivative here") and documented("the moon is full") is None


def _case(body: str, *arguments: Argument) -> Case:
    header = "import math\nimport numpy as np\nREAL = np.float64\nPair = None\n"
    return Case(1, header + body, arguments)


def test_oracle_finds_a_wrong_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pullback with a wrong sign is reported, and the program is cut down to the statement at fault."""
    import s2sad

    right = s2sad.vjp

    class Negated:
        def __init__(self, pull: object) -> None:
            self._pull, self.final = pull, pull.final  # type: ignore[attr-defined]

        def __call__(self, *seeds: object, **named: object) -> tuple:
            return tuple(None if bar is None else -bar for bar in self._pull(*seeds, **named))  # type: ignore[operator]

    def wrong(f, *primals, **options):
        out, pull = right(f, *primals, **options)
        return out, Negated(pull)

    program = _case("def program(a, b):\n    s = a + b\n    t = s * b\n    u = a\n    return t\n",
                    Argument("a", "f"), Argument("b", "f"))  # fmt: skip
    assert check(program).status == "ok"
    monkeypatch.setattr(s2sad, "vjp", wrong)
    outcome = check(program)
    assert (outcome.status, outcome.kind) == ("wrong", "vjp")
    assert "u = a" not in minimized(program, outcome, check)


def test_kinks_are_rough() -> None:
    """Where the function has a corner, differences decide nothing."""
    program = _case("def program(a):\n    return abs(a - a * 1.0) + max(0.0 * a, a - a)\n", Argument("a", "f"))
    assert check(program).status == "ok"
    corner = _case("ZERO = {z!r}\n\ndef program(a):\n    return max(a - ZERO, 0.0)\n", Argument("a", "f"))
    (a,) = corner.make({})
    assert check(replace(corner, text=corner.text.replace("{z!r}", repr(a)))).status in ("ok", "rough")


def test_exceptions_must_be_equal() -> None:
    """What raises in Python raises the same."""
    beyond = _case("def program(a, x, n):\n    return a * x[n]\n", Argument("a", "f"), Argument("x", "f", (3,)),
                   Argument("n", "i", value=5))  # fmt: skip
    assert check(beyond) == Outcome("raises", "IndexError")
