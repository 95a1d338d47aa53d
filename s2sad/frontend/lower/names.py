"""What a name means: a local, a variable of an enclosing function, a captured value, a builtin."""

from __future__ import annotations

import builtins
import numbers
import types
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from s2sad.analysis.signature import ArgSpec, ArrayArg, GeneratorArg, ScalarArg, StaticArg, TupleArg, spec_of
from s2sad.errors import ArgumentError
from s2sad.frontend.lower import containers
from s2sad.frontend.lower.frames import Frame
from s2sad.frontend.lower.outcomes import Capture, Diverges, Fork, Guard
from s2sad.frontend.lower.state import State, num
from s2sad.frontend.lower.statics import from_python
from s2sad.frontend.lower.values import Arr, Bad, Dead, Num, Random, Static, Tup, Value, number
from s2sad.ir import nodes as n
from s2sad.ir.builder import const, unused
from s2sad.ir.trees import Keys

_CONSTANT_MODULES = ("numpy", "math", "cmath", "numpy.linalg")


def lookup(c: State, name: str) -> Value:
    """The value of the name ``name`` in the current function."""
    frame: Frame | None = c.frame
    while frame is not None:
        if name in frame.callee.locals:
            return _local(c, frame, name)
        if frame.callee.outer is None:
            break
        frame = frame.callee.outer
    assert frame is not None
    source = frame.source
    if name in source.closure:
        cell = source.closure[name]
        try:
            value = cell.cell_contents
        except ValueError:
            c.refuse(f"{name} is not assigned yet in the function around this one")
        return captured(c, ("cell", id(cell)), name, value, lambda: cell.cell_contents)
    names = source.globals
    if name in names:
        return captured(c, ("global", id(names), name), name, names[name], lambda: names[name])
    if hasattr(builtins, name):
        return Static(getattr(builtins, name))
    c.refuse(f"the name {name} is not defined", raises=NameError)


def _local(c: State, frame: Frame, name: str) -> Value:
    value = frame.env.get(name)
    if value is None:
        c.refuse(f"{name} is used before it is assigned", f"assign {name} before")
    return value


def usable(c: State, value: Value) -> Value:
    """``value``, or the refusal that it carries."""
    if isinstance(value, Bad):
        if not value.reason:
            raise c.silent()
        if value.fork is not None and value.fork[0] in c.frames:
            raise Fork(c.problem(value.reason, value.alternative), *value.fork)
        if value.unroll:
            c.needs_static(value.reason, value.alternative)
        c.refuse(value.reason, value.alternative)
    if isinstance(value, Dead) and c.part is not None and c.part.result is None:
        raise Diverges  # both sides of a branch call what is being lowered
    return value


def captured(c: State, key: object, name: str, value: object, read: Callable[[], object]) -> Value:
    """The value of a captured object: hidden parameters for numbers and arrays, a guard for everything else."""
    if c.frame.library is not None:
        return from_python(value)
    key = (key, c.frame.numba)  # Numba freezes what Python reads at each call
    found = c.captured.get(key)
    if found is None:
        found = c.captured[key] = _capture(c, name, value, read)
        c.reads[key] = (name, value, read)
    return found


def _capture(c: State, name: str, value: object, read: Callable[[], object]) -> Value:
    if isinstance(value, bool | int | float | np.generic | np.ndarray):
        return _capture_number(c, name, value, read)
    if isinstance(value, tuple):
        if not c.frame.numba:
            guard(c, ("object", name, id(value)), read, value)
        items = tuple(_frozen(c, f"{name}_{k}", item) for k, item in enumerate(value))
        return Tup(items, type(value) if hasattr(value, "_fields") else None)
    if type(value) is list or type(value) is dict:
        return _capture_container(c, name, value, read)
    if isinstance(value, list | dict | set):
        c.refuse(f"{name} is a captured {type(value).__name__}", "a tuple, a list or a dict, or an argument")
    static = isinstance(value, types.ModuleType | type | str | np.dtype | frozenset) or value is None or callable(value)
    if isinstance(value, np.random.Generator | np.random.RandomState):
        c.refuse(f"{name} is a captured random generator", "pass it as an argument of the function")
    if isinstance(value, numbers.Number) and not isinstance(value, complex):
        c.refuse(f"{name} is a captured {type(value).__name__}", f"a float: {name} = float({name}) before the call")
    if isinstance(value, complex):
        c.refuse(f"{name} is complex; complex numbers are not supported yet", "real and imaginary parts")
    if not static and value is not Ellipsis and not is_plain_object(value):
        c.refuse(f"{name} is an object of type {type(value).__name__}", "pass its numbers and arrays as arguments")
    guard(c, ("object", name, id(value)), read, value)
    return Static(value)


def guard(c: State, key: object, read: Callable[[], object], expected: object) -> None:
    """``read()`` must give the object ``expected`` at each call; else the function is specialised again."""
    c.guards.setdefault(key, Guard(read, expected))


def is_plain_object(value: object) -> bool:
    """Whether ``value`` is an instance of a class written in Python that is no container and no library's."""
    cls = type(value)
    written = bool(cls.__flags__ & 1 << 9)  # Py_TPFLAGS_HEAPTYPE
    library = cls.__module__.partition(".")[0] in ("numpy", "numba", "scipy", "builtins", "functools", "collections")
    return written and not library and not isinstance(value, list | dict | set | np.ndarray | int | float | str | bytes)


