"""``check_grads`` passes right derivatives, and says what is wrong with others."""

from dataclasses import replace

import numpy as np
import pytest

from s2sad import CheckError, check_grads, grad, pipeline
from s2sad.ir import nodes as n
from tests.api import functions as f

X = np.array([0.3, 0.7, 1.1])


@pytest.mark.parametrize(
    "fn, args",
    [
        (f.logistic, (0.3, 5, 2.7)),
        (f.squares, (X,)),
        (f.norm_and_size, (X,)),
        (f.affine, (f.Layer(X, 0.5), X * 2)),
        (f.two, (X, X[::-1])),
        (f.running, (X,)),
        (grad(f.helper), (0.4,)),
    ],
)
def test_right(fn, args):
    check_grads(fn, args, target="python")


def test_float32():
    check_grads(f.squares, (X.astype(np.float32),), target="python")


def wrong_reverse(fn, wrt, right=pipeline.reverse, **options):
    """A reverse mode that forgets the first contribution to a shadow."""

    def spoil(block):
        out = []
        for stmt in block:
            if isinstance(stmt, n.Map):
                stmt = replace(stmt, body=spoil(stmt.body))
            if isinstance(stmt, n.Accumulate):
                stmt = replace(stmt, value=n.Const(0.125, n.Scalar("float64")))
            out.append(stmt)
        return tuple(out)

    made = right(fn, wrt, **options)
    return replace(made, body=spoil(made.body))


def test_wrong(monkeypatch):
    monkeypatch.setattr(pipeline, "reverse", wrong_reverse)
    with pytest.raises(CheckError, match=r"vjp of summed with respect to x is wrong: .* it differs most at \[2\]"):

        def summed(x):
            return np.sum(x * x * x)

        check_grads(summed, (X,), target="python")


def test_nothing_to_check():
    with pytest.raises(CheckError, match="returns no float"):
        check_grads(lambda x: len(x), (X,), target="python")
