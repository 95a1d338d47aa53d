"""The first benchmark: ratios of generated gradients to their peers, all measured in this run on one pinned core.

    logistic    scalar loop of 10,000 steps: gradient / Numba primal
    jacobi      2-D stencil written with slices, 150 x 150, 50 steps: gradient / Numba primal of that code
    mlp         64-128-10, batch 128, float64: value and gradient / PyTorch's (where PyTorch is installed)
    transform   100 to 4,000 straight-line statements: seconds, and the exponent of growth

The calls of a comparison are interleaved; medians and minima are shown. Exit status 1 if a bound is missed.
Run it with ``make bench`` or ``python benchmarks/first.py [name ...]``.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numba
import numpy as np

import s2sad

try:
    import torch as _torch
except ImportError:
    _torch = None

torch: Any = _torch

ROUNDS = 40
SECONDS_PER_SAMPLE = 0.004


@dataclass(frozen=True)
class Row:
    """One line of the table: times in seconds and the bound on the ratio of the minima."""

    name: str
    ours: np.ndarray
    peer: np.ndarray
    against: str
    bound: float

    @property
    def ratio(self) -> float:
        return float(self.ours.min() / self.peer.min())

    def __str__(self) -> str:
        verdict = "ok" if self.ratio <= self.bound else "MISSED"
        times = f"{_ms(self.ours)}  {_ms(self.peer)}"
        median = float(np.median(self.ours) / np.median(self.peer))
        return (
            f"{self.name:10s} {times}  {self.ratio:7.2f} {median:7.2f}  {self.bound:5.2f} {verdict:7s} {self.against}"
        )


def _ms(samples: np.ndarray) -> str:
    return f"{1e3 * samples.min():9.4f} {1e3 * np.median(samples):9.4f}"


def interleaved(first: Callable[[], object], second: Callable[[], object]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds per call of both, in ``ROUNDS`` alternating samples of at least ``SECONDS_PER_SAMPLE`` each."""
    calls = (first, second)
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, int(SECONDS_PER_SAMPLE / (time.perf_counter() - start + 1e-9))))
    samples = np.empty((2, ROUNDS))
    for k in range(ROUNDS):
        for which, (call, count) in enumerate(zip(calls, repeats, strict=True)):
            start = time.perf_counter()
            for _ in range(count):
                call()
            samples[which, k] = (time.perf_counter() - start) / count
    return samples[0], samples[1]


# --- the programs ---------------------------------------------------------------------------------------------------


def logistic(x, n, r):
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def jacobi(a, b, weights, steps):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
    return np.sum(a * weights)


def mlp_loss(params, x, y):
    h = z = x
    for w, b in params:
        z = h @ w + b
        h = np.maximum(z, 0.0)
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.sum(y * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))) / x.shape[0]


# --- the comparisons ------------------------------------------------------------------------------------------------


def bench_logistic() -> Row:
    """Both arguments of the map of 10,000 steps."""
    primal = numba.njit(logistic)
    gradient = s2sad.grad(logistic, argnums=("x", "r"))
    # At the onset of chaos the derivatives neither overflow nor fade into subnormal numbers.
    args = (0.3, 10_000, 3.569945672)
    ours, peer = interleaved(lambda: gradient(*args), lambda: primal(*args))
    return Row("logistic", ours, peer, "Numba primal", 2.5)


def bench_jacobi() -> Row:
    """The gradient for the start field; the primal is Numba's compilation of the same slices."""
    rng = np.random.default_rng(0)
    a, b, weights = rng.normal(size=(3, 150, 150))
    primal = numba.njit(jacobi)
    gradient = s2sad.grad(jacobi)
    # The primal overwrites its arguments and gets copies, as the gradient's wrapper makes them.
    ours, peer = interleaved(lambda: gradient(a, b, weights, 50), lambda: primal(a.copy(), b.copy(), weights, 50))
    return Row("jacobi", ours, peer, "Numba primal of the slices", 1.0)


