"""The order of the stages, in one tuple: from a function's source to the text of its derivative.

``STAGES`` is what there is; ``derive`` runs it. Each stage is a function ``State -> State``; what a stage made can be
printed (``S2SAD_SHOW=lower,fold`` or ``S2SAD_SHOW=all`` in the environment, ``Derived.stage(name)`` afterwards).
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from s2sad.adjoint.accumulate import modes
from s2sad.adjoint.forward import forward
from s2sad.adjoint.guards import guard_shapes
from s2sad.adjoint.kinks import equalities, kinks
from s2sad.adjoint.parts import not_in_parts, part_function
from s2sad.adjoint.results import gradient_result, require_scalar_output
from s2sad.adjoint.reverse import reverse
from s2sad.adjoint.splice import settled
from s2sad.adjoint.split import split, unmarked
from s2sad.analysis.signature import ArgSpec
from s2sad.backend.emit import Emitted
from s2sad.backend.parts import emit_all
from s2sad.errors import InternalError, KinkWarning, S2SADError
from s2sad.frontend.fence import fence
from s2sad.frontend.lower import Lowered, lower
from s2sad.frontend.normalize import normalize
from s2sad.frontend.places import function_at
from s2sad.frontend.source import Source
from s2sad.ir import nodes as n
from s2sad.ir import walk
from s2sad.ir.text import show
from s2sad.ir.walk import without_prints
from s2sad.optimize.accumulation import accumulation
from s2sad.optimize.bounds import bounds
from s2sad.optimize.copies import copies
from s2sad.optimize.cse import cse
from s2sad.optimize.dead import dead
from s2sad.optimize.firstwrite import firstwrite
from s2sad.optimize.fold import fold
from s2sad.optimize.hoist import hoist
from s2sad.optimize.merge import merge
from s2sad.optimize.partials import partials
from s2sad.optimize.retarget import retarget
from s2sad.optimize.unify import unify
from s2sad.rules.registry import OPS
from s2sad.scalarize import scalarize
from s2sad.verify import verify

Result = TypeVar("Result")
MODES = ("primal", "grad", "value_and_grad", "vjp", "jvp")


@dataclass(frozen=True)
class Request:
    """What to derive: ``mode`` is one of ``MODES``, ``wrt`` the parameters to differentiate with respect to.

    ``tupled`` makes the gradient a tuple also if there is only one parameter (``argnums=(0,)``). ``quiet``: without
    the primal's ``print``.
    """

    mode: str
    wrt: tuple[str, ...] = ()
    has_aux: bool = False
    tupled: bool = False
    style: str = "fast"
    debug: bool = False
    kinks: str = "convention"
    quiet: bool = False


@dataclass(frozen=True)
class State:
    """What has been made so far; stages replace fields."""

    source: Source
    specs: tuple[ArgSpec, ...]
    request: Request
    ir: n.Function | None = None
    primal: n.Function | None = None
    lowered: Lowered | None = None
    parts: tuple[n.Function, ...] = ()
    invoked: tuple[n.Function, ...] = ()
    emitted: Emitted | None = None


@dataclass(frozen=True)
class Stage:
    """One step; ``level`` is the IR level that holds after it (``None``: there is no IR yet, or no more)."""

    name: str
    run: Callable[[State], State]
    level: str | None = None


@dataclass(frozen=True)
class Derived:
    """The result of ``derive``: the text, the function it prints, and what the wrapper must do at each call."""

    name: str
    emitted: Emitted
    function: n.Function
    primal: n.Function
    lowered: Lowered
    stages: tuple[tuple[str, n.Function], ...]
    parts: tuple[n.Function, ...] = ()

    def stage(self, name: str) -> n.Function:
        """The IR after the stage called ``name``."""
        table = dict(self.stages)
        if name not in table:
            raise KeyError(f"no stage named {name!r}; there are {', '.join(table)}")
        return table[name]


@dataclass
class Counters:
    """How often, in this process, a function was transformed and Numba compiled (not loaded) generated code."""

    transformations: int = 0
    _watched: dict[int, Any] = field(default_factory=dict)

    def watch(self, dispatcher: Any) -> None:
        """Count the compilations of ``dispatcher``, which is never forgotten, as its module is not."""
        self._watched[id(dispatcher)] = dispatcher

    @property
    def compilations(self) -> int:
        return sum(sum(d.stats.cache_misses.values()) for d in self._watched.values())


counters = Counters()


# ---- the stages ---------------------------------------------------------------------------------------------------


def _fence(state: State) -> State:
    fence(state.source)
    return state


def _normalize(state: State) -> State:
    return replace(state, source=replace(state.source, tree=normalize(state.source.tree)))


def _lower(state: State) -> State:
    lowered = lower(state.source, state.specs)
    function = without_prints(lowered.function) if state.request.quiet else lowered.function
    return replace(state, ir=function, lowered=lowered, parts=lowered.parts)


def _kinks(state: State) -> State:
    """Checks at kinks (``kinks="raise"``), or a warning of branches on the equality of active floats."""
    ir, request = _ir(state), state.request
    wrt = frozenset(request.wrt)
    if request.kinks == "raise":
        not_in_parts(ir)
        return replace(state, ir=kinks(ir, wrt, lambda loc: function_at(loc, state.source)))
    for loc in equalities(ir, wrt) if request.mode != "primal" else ():
        text = f"{loc.text!r} branches on the equality of active values; with kinks='raise' that is an error"
        warnings.warn_explicit(text, KinkWarning, loc.filename, loc.line)
    return state


def _differentiate(state: State) -> State:
    """Keep the primal; add its reverse sweep or its tangents, as the request says."""
    state = _derivative(state)
    return replace(state, ir=settled(_ir(state)))


def _derivative(state: State) -> State:
    request, primal = state.request, _ir(state)
    state = replace(state, primal=primal)
    if primal.part is not None:
        return replace(state, ir=modes(part_function(primal, request.mode)))
    name = derived_name(primal.name, request.mode)
    if request.mode == "primal":
        return replace(state, ir=replace(primal, name=name))
    if request.mode == "jvp":
        return replace(state, ir=modes(forward(primal, request.wrt, name=name)))
    if request.mode == "vjp":
        return replace(state, ir=modes(reverse(primal, request.wrt, value=False, name=name, seeds="all")))
    require_scalar_output(primal, request.mode, request.has_aux)
    value = request.mode == "value_and_grad" or request.has_aux
    derivative = reverse(primal, request.wrt, value=value, name=name, seeds="scalar", has_aux=request.has_aux)
    last = derivative.body[-1]
    assert isinstance(last, n.Return)
    result = replace(
        last, value=gradient_result(last.value, request.mode, request.tupled and len(request.wrt) == 1, value)
    )
    return replace(state, ir=modes(replace(derivative, body=(*derivative.body[:-1], result))))


def _guard_shapes(state: State) -> State:
    return replace(state, ir=guard_shapes(_ir(state), state.primal or _ir(state)))


def _emit(state: State) -> State:
    """The text of the function, below those of the parts that it invokes, and that these invoke."""
    made: dict[str, n.Function] = {}
    known: set[str] = set()

    def visit(function: n.Function) -> n.Function:
        function = unmarked(function)
        for stmt in walk.walk(function.body):
            if isinstance(stmt, n.Invoke) and stmt.name not in known:
                make(next(p for p in state.parts if p.name == stmt.function), stmt.mode)
        return function

    def make(part: n.Function, mode: str) -> None:
        inner = _part(state, part, "vjp" if mode == "forward" else mode)
        halves = split(inner, part) if mode in ("forward", "vjp") else (inner,)
        known.update(half.name for half in halves)
        for half in map(dead, halves):
            made[half.name] = half = visit(half)  # below what it invokes
            verify(half, "loop", ops=OPS)

    ir, parts = visit(_ir(state)), tuple(made.values())
    return replace(state, ir=ir, emitted=emit_all(ir, parts, state.request.style), invoked=parts)


def _part(state: State, part: n.Function, mode: str) -> n.Function:
    """The finished function of ``part`` for ``mode``."""
    inner = replace(state, ir=part, request=replace(state.request, mode=mode))
    for stage in STAGES:
        if stage.level is not None and stage.name not in ("lower", "kinks", "guard-shapes"):
            inner = stage.run(inner)
    return _ir(inner)


def _pass(name: str, f: Callable[[n.Function], n.Function], level: str = "loop") -> Stage:  # on the IR alone
    return Stage(name, lambda state: replace(state, ir=f(_ir(state))), level)


STAGES: tuple[Stage, ...] = (
    Stage("fence", _fence),
    Stage("normalize", _normalize),
    Stage("lower", _lower, "array"),
    Stage("kinks", _kinks, "array"),
    _pass("scalarize", scalarize),
    _pass("fold", fold),
    _pass("copies", copies),
    _pass("cse", cse),
    _pass("unify", unify),
    _pass("bounds", bounds),
    _pass("cse-index", lambda fn: fold(cse(fn))),  # what compares one value with itself: both sweeps must agree on it
    _pass("accumulation", accumulation),
    _pass("hoist", hoist),
    _pass("dead", dead),
    Stage("differentiate", _differentiate, "array"),
    Stage("guard-shapes", _guard_shapes, "array"),
    _pass("scalarize-adjoint", lambda fn: modes(scalarize(fn))),
    _pass("fold-adjoint", fold),
    _pass("copies-adjoint", copies),
    _pass("cse-adjoint", cse),
    _pass("bounds-adjoint", bounds),
    _pass("merge", merge),
    _pass("firstwrite", firstwrite),
    _pass("retarget", retarget),
    _pass("partials", partials),
    _pass("hoist-adjoint", hoist),
    _pass("dead-adjoint", lambda fn: dead(fn, keep_extents=False)),
    Stage("emit", _emit),
)


# ---- running them -------------------------------------------------------------------------------------------------


def derive(source: Source, specs: tuple[ArgSpec, ...], request: Request) -> Derived:
    """Run every stage on ``source`` specialised to ``specs``.

    Raises
    ------
    UnsupportedError
        Where the function uses what s2sad does not differentiate.
    InternalError
        For anything else that goes wrong; it names the stage and the function.
    """
    counters.transformations += 1
    with uncollected():
        return _derive(source, specs, request)


@contextmanager
def uncollected() -> Iterator[None]:
    """No cyclic garbage collection inside: the stages make many small objects and no cycles, and it costs a quarter."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _derive(source: Source, specs: tuple[ArgSpec, ...], request: Request) -> Derived:
    state = State(source, specs, request)
    made: list[tuple[str, n.Function]] = []
    shown = os.environ.get("S2SAD_SHOW", "").split(",")
    last = max(k for k, stage in enumerate(STAGES) if stage.level is not None)
    always = os.environ.get("S2SAD_VERIFY") == "1"
    for k, stage in enumerate(STAGES):
        state = _guarded(stage.name, source, lambda stage=stage, state=state: stage.run(state))
        if state.ir is None or stage.level is None:
            continue
        made.append((stage.name, state.ir))
        if stage.name in shown or "all" in shown:
            sys.stderr.write(f"---- {stage.name} ----\n{show(state.ir)}\n")
        if always or k == last:
            ir, level = state.ir, stage.level
            _guarded(f"verify after {stage.name}", source, lambda ir=ir, level=level: verify(ir, level, ops=OPS))
    if state.emitted is None or state.primal is None or state.lowered is None:
        raise InternalError("the pipeline ended without a text")
    function = _ir(state)
    return Derived(function.name, state.emitted, function, state.primal, state.lowered, tuple(made), state.invoked)


def derived_name(name: str, mode: str) -> str:
    """The name of the derivative of the function called ``name``: ``logistic_grad``."""
    stem = "".join(c if c.isidentifier() or c.isdigit() else "_" for c in name).strip("_") or "function"
    return f"{stem}_{mode}"


def _guarded(stage: str, source: Source, run: Callable[[], Result]) -> Result:
    """``run()``, with every error that is not one of ours made an ``InternalError`` that names stage and function."""
    try:
        return run()
    except InternalError as error:
        raise InternalError(f"{_place(source)}: {error.message}", error.stage or stage) from error
    except S2SADError:
        raise
    except Exception as error:  # whatever a stage raises by mistake must reach the user with the place it came from
        raise InternalError(f"{_place(source)}: {type(error).__name__}: {error}", stage) from error


def _place(source: Source) -> str:
    return f"{source.qualname} ({source.filename}:{source.tree.lineno})"


def _ir(state: State) -> n.Function:
    assert state.ir is not None, "no IR yet"
    return state.ir
