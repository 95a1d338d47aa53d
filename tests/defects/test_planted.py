"""Defects planted in rules and passes: the suite catches each (the detectors are checks that the suite runs anyway)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from s2sad.api import derivative
from tests.defects import in_backend, in_forward, in_lowering, in_optimize, in_reverse, in_rules
from tests.defects.detectors import Defect, Detector
from tests.support.mutation import StaleDefectError, planted

PARTS = (in_rules, in_lowering, in_reverse, in_forward, in_optimize, in_backend)
DEFECTS: dict[str, Defect] = {name: d for part in PARTS for name, d in part.DEFECTS.items()}
_sound: set[str] = set()  # detectors that have passed without a defect in this process


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """What was derived with a defect is never found by another test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong numbers overflow
        yield
    derivative._kept.cache_clear()


def catches(detector: Detector) -> bool:
    """Whether the check fails now."""
    try:
        detector()
    except StaleDefectError:
        raise
    except (
        Exception,
        pytest.fail.Exception,
    ):  # however it fails: a wrong number, an invalid program, an error at run time
        return True
    return False


@pytest.mark.parametrize("name", DEFECTS)
def test_planted_defect_is_caught(name: str, tmp_path, monkeypatch) -> None:
    """With the defect at least one of its checks fails; without it all pass."""
    found = DEFECTS[name]
    derivative._kept.cache_clear()
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "defect"))
    with planted(found.changes):
        caught = [d for d in found.detectors if catches(d)]
    assert caught, f"not caught by {', '.join(map(str, found.detectors))}"
    derivative._kept.cache_clear()
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "sound"))
    for detector in found.detectors:
        if str(detector) not in _sound:
            detector()
            _sound.add(str(detector))


def test_there_are_enough() -> None:
    assert len(DEFECTS) >= 30
