"""The issue's logistic example: text as wanted, and it runs."""

import numpy as np

from s2sad.backend.cpu import compile_cpu
from s2sad.backend.emit import emit
from s2sad.ir import nodes as n
from tests.backend.build import FLOAT, INT, Program, const, line

LOOP, BODY, RETURN = line(2, "for i in range(n):"), line(3, "x = r * x * (1 - x)"), line(4, "return x")

EXPECTED = """\
def logistic_grad(x, n, r, y_bar=1.0):
    # forward sweep
    x_tape = np.empty(max(0, n))
    for i in range(n):
        x_tape[i] = x
        x = r * x * (1.0 - x)           # x = r * x * (1 - x)
    # reverse sweep
    x_bar = y_bar
    r_bar = 0.0
    for i in range(n - 1, -1, -1):
        x = x_tape[i]
        r_bar += x_bar * x * (1.0 - x)  # x = r * x * (1 - x)
        x_bar = x_bar * r * (1.0 - 2.0 * x)
    return x_bar, r_bar
"""


def logistic() -> n.Function:
    p = Program()
    x, size, r = p.param("x", FLOAT), p.param("n", INT), p.param("r", FLOAT)
    y_bar = p.param("y_bar", FLOAT, "1.0")
    one = const(1.0)
    p.loc = LOOP
    trips = p.op("pymax", const(0), size, dtype="int64")
    tape = p.alloc("x_tape", "float64", (trips,), role="tape")
    with p.loop(const(0), size, const(1), [("x", x, FLOAT)]) as (i, (xi,), close):
        p.loc = BODY
        p.add(n.Push(tape, (i,), xi, BODY))
        close(p.op("mul", p.op("mul", r, xi), p.op("sub", one, xi), hint="x"))
    split = len(p.out)
    p.loc = LOOP
    carried = [("x_bar", y_bar, FLOAT), ("r_bar", const(0.0), FLOAT)]
    with p.loop(const(0), size, const(1), carried, reverse=True) as (j, (x_bar, r_bar), close):
        p.loc = BODY
        xj = p.var("x", FLOAT)
        p.add(n.Pop(xj, tape, (j,), BODY))
        share = p.op("mul", p.op("mul", x_bar, xj), p.op("sub", one, xj))
        r_next = p.op("add", r_bar, share, hint="r_bar")
        slope = p.op("sub", one, p.op("mul", const(2.0), xj))
        bars = close(p.op("mul", p.op("mul", x_bar, r), slope, hint="x_bar"), r_next)
    p.returns(n.Struct(tuple(bars)), RETURN)
    return p.function("logistic_grad", reverse_at=split)


def test_text():
    assert emit(logistic()).text == EXPECTED


def test_line_map_leads_to_the_users_lines():
    found = emit(logistic()).line_map
    assert {k: loc.line for k, loc in found.items()} == {
        3: 2, 4: 2, 5: 3, 6: 3, 8: 2, 9: 2, 10: 2, 11: 3, 12: 3, 13: 3, 14: 4
    }  # fmt: skip


def primal(x, r, n):
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def test_runs_and_jits():
    compiled = compile_cpu(emit(logistic()))
    for f in (compiled.function, compiled.dispatcher):
        for trips in (0, 1, 7):
            x_bar, r_bar = f(0.3, trips, 3.1)
            h = 1e-6
            assert np.isclose(x_bar, (primal(0.3 + h, 3.1, trips) - primal(0.3 - h, 3.1, trips)) / (2 * h), rtol=1e-6)
            assert np.isclose(r_bar, (primal(0.3, 3.1 + h, trips) - primal(0.3, 3.1 - h, trips)) / (2 * h), rtol=1e-6)
