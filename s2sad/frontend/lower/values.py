"""What an expression lowers to: numbers, arrays, static tuples, static Python objects, iterables, functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from s2sad.analysis.types import Kind
from s2sad.frontend.lower.roots import Root
from s2sad.ir import nodes as n
from s2sad.ir.trees import Keys, is_record

if TYPE_CHECKING:
    from s2sad.frontend.lower.frames import Callee


@dataclass(frozen=True)
class Num:
    """A scalar; ``weak`` for Python's own (NEP 50). The IR's types carry no weakness: every cast is explicit there.

    ``bits`` bounds the magnitude of an int (|value| < 2**bits), ``carried`` marks what a loop accumulates: both decide
    whether int arithmetic must be checked for overflow.
    """

    atom: n.Atom
    weak: bool = False
    bits: int = field(default=63, compare=False)
    carried: bool = field(default=False, compare=False)

    @property
    def dtype(self) -> str:
        return self.atom.type.dtype

    @property
    def kind(self) -> Kind:
        return Kind(self.dtype, self.weak)

    @property
    def const(self) -> int | float | bool | None:
        return self.atom.value if isinstance(self.atom, n.Const) else None


@dataclass(frozen=True)
class Arr:
    """An array: its variable (a root or a view) and the memory it refers to.

    ``in_order``: NumPy's array has its axes in C order, so that what is computed from it is C-contiguous there as in
    the IR. Where that is not known, NumPy's ``reshape`` may copy.
    """

    var: n.Var
    root: Root = field(compare=False)
    in_order: bool = field(default=True, compare=False)

    @property
    def type(self) -> n.Array:
        assert isinstance(self.var.type, n.Array)
        return self.var.type

    @property
    def dtype(self) -> str:
        return self.type.dtype

    @property
    def ndim(self) -> int:
        return self.type.ndim

    @property
    def extents(self) -> tuple[n.Atom, ...]:
        return self.type.extents

    @property
    def kind(self) -> Kind:
        return Kind(self.dtype, array=self.ndim > 0)


@dataclass(frozen=True)
class Tup:
    """A tuple (``cls`` of a named tuple), a list that is not changed, a dict (``Keys``), an object of a dataclass."""

    items: tuple[Value, ...]
    cls: type | Keys | None = None
    is_list: bool = False
    tokens: frozenset[Any] = field(default=frozenset(), compare=False)  # where it was made; none: it is not changed

    @property
    def is_dict(self) -> bool:
        return isinstance(self.cls, Keys)

    @property
    def is_record(self) -> bool:
        return is_record(self.cls)

    @property
    def is_plain(self) -> bool:
        """Whether it is a tuple, named or not."""
        return not (self.is_list or self.is_dict or self.is_record)

    @property
    def is_sequence(self) -> bool:
        return not (self.is_dict or self.is_record)


@dataclass(frozen=True)
class Rows:
    """Items of one kind: numbers, or arrays, that are rows of ``array``."""

    array: Arr
    weak: bool = False

    @property
    def arrays(self) -> tuple[Arr, ...]:
        return (self.array,)


@dataclass(frozen=True)
class Fields:
    """Items that are tuples (``cls`` of a named tuple) or lists, of as many items each."""

    items: tuple[Rows | Fields, ...]
    cls: type | None = None
    is_list: bool = False

    @property
    def arrays(self) -> tuple[Arr, ...]:
        return tuple(array for part in self.items for array in part.arrays)


@dataclass(frozen=True)
class Column:
    """A list of ``count`` items. ``grows``: its memory does; else a loop may have room: ``added``, at ``most``.
    ``open``: the depth of the outermost loop that appends to it, or 0. ``inner``: tokens of the lists in it."""

    rows: Rows | Fields
    count: Num
    added: int = 0
    open: int = 0
    tokens: frozenset[Any] = field(default=frozenset(), compare=False)
    most: int = field(default=0, compare=False)
    grows: bool = False
    inner: frozenset[Any] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class Static:
    """A Python object known while lowering: module, function, type, dtype, ``None``, string, ``...``."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Static):
            return False
        if isinstance(self.value, str | bytes | np.dtype):
            return type(self.value) is type(other.value) and self.value == other.value
        return self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, eq=False)
class Function:
    """A user function, with the frame that it closes over if it is defined inside another one."""

    callee: Callee


