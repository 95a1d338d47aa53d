"""Calls of the library's matrix routines: one ``LibCall`` each."""

from __future__ import annotations

from s2sad.frontend.lower.arguments import Handler
from s2sad.frontend.lower.functions import HANDLERS
from s2sad.frontend.lower.state import State
from s2sad.frontend.lower.values import Arr, Tup, Value
from s2sad.ir import nodes as n
from s2sad.ir.builder import const
from s2sad.library.routines import ROUTINES, Dims, Routine


def _handler(routine: Routine) -> Handler:
    def handler(c: State, args: list[Value], kwargs: dict[str, Value], hint: str) -> Value:
        extents: dict[str, n.Atom] = {"1": const(1)}
        arrays = []
        for arg, dims in zip(args, routine.arguments, strict=True):
            assert isinstance(arg, Arr)  # the library sees to that
            for name, extent in zip(dims, arg.extents, strict=True):
                if name != "1" and extents.setdefault(name, extent) != extent:
                    message = f"{routine.name}: the shapes of the arguments do not fit"
                    c.check_equal(extents[name], extent, "ValueError", message)
            arrays.append(arg)
        if "m" in extents:
            extents["min"] = c.int_min(extents["m"], extents["n"])
        outs = [_made(c, arrays[0].dtype, dims, extents, hint) for dims in routine.results]
        c.emit(n.LibCall(routine.name, tuple(v.var for v in outs), tuple(a.var for a in arrays), -1, c.b.loc))
        return outs[0] if len(outs) == 1 else Tup(tuple(outs))

    return handler


def _made(c: State, dtype: str, dims: Dims, extents: dict[str, n.Atom], hint: str) -> Arr:
    return c.alloc(dtype, tuple(extents[d] for d in dims), None, hint)


HANDLERS.update({function: _handler(routine) for function, routine in ROUTINES.items()})
