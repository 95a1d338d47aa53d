"""Random programs about views: of views, transposed, turned round, flattened, that overlap where they are stored."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.fuzz_narrow import Text, case_of
from tests.support.fuzz_programs import Argument, Case

Shape = tuple[int, ...]
ARGUMENTS = (
    Argument("x", "f", (6,)), Argument("a", "f", (3, 4)), Argument("b", "f"), Argument("n", "i", value=2),
)  # fmt: skip
SLICES = ("", "1:", ":-1", "::2", "::-1", "1:3", "n:", ":n", "-2:", "1::2", "-2::-1")


@dataclass
class _Text(Text):
    shapes: dict[str, Shape] = field(default_factory=dict)

    def some(self, shape: Shape | None = None) -> str:
        return self.rng.choice([k for k, v in self.shapes.items() if shape is None or v == shape])

    def view(self) -> tuple[str, Shape]:
        """A view of something, and its shape."""
        name = self.some()
        shape = self.shapes[name]
        forms = ["slice", "slice", "self"] + ["row", "column", "turn", "flat", "block"] * (len(shape) == 2)
        forms += ["fold"] * (shape in ((6,), (4,), (12,)))
        form = self.rng.choice(forms)
        if form == "self":
            return name, shape
        if form == "slice":
            s = self.rng.choice(SLICES)
            return f"{name}[{s or ':'}]", (len(range(*_slice(s).indices(shape[0]))), *shape[1:])
        if form == "row":
            return f"{name}[{self.index(shape[0])}]", shape[1:]
        if form == "column":
            return f"{name}[:, {self.index(shape[1])}]", shape[:1]
        if form == "turn":
            return f"{name}.T", shape[::-1]
        if form == "flat":
            return f"{name}.reshape({shape[0] * shape[1]})", (shape[0] * shape[1],)
        if form == "block":
            r, s = self.rng.choice(SLICES), self.rng.choice(SLICES)
            extents = tuple(len(range(*_slice(t).indices(e))) for t, e in zip((r, s), shape))
            return f"{name}[{r or ':'}, {s or ':'}]", extents
        rows = 2 if shape[0] % 3 else 3
        return f"{name}.reshape({rows}, {shape[0] // rows})", (rows, shape[0] // rows)

    def index(self, size: int) -> str:
        forms = [str(self.rng.randrange(-size, size) if size else 0)] + [f"i{k} % {size}" for k in range(self.loops)]
        return self.rng.choice(forms)

    def element(self) -> str:
        name, shape = self.view()
        while 0 in shape:
            name, shape = self.view()
        return f"{name}[{', '.join(self.index(e) for e in shape)}]"


def _slice(text: str) -> slice:
    parts = [{"": None, "n": 2}.get(p, p) for p in text.split(":")] if text else [None, None]
    return slice(*(None if p is None else int(p) for p in parts))


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"overlaps {seed}.{attempt}")
    w = _Text(rng, shapes={"x": (6,), "a": (3, 4)})
    if rng.random() < 0.6:
        w.line(rng.choice(("y = np.sin(x)", "y = x", "y = x.copy()")))
        w.shapes["y"] = (6,)
    if rng.random() < 0.5:
        w.line(rng.choice(("c = np.cos(a)", "c = a", "c = np.zeros((3, 4))")))
        w.shapes["c"] = (3, 4)
    w.line("s = 0.0")
    for _ in range(rng.choice((3, 4, 5, 6, 8))):
        _statement(w)
    kept = [f"np.sum({k} * {k})" for k in w.shapes]
    w.line("return s + np.sum(x * x) + np.sum(np.sin(a)) + " + " + ".join(kept))
    layout = rng.choice(("C", "C", "F", "A"))
    arguments = tuple(Argument(v.name, v.kind, v.shape, v.value, layout if v.name == "a" else "C") for v in ARGUMENTS)
    return case_of(seed, attempt, w.lines, arguments)


def _statement(w: _Text) -> None:
    kinds = {"view": 3.0, "store": 4.0, "element": 2.0, "read": 2.0, "fresh": 1.0, "rows": 0.8, "call": 0.7,
             "exchange": 0.7, "if": 0.7, "for": 1.0}  # fmt: skip
    if w.indent > 2:
        kinds |= {"if": 0.0, "for": 0.0, "rows": 0.0, "view": 0.5, "fresh": 0.0}
    _FORMS[w.rng.choices(list(kinds), list(kinds.values()))[0]](w)


def _view(w: _Text) -> None:
    text, shape = w.view()
    name = f"v{len(w.lines)}"
    if w.indent > 1:
        same = [k for k, v in w.shapes.items() if v == shape]
        if not same:
            return _read(w)
        name = w.rng.choice(same)
    w.line(f"{name} = {text}")
    w.shapes[name] = shape
    return None


def _store(w: _Text) -> None:
    to, shape = w.view()
    for _ in range(20):
        source, other = w.view()
        if other == shape or (other and len(other) == 1 and shape[-1:] == other):
            break
    else:
        source = w.element()
    forms = ("{t}[...] = {s}", "{t}[...] += 0.3 * {s}", "{t}[...] = 0.5 * {s} + {t}", "{t}[...] *= np.cos({s})",
             "{t}[:] = {s}", "{t}[:] -= 0.2 * {s}")  # fmt: skip
    w.line(w.rng.choice(forms).format(t=to, s=source))


def _element(w: _Text) -> None:
    w.line(f"{w.element()} {w.rng.choice(('=', '+='))} 0.4 * {w.element()} + b")


def _read(w: _Text) -> None:
    text, shape = w.view()
    same = [k for k, v in w.shapes.items() if v == shape]
    w.line(f"s += np.sum({text} * {w.rng.choice(same or [text])})" if w.rng.random() < 0.6 else f"s += {w.element()}")


def _fresh(w: _Text) -> None:
    text, shape = w.view()
    name = w.rng.choice([k for k, v in w.shapes.items() if v == shape] + [f"v{len(w.lines)}"])
    w.line(f"{name} = {w.rng.choice(('0.8 * {t}', '{t}.copy()', 'np.sin({t})', '{t} + {t}')).format(t=text)}")
    w.shapes[name] = shape


def _rows(w: _Text) -> None:
    text, shape = w.view()
    if not shape or len(shape) < 2 or 0 in shape:
        return _read(w)
    w.line(f"for e in {text}:")
    forms = (
        "e *= 0.9",
        "e[0] += 0.3 * e[-1]",
        "s += e[0] * e[-1]",
        "e[:] = e[::-1]",
        f"s += np.sum(e) * {w.element()}",
    )
    w.line("    " + w.rng.choice(forms))
    return None


def _call(w: _Text) -> None:
    to, shape = w.view()
    for _ in range(20):
        source, other = w.view()
        if other == shape:
            break
    else:
        source = to
    name = f"step{len(w.lines)}"
    w.line(f"def {name}(p, q):")
    forms = ("p[1:] += 0.3 * q[:-1]", "p *= 0.9", "p[...] = q[::-1]", "p, q = q, p\n{i}    p += 0.1")
    w.line("    " + w.rng.choice(forms).format(i="    " * w.indent))
    w.line("    " + w.rng.choice(("return np.sum(p * q)", "return np.sum(p)", "return np.sum(q[:1])")))
    w.line(f"s += {name}({to}, {source})")


def _exchange(w: _Text) -> None:
    two = [k for k, v in w.shapes.items() if len(v) == 2 and v[0] > 1]
    if two and w.rng.random() < 0.5:
        m = w.rng.choice(two)
        w.line(w.rng.choice((f"{m}[0], {m}[1] = {m}[1], {m}[0]", f"{m}[[0, 1]] = {m}[[1, 0]]",
                             f"{m}[0], {m}[1] = {m}[1].copy(), {m}[0].copy()")))  # fmt: skip
        return
    i, j = w.element(), w.element()
    w.line(f"{i}, {j} = {j}, {i}")


def _if(w: _Text) -> None:
    w.line(f"if {w.rng.choice(('b > 0.1', 's > 0.3', 'n > 1', f'{w.element()} > 0.2'))}:")
    w.indent += 1
    for _ in range(w.rng.choice((1, 2))):
        _statement(w)
    w.indent -= 1


def _for(w: _Text) -> None:
    w.line(f"for i{w.loops} in range({w.rng.choice(('n', '3', 'len(x) - 1'))}):")
    w.indent += 1
    w.loops += 1
    for _ in range(w.rng.choice((1, 2, 3))):
        _statement(w)
    w.loops -= 1
    w.indent -= 1


_FORMS = {
    "view": _view, "store": _store, "element": _element, "read": _read, "fresh": _fresh, "rows": _rows, "call": _call,
    "exchange": _exchange, "if": _if, "for": _for,
}  # fmt: skip
