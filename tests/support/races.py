"""Records which iteration of each open ``Map`` touched which element, and refuses what makes the order matter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_MANY = object()


class RaceError(Exception):
    """Two iterations of a ``Map`` are not independent."""


@dataclass
class _Frame:
    iteration: object = None
    readers: dict[int, object] = field(default_factory=dict)  # address -> the iteration that did it, or _MANY
    writers: dict[int, object] = field(default_factory=dict)
    adders: dict[int, object] = field(default_factory=dict)


class Races:
    """The accesses inside the ``Map``s that are being executed, outermost first."""

    def __init__(self) -> None:
        self.frames: list[_Frame] = []

    def enter(self) -> None:
        self.frames.append(_Frame())

    def leave(self) -> None:
        self.frames.pop()

    def iteration(self, point: object) -> None:
        self.frames[-1].iteration = point

    def read(self, array: np.ndarray, at: tuple[int, ...]) -> None:
        if self.frames:
            self._read(_address(array, at))

    def write(self, array: np.ndarray, at: tuple[int, ...]) -> None:
        if self.frames:
            self._write(_address(array, at))

    def add(self, array: np.ndarray, at: tuple[int, ...], plain: bool) -> None:
        where = _address(array, at) if self.frames else 0
        for f in self.frames:
            _alone(f, where, f.readers, f.writers)
            if plain:
                _alone(f, where, f.adders)
            _note(f, where, f.adders)

    def whole_read(self, array: np.ndarray) -> None:
        if self.frames:
            for at in np.ndindex(*array.shape):
                self._read(_address(array, at))

    def whole_write(self, array: np.ndarray) -> None:
        if self.frames:
            for at in np.ndindex(*array.shape):
                self._write(_address(array, at))

    def _read(self, where: int) -> None:
        for f in self.frames:
            _alone(f, where, f.writers, f.adders)
            _note(f, where, f.readers)

    def _write(self, where: int) -> None:
        for f in self.frames:
            _alone(f, where, f.readers, f.writers, f.adders)
            _note(f, where, f.writers)


def _address(array: np.ndarray, at: tuple[int, ...]) -> int:
    return array.ctypes.data + sum(k * s for k, s in zip(at, array.strides, strict=True))


def _alone(frame: _Frame, where: int, *tables: dict[int, object]) -> None:
    for table in tables:
        if where in table and table[where] != frame.iteration:
            raise RaceError(f"iterations {table[where]} and {frame.iteration} of a Map meet in one element")


def _note(frame: _Frame, where: int, table: dict[int, object]) -> None:
    table[where] = frame.iteration if table.get(where, frame.iteration) == frame.iteration else _MANY
