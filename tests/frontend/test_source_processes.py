"""Sources that only a process of its own has: ``python -c``, the prompt, a script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOOK = """
from s2sad.errors import UnsupportedError
from s2sad.frontend.source import get_source

def f(x):
    return 2 * x

try: source = get_source(f); loc = source.loc(source.tree.body[0]); print(loc.line, loc.col, loc.text)
except UnsupportedError as error: print(error)

"""
NEW = sys.version_info >= (3, 13)


def run(*args: str, text: str = "") -> str:
    """What a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, *args], input=text, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_python_c():
    out = run("-c", LOOK)
    if NEW:
        assert out == "6 4 return 2 * x\n"
    else:
        assert out.startswith("<string>:5:1: no source text for f: it comes from exec, eval or python -c\n  instead: ")


def test_the_prompt():
    block, rest = LOOK.split("\n\ntry")
    out = run("-i", "-q", text=block.replace("\n\n", "\n") + "\n\ntry" + rest.replace("except", "except", 1))
    if NEW:
        assert "2 4 return 2 * x\n" in out
    else:
        assert (
            "<stdin>:1:1: f was typed at the Python prompt, which keeps no source text before Python 3.13\n"
            "  instead: define it in a file, or use IPython\n"
        ) in out


def test_exec_inside_python_c():
    """From 3.13 on the text of ``-c`` has the same name as that of ``exec``: it is not taken for it."""
    out = run("-c", LOOK.replace("def f(x):\n    return 2 * x", "exec('def f(x):\\n    return 3 * x')"))
    assert out.startswith("<string>:1:1: no source text for f: it comes from exec, eval or python -c\n")


@pytest.mark.parametrize("options", [[], ["-O"], ["-OO"]])
def test_a_script(tmp_path, options):
    script = tmp_path / "script.py"
    script.write_text(LOOK.replace("return", "'Text.'; assert x\n    return"), encoding="utf-8")
    out = run(*options, "-c", f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); runpy.run_path({str(script)!r})")
    assert out == "6 4 'Text.'; assert x\n"
