"""One seed of the fuzzer: draw, check, minimize; and the same for many seeds in worker processes."""

from __future__ import annotations

import multiprocessing
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from tests.support import (
    fuzz_exits,
    fuzz_functions,
    fuzz_histories,
    fuzz_integers,
    fuzz_lengths,
    fuzz_overlaps,
    fuzz_programs,
    fuzz_recursions,
)
from tests.support.fuzz_minimize import minimized
from tests.support.fuzz_oracle import Outcome, check
from tests.support.fuzz_programs import Case, function_of
from tests.support.matrix import fresh

ATTEMPTS = 20
LIMITS = {"python": 90, "cpu": 400}
DRAWN = {
    "programs": fuzz_programs.case,
    "histories": fuzz_histories.case,
    "recursions": fuzz_recursions.case,
    "integers": fuzz_integers.case,
    "overlaps": fuzz_overlaps.case,
    "lengths": fuzz_lengths.case,
    "exits": fuzz_exits.case,
    "functions": fuzz_functions.case,
}


@dataclass(frozen=True)
class Found:
    """What became of one seed; ``numba`` says whether plain Numba compiles a refused program."""

    seed: int
    text: str
    status: str
    kind: str = ""
    detail: str = ""
    numba: bool = False
    seconds: float = 0.0
    minimized: str = ""

    @property
    def failed(self) -> bool:
        return self.status in ("wrong", "crash")


def one(seed: int, target: str, minimize: bool = False, limit: bool = False, drawn_by: str = "programs") -> Found:
    """Draw the program of ``seed`` (again where it is no good), check it, minimize it if it fails."""
    start = time.perf_counter()
    seconds = LIMITS[target] if limit else 0
    case = DRAWN[drawn_by]
    drawn, outcome = case(seed), Outcome("invalid")
    for attempt in range(ATTEMPTS):
        drawn = case(seed, attempt)
        outcome = _limited(lambda drawn=drawn: check(drawn, target), seconds)
        if outcome.status != "invalid":
            break
    # Histories are made to be refused.
    counted = outcome.status == "refused" and drawn_by == "programs"
    numba = counted and _limited(lambda: compiles(drawn), seconds).status == "ok"
    smaller = ""
    if minimize and (outcome.failed or numba):
        smaller = minimized(drawn, outcome, lambda c: _limited(lambda: check(c, target), seconds))
    taken = time.perf_counter() - start
    return Found(seed, drawn.text, outcome.status, outcome.kind, outcome.detail, numba, taken, smaller)


def compiles(drawn: Case) -> Outcome:
    """Whether plain Numba compiles the program and all that it calls, and runs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            namespace = drawn.load(jit=True)
            function_of(namespace)(*fresh(drawn.make(namespace)))
        except TimeoutError:
            raise
        except Exception as error:  # Numba has many ways to say no
            return Outcome("refused", type(error).__name__)
    return Outcome("ok")


def _limited(run: Callable[[], Outcome], seconds: int) -> Outcome:
    """``run()``, or a crash where it takes longer than ``seconds`` (0: no limit)."""
    if not seconds:
        return run()

    def stop(*_: Any) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        return run()
    except TimeoutError as error:
        return Outcome("crash", "timeout", str(error))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# ---- many seeds -----------------------------------------------------------------------------------------------------


def many(seeds: range, target: str, jobs: int, minimize: bool, drawn_by: str = "programs") -> Iterator[Found]:
    """All ``seeds``, in worker processes; a process that dies is the crash of the seeds that it had, tried alone."""
    left = list(seeds)
    while left:
        lost = []
        chunk, left = left[:200], left[200:]
        with _pool(jobs) as pool:
            waiting = {pool.submit(one, seed, target, minimize, True, drawn_by): seed for seed in chunk}
            for future in as_completed(waiting):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    lost.append(waiting[future])
        for seed in sorted(lost):
            yield _alone(seed, target, minimize, drawn_by)


def _alone(seed: int, target: str, minimize: bool, drawn_by: str) -> Found:
    with _pool(1) as pool:
        try:
            return pool.submit(one, seed, target, minimize, True, drawn_by).result()
        except BrokenProcessPool:
            return Found(seed, DRAWN[drawn_by](seed).text, "crash", "the process died")


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
