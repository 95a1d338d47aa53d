"""Derivatives of random IR functions, against differences of the interpreted primal: the oracle of the AD core."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.forward import forward
from s2sad.adjoint.reverse import reverse
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.scalarize import scalarize
from s2sad.verify import verify
from tests.support.interpreter import Counts, run
from tests.support.irgen import Program

STEP = 1e-4
TOLERANCE = 1e-6


def flat(tree: object) -> list:
    """The leaves of nested tuples, without ``None``."""
    if tree is None:
        return []
    return [leaf for item in tree for leaf in flat(item)] if isinstance(tree, tuple | list) else [tree]


def copies(values: list | tuple) -> list:
    return [v.copy() if isinstance(v, np.ndarray) else v for v in values]


def is_float(value: object) -> bool:
    return np.asarray(value).dtype.kind == "f"


class Case:
    """One random program with arguments, random directions and seeds, and its differences along the directions."""

    def __init__(self, program: Program) -> None:
        self.fn = program.function
        self.args = program.arguments(0)
        self.rng = np.random.default_rng(program.seed)
        leaves = {p.name: leaf for p in self.fn.params for leaf in walk.leaves(p.tree)}
        self.wrt = tuple(name for name, leaf in leaves.items() if leaf.type.dtype == "float64")
        self.directions = {
            p.name: self._normal(a) for p, a in zip(self.fn.params, self.args, strict=True) if p.name in self.wrt
        }

    def _normal(self, like: Any) -> Any:
        draw = self.rng.normal(size=np.shape(like))
        return draw if np.ndim(like) else float(draw)

    def outputs(self, h: float = 0.0) -> list[np.ndarray]:
        """All floating outputs (results, then written arguments) at arguments moved by ``h`` along the directions."""
        args = copies(self.args)
        for k, p in enumerate(self.fn.params):
            if p.name in self.directions:
                args[k] = args[k] + h * self.directions[p.name]
        results = flat(run(self.fn, args))
        trees = [p.tree for p in self.fn.params]
        written = [args[trees.index(v)] for v in self.fn.written]
        return [np.asarray(v, float) for v in (*results, *written) if is_float(v)]

    def differences(self) -> list[np.ndarray] | None:
        """Richardson's extrapolation of central differences; ``None`` where the program is not smooth at this point."""

        def central(h: float) -> list[np.ndarray]:
            return [(a - b) / (2 * h) for a, b in zip(self.outputs(h), self.outputs(-h), strict=True)]

        steps = [central(STEP / 2**k) for k in range(3)]
        coarse, fine = ([(4 * b - a) / 3 for a, b in zip(steps[k], steps[k + 1], strict=True)] for k in (0, 1))
        smooth = all((abs(a - b) <= TOLERANCE * (1 + abs(a))).all() for a, b in zip(coarse, fine, strict=True))
        return fine if smooth else None

    def tangents(self) -> list[np.ndarray]:
        """The tangents of all floating outputs, by forward mode."""
        d = modes(scalarize(forward(self.fn, self.wrt, name="tangent", written=True)))
        verify(d, stage="forward")
        directions = copies([self.directions[name] for name in self.wrt])
        _, (dots, written) = run(d, copies(self.args) + directions)
        return [np.asarray(v, float) for v in flat((dots, written))]

    def adjoint(self) -> n.Function:
        d = modes(scalarize(reverse(self.fn, self.wrt, value=False, name="cotangent", seeds="all")))
        verify(d, stage="reverse")
        return d

    def planted(self, seeds: list[np.ndarray]) -> list:
        """``seeds``, one per floating output, as the arguments that a derivative takes after the primal's."""
        left = [s.copy() if np.ndim(s) else float(s) for s in seeds]
        last = self.fn.body[-1]
        assert isinstance(last, n.Return)
        tree = last.value

        def plant(node: n.Tree) -> object:
            if isinstance(node, n.Struct):
                return tuple(plant(item) for item in node.items)
            return left.pop(0) if node is not None and node.type.dtype.startswith("float") else None

        returned = [] if tree is None else [plant(tree)]
        return returned + left

    def pulled(self, seeds: list[np.ndarray], counts: Counts | None = None) -> float:
        """``<J^T seeds, directions>`` by reverse mode."""
        result = run(self.adjoint(), copies(self.args) + self.planted(seeds), counts=counts or Counts())
        bars = list(result) if isinstance(result, tuple) else [result]
        return sum(float(np.sum(bar * self.directions[name])) for bar, name in zip(bars, self.wrt, strict=True))
