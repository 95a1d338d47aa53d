"""The source of a function, wherever it comes from, is the source of the code that runs."""

from __future__ import annotations

import doctest
import functools
import importlib.util
import os

import gast
import numpy as np
import pytest

from s2sad.errors import Loc, UnsupportedError
from s2sad.frontend.source import get_source
from tests.errors.programs import define, register
from tests.frontend import origins


def text_of(fn):
    source = get_source(fn)
    return gast.unparse(source.tree).strip()


def message(fn):
    with pytest.raises(UnsupportedError) as caught:
        get_source(fn)
    return str(caught.value)


def test_a_plain_function():
    source = get_source(origins.plain)
    assert source.fn is origins.plain
    assert (source.tree.name, source.qualname) == ("plain", "plain")
    assert (source.semantics, source.error_model) == ("python", "python")
    assert source.defaults == {"y": 2.0, "z": 3.0}
    assert source.globals is vars(origins)
    assert source.locals == {"x", "y", "z"}
    assert source.loc(source.tree.body[0]) == Loc(origins.__file__, 11, 4, "return x * y + z", 4)
    assert source.lines[10] == "    return x * y + z\n"
    assert source.value_of("np") is np
    assert source.value_of("len") is len
    assert source.value_of("nowhere") is None


def test_lambdas_on_one_line():
    assert [text_of(fn).split("return ")[1] for fn in origins.pair] == ["x + 1", "x + 2", "x + 1.0", "y + 1"]
    source = get_source(origins.pair[1])
    assert source.tree.name == "anonymous"
    assert [source.loc(source.tree.body[0]).col, source.loc(source.tree).col] == [35, 25]


FOLDED = """
from functools import lru_cache
short = lambda a, b: ((0.0, 0.0), 1.0)
def one(a, b): return ((0.0, 0.0), 1.0)
@lru_cache(
    maxsize=3)
def two(a, b): return ((0.0, 0.0),
    (2.0, 1))
def same(x):
    def same(y): return ((0.0, 0.0), 1)
    return same
nest = lambda a: (lambda b: ((0.0, 0.0), 1.0), lambda c: (
    lambda d: ((0.0, 1),
        2.0)))
def holds(x):
    class Pair:
        def holds(self): return ((0.0, 0.0), 1.0)
    return Pair
"""


def test_constants_that_fold(tmp_path):
    """What the compiler folds leaves traces of the lines it stood on (a NOP in Python 3.12)."""
    path = tmp_path / "folded.py"
    path.write_text(FOLDED)
    space = {}
    exec(compile(FOLDED, path, "exec"), space)
    first, second = space["nest"](1)
    found = {
        "short": (space["short"], 3),
        "one": (space["one"], 4),
        "two": (space["two"].__wrapped__, 7),
        "outer same": (space["same"], 9),
        "inner same": (space["same"](1), 10),
        "nest": (space["nest"], 12),
        "nest 0": (first, 12),
        "nest 1": (second, 12),
        "nest 1 inside": (second(1), 13),
        "holds a class": (space["holds"], 15),
        "in the class": (space["holds"](1).holds, 17),
    }
    for name, (fn, line) in found.items():
        source = get_source(fn)
        assert source.loc(source.tree).line == line, name
        assert text_of(fn).count("lambda") == {"nest": 3, "nest 1": 1}.get(name, 0), name


def test_nested_functions_and_closures():
    inner, short = origins.outer(4.0, 5.0)
    source = get_source(inner)
    assert source.qualname == "outer.<locals>.inner"
    assert {k: v.cell_contents for k, v in source.closure.items()} == {"c": 4.0, "e": 2.0}
    assert source.value_of("c") == 4.0
    assert source.loc(source.tree.body[1].value.left) == Loc(origins.__file__, 23, 15, "return c * x + e", 8)
    assert text_of(short).endswith("return c * x + d")


def test_functions_of_classes():
    assert text_of(origins.Model.method).endswith("return self.scale * x")
    assert text_of(origins.Model.static).endswith("return 3 * x")
    assert text_of(vars(origins.Model)["static"]).endswith("return 3 * x")
    assert get_source(origins.Model.method).loc(get_source(origins.Model.method).tree).line == 31
    assert "the private name __secret means another name inside a class" in message(origins.Model.private)


def test_decorators_are_left_out():
    source = get_source(origins.decorated)
    assert source.tree.decorator_list == []
    assert source.loc(source.tree).line == 56
    assert text_of(origins.decorated) == "def decorated(x):\n    return x * x"


def test_columns_are_characters():
    source = get_source(origins.α)
    call = source.tree.body[0].value
    place = source.loc(call.value.slice if isinstance(call.slice, gast.Tuple) else call.value.value.elts[1])
    assert place.text[place.col - place.indent :].startswith("lambda: x")


def test_dispatchers():
    source = get_source(origins.compiled)
    assert (source.semantics, source.error_model, source.fn) == ("numba", "numpy", origins.compiled.py_func)
    assert text_of(origins.compiled) == "def compiled(x):\n    return x / 2"
    assert get_source(origins.compiled_by_default).error_model == "python"


def test_the_definition_that_ran_is_taken():
    assert text_of(origins.twice).endswith("return x + x")


def test_each_call_gives_a_tree_of_its_own():
    assert get_source(origins.plain).tree is not get_source(origins.plain).tree


def test_what_is_no_python_function():
    assert message(np.sin) == "sin is compiled code without Python source\n  instead: lambda x: sin(x)"
    assert message(len).startswith("len is compiled code")
    assert message(np.dot).startswith("dot is compiled code")
    assert message(origins.Model).startswith("Model is a class")
    assert message(origins.Model()).startswith("an object of type Model is not a Python function")
    assert message(origins.vectorized).startswith("vectorized is a @vectorize function")
    assert message(3).startswith("int is not callable")
    assert "coroutine is an async function" in message(origins.coroutine)


