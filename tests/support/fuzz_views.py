"""Basic indexing: texts of views of a wanted shape, readable or writable."""

from __future__ import annotations

from tests.support.fuzz_scope import Name, Shape, Writer, extent, index


def view(w: Writer, shape: Shape, writable: bool = False, plain: float = 0.5) -> str | None:
    """A view of an array in scope that has ``shape``; the array itself with probability ``plain`` if there is one."""
    pool = [v for v in w.arrays() if v.shape is not None and (v.writable or not writable)]
    same = [v for v in pool if v.shape == shape]
    if same and w.chance(plain):
        return w.rng.choice(same).text
    w.rng.shuffle(pool)
    for v in pool:
        items = _items(w, v, shape)
        if items is not None:
            return subscript(w, v.text, items)
    if not writable and len(shape) == 2:
        turned = w.of_shape(shape[::-1])
        if turned:
            return f"{w.rng.choice(turned).text}{w.rng.choice(('.T', '.transpose()', '.T'))}"
    return None


def subscript(w: Writer, text: str, items: list[str]) -> str:
    """``text[items]``, the full slices at one end sometimes written ``...`` or left out."""
    if all(i == ":" for i in items):
        return text if w.chance(0.6) else text + ("[...]" if w.chance(0.05) else "[:]")
    while items[-1] == ":" and w.chance(0.5):
        items = items[:-1]
    return f"{text}[{', '.join(items)}]"


def _items(w: Writer, v: Name, shape: Shape) -> list[str] | None:
    """Index items that make of ``v`` a view of ``shape``; ``None`` where a random choice found none."""
    source = v.shape
    assert source is not None
    new = [s == 1 and w.chance(0.6) for s in shape]
    kept = [s for s, is_new in zip(shape, new) if not is_new]
    if len(kept) > len(source) or not source:
        return None
    axes = sorted(w.rng.sample(range(len(source)), len(kept)))
    if any(source[a] < s for a, s in zip(axes, kept)) or any(source[a] == 0 for a in set(range(len(source))) - {*axes}):
        return None
    items: list[str] = []
    at = 0
    for k, is_new in enumerate(new):
        if is_new:
            items.append(w.rng.choice(("None", "np.newaxis")))
            continue
        axis = axes[len(kept) - sum(not f for f in new[k:])]
        items += [index(w, source[a]) for a in range(at, axis)]
        items.append(slice_of(w, source[axis], shape[k]))
        at = axis + 1
    return items + [index(w, source[a]) for a in range(at, len(source))]


def slice_of(w: Writer, size: int, length: int) -> str:
    """A slice that takes ``length`` of ``size`` elements."""
    if length == size:
        return w.weighted({":": 8, "::-1": 1.5, f"0:{extent(w, size)}": 0.5})
    if length == 0:
        return w.rng.choice(("0:0", f"{size}:", ":0"))
    options = []
    if -(-size // 2) == length:
        options.append("::2")
    if size // 2 == length:
        options.append("1::2")
    start = w.rng.randrange(size - length + 1)
    stop = start + length
    low = "" if start == 0 else w.rng.choice((str(start), str(start - size)))
    high = "" if stop == size else w.rng.choice((extent(w, stop), str(stop - size)))
    options += [f"{low}:{high}"] * 4
    if w.chance(0.3):
        options.append(f"{stop - 1}:{'' if start == 0 else start - 1}:-1")
    for v in w.scalars("i"):
        if v.bounded and (v.low or 0) >= 0 and (v.high or 0) + length <= size and v.low != v.high:
            options.append(f"{v.text}:{v.text} + {length}")
    return w.rng.choice(options)


def target(w: Writer) -> tuple[str, Shape] | None:
    """A writable view, and its shape."""
    pool = [v for v in w.arrays() if v.writable and v.shape]
    if not pool:
        return None
    v = w.rng.choice(pool)
    assert v.shape is not None
    shape: list[int] = []
    items: list[str] = []
    for size in v.shape:
        if size and w.chance(0.3) and len(v.shape) > 1:
            items.append(index(w, size))
            continue
        length = size if w.chance(0.5) else max(0, size - w.rng.randrange(1, 3))
        shape.append(length)
        items.append(slice_of(w, size, length))
    if not shape:
        return None
    if all(i == ":" for i in items):
        return v.text + w.rng.choice(("[:]", "[...]")), tuple(shape)
    return subscript(w, v.text, items), tuple(shape)


def element(w: Writer, writable: bool = False) -> str | None:
    """One element of a float array."""
    pool = [v for v in w.arrays() if v.shape is not None and 0 not in v.shape and (v.writable or not writable)]
    if not pool:
        return None
    v = w.rng.choice(pool)
    assert v.shape is not None
    if not v.shape:
        return f"{v.text}[()]"
    items = [index(w, size) for size in v.shape]
    return f"{v.text}[{', '.join(items)}]" if w.chance(0.85) else v.text + "".join(f"[{i}]" for i in items)
