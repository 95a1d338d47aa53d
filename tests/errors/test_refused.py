"""Each file in ``refused/`` is a program and, below a line of dashes, the exact message of its refusal.

Where the types of the arguments matter, the program says them: ``ARGS = (1.5, np.ones(3))``.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from s2sad.analysis.signature import spec_of
from s2sad.errors import UnsupportedError
from s2sad.frontend.fence import fence
from s2sad.frontend.lower import lower
from s2sad.frontend.source import get_source
from tests.errors.programs import define, portable

FILES = sorted((Path(__file__).parent / "refused").glob("*.txt"))


def test_there_are_enough_programs():
    assert len(FILES) >= 80


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_message(file):
    program, message = file.read_text(encoding="utf-8").split("-" * 40 + "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        source = get_source(define(program))
    with pytest.raises(UnsupportedError) as caught:
        fence(source)
        lower(source, tuple(map(spec_of, source.globals["ARGS"])))
    assert portable(str(caught.value)) + "\n" == message
