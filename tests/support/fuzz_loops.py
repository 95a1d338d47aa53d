"""Random for loops: over ranges of every kind, arrays, rows, enumerate, zip, reversed, tuples."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.fuzz_scope import Name, Writer, extent


def loop(w: Writer, body: Callable[[Writer, int], None]) -> None:
    """One loop whose body has a few statements of ``body``."""
    form = w.weighted(
        {"range": 6, "triangle": 2 if w.loops else 0, "elements": 1.2, "rows": 1.2, "enumerate": 1, "zip": 1,
         "reversed": 0.8, "tuple": 0.6}
    )  # fmt: skip
    made = _HEADS[form](w) or _range(w)
    head, names = made
    w.line(head)
    with w.block(loop=True):
        for v in names:
            w.declare(v)
        body(w, w.rng.randrange(1, 4))


Head = tuple[str, list[Name]]


def _range(w: Writer) -> Head:
    """``range`` with run-time or literal bounds, any step, sometimes without trips."""
    sizes = [e for v in w.arrays() for e in v.shape or ()]
    size = w.rng.choice([*sizes, 2, 3])
    i = w.fresh("i")
    start = w.rng.choice((0, 0, 0, 1, 1, 2))
    stop = w.rng.choice((size, size, size - 1, size + 1)) if start == 0 else size
    stop = max(0, stop)
    step = w.weighted({"1": 8, "2": 1.5, "-1": 2, "-2": 0.7})
    if int(step) > 0:
        trips = range(start, stop, int(step))
        low = "" if start == 0 and step == "1" else f"{start}, "
        text = f"range({low}{extent(w, stop)}" + (")" if step == "1" else f", {step})")
    else:
        trips = range(stop - 1, start - 1, int(step))
        text = f"range({extent(w, stop)} - 1, {start - 1}, {step})"
    bounds = (min(trips), max(trips)) if trips else (0, 0)
    return f"for {i} in {text}:", [Name(i, "i", None, *bounds)]


def _triangle(w: Writer) -> Head | None:
    """A range whose bounds depend on an outer loop's variable."""
    outer = [v for v in w.scalars("i") if v.bounded and v.low != v.high and (v.low or 0) >= 0]
    if not outer:
        return None
    v = w.rng.choice(outer)
    assert v.low is not None and v.high is not None
    i = w.fresh("i")
    sizes = [e for a in w.arrays() for e in a.shape or () if e > v.high]
    form = w.weighted({"below": 3, "upto": 1, "above": 2 if sizes else 0, "down": 1, "twice": 0.4})
    if form == "below":
        return f"for {i} in range({v.text}):", [Name(i, "i", None, 0, max(0, v.high - 1))]
    if form == "upto":
        return f"for {i} in range({v.text} + 1):", [Name(i, "i", None, 0, v.high)]
    if form == "above":
        size = w.rng.choice(sizes)
        more = w.rng.choice((0, 1))
        low = min(v.low + more, size - 1)
        return f"for {i} in range({v.text} + {more}, {extent(w, size)}):", [Name(i, "i", None, low, size - 1)]
    if form == "down":
        return f"for {i} in range({v.text} - 1, -1, -1):", [Name(i, "i", None, 0, max(0, v.high - 1))]
    return f"for {i} in range(0, {v.text}, 2):", [Name(i, "i", None, 0, max(0, v.high - 1))]


def _item(w: Writer, v: Name) -> Name:
    """The loop variable for the first axis of ``v``."""
    assert v.shape is not None
    if len(v.shape) == 1:
        return Name(w.fresh("e"), v.kind, None, v.low, v.high)
    return Name(w.fresh("r"), v.kind, v.shape[1:], writable=v.writable)


def _iterables(w: Writer, least: int = 1) -> list[Name]:
    return [v for v in w.arrays() if v.shape and len(v.shape) >= least]


def _elements(w: Writer) -> Head | None:
    pool = [*_iterables(w), *[v for v in w.arrays("i", 1) if v.bounded]]
    if not pool:
        return None
    v = w.rng.choice(pool)
    item = _item(w, v)
    part = w.rng.choice(("", "", "", "[1:]", "[::-1]"))
    return f"for {item.text} in {v.text}{part}:", [item]


def _rows(w: Writer) -> Head | None:
    pool = _iterables(w, 2)
    if not pool:
        return None
    v = w.rng.choice(pool)
    item = _item(w, v)
    return f"for {item.text} in {v.text}{'.T' if w.chance(0.2) and len(set(v.shape or ())) == 1 else ''}:", [item]


def _enumerate(w: Writer) -> Head | None:
    pool = _iterables(w)
    if not pool:
        return None
    v = w.rng.choice(pool)
    item, i = _item(w, v), w.fresh("i")
    assert v.shape is not None
    start = w.rng.choice((0, 0, 0, 1))
    counter = Name(i, "i", None, start, start + max(0, v.shape[0] - 1))
    by = "" if start == 0 else f", {start}" if w.chance(0.5) else f", start={start}"
    return f"for {i}, {item.text} in enumerate({v.text}{by}):", [counter, item]


def _zip(w: Writer) -> Head | None:
    pool = _iterables(w)
    if not pool:
        return None
    parts = [w.rng.choice(pool) for _ in range(2)]
    items = [_item(w, v) for v in parts]
    texts = [v.text + w.rng.choice(("", "", "", "[1:]", "[::-1]")) for v in parts]
    if w.chance(0.25):
        i = w.fresh("i")
        sizes = [v.shape[0] for v in parts if v.shape]
        counter = Name(i, "i", None, 0, max(0, min(sizes) - 1))
        head = f"for {i}, ({items[0].text}, {items[1].text}) in enumerate(zip({', '.join(texts)})):"
        return head, [counter, *items]
    return f"for {items[0].text}, {items[1].text} in zip({', '.join(texts)}):", items


def _reversed(w: Writer) -> Head | None:
    if w.chance(0.4):
        found = _elements(w)
        if found is None or found[1][0].text not in found[0]:
            return None
        name, iterable = found[0][4:-1].split(" in ", 1)
        return f"for {name} in reversed({iterable}):", found[1]
    head, names = _range(w)
    name, iterable = head[4:-1].split(" in ", 1)
    return f"for {name} in reversed({iterable}):", names


def _tuple(w: Writer) -> Head | None:
    """A loop over a tuple of arrays or scalars; it unrolls."""
    arrays, scalars = _iterables(w), w.scalars("f")
    if arrays and w.chance(0.5):
        shape = w.rng.choice(arrays).shape
        same = w.of_shape(shape or ())
        parts = [w.rng.choice(same) for _ in range(w.rng.randrange(1, 4))]
        item = Name(w.fresh("e"), "f", shape, writable=all(p.writable for p in parts))
    elif scalars:
        parts = [w.rng.choice(scalars) for _ in range(w.rng.randrange(1, 4))]
        item = Name(w.fresh("e"))
    else:
        return None
    return f"for {item.text} in ({', '.join(p.text for p in parts)},):", [item]


_HEADS: dict[str, Callable[[Writer], Head | None]] = {
    "range": _range, "triangle": _triangle, "elements": _elements, "rows": _rows, "enumerate": _enumerate,
    "zip": _zip, "reversed": _reversed, "tuple": _tuple,
}  # fmt: skip
