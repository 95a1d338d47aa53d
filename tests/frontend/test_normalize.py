"""The normalized function computes the same and keeps to what lowering is promised."""

from __future__ import annotations

import gast
import numpy as np
import pytest

from s2sad.frontend.fence import fence
from s2sad.frontend.normalize import normalize
from s2sad.frontend.source import get_source
from tests.errors.programs import define

PROGRAMS = {
    "early returns": (
        """
def f(x):
    if x < 0:
        return -x
    y = x * x
    if y > 4:
        if x > 10:
            return y + 1
        else:
            result = y
            return result + 2
    elif y > 1:
        y = y + 1
    else:
        return 1.5
    return y
""",
        """
def f(x):
    if x < 0:
        result2 = -x
    else:
        y = x * x
        if y > 4:
            if x > 10:
                result2 = y + 1
            else:
                result = y
                result2 = result + 2
        elif y > 1:
            y = y + 1
            result2 = y
        else:
            result2 = 1.5
    return result2
""",
        [(-1,), (0.5,), (1.5,), (3,), (11,)],
    ),
    "only returns without a value": (
        """
def f(x):
    if x[0] > 0:
        if x[1] > 0:
            return
    elif x[1] > 0:
        return None
    else:
        x[0] = 5
        return
""",
        """
def f(x):
    if x[0] > 0:
        if x[1] > 0:
            pass
    elif x[1] > 0:
        pass
    else:
        x[0] = 5
""",
        [(np.array(p),) for p in ([1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0])],
    ),
    "a return without a value, then more": (
        """
def f(x):
    if x[0] > 0:
        return
    x[0] = 1
""",
        """
def f(x):
    if x[0] > 0:
        pass
    else:
        x[0] = 1
""",
        [(np.array([1.0]),), (np.array([-1.0]),)],
    ),
    "assignments": (
        '''
def f(x):
    """Docstring."""
    w: float
    b: float = 2 * x
    pass
    i = y = 1
    z = np.zeros(3)
    z[i] = i = w = x + 1
    c = (d, e) = (x, b)
    (t, u) = v = (b, x)
    for k in range(2):
        p = q = k
    return a_(c, d, e, t, u, v, i, w, y, z.sum(), p, q)


def a_(*args):
    return args
''',
        """
def f(x):
    b = 2 * x
    i = 1
    y = i
    z = np.zeros(3)
    t2 = x + 1
    z[i] = t2
    i = t2
    w = t2
    c = (x, b)
    (d, e) = c
    t3 = (b, x)
    (t, u) = t3
    v = t3
    for k in range(2):
        p = k
        q = p
    return a_(c, d, e, t, u, v, i, w, y, z.sum(), p, q)
""",
        [(1,), (0.5,)],
    ),
    "chained comparisons": (
        """
def f(x, y):
    if 0 < x[y] + 1 <= y != 3:
        return (0 < y < 2) == (y > 1 > 0)
    return 0 < y < (1 < y < 3)
""",
        """
def f(x, y):
    if 0 < x[y] + 1 and x[y] + 1 <= y and (y != 3):
        result = (0 < y and y < 2) == (y > 1 and 1 > 0)
    else:
        result = 0 < y and y < (1 < y and y < 3)
    return result
""",
        [(np.arange(5) - 2, y) for y in range(5)],
    ),
    "nothing to do": (
        """
def f(x):
    x += 1
    a, b = x, x
    return a + b
""",
        """
def f(x):
    x += 1
    (a, b) = (x, x)
    return a + b
""",
        [(1.0,)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_normalized(name):
    before, after, calls = PROGRAMS[name]
    fn = define(before)
    source = get_source(fn)
    fence(source)
    tree = normalize(source.tree)
    assert gast.unparse(tree).strip() == gast.unparse(gast.parse(after)).strip()
    _keeps_the_promises(tree)

    namespace = dict(fn.__globals__)
    module = gast.gast_to_ast(gast.Module(body=[tree], type_ignores=[]))
    exec(compile(module, "normalized", "exec"), namespace)
    for args in calls:
        mine, theirs = [np.copy(a) if isinstance(a, np.ndarray) else a for a in args], args
        assert namespace["f"](*mine) == fn(*theirs)
        for a, b in zip(mine, theirs):
            np.testing.assert_array_equal(a, b)


def _keeps_the_promises(tree):
    for node in gast.walk(tree):
        assert not isinstance(node, gast.AnnAssign)
        assert not isinstance(node, gast.Assign) or len(node.targets) == 1
        assert not isinstance(node, gast.Compare) or len(node.ops) == 1
        assert not isinstance(node, gast.Return) or node is tree.body[-1]


def test_new_statements_keep_their_places():
    source = get_source(define("def f(x):\n    if x > 0:\n        return x\n    a = b = 2 * x\n    return a * b\n"))
    tree = normalize(source.tree)
    branch = tree.body[0]
    assert [s.lineno for s in branch.body] == [3]
    assert [s.lineno for s in branch.orelse] == [4, 4, 5]
    assert source.loc(branch.body[0]).text == "return x"
    assert source.loc(tree.body[-1]).text == "return a * b"