def _capture_container(c: State, name: str, value: list | dict, read: Callable[[], object]) -> Value:
    """A captured list or dict of these items or keys; what is in it is read at each call."""
    keys = tuple(value) if isinstance(value, dict) else tuple(range(len(value)))
    if c.frame.numba:
        c.refuse(f"{name} is a captured {type(value).__name__}", "a tuple, or an argument")
    kind = type(value)

    def same() -> bool:
        now = read()
        return type(now) is kind and (len(now) == len(keys) if kind is list else tuple(now) == keys)  # type: ignore[arg-type]

    guard(c, ("container", name, id(value)), same, True)
    items = []
    for key in keys:
        item = value[key]
        label = f"{name}_{_word(key)}"
        items.append(captured(c, ("item", id(value), key), label, item, lambda key=key: read()[key]))  # type: ignore[index]
    return Tup(tuple(items), None, True) if kind is list else Tup(tuple(items), Keys(keys))


def _frozen(c: State, name: str, value: object) -> Value:
    """An item of a captured tuple: it cannot change while the tuple is the same."""
    if isinstance(value, bool | int | float | np.generic):
        return constant(c, value)
    return _capture(c, name, value, lambda: value)


def _capture_number(c: State, name: str, value: object, read: Callable[[], object]) -> Value:
    frozen = c.frame.numba
    if frozen and not isinstance(value, np.ndarray):
        return constant(c, value)
    try:
        spec = spec_of(value, name)
    except ArgumentError as error:
        c.refuse(str(error))
    if c.part is not None and isinstance(spec, ArrayArg):
        spec = replace(spec, layout="A")
    tree, result = parameter(c, name, spec, "capture")
    wished = (tree.name if isinstance(tree, n.Var) else name).replace(".", "_")  # SCALE.1 of a callee becomes SCALE_1
    leaf = unused(wished, c.taken)
    c.taken.add(leaf)
    c.params.append(n.Param(leaf, tree))
    c.captures.append(Capture(leaf, (lambda: value) if frozen else read))
    return result


def constant(c: State, value: object) -> Num:
    """A number known while lowering; Numba's own semantics know no weak scalars."""
    assert isinstance(value, bool | int | float | np.generic)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        c.refuse(f"the int {value} does not fit into 64 bits")
    result = number(value)
    return strengthened(result) if c.frame.numba else result


def strengthened(value: Num) -> Num:
    """As NumPy's scalar (what Numba makes of Python's)."""
    return Num(value.atom, False, value.bits, value.carried)


def parameter(c: State, name: str, spec: ArgSpec, kind: str = "param") -> tuple[n.Tree, Value]:
    """Variables for a parameter ``name`` of specification ``spec``: the tree of its leaves and its value."""
    match spec:
        case ScalarArg():
            var = c.b.var(name, n.Scalar(spec.dtype))
            c.declare(var)
            weak = spec.weak and not (c.frames and c.frame.numba)
            if spec.known is not None:
                return var, num(n.Const(spec.known, n.Scalar(spec.dtype)), weak)
            return var, Num(var, weak, 1 if spec.dtype == "bool" else 63)
        case ArrayArg():
            array = array_parameter(c, name, spec, kind)
            return array.var, array
        case TupleArg():
            fields = getattr(spec.cls, "names", getattr(spec.cls, "_fields", range(len(spec.items))))
            labels = [f"{name}_{_word(f)}" for f in fields]
            parts = [parameter(c, label, s, kind) for label, s in zip(labels, spec.items, strict=True)]
            value = Tup(tuple(p[1] for p in parts), *containers.held_as(spec.cls))
            return n.Struct(tuple(p[0] for p in parts), spec.cls), value
        case StaticArg():
            return None, Static(spec.value)
        case GeneratorArg():
            return c.b.var(name, n.Scalar("generator")), Random(name)
    raise TypeError(type(spec).__name__)


def _word(label: object) -> str:
    """A key or index as a part of a name."""
    return "".join(ch if ch.isascii() and (ch.isalnum() or ch == "_") else "_" for ch in str(label))


def array_parameter(c: State, name: str, spec: ArrayArg, kind: str) -> Arr:
    """An array parameter: its extents are read at the top of the body."""
    known = spec.known or (None,) * spec.ndim
    variable = [k for k in known if k is None]
    name = c.b.names.fresh(name)
    hint = name.partition(".")[0]
    extents: list[n.Atom] = []
    for axis, k in enumerate(known):
        if k is not None:
            extents.append(const(k))
            continue
        suffix = "n" if len(variable) == 1 and spec.ndim == 1 else f"n{axis}"
        extents.append(c.b.var(f"{hint}_{suffix}", n.Scalar("int64")))
    array = n.Var(name, n.Array(spec.dtype, tuple(extents), spec.layout))
    for axis, e in enumerate(extents):
        if isinstance(e, n.Var):
            c.head.append(n.Assign(e, "extent", (array, const(axis)), c.b.loc))
            c.extent_bound(e)
    c.declare_global(array, *(e for e in extents if isinstance(e, n.Var)))
    return Arr(array, c.root(name, kind, array), spec.layout == "C")


def attribute(c: State, base: Static, name: str) -> Value:
    """``module.name`` (or ``type.name``)."""
    value = base.value
    if not hasattr(value, name):
        c.refuse(f"{getattr(value, '__name__', value)} has no attribute {name}")
    found = getattr(value, name)
    own = isinstance(value, type) and value.__module__ not in ("numpy", "builtins")
    if own and isinstance(found, types.MethodType):
        guard(c, ("method", id(value), name), lambda: getattr(value, name).__func__, found.__func__)
        return Static(found)
    trusted = (not isinstance(value, types.ModuleType) and not own) or value.__name__ in _CONSTANT_MODULES
    if trusted:
        return constant(c, found) if isinstance(found, bool | int | float | np.generic) else Static(found)
    return captured(c, ("attribute", id(value), name), name, found, lambda: getattr(value, name))
