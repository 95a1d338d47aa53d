"""The oracle of random programs: differences of the undecorated function, and what must hold between the modes.

No rule of s2sad is used. Points where the program is not smooth are recognised by differences that depend on the step,
or on the side.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import s2sad
from tests.support.fuzz_compare import Wrong, close, equal, same_bits, same_primal, same_text
from tests.support.fuzz_programs import Argument, Case, function_of, places_of
from tests.support.matrix import cotangent, fresh, is_float, leaves, map_leaves, undrawn, vector, with_values

STEP = 1e-3
LARGE = 1e5
DRAWS = 3
REFUSED_AT_RUN_TIME = (
    "svd with full_matrices=True of a matrix that is not square",
    "is rebound in a loop, where it must keep its shape",
    "must have the same shape after both branches",
)


@dataclass(frozen=True)
class Outcome:
    """``status``: ok, rough, raises, refused, wrong, crash or invalid (no program to test); ``kind`` says of what."""

    status: str
    kind: str = ""
    detail: str = ""

    @property
    def failed(self) -> bool:
        return self.status in ("wrong", "crash")


@dataclass(frozen=True)
class Place:
    """An array that the function writes: leaf ``leaf`` of argument ``argument``, and its name in the pullback."""

    argument: int
    leaf: int
    name: str

    def of(self, args: tuple[Any, ...]) -> np.ndarray:
        """The array among ``args``."""
        return list(leaves(args[self.argument]))[self.leaf]


@dataclass(frozen=True)
class Reference:
    """The undecorated function at one point, its derivative along one direction, and the error of that."""

    direction: np.ndarray
    slopes: np.ndarray
    error: float
    smooth: bool


def check(case: Case, target: str = "python") -> Outcome:
    """Run all checks on ``case``."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        namespace = case.load()
        fn = function_of(namespace)
        outcome = Outcome("invalid", "no draw")
        overflows: list[str] = []
        for draw in range(DRAWS):
            args = case.make(namespace, draw)
            try:
                own = fresh(args)
                with _said() as said, np.errstate(over="call", call=lambda kind, _: overflows.append(kind)):
                    out = fn(*own)
            except Exception as error:
                return _raising(fn, args, target, error)
            if not _tame(out, own):
                return Outcome("invalid", "not finite or large")
            outcome = _checked(case, fn, args, (out, own, said.getvalue()), target, draw)
            if outcome.status == "wrong" and overflows and "nan" in outcome.detail:
                outcome = Outcome("rough", "nan where a factor overflows that is dropped later")
            if outcome.status != "rough":
                break
        return outcome


def _said() -> contextlib.redirect_stdout[io.StringIO]:
    """What is printed inside."""
    return contextlib.redirect_stdout(io.StringIO())


def _tame(*values: Any) -> bool:
    flat = vector(tuple(values))
    return bool(np.all(np.isfinite(flat)) and np.max(np.abs(flat), initial=0.0) < LARGE)


def _raising(fn: Callable[..., Any], args: tuple[Any, ...], target: str, error: Exception) -> Outcome:
    """The function itself raises: so must its derivative, the same or a refusal."""
    try:
        with _said():
            s2sad.vjp(fn, *fresh(args), target=target)
    except s2sad.UnsupportedError:
        return Outcome("raises", "refused")
    except Exception as ours:
        if isinstance(ours, type(error)):
            return Outcome("raises", type(error).__name__)
        if any(text in str(ours) for text in REFUSED_AT_RUN_TIME):
            return Outcome("raises", "refused")
        return Outcome("wrong", "exception", f"{ours!r} where the function raises {error!r}")
    return Outcome("wrong", "exception", f"nothing where the function raises {error!r}")


