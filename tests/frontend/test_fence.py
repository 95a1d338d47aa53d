"""What the fence lets pass, and that it lets nothing else."""

from __future__ import annotations

import ast

import gast
import pytest

from s2sad.errors import UnsupportedError
from s2sad.frontend import fence as module
from s2sad.frontend.fence import fence
from s2sad.frontend.source import get_source
from tests.errors.programs import define

ACCEPTED = {
    "loops": """
def f(x, n, params):
    s, t = 0.0, 1.0
    for i in range(n - 1, -1, -1):
        for k, (w, b) in enumerate(params):
            s += w * x[i] + b
    for a, b in zip(x, x):
        pass
    return s
""",
    "branches": """
def f(x, y=None, mode="relu"):
    \"\"\"Docstring.\"\"\"
    if y is None and not mode == "tanh":
        return 0.0
    elif 0 < x < 1 or x != x:
        z = x if x > 0.5 else -x
        return z
    else:
        ...
    if x > 2:
        if x > 3:
            return x
        else:
            return 2 * x
    x = 3 * x
    return x
""",
    "arrays": """
def f(x, idx):
    y: float = x[..., None, 1:-1:2, -1].T @ x[idx]
    x[:, 0] += 1
    a = b = np.array([[1.0, 2.0], [3, 4]])
    a, b[0] = b, x.sum(axis=0, keepdims=True)
    z = np.zeros((3, 4), dtype="float32")
    x.fill(0.0)
    a @= b
    return ~idx, x // 2 % 3 ** 2, (idx << 1) >> 1 & 1 | 2 ^ 3
""",
    "no value": """
def f(x):
    if x[0] > 0:
        if x[1] > 0:
            return
    elif x[1] > 0:
        x[0] = 1
        return None
""",
    "keyword-only": """
def f(x, /, y, *, z=[1][0]) -> [int]:
    return x * np.sin(y) * math.exp(z)
""",
    "calls in a chained comparison": """
def f(x):
    return 0 < np.sum(x) < len(x) < abs(x[0]) < 3
""",
    "a shadowed print": """
def f(x, print):
    return print(x)
""",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name):
    fence(get_source(define(ACCEPTED[name])))


def _node_types(base):
    for kind in base.__subclasses__():
        yield from _node_types(kind) if kind.__subclasses__() else [kind]


def test_each_node_type_is_allowed_or_refused_with_a_text():
    """What this Python can write is known by name: nothing falls to the message of last resort."""
    known = module._ALLOWED | set(module._REFUSED) | {m.removeprefix("visit_") for m in dir(module._Walk)}
    elsewhere = {"In", "NotIn", "Slice", "Del", "FormattedValue"}
    for base in (ast.stmt, ast.expr, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context):
        names = {kind.__name__ for kind in _node_types(base) if hasattr(gast, kind.__name__)}
        obsolete = {"AugLoad", "AugStore", "Print", "Repr", "Exec", "Suite", "FunctionType"}
        obsolete |= {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Interpolation"}
        assert names - known - elsewhere - obsolete == set()


def test_an_unknown_node_is_refused():
    source = get_source(define("def f(x):\n    return x\n"))

    class Future(gast.expr):
        _fields = ()

    source.tree.body[0].value = gast.copy_location(Future(), source.tree.body[0].value)
    with pytest.raises(UnsupportedError, match="the syntax Future is not supported"):
        fence(source)


def test_an_async_function_is_refused():
    with pytest.raises(UnsupportedError, match="f is an async function"):
        get_source(define("async def f(x):\n    return x\n"))


def test_deep_expressions_are_refused():
    for text in ("+".join(["x"] * 1000), "-" * 1000 + "x"):
        with pytest.raises(UnsupportedError, match="nested too deeply"):
            fence(get_source(define(f"def f(x):\n    return {text}\n")))
    fence(get_source(define(f"def f(x):\n    return {'+'.join(['x'] * 100)}\n")))
