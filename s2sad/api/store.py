"""The index of the cache: from what a derivative depends on to its module file and what the wrapper must know of it.

A second process that asks for the same derivative finds both and transforms nothing (design S15).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from s2sad.analysis.signature import ArgSpec, StaticArg, TupleArg
from s2sad.api import layout as lay
from s2sad.api.fingerprint import Capture, Fingerprint, digest
from s2sad.api.options import Options
from s2sad.api.variant import Info, ParamInfo, Reads
from s2sad.backend import cpu, module
from s2sad.errors import Loc
from s2sad.ir import nodes as n
from s2sad.pipeline import Derived, Request


def versions() -> str:
    """The versions of everything that decides what generated code is: part of every key."""
    numpy = ".".join(np.__version__.split(".")[:2])
    return f"{module.version()} {metadata.version('numba')} {metadata.version('llvmlite')} {numpy} {platform.python_version()}"


def key(
    found: Fingerprint, specs: tuple[ArgSpec, ...], request: Request, options: Options, semantics: str
) -> str | None:
    """The name under which a derivative is found again; ``None`` if something in it has no lasting name."""
    if found.text is None or not all(_lasting(spec) for spec in specs):
        return None
    return digest(found.text, repr(specs), repr(request), repr(options.vecmath), semantics, versions())


def _lasting(spec: ArgSpec) -> bool:
    if isinstance(spec, StaticArg):
        return spec.value is None or isinstance(spec.value, str)
    return all(_lasting(item) for item in spec.items) if isinstance(spec, TupleArg) else True


def load(name: str | None, found: Fingerprint) -> tuple[Info, Reads] | None:
    """What was saved under ``name``, or ``None``; a damaged or outdated entry counts as none."""
    if name is None:
        return None
    text = module.read_private(index_path(name))
    if text is None:
        return None
    try:
        data = json.loads(text)
        info = _info_from_json(data)
        hidden = [found.captures[k] for k in data["hidden"]]
    except (ValueError, LookupError, TypeError):
        return None
    if not info.path.is_file():
        return None
    chosen = set(data["hidden"])
    guards = tuple((c.read, c.value) for k, c in enumerate(found.captures) if k not in chosen)
    return info, Reads(tuple(c.read for c in hidden), guards)


def save(
    name: str | None, found: Fingerprint, derived: Derived, options: Options, names: tuple[str, ...], request: Request
) -> tuple[Info, Reads]:
    """Write the module file of ``derived``, and its entry in the index if it can be found again."""
    path = module.write(derived.emitted, derived.function, vecmath=options.vecmath)
    info = _info(derived, names, path, request)
    reads = Reads(tuple(c.read for c in derived.captures), tuple((g.read, g.expected) for g in derived.guards))
    positions = [_position(c.param, c.read(), found.captures) for c in derived.captures]
    if name is not None and None not in positions:
        module.write_private(index_path(name), json.dumps({**_info_to_json(info), "hidden": positions}))
    return info, reads


def runnable(info: Info, options: Options) -> Callable[..., Any]:
    """The generated function: compiled for the CPU, or as it is for the ``python`` target."""
    function = getattr(module.load(info.path), info.name)
    return function if options.target == "python" or options.debug else cpu.compile(function)


def index_path(name: str) -> Path:
    return module.cache_folder() / "index" / f"{name}.json"


def _position(param: str, value: Any, captures: tuple[Capture, ...]) -> int | None:
    """Which captured thing the hidden parameter ``param`` is; ``None`` if that is not certain."""
    hint = param.partition(".")[0]
    found = [k for k, c in enumerate(captures) if c.value is value and c.name.rpartition(".")[2] == hint]
    return found[0] if len(found) == 1 else None


def _info(derived: Derived, names: tuple[str, ...], path: Path, request: Request) -> Info:
    function = derived.function
    written = frozenset(v.name for v in function.written)
    hidden = {c.param for c in derived.captures}
    params = tuple(
        ParamInfo(
            p.name,
            lay.of_tree(p.tree, written),
            "capture" if p.name in hidden else "user" if p.name in names else "seed",
            p.default,
        )
        for p in function.params
    )
    return Info(
        name=function.name,
        params=params,
        result=lay.of_tree(_returned(function)),
        primal_result=lay.of_tree(_returned(derived.primal)),
        wrt=request.wrt,
        line_map=dict(derived.emitted.line_map),
        path=path,
    )


def _returned(function: n.Function) -> n.Tree:
    last = function.body[-1]
    assert isinstance(last, n.Return)
    return last.value


def _info_to_json(info: Info) -> dict[str, Any]:
    return {
        "name": info.name,
        "params": [[p.name, lay.to_json(p.layout), p.role, p.default] for p in info.params],
        "result": lay.to_json(info.result),
        "primal_result": lay.to_json(info.primal_result),
        "wrt": info.wrt,
        "lines": [[k, vars(loc)] for k, loc in info.line_map.items()],
        "path": str(info.path),
    }


def _info_from_json(data: dict[str, Any]) -> Info:
    return Info(
        name=data["name"],
        params=tuple(ParamInfo(name, lay.from_json(layout), role, text) for name, layout, role, text in data["params"]),
        result=lay.from_json(data["result"]),
        primal_result=lay.from_json(data["primal_result"]),
        wrt=tuple(data["wrt"]),
        line_map={k: Loc(**loc) for k, loc in data["lines"]},
        path=Path(data["path"]),
    )
