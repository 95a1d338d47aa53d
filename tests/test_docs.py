"""Every runnable block of the pages and every doctest of the package gives what it shows."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import s2sad
from s2sad.rules import OPS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = ["s2sad", *sorted(found.name for found in pkgutil.walk_packages(s2sad.__path__, "s2sad."))]
FLAGS = doctest.ELLIPSIS | doctest.REPORT_NDIFF


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES])
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one page run in order, in one namespace and an empty folder."""
    monkeypatch.chdir(tmp_path)
    # A fence that ends a block would be read as its expected output.
    text = "\n".join("" if line.startswith("```") else line for line in page.read_text(encoding="utf8").splitlines())
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, page.name, str(page), 0)
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert results.failed == 0


@pytest.mark.parametrize("module", MODULES)
def test_module(module: str) -> None:
    """The doctests of one module."""
    assert doctest.testmod(importlib.import_module(module), optionflags=FLAGS).failed == 0


def test_kinks_are_those_of_the_rules() -> None:
    """The table of conventions has one row per rule that states one, in its words; the lists name every such op."""
    page = (ROOT / "docs" / "kinks.md").read_text(encoding="utf8")
    rows = dict(line.strip("| ").split(" | ", 1) for line in page.splitlines() if line.startswith("| `"))
    stated = {f"`{name}`": " ".join(op.doc.split()).replace("|", "\\|") for name, op in OPS.items() if op.doc}
    assert rows == stated
    zero, strong = page.partition("## No derivative")[2], page.partition("## Strong zero")[2]
    for name, op in OPS.items():
        assert op.differentiable or not op.functions or f"`{name}`" in zero, name
        assert not any(op.singular) or f"`{name}`" in strong, name