def _checked(
    case: Case,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    primal: tuple[Any, tuple[Any, ...], str],
    target: str,
    draw: int,
) -> Outcome:
    try:
        with _said():
            return _compare(case, fn, args, primal, target, draw)
    except s2sad.UnsupportedError as error:
        return Outcome("refused", reason(error), str(error))
    except Wrong as wrong:
        return Outcome("wrong", wrong.kind, wrong.detail)
    except TimeoutError:
        raise
    except s2sad.S2SADError as error:
        stage = re.search(r"stage '([\w\- ]+)'", str(error))
        inner = re.search(r">:\d+\): (\w+)", str(error))
        kind = " ".join([type(error).__name__, *(m.group(1) for m in (stage, inner) if m)])
        return Outcome("crash", kind, str(error)[-1500:])
    except Exception as error:
        if any(text in str(error) for text in REFUSED_AT_RUN_TIME):
            return Outcome("refused", reason(error), str(error))
        return Outcome("crash", f"raises {type(error).__name__}", f"{error!r}"[:1500])


def reason(error: Exception) -> str:
    """The first reason of a refusal, without names and numbers."""
    problems = getattr(error, "problems", ())
    text = problems[0].reason if problems else str(error).splitlines()[0]
    return re.sub(r"\b([a-z]\d+|[A-EGWnxyzuvtrpq]|steps|idx|line \d+|\d+)\b", "_", text)[:110]


# ---- the reference --------------------------------------------------------------------------------------------------


def _reference(case: Case, args: tuple[Any, ...], written: list[Place], rng: np.random.Generator) -> Reference:
    """Differences of the function in float64."""
    namespace = case.load("float64") if case.single else case.load()
    fn = function_of(namespace)
    args = map_leaves(lambda a: _double(a), args)
    x = vector(args)
    direction = rng.normal(size=x.size) + 0.1

    def outputs(h: float) -> np.ndarray:
        own = undrawn(with_values(args, x + h * direction))
        out = fn(*own)
        return vector((out, tuple(place.of(own) for place in written)))

    middle = outputs(0.0)
    slopes, bends = [], []
    for h in (STEP, STEP / 2, STEP / 4, STEP / 8):
        above, below = outputs(h), outputs(-h)
        slopes.append((above - below) / (2.0 * h))
        bends.append(np.abs(above - 2.0 * middle + below) / h)
    coarse, fine = (_extrapolated(*slopes[k : k + 3]) for k in (0, 1))
    error = float(np.max(np.abs(coarse - fine), initial=0.0))
    noise = 1e-9 * (1.0 + np.max(np.abs(middle), initial=0.0)) * (STEP / STEP)
    smooth = bool(np.all(np.isfinite(fine)) and np.all(bends[3] <= 0.3 * bends[0] + noise))
    smooth = smooth and error <= 1e-6 * (1.0 + float(np.max(np.abs(fine), initial=0.0)))
    return Reference(direction, fine, error, smooth)


