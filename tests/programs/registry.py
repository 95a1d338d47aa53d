"""The register of the corpus: what a program is, and the decorator that enters one.

A program is a plain Python function, left as it is (its source is what the compiler reads), with a maker of its
arguments and what is expected of it. All float arguments are differentiated. Inputs are small, of unequal extents,
without zeros, symmetry or constant sums, so that a wrong transpose, a skipped store or a lost factor changes a number.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Maker = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class Program:
    """One program of the corpus.

    Attributes
    ----------
    outcome
        ``"right"``: differentiated, and right. ``"refused"``: ``UnsupportedError`` whose text contains ``reason``.
        ``"either"``: outside the subset; right or refused, never wrong.
    written
        Names of the argument arrays that the function writes: they are outputs too.
    primal
        ``"bitwise"``: only exactly rounded operations in a fixed order. ``"close"``: libm or sums take part.
    fd
        Whether central differences apply at these inputs. Where not (a kink, a nan), ``gradient`` may say what is.
    gradient
        From the arguments to the expected cotangents (one per argument, ``None`` for inactive ones) for a seed of ones.
    variants
        More makers by name: ``"empty"`` for extents of 0 and no trips, ``"one"`` for extents of 1.
    """

    name: str
    fn: Callable[..., Any]
    make: Maker
    theme: str
    tags: frozenset[str] = frozenset()
    outcome: str = "right"
    reason: str = ""
    written: tuple[str, ...] = ()
    primal: str = "close"
    fd: bool = True
    float32: bool = True
    gradient: Callable[..., tuple[Any, ...]] | None = None
    variants: dict[str, Maker] = field(default_factory=dict)

    def args(self, variant: str = "") -> tuple[Any, ...]:
        """Fresh arguments, the same at each call."""
        make = self.variants[variant] if variant else self.make
        return make(np.random.default_rng(zlib.crc32(self.name.encode())))

    def __str__(self) -> str:
        return f"{self.theme}.{self.name}"


PROGRAMS: dict[str, Program] = {}


def program(
    args: Maker, *, tags: str = "", refused: str | None = None, either: bool = False, **rest: Any
) -> Callable[..., Any]:
    """Enter the decorated function into ``PROGRAMS`` and return it unchanged."""

    def enter(fn: Callable[..., Any]) -> Callable[..., Any]:
        outcome = "refused" if refused is not None else "either" if either else "right"
        plain = getattr(fn, "py_func", fn)
        theme = plain.__module__.rpartition(".")[2]
        entry = Program(
            plain.__name__, fn, args, theme, frozenset(tags.split()), outcome=outcome, reason=refused or "", **rest
        )
        if entry.name in PROGRAMS:
            raise ValueError(f"two programs are named {entry.name}")
        PROGRAMS[entry.name] = entry
        return fn

    return enter


def normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Standard normal entries."""
    return rng.normal(size=shape)


def between(rng: np.random.Generator, low: float, high: float, *shape: int) -> np.ndarray:
    """Entries in ``[low, high)``, spread evenly and shuffled: no two are close, so comparisons of them are safe."""
    size = int(np.prod(shape))
    steps = (np.arange(size) + between_jitter(rng, size)) / max(size, 1)
    return (low + (high - low) * rng.permutation(steps)).reshape(shape)


def between_jitter(rng: np.random.Generator, size: int) -> np.ndarray:
    """Offsets inside each step of ``between``, away from its ends."""
    return 0.25 + 0.5 * rng.random(size)


def signed(rng: np.random.Generator, low: float, high: float, *shape: int) -> np.ndarray:
    """Entries of both signs whose size is in ``[low, high)``."""
    return between(rng, low, high, *shape) * rng.choice([-1.0, 1.0], size=shape)
