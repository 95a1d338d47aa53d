"""Every example runs to its end in a process of its own; what it asserts holds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHORT = {"digits_mlp.py": ["--epochs", "2", "--seeds", "1"]}
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def run(name: str, options: list[str], folder: Path) -> str:
    command = [sys.executable, str(ROOT / "examples" / name), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str, tmp_path: Path) -> None:
    """In a short form where the full one takes long."""
    assert run(name, SHORT.get(name, []), tmp_path).strip()
    if name == "digits_mlp.py":
        assert (tmp_path / "digits_mlp.png").stat().st_size > 10_000


@pytest.mark.slow
def test_digits_in_full(tmp_path: Path) -> None:
    """Five seeds; the example asserts 97 % mean test accuracy itself."""
    assert "mean" in run("digits_mlp.py", [], tmp_path)


@pytest.mark.slow
def test_digits_on_the_python_target(tmp_path: Path) -> None:
    """The un-jitted text trains too."""
    run("digits_mlp.py", ["--target", "python", "--epochs", "1", "--seeds", "1"], tmp_path)