def test_bound_arguments():
    """Of a partial by position and of a method; keywords of a partial are arguments with a default."""
    first = get_source(origins.plain).tree.args.args[0].id
    assert dict(get_source(functools.partial(origins.plain, 1.5)).bound) == {first: 1.5}
    model = origins.Model()
    assert list(get_source(model.method).bound.values()) == [model]
    assert list(get_source(origins.Model.of_class).bound.values()) == [origins.Model]


def test_the_source_of_a_wrapper_is_its_own():
    """Not that of the function whose name and documentation it carries."""
    assert hasattr(origins.wrapped, "__wrapped__")
    assert get_source(origins.wrapped).tree.args.vararg.id == "args"
    assert origins.wrapped_by_hand.__name__ == "plain"
    assert get_source(origins.wrapped_by_hand).tree.name == "anonymous"


def _module(path, text):
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EDITS = {
    "a constant": ("2.0", "3.0"),
    "the kind of a constant": ("2.0", "2"),
    "the sign of a zero": ("- 0.0", "- -0.0"),
    "an operator": ("* 2.0", "/ 2.0"),
    "a name": ("x * 2.0", "y * 2.0"),
    "a parameter": ("x, y", "y, x"),
    "a free name": ("scale", "shift"),
    "a half-finished line": ("return", "return ("),
    "all of it": ("def f", "def g"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_edited_after_the_import(tmp_path, edit):
    text = "def f(x, y):\n    return x * 2.0 + scale - 0.0\n"
    path = tmp_path / "edited.py"
    module = _module(path, text)
    get_source(module.f)
    old, new = EDITS[edit]
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, (1, 1))
    assert message(module.f) == (
        f"{path}:1:1: the source of f is not the code that runs: the file has changed since the function was defined\n"
        "  instead: import the module again, or run the cell that defines it again"
    )


def test_an_edit_elsewhere_in_the_file_moves_the_function(tmp_path):
    text = "def f(x):\n    return x\n"
    path = tmp_path / "moved.py"
    module = _module(path, text)
    path.write_text("import math\n\n\n" + text, encoding="utf-8")
    os.utime(path, (1, 1))
    source = get_source(module.f)
    assert source.loc(source.tree.body[0]) == Loc(str(path), 5, 4, "return x", 4)


def test_a_deleted_file(tmp_path):
    path = tmp_path / "gone.py"
    module = _module(path, "def f(x):\n    return x\n")
    path.unlink()
    assert f"no source text for f: {path} is not there" in message(module.f)


def test_future_flags_are_those_of_the_function():
    fn = define("from __future__ import annotations\ndef f(x: undefined):\n    return x\n")
    assert text_of(fn) == "def f(x: undefined):\n    return x"


def test_exec_without_text():
    namespace: dict = {}
    exec("def f(x):\n    return x\n", namespace)
    assert message(namespace["f"]) == (
        "<string>:1:1: no source text for f: it comes from exec, eval or python -c\n"
        "  instead: define it in a file, or register its text under a name of its own before it is compiled: "
        "linecache.cache[name] = (len(text), None, text.splitlines(True), name); "
        "exec(compile(text, name, 'exec'))"
    )


def test_the_recipe_for_exec_works():
    text, name = "def f(x):\n    return x\n", "my text"
    namespace: dict = {}
    register(name, text)
    exec(compile(text, name, "exec"), namespace)
    assert text_of(namespace["f"]) == text.strip()


@pytest.mark.parametrize("name", ["<ipython-input-1-0f3a>", "/tmp/ipykernel_12/345.py"])
def test_notebook_cells(name):
    """As IPython does: each cell in linecache, under a name that is no file."""
    text = (
        "await_me = 1\nimport numpy as np\n\ndef f(x):\n    return np.sin(x)\n\nvalue = [await_me for _ in range(2)]\n"
    )
    namespace: dict = {}
    register(name, text)
    exec(compile(text, name, "exec"), namespace)
    source = get_source(namespace["f"])
    assert source.loc(source.tree.body[0]) == Loc(name, 5, 4, "return np.sin(x)", 4)


def test_a_cell_that_awaits_at_its_top_level():
    fn = define("def f(x):\n    return x\n")
    name = fn.__code__.co_filename
    text = "def f(x):\n    return x\n\nawait something()\n"
    register(name, text)
    assert text_of(fn) == "def f(x):\n    return x"


def test_doctests():
    tests = doctest.DocTestFinder().find(origins.documented, globs=vars(origins).copy())
    assert [doctest.DocTestRunner().run(test).failed for test in tests] == [0]


def test_rewritten_asserts():
    """pytest rewrites the asserts of this module; the tree has the one of the file."""

    def checked(x):
        y = 2 * x
        assert y > 0, "positive"
        for k in range(3):
            y = y * k
        return y if y > 1 else -y

    source = get_source(checked)
    assert [type(s).__name__ for s in source.tree.body] == ["Assign", "Assert", "For", "Return"]


def test_rewritten_asserts_do_not_hide_an_edit(tmp_path):
    def checked(x):
        assert x > 0
        return 2 * x

    name = checked.__code__.co_filename
    with open(name, encoding="utf-8") as file:
        text = file.read().replace("return 2 * " + "x", "return 3 * " + "x")
    other = str(tmp_path / "other.py")
    register(other, text)
    checked.__code__ = checked.__code__.replace(co_filename=other)
    assert "the file has changed" in message(checked)


def test_a_large_function_is_found_quickly():
    lines = "".join(f"    x = x + {k}\n" for k in range(2000))
    source = get_source(define(f"def f(x):\n{lines}    return x\n"))
    assert len(source.tree.body) == 2001
