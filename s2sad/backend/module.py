"""Generated text as a real module: a private file that pdb, inspect, tracebacks and Numba's cache see."""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import stat
import sys
import tempfile
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import llvmlite
import numba
import numpy as np

from s2sad.errors import InternalError

PREFIX = "s2sad_generated_"
_loading = threading.RLock()


def load(text: str, key_parts: tuple[object, ...], name: str) -> ModuleType:
    """The module whose source is ``text``, from its file in the cache folder.

    Parameters
    ----------
    text
        The whole source, header included.
    key_parts
        Whatever else the machine code depends on (options, targets); their ``repr`` must be stable.
    name
        A readable start of the file's name.

    The file is written at once by renaming, and only if it is not there with this very content, so that processes
    may race and Numba's cache, which looks at the time of the file, stays valid. What is executed is ``text``,
    never something read from the folder.
    """
    stem = f"{_readable(name)}_{digest(text, key_parts)}"
    with _loading:  # another thread must not see the module before it is executed
        known = sys.modules.get(PREFIX + stem)
        if known is not None:
            return known
        path = cache_folder() / f"{stem}.py"
        write(path, text)
        return _import(PREFIX + stem, path, text)


def digest(*parts: object) -> str:
    """A name for ``parts`` and the versions of everything that generated code depends on."""
    return hashlib.sha256(repr((parts, versions())).encode()).hexdigest()[:20]


@lru_cache(maxsize=1)
def versions() -> tuple[str, ...]:
    """Versions of Python and the packages below us, and a hash of s2sad's own source."""
    own = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        own.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (python, np.__version__, numba.__version__, llvmlite.__version__, own.hexdigest())


# ---- what a process remembers for the next one ---------------------------------------------------------------------


def remember(name: str, key_parts: tuple[object, ...], entry: dict[str, object]) -> None:
    """Keep ``entry`` (JSON) under ``key_parts``: the outcome of a transformation, for ``recall`` in another process."""
    write(_entry_path(name, key_parts), json.dumps(entry, sort_keys=True))


def recall(name: str, key_parts: tuple[object, ...]) -> dict[str, object] | None:
    """What ``remember`` kept under ``key_parts``, with the same versions; ``None`` if nothing (readable) is there."""
    try:
        entry = json.loads(_entry_path(name, key_parts).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) else None


def _entry_path(name: str, key_parts: tuple[object, ...]) -> Path:
    return cache_folder() / f"{_readable(name)}_{digest('entry', key_parts)}.json"


# ---- the folder ----------------------------------------------------------------------------------------------------


def cache_folder() -> Path:
    """The private folder: in ``S2SAD_CACHE_DIR``, else in the user's cache folder.

    Where that is not writable or not ours, a temporary one.
    """
    return _folder_in(os.environ.get("S2SAD_CACHE_DIR", ""))


@lru_cache(maxsize=8)
def _folder_in(setting: str) -> Path:
    base = Path(setting).expanduser() if setting else _user_cache()
    folder = base.absolute() / "generated"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(folder):
            with tempfile.TemporaryFile(dir=folder):
                return folder
    except OSError:  # no home, a read-only disk, a file in the way
        pass
    return Path(tempfile.mkdtemp(prefix="s2sad-"))


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "s2sad"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "s2sad"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "s2sad"


def _is_private(folder: Path) -> bool:
    """Whether only this user can write into ``folder``; the mode of an own folder is corrected."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    if found.st_uid != os.getuid():
        return False
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return True


def write(path: Path, text: str) -> None:
    """Make ``path`` hold ``text``: unchanged if it does, else replaced in one step."""
    data = text.encode()
    try:
        if path.read_bytes() == data:
            return
    except OSError:  # not there yet, or not readable: it is replaced
        pass
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


# ---- import --------------------------------------------------------------------------------------------------------


def _readable(name: str) -> str:
    return re.sub(r"\W+", "_", name)[:60] or "function"


class GeneratedFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of earlier processes by name: the machine code of a user's cached caller asks for them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, if its file is in the cache folder."""
        stem = fullname.removeprefix(PREFIX)
        file = cache_folder() / f"{stem}.py"
        if stem == fullname or not re.fullmatch(r"\w+", stem) or not file.is_file():
            return None
        return importlib.util.spec_from_file_location(fullname, file)


sys.meta_path.append(GeneratedFinder())


def _import(name: str, path: Path, text: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise InternalError(f"module: no import spec for {path}")
    module = importlib.util.module_from_spec(spec)
    code = compile(text, str(path), "exec", dont_inherit=True)
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module