@dataclass(frozen=True)
class Random:
    """A ``numpy.random.Generator``, the parameter ``name``; or Numba's state."""

    name: str


@dataclass(frozen=True)
class Method:
    """A bound method of an array, tuple or generator."""

    base: Arr | Num | Tup | Random
    name: str


@dataclass(frozen=True, eq=False)
class Partial:
    """A function with some of its arguments: ``functools.partial``, a bound method."""

    function: Value
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Range:
    """``range(start, stop, step)``."""

    start: Num
    stop: Num
    step: Num


@dataclass(frozen=True)
class Zip:
    """``zip(*items)``."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Enumerate:
    """``enumerate(base, start)``."""

    base: Value
    start: Num


@dataclass(frozen=True)
class Reversed:
    """``reversed(base)``."""

    base: Value


@dataclass(frozen=True)
class Iterated:
    """A generator, ``map``, ``filter``: goes through ``base`` once. ``acts``: its elements change, print or draw."""

    base: Value
    acts: bool = False


@dataclass(frozen=True, eq=False)
class Lazy:
    """A generator over a run-time iterable: its syntax, to be made a loop by what consumes it."""

    node: Any


@dataclass(frozen=True)
class SliceOf:
    """``start:stop:step``; ``None`` where it is left out."""

    start: Num | None
    stop: Num | None
    step: Num | None


@dataclass(frozen=True)
class Bad:
    """What a name holds where nothing right can be said; its use is refused, in silence if there is no ``reason``.

    ``unroll``: unrolling the loop around would help. ``fork``: the frame and the branch whose sides could take in what
    follows. ``none``: it is ``None`` where that is true, else ``held``. ``grown``: the longer one of two lists.
    """

    reason: str = ""
    alternative: str = ""
    unroll: bool = False
    fork: tuple[Any, Any] | None = field(default=None, compare=False)
    grown: Tup | None = field(default=None, compare=False)
    none: Num | None = None
    held: Value | None = None


@dataclass(frozen=True)
class Dead:
    """What a name holds where the loop around is left and the name is not read after it: anything will do."""


_Callable: TypeAlias = Function | Method | Partial
_Iterable: TypeAlias = Range | Zip | Enumerate | Reversed | Iterated | Lazy
Value: TypeAlias = Num | Arr | Tup | Column | Static | Random | _Callable | _Iterable | SliceOf | Bad | Dead
NONE = Static(None)
_KINDS: dict[type, str] = {
    Column: "a list of run-time length", Random: "a random generator", Partial: "a function", SliceOf: "a slice",
}  # fmt: skip


def integer(value: int) -> Num:
    """A Python int."""
    return Num(n.Const(int(value), n.Scalar("int64")), weak=True, bits=abs(int(value)).bit_length())


def number(value: int | float | bool | np.generic) -> Num:
    """A constant of the kind of ``value`` (weak for Python's own)."""
    if isinstance(value, np.generic):
        return Num(n.Const(value.item(), n.Scalar(value.dtype.name)))
    if isinstance(value, bool):
        return Num(n.Const(value, n.Scalar("bool")), weak=True, bits=1)
    return integer(value) if isinstance(value, int) else Num(n.Const(float(value), n.Scalar("float64")), weak=True)


def ordered(*values: Num | Arr) -> bool:
    """Whether NumPy's elementwise result of ``values`` is C-contiguous (it keeps the order of its operands' axes)."""
    return all(v.in_order or v.ndim < 2 for v in values if isinstance(v, Arr))


def describe(value: Value) -> str:
    """A short name of the kind of ``value`` for messages."""
    match value:
        case Num():
            return f"a Python {value.dtype.rstrip('64')} scalar" if value.weak else f"a {value.dtype} scalar"
        case Arr():
            return f"a {value.ndim}-d {value.dtype} array"
        case Tup():
            if isinstance(value.cls, type) and value.is_record:
                return f"an object of the dataclass {value.cls.__name__}"
            return "a list" if value.is_list else "a dict" if value.is_dict else "a tuple"
        case Static(value=v):
            return "None" if v is None else f"an object of type {type(v).__name__}"
        case Method(name=name):
            return f"the method {name}"
    return _KINDS.get(type(value)) or f"a {type(value).__name__.lower()}"