def bench_mlp() -> Row | str:
    """Value and gradient for all weights; PyTorch with its fused cross-entropy, its results compared first."""
    if torch is None:
        return "mlp        not measured: PyTorch is not installed"
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    params = tuple((rng.normal(size=(n, m)) * np.sqrt(2.0 / n), rng.normal(size=m)) for n, m in ((64, 128), (128, 10)))
    x, labels = rng.normal(size=(128, 64)), rng.integers(0, 10, 128)
    y = np.eye(10)[labels]
    leaves = [torch.tensor(leaf, requires_grad=True) for layer in params for leaf in layer]
    x_t, labels_t = torch.tensor(x), torch.tensor(labels)

    def torch_value_and_grad() -> Any:
        w1, b1, w2, b2 = leaves
        z = torch.relu(x_t @ w1 + b1) @ w2 + b2
        value = torch.nn.functional.cross_entropy(z, labels_t)
        return value, torch.autograd.grad(value, leaves)

    value_and_gradient = s2sad.value_and_grad(mlp_loss)
    _, grads = value_and_gradient(params, x, y)
    for ours, theirs in zip((g for layer in grads for g in layer), torch_value_and_grad()[1], strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-9, atol=1e-12)
    ours, peer = interleaved(lambda: value_and_gradient(params, x, y), torch_value_and_grad)
    return Row("mlp", ours, peer, f"PyTorch {torch.__version__}, eager", 1.0)


def straight_line(count: int, folder: Path) -> Callable[..., float]:
    """A function of ``count`` statements in a file of its own; the time in its text keeps caches out."""
    lines = [
        "import math",
        "",
        "",
        "def f(x, y):",
        f"    t0 = x * {1.0 + time.time_ns() % 10**6 * 1e-9!r}",
        "    t1 = y",
    ]
    for k in range(2, count):
        lines.append(f"    t{k} = " + (f"math.sin(t{k - 1}) * t{k - 2}" if k % 3 else f"t{k - 1} + 0.5 * t{k - 2} * x"))
    lines.append(f"    return t{count - 1}")
    path = folder / f"straight_{count}.py"
    path.write_text("\n".join(lines) + "\n", encoding="utf8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def bench_transform() -> bool:
    """Seconds to transform; the fitted exponent says how far from linear."""
    counts = (100, 250, 500, 1000, 2000, 4000)
    seconds = []
    with tempfile.TemporaryDirectory() as name:
        s2sad.grad(straight_line(20, Path(name)), argnums=(0, 1)).inspect_source(0.3, 0.4)
        for count in counts:
            fn = straight_line(count, Path(name))
            start = time.perf_counter()
            s2sad.grad(fn, argnums=(0, 1)).inspect_source(0.3, 0.4)
            seconds.append(time.perf_counter() - start)
    exponent = float(np.polyfit(np.log(counts), np.log(seconds), 1)[0])
    late = float(np.log(seconds[-1] / seconds[-3]) / np.log(counts[-1] / counts[-3]))
    ok = seconds[counts.index(1000)] < 1.0 and late < 1.3
    print("transform  " + "  ".join(f"{n}: {s:.3f} s" for n, s in zip(counts, seconds, strict=True)))
    print(f"           exponent {exponent:.2f}, of the last two doublings {late:.2f}  {'ok' if ok else 'MISSED'}")
    return ok


def processor() -> str:
    """The processor's name where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


COMPARISONS = {"logistic": bench_logistic, "jacobi": bench_jacobi, "mlp": bench_mlp}


def main() -> int:
    """Print the table; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="logistic, jacobi, mlp, transform; all by default")
    names = parser.parse_args().names or [*COMPARISONS, "transform"]
    print(f"{processor()}; Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}")
    print("times in ms, ratios ours / peer")
    print(
        f"{'':10s} {'ours min':>9s} {'median':>9s}  {'peer min':>9s} {'median':>9s}  {'min':>7s} {'median':>7s}  bound"
    )
    ok = True
    for name in names:
        if name == "transform":
            ok &= bench_transform()
            continue
        row = COMPARISONS[name]()
        print(row, flush=True)
        ok &= isinstance(row, str) or row.ratio <= row.bound
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
