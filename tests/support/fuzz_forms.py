"""More statements: tuples, calls, aliases, exchanges of elements, counters, arrays chosen by a condition."""

from __future__ import annotations

from tests.support.fuzz_expressions import call, condition, scalar
from tests.support.fuzz_scope import Name, Writer, index
from tests.support.fuzz_views import element


def _rows(w: Writer) -> None:
    """Unpacking the rows or elements of an array."""
    pool = [v for v in w.arrays() if v.shape and v.shape[0] in (2, 3)]
    if not pool:
        return _tuple(w)
    v = w.rng.choice(pool)
    assert v.shape is not None
    names = [w.fresh("r") for _ in range(v.shape[0])]
    w.line(f"{', '.join(names)} = {v.text}")
    for n in names:
        w.declare(Name(n, "f", v.shape[1:] or None, own=len(v.shape) == 1, packed=False))
    return None


def _tuple(w: Writer) -> None:
    own = [v for v in w.scalars("f") if v.own]
    form = w.weighted({"swap": 2, "pair": 2, "kept": 1.5, "named": 1})
    if form == "swap" and len(own) > 1:
        a, b = w.rng.sample(own, 2)
        w.line(f"{a.text}, {b.text} = {b.text}, {w.rng.choice((a.text, f'0.5 * {a.text} + 0.2 * {b.text}'))}")
        return
    first, second = scalar(w, 1), scalar(w, 1)
    if form in ("kept", "named"):
        name = w.fresh("p")
        w.line(f"{name} = " + (f"({first}, {second})" if form == "kept" else f"Pair({first}, v={second})"))
        for part in ("[0]", "[1]") if form == "kept" else (".u", ".v"):
            w.declare(Name(name + part))
        return
    a, b = w.fresh("s"), w.fresh("s")
    w.line(f"{a}, {b} = {first}, {second}")
    w.declare(Name(a, own=True))
    w.declare(Name(b, own=True))


def _call(w: Writer) -> None:
    mutating = [c for c in w.callees if c.mutates]
    if not mutating or w.chance(0.3):
        return None
    chosen = w.rng.choice(mutating)
    text = call(w, chosen.result, mutates=True)
    if text is None:
        return None
    if chosen.result is None and w.chance(0.8):
        w.line(f"{(name := w.fresh('s'))} = {text}")
        w.declare(Name(name, own=True))
    else:
        w.line(text)
    return None


def _alias(w: Writer) -> None:
    """A second name for an array."""
    pool = [v for v in w.arrays() if v.shape]
    if not pool:
        return
    v = w.rng.choice(pool)
    name = w.fresh("v")
    w.line(f"{name} = {v.text}")
    w.declare(Name(name, "f", v.shape, writable=v.writable, packed=v.packed))
    if v.own:  # rebinding either name would make the other's stores depend on the path
        w.env[v.text] = Name(v.text, "f", v.shape, writable=v.writable, packed=v.packed)


def _exchange(w: Writer) -> None:
    """Elements or rows exchanged, or one value stored in two places."""
    a, b = element(w, writable=True), element(w, writable=True)
    if a is None or b is None:
        return
    rows = [v for v in w.arrays("f", 2) if v.writable and v.shape and v.shape[0]]
    if rows and w.chance(0.3):
        v = w.rng.choice(rows)
        assert v.shape is not None
        i, j = index(w, v.shape[0]), index(w, v.shape[0])
        w.line(f"{v.text}[{i}], {v.text}[{j}] = {v.text}[{j}].copy(), {v.text}[{i}].copy()")
    elif w.chance(0.6):
        w.line(f"{a}, {b} = {b}, {a}")
    else:
        w.line(f"{a} = {b} = {scalar(w, 1)}")


def _counter(w: Writer) -> None:
    """An int array that the function writes, and reads as an index or a number."""
    known = [v for v in w.arrays("i", 1) if v.writable]
    if not known or w.chance(0.4):
        name, size = w.fresh("n"), w.rng.choice((2, 3))
        w.line(f"{name} = np.zeros({size}, dtype=np.int64)")
        w.declare(Name(name, "i", (size,), writable=True))
        return
    v = w.rng.choice(known)
    assert v.shape is not None
    w.line(f"{v.text}[{index(w, v.shape[0])}] += {w.rng.choice(('1', '2'))}")
    own = [s for s in w.scalars("f") if s.own]
    if own:
        w.line(f"{w.rng.choice(own).text} += 0.1 * {v.text}[{index(w, v.shape[0])}]")


def _chosen(w: Writer) -> None:
    """An array that a condition chooses, only read."""
    pool = [v for v in w.arrays() if v.shape]
    if not pool:
        return
    v = w.rng.choice(pool)
    assert v.shape is not None
    name, other = w.fresh("a"), w.rng.choice(w.of_shape(v.shape)).text
    first, second = (w.rng.choice(("{e}", "np.sin({e})", "0.5 * {e}", "({e} + {s})")) for _ in range(2))
    first, second = first.format(e=v.text, s=scalar(w, 1)), second.format(e=other, s=scalar(w, 1))
    w.line(f"{name} = 0.9 * ({first} if {condition(w, 1)} else {second})")
    w.declare(Name(name, "f", v.shape, writable=True, own=True))


KEPT = (
    "np.sum({e} ** 2, axis={k}, keepdims=True)",
    "np.max({e}, axis={k}, keepdims=True) ** 2",
    "np.mean({e}, axis={k}, keepdims=True) ** 2",
)


def _normalised(w: Writer) -> None:
    """Rows divided by a reduction that keeps its axis, or a sum over two axes."""
    pool = [v for v in w.arrays() if v.shape and len(v.shape) > 1 and 0 not in v.shape]
    if not pool:
        return
    v = w.rng.choice(pool)
    assert v.shape is not None
    if w.chance(0.25):
        name = w.fresh("s")
        w.line(f"{name} = np.sum(np.sum({v.text}, axis=(0, 1)) ** 2)")
        w.declare(Name(name, own=True))
        return
    name, axis = w.fresh("a"), w.rng.randrange(-len(v.shape), len(v.shape))
    w.line(f"{name} = {v.text} / (1.0 + {w.rng.choice(KEPT).format(e=v.text, k=axis)})")
    w.declare(Name(name, "f", v.shape, writable=True, own=True))


def _last_index(w: Writer) -> None:
    """A loop with at least one trip whose variable is read after it."""
    own = [s for s in w.scalars("f") if s.own]
    if not own:
        return
    i, s = w.fresh("i"), w.rng.choice(own).text
    w.line(f"for {i} in range({w.rng.choice((1, 2, 3))}):")
    w.line(f"    {s} = 0.8 * {s} + 0.1 * {i}")
    w.line(f"{s} += 0.1 * {i}")


def _several(w: Writer) -> None:
    """A helper that returns a number and an array."""
    pool = [c for c in w.callees if c.pair]
    if not pool:
        return
    chosen = w.rng.choice(pool)
    text = call(w, chosen.result, pair=True)
    if text is None:
        return
    a, b = w.fresh("s"), w.fresh("a")
    w.line(f"{a}, {b} = {text}")
    w.declare(Name(a, own=True))
    w.declare(Name(b, "f", chosen.result, own=True))


FORMS = {
    "rows": _rows, "tuple": _tuple, "call": _call, "alias": _alias, "exchange": _exchange, "counter": _counter,
    "chosen": _chosen, "normalised": _normalised, "last": _last_index, "several": _several,
}  # fmt: skip
