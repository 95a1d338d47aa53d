"""Random programs about functions: closures over what changes around them, functions as values, views returned.

Each program makes a few functions with parameters, defaults, stars and free variables, and calls them in expressions,
comprehensions, generators and loops, directly, by other names, from tuples and through one another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.fuzz_narrow import Text, case_of, vectors
from tests.support.fuzz_programs import Case

SIZE = 4
ARGUMENTS = vectors(SIZE)
_ARRAY, _NUMBER = "array", "number"


@dataclass
class _Text(Text):
    functions: dict[str, tuple[str, str]] = field(default_factory=dict)  # parameters (one letter each), result
    arrays: tuple[str, ...] = ("p", "q")
    numbers: tuple[str, ...] = ("s", "b")

    def array(self, deep: int = 1) -> str:
        a, c = self.rng.choice(self.arrays), self.rng.choice(self.arrays)
        forms = [a, a, f"{a}[::-1]", f"0.5 * {a}", f"np.sin({a})", f"{a} + {c}", f"{a}.copy()"]
        forms.append(f"{a}.reshape(2, 2).ravel()")
        calls = self.calls(_ARRAY, deep)
        return self.rng.choice([*forms, *calls, *calls, *calls])

    def number(self, deep: int = 1) -> str:
        a, s = self.rng.choice(self.arrays), self.rng.choice(self.numbers)
        forms = [s, f"{a}[1]", f"{a}[-1]", f"np.sum({a})", f"np.sin({s})", f"0.5 * {s}", f"max({a}[0], {s})"]
        calls = self.calls(_NUMBER, deep)
        return self.rng.choice([*forms, *calls, *calls, *calls])

    def calls(self, result: str, deep: int) -> list[str]:
        if deep > 2:
            return []
        return [self.call(f, deep + 1) for f, (_, r) in self.functions.items() if r == result]

    def call(self, f: str, deep: int = 2) -> str:
        """A call of ``f``: ``a`` array, ``c`` number, ``d`` number with a default, ``s`` stars, ``f`` function."""
        out: list[str] = []
        for kind in self.functions[f][0]:
            if kind == "a":
                out.append(self.array(deep))
            elif kind == "c":
                out.append(self.number(deep))
            elif kind == "d" and self.rng.random() < 0.5:
                out.append(self.rng.choice(("k={}", "{}")).format(self.number(deep)))
            elif kind == "s":
                out += [self.number(deep) for _ in range(self.rng.choice((0, 1, 2)))]
            elif kind == "f":
                out.append(self.rng.choice(("np.sin", "np.tanh", "lambda t: t * b", "lambda t: 0.5 * t + s")))
        return f"{f}({', '.join(out)})"


def case(seed: int, attempt: int = 0) -> Case:
    """The program of ``seed``; ``attempt`` counts the redraws of those that are no good."""
    rng = random.Random(f"functions {seed}.{attempt}")
    w = _Text(rng)
    w.line(f"p = {rng.choice(('x', '1.0 * x', 'np.cos(x)'))}")
    w.line(f"q = {rng.choice(('y', '1.0 * y', 'p', 'np.zeros(4)'))}")
    w.line("s = 0.2 * b")
    for _ in range(rng.choice((1, 2, 2, 3))):
        _function(w)
    for _ in range(rng.choice((3, 4, 5, 6))):
        _statement(w)
    w.line("return s + np.sum(p * p) + 0.5 * np.sum(q * x)")
    return case_of(seed, attempt, w.lines, ARGUMENTS)


def _function(w: _Text) -> None:
    name = w.name("f")
    kinds = w.rng.choice(("a", "a", "c", "aa", "ac", "cd", "ad", "cs", "fa", "fc", "", "aad"))
    result = w.rng.choice((_ARRAY, _NUMBER))
    names = {"a": ["u", "v"], "c": ["c"], "d": ["k"], "s": ["more"], "f": ["g"]}
    params, arrays, numbers, applied = [], [], [], False
    for kind in kinds:
        own = names[kind].pop(0)
        default = w.rng.choice(("0.5", "b", "s"))
        params.append({"d": f"k={default}", "s": "*more"}.get(kind, own))
        if kind == "a":
            arrays.append(own)
        if kind in "cd":
            numbers.append(own)
        applied = applied or kind == "f"
    inner = _Text(w.rng, indent=w.indent + 1, made=w.made, functions=dict(w.functions))
    inner.arrays, inner.numbers = (*w.arrays, *arrays, *arrays), (*w.numbers, *numbers)
    count = 0
    for _ in range(w.rng.choice((0, 1, 1, 2))):
        target = w.rng.choice(arrays) if arrays and w.rng.random() < 0.6 else w.rng.choice(w.arrays)
        kind = w.rng.choice(("store", "store", "local", "rebind"))
        if kind == "store":  # an augmented assignment would make the name local
            forms = ("{t}[0] += {c}", "{t}[:] = 0.9 * {t}", "{t}[1:] = 0.5 * {t}[:-1]", "{t}[{k}] = {c}")
            inner.line(w.rng.choice(forms).format(t=target, c=inner.number(3), k=w.rng.choice("0123")))
        elif kind == "local":
            count += 1
            inner.line(f"m{count} = {inner.array(3)}")
            inner.arrays = (*inner.arrays, f"m{count}")
        elif arrays:
            inner.line(f"{w.rng.choice(arrays)} = {inner.array(3)}")
    value = inner.array(3) if result == _ARRAY else inner.number(3)
    if applied:
        value = f"g({value})"
    if "s" in kinds:
        value += " * (1.0 + sum(more))"
    if w.rng.random() < 0.25:
        inner.line(f"if {w.rng.choice(('b > 0.2', 's > 0.3', 'n > 2'))}:")
        inner.line(f"    return {inner.array(3) if result == _ARRAY else inner.number(3)}")
    w.line(f"def {name}({', '.join(params)}):")
    w.lines += inner.lines
    w.line(f"    return {value}")
    w.functions[name] = (kinds, result)


def _statement(w: _Text) -> None:
    deep = w.indent > 2
    kinds = {"array": 2, "number": 2, "store": 2, "call": 1.5, "comprehend": 1, "generate": 0.7, "loop": not deep,
             "other": 0.7, "tuple": 0.7, "function": 0.4 * (not deep), "if": 0.8 * (not deep), "map": 0.5}  # fmt: skip
    _FORMS[w.weighted(kinds)](w)


def _array(w: _Text) -> None:
    w.line(f"{w.rng.choice(w.arrays)} = {w.array()}")


def _number(w: _Text) -> None:
    w.line(w.rng.choice(("s = 0.5 * s + {}", "s = np.tanh({})", "s += 0.3 * {}", "s = {}")).format(w.number()))


def _store(w: _Text) -> None:
    a = w.rng.choice(w.arrays)
    forms = ("{a}[0] = {c}", "{a}[1:] += 0.1 * {c}", "{a} *= 0.9", "{a}[2] -= {c}", "{a}[:] = {v}")
    w.line(w.rng.choice(forms).format(a=a, c=w.number(), v=w.array()))


def _call(w: _Text) -> None:
    w.line(w.call(w.rng.choice(list(w.functions))))


def _comprehend(w: _Text) -> None:
    t, e = w.name("t"), w.name("e")
    over = w.rng.choice(("range(3)", "p", "(s, b)", "x", "range(n)"))
    kept, w.numbers = w.numbers, (*w.numbers, e, e)
    value = w.number()
    w.numbers = kept
    w.line(f"{t} = [{value} for {e} in {over}]")
    w.line(f"s += 0.1 * {w.rng.choice(('{t}[0]', 'sum({t})', '{t}[-1]', 'max({t})')).format(t=t)}")


def _generate(w: _Text) -> None:
    e = w.name("e")
    kept, w.numbers = w.numbers, (*w.numbers, e, e)
    value = w.number()
    w.numbers = kept
    over = w.rng.choice(("p", "(s, b, 0.4)", "y", "range(n)"))
    form = w.rng.choice(("s += 0.1 * sum({v} for {e} in {o})", "s = 0.5 * max({v} for {e} in {o})",
                         "s += 0.2 if any({v} > 0.3 for {e} in {o}) else 0.1"))  # fmt: skip
    w.line(form.format(v=value, e=e, o=over))


def _loop(w: _Text) -> None:
    i, e = w.name("i"), w.name("e")
    heads = (f"for {i} in range(n):", f"for {i} in range(2):", f"for {e} in p:", f"for {i}, {e} in enumerate(q):")
    head = w.rng.choice(heads)
    kept = w.numbers
    with w.block(head):
        if e in head:
            w.numbers = (*w.numbers, e)
        for _ in range(w.rng.choice((1, 2, 3))):
            _statement(w)
    w.numbers = kept


def _other(w: _Text) -> None:
    """Another name for a function, or a function made from it."""
    f = w.rng.choice(list(w.functions))
    name = w.name("h")
    kinds, result = w.functions[f]
    if kinds.startswith("a") and w.rng.random() < 0.4:
        w.line(f"{name} = functools.partial({f}, {w.rng.choice(w.arrays)})")
        kinds = kinds[1:]
    else:
        w.line(f"{name} = {f}")
    if w.indent == 1:
        w.functions[name] = (kinds, result)


def _tuple(w: _Text) -> None:
    """Functions in a tuple, called by a loop."""
    fs = [f for f, (kinds, r) in w.functions.items() if kinds in ("c", "a", "d", "ad", "cd")]
    if not fs:
        return _number(w)
    kind = w.functions[fs[0]][0][0]
    same = [f for f in fs if w.functions[f][0][0] == kind]
    g = w.name("g")
    value = w.array() if kind == "a" else w.number()
    results = {w.functions[f][1] for f in same}
    total = f"np.sum({g}({value}))" if results != {_NUMBER} else f"{g}({value})"
    if w.rng.random() < 0.5:
        return w.line(f"s += 0.1 * sum({total} for {g} in ({', '.join(same)},))")
    with w.block(f"for {g} in ({', '.join(same)},):"):
        w.line(f"s = 0.5 * s + 0.2 * {total}")


def _if(w: _Text) -> None:
    with w.block(f"if {w.rng.choice(('b > 0.2', 's > 0.3', 'p[0] > 0.1', 'n > 2'))}:"):
        for _ in range(w.rng.choice((1, 2))):
            _statement(w)
    if w.rng.random() < 0.4:
        with w.block("else:"):
            _statement(w)


def _map(w: _Text) -> None:
    fs = [f for f, (kinds, r) in w.functions.items() if kinds in ("c", "cd", "cs") and r == _NUMBER]
    f = w.rng.choice(fs) if fs else "lambda t: t * s"
    w.line(f"s += 0.1 * sum(map({f}, {w.rng.choice(('(p[1], p[-1])', '(x[0], s)', '(s, b)'))}))")


def _define(w: _Text) -> None:
    kept = dict(w.functions)
    _function(w)
    if w.indent > 1:
        w.line(f"s += 0.1 * np.sum({w.call(next(reversed(w.functions)))})")
        w.functions = kept


_FORMS = {
    "array": _array, "number": _number, "store": _store, "call": _call, "comprehend": _comprehend,
    "generate": _generate, "loop": _loop, "other": _other, "tuple": _tuple, "function": _define, "if": _if, "map": _map,
}  # fmt: skip