def _extrapolated(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    return (64.0 * c - 20.0 * b + a) / 45.0


def _double(leaf: Any) -> Any:
    if not is_float(leaf):
        return leaf
    if isinstance(leaf, np.ndarray):
        return leaf if leaf.dtype == np.float64 else with_layout(leaf)
    return np.float64(leaf) if isinstance(leaf, np.floating) else leaf


def with_layout(a: np.ndarray) -> np.ndarray:
    """``a`` in float64, in its memory order."""
    return a.astype(np.float64, order="K")


# ---- the checks -----------------------------------------------------------------------------------------------------


def _compare(
    case: Case,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    primal: tuple[Any, tuple[Any, ...], str],
    target: str,
    draw: int,
) -> Outcome:
    expected, own, said = primal
    before = fresh(args)
    out, pull = s2sad.vjp(fn, *undrawn(args), target=target)
    near = _near(case, fn, args)
    same_primal(case, expected, out, "primal", [result for result, _ in near])
    same_bits(before, args, "argument changed by vjp")
    written = _written(case, before, own, pull.final, near)
    if not vector(args).size:
        return Outcome("ok", "no float argument")
    rng = np.random.default_rng([case.seed % 2**32, draw, 7])
    try:
        reference = _reference(case, args, written, rng)
    except (ArithmeticError, ValueError, IndexError):
        return Outcome("rough", "raises nearby")
    seed = rng.normal(size=reference.slopes.size) + 0.1
    bars = _pulled(pull, out, args, written, seed)
    _structure(args, bars)
    same_bits(bars, _pulled(pull, out, args, written, seed), "second pullback")
    same_bits(before, args, "argument changed by the pullback")
    _against_differences(case, reference, seed, bars, None)
    tangents = tuple(cotangent(args, reference.direction))
    out_again, out_dot = s2sad.jvp(fn, undrawn(args), tangents, target=target)
    same_primal(case, expected, out_again, "primal of jvp", [result for result, _ in near])
    same_bits(before, args, "argument changed by jvp")
    _against_differences(case, reference, seed, None, vector(out_dot))
    zero = np.concatenate([seed[: vector(out).size], np.zeros(reference.slopes.size - vector(out).size)])
    _dot_product(case, vector(out_dot), zero, vector(_pulled(pull, out, args, written, zero)), reference.direction)
    _once_more(case, fn, args, (out, own, said), target)
    _value_and_grad(case, fn, args, out, target, pull, [result for result, _ in near])
    if target == "cpu":
        other, pull_other = s2sad.vjp(fn, *undrawn(args), target="python")
        close(case, vector(_pulled(pull_other, other, args, written, seed)), vector(bars), "targets differ")
    return Outcome("ok") if reference.smooth else Outcome("rough", "not smooth")


def _written(
    case: Case, before: tuple[Any, ...], own: tuple[Any, ...], final: dict[str, Any], near: list[Any]
) -> list[Place]:
    """The arrays that the function writes; what s2sad says of them must be so."""
    found = []
    for k, argument in enumerate(case.arguments):
        if argument.name not in final:
            if not equal(before[k], own[k]) and argument.kind != "g":
                raise Wrong("written", f"the function changes {argument.name}, which is not among {sorted(final)}")
            continue
        same_primal(case, own[k], final[argument.name], "final contents", [n[k] for _, n in near])
        for at, (path, old, new) in enumerate(zip(paths(argument), leaves(before[k]), leaves(own[k]), strict=True)):
            if is_float(old) and isinstance(old, np.ndarray) and (argument.kind != "tuple" or not equal(old, new)):
                found.append(Place(k, at, re.sub(r"\W+", "_", path).strip("_")))
    return found


def paths(argument: Argument) -> list[str]:
    """The texts of the leaves of an argument: ``p['u']``."""
    if argument.kind != "tuple":
        return [argument.name]
    parts = zip(argument.items, places_of(argument), strict=True)
    return [path for item, place in parts for path in paths(replace(item, name=argument.name + place))]


def _once_more(case: Case, fn: Callable[..., Any], args: tuple[Any, ...], primal: Any, target: str) -> None:
    """A second call: the same bits, the same text printed, and generators where the function leaves them."""
    out, own, said = primal
    again = fresh(args)
    with _said() as printed:
        out_again, pull = s2sad.vjp(fn, *again, target=target)
    same_bits((out,), (out_again,), "second call")
    same_text(said, printed.getvalue(), 1e-4 if case.single else 1e-9)
    if [a for a, b in zip(own, again) if isinstance(a, np.random.Generator) and not equal(a, b)]:
        raise Wrong("generator", "is not where the function leaves it")
    with _said() as printed:
        pull(cotangent(out, np.ones(vector(out).size)))
    same_text("", printed.getvalue(), 0.0)


def _near(case: Case, fn: Callable[..., Any], args: tuple[Any, ...]) -> list[tuple[Any, tuple[Any, ...]]]:
    """Results and final arguments at perturbed arguments; of a program in float32 in float64 too."""
    found = []
    if case.single:
        own = fresh(map_leaves(_double, args))
        found.append((function_of(case.load("float64"))(*own), own))
    rounding = 2e-7 if case.single else 4e-15
    rng = np.random.default_rng(case.seed % 2**32)
    for _ in range(2):
        x = vector(args)
        own = undrawn(with_values(args, x * (1.0 + rounding * rng.choice((-1.0, 1.0), x.size))))
        try:
            found.append((fn(*own), own))
        except (ArithmeticError, ValueError, IndexError):
            continue
    shapes = [[np.shape(leaf) for leaf in leaves(pair)] for pair in found]
    return found if shapes[1:] == shapes[:-1] else found[:1]


def _pulled(pull: Any, out: Any, args: tuple[Any, ...], written: list[Place], seed: np.ndarray) -> tuple[Any, ...]:
    """The cotangents for ``seed``: of the returned leaves, then of the written arrays."""
    at = vector(out).size
    bars = {}
    for place in written:
        like = place.of(args)
        bars[place.name] = seed[at : at + like.size].reshape(like.shape).astype(like.dtype)
        at += like.size
    given = {name if name in pull.final else f"{name}_out_bar": bar for name, bar in bars.items()}
    return pull(cotangent(out, seed[: vector(out).size]), **given)


def _structure(args: tuple[Any, ...], bars: tuple[Any, ...]) -> None:
    if len(bars) != len(args):
        raise Wrong("structure", f"{len(bars)} cotangents for {len(args)} arguments")
    for arg, bar in zip(args, bars):
        active = [leaf for leaf in leaves(arg) if is_float(leaf)]
        found = list(leaves(bar))
        if [(np.shape(a), np.asarray(a).dtype) for a in active] != [(np.shape(a), np.asarray(a).dtype) for a in found]:
            raise Wrong("structure", f"{bar!r} is the cotangent of {arg!r}")


def _against_differences(
    case: Case, reference: Reference, seed: np.ndarray, bars: Any, dots: np.ndarray | None
) -> None:
    if not reference.smooth:
        return
    rtol = 2e-3 if case.single else 1e-6
    slopes, direction = reference.slopes, reference.direction
    if dots is not None:
        size = float(np.max(np.abs(slopes), initial=0.0))
        wrong = ~(np.abs(dots - slopes[: dots.size]) <= rtol * (size + 1e-3) + 10 * reference.error)
        if np.any(wrong):
            raise Wrong("jvp", f"tangents {dots[wrong][:6]} and differences {slopes[: dots.size][wrong][:6]}")
        return
    got, expected = float(vector(bars) @ direction), float(seed @ slopes)
    scale = float(np.abs(seed) @ np.abs(slopes) + np.abs(vector(bars)) @ np.abs(direction)) + 1e-3
    if not abs(got - expected) <= rtol * scale + 10 * reference.error * float(np.sum(np.abs(seed))):
        raise Wrong("vjp", f"<J^T seed, direction> = {got!r}, differences {expected!r}")


def _dot_product(case: Case, dots: np.ndarray, seed: np.ndarray, bars: np.ndarray, direction: np.ndarray) -> None:
    left, right = float(dots @ seed[: dots.size]), float(bars @ direction)
    norms = np.linalg.norm(seed) * np.linalg.norm(dots) + np.linalg.norm(bars) * np.linalg.norm(direction)
    if not abs(left - right) <= (1e-3 if case.single else 1e-10) * float(norms) + 1e-14:
        raise Wrong("dot product", f"<seed, J d> = {left!r}, <J^T seed, d> = {right!r}")


def _value_and_grad(
    case: Case, fn: Callable[..., Any], args: tuple[Any, ...], out: Any, target: str, pull: Any, near: list[Any]
) -> None:
    """Of functions that return one float; every third, as it takes one more transformation."""
    if case.seed // 100 % 3:
        return
    if isinstance(out, tuple | np.ndarray) or out is None or not is_float(out):
        return
    active = tuple(k for k, a in enumerate(args) if any(is_float(leaf) for leaf in leaves(a)))
    value, bars = s2sad.value_and_grad(fn, argnums=active, target=target)(*undrawn(args))
    same_primal(case, out, value, "value of value_and_grad", near)
    ones = cotangent(out, np.ones(1))
    close(case, vector(pull(ones)), vector(bars), "value_and_grad")
