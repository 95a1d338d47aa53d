"""Train a multi-layer perceptron on scikit-learn's handwritten digits with a generated gradient.

The loss is plain NumPy with a loop over the layers. ``value_and_grad`` writes the source of its gradient, which this
program prints, checks against a gradient written by hand and against finite differences, and then trains with.

Run it with ``make demo``, or ``python examples/digits_mlp.py --target python --epochs 1 --seeds 1`` for a short look
with the un-jitted text.
"""

from __future__ import annotations

import argparse
import inspect
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from s2sad import value_and_grad

LAYERS = (64, 128, 64, 10)
EPOCHS = 40
SEEDS = 5
BATCH = 32
RATE = 0.1
MOMENTUM = 0.9
REQUIRED_ACCURACY = 0.97

Params = tuple[tuple[np.ndarray, np.ndarray], ...]
ValueAndGrad = Callable[..., tuple[float, Any]]


# --- the model: what is differentiated ---------------------------------------------------------------------------


def logits(params, x):
    """Class scores, shape (batch, classes), of the images ``x``, shape (batch, pixels)."""
    h = z = x
    for w, b in params:
        z = h @ w + b
        h = np.maximum(z, 0.0)
    return z


def loss(params, x, y):
    """Mean cross-entropy of softmax(logits) against the one-hot labels ``y``, through a stable log-sum-exp."""
    z = logits(params, x)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(y * log_p) / x.shape[0]


def gradient_by_hand(params: Params, x: np.ndarray, y: np.ndarray) -> Params:
    """The gradient of ``loss`` with respect to ``params``, derived on paper: the yardstick of the generated one."""
    inputs: list[np.ndarray] = []
    h = z = x
    for w, b in params:
        inputs.append(h)
        z = h @ w + b
        h = np.maximum(z, 0.0)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    z_bar = (p / p.sum(axis=1, keepdims=True) * y.sum(axis=1, keepdims=True) - y) / x.shape[0]
    grads = []
    for (w, _), h in zip(reversed(params), reversed(inputs)):
        grads.append((h.T @ z_bar, z_bar.sum(axis=0)))
        z_bar = (z_bar @ w.T) * (h > 0)
    return tuple(reversed(grads))


# --- the data and the training -------------------------------------------------------------------------------------


class Split(NamedTuple):
    """Images scaled to [0, 1] and one-hot labels, for training and for testing."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


class Run(NamedTuple):
    """What one seed gives: trained parameters, loss per step, gradient norm per layer and epoch, test accuracy."""

    params: Params
    losses: list[float]
    norms: list[list[float]]
    accuracy: float


def load(seed: int) -> Split:
    """The 1,797 digits, 80 % for training and 20 % for testing, every class in proportion."""
    digits: Any = load_digits()
    x, y = digits.data / 16.0, np.eye(10)[digits.target]
    parts: Any = train_test_split(x, y, test_size=0.2, random_state=seed, stratify=digits.target)
    x_train, x_test, y_train, y_test = parts
    return Split(x_train, y_train, x_test, y_test)


def initial_params(rng: np.random.Generator) -> Params:
    """Weights of He et al. (2015), zero biases."""
    return tuple((rng.normal(size=(n, m)) * np.sqrt(2.0 / n), np.zeros(m)) for n, m in pairwise(LAYERS))


def accuracy(params: Params, x: np.ndarray, y: np.ndarray) -> float:
    """The share of images whose largest score is that of their label."""
    return float(np.mean(logits(params, x).argmax(axis=1) == y.argmax(axis=1)))


def train(value_and_gradient: ValueAndGrad, data: Split, seed: int, epochs: int) -> Run:
    """Minibatch gradient descent with momentum; the rate falls to zero along half a cosine."""
    rng = np.random.default_rng(seed)
    params = initial_params(rng)
    velocity = tuple((np.zeros_like(w), np.zeros_like(b)) for w, b in params)
    batches = len(data.x_train) // BATCH
    losses, norms = [], []
    bar = tqdm(total=epochs * batches, desc=f"seed {seed}", unit="step", mininterval=0.5)
    for epoch in range(epochs):
        order = rng.permutation(len(data.x_train))
        layer_norms = np.zeros(len(params))
        for k in range(batches):
            rate = RATE * 0.5 * (1.0 + np.cos(np.pi * (epoch * batches + k) / (epochs * batches)))
            rows = order[k * BATCH : (k + 1) * BATCH]
            value, grads = value_and_gradient(params, data.x_train[rows], data.y_train[rows])
            for (w, b), (w_v, b_v), (w_bar, b_bar) in zip(params, velocity, grads, strict=True):
                w_v *= MOMENTUM
                w_v -= rate * w_bar
                w += w_v
                b_v *= MOMENTUM
                b_v -= rate * b_bar
                b += b_v
            losses.append(float(value))
            layer_norms += [np.sqrt(np.sum(w_bar**2) + np.sum(b_bar**2)) for w_bar, b_bar in grads]
            bar.update()
        norms.append(list(layer_norms / batches))
        bar.set_postfix(loss=f"{np.mean(losses[-batches:]):.4f}")
    bar.close()
    return Run(params, losses, norms, accuracy(params, data.x_test, data.y_test))


# --- the checks ----------------------------------------------------------------------------------------------------


def flat(tree: Params) -> np.ndarray:
    """All entries of a tree of parameters as one vector."""
    return np.concatenate([leaf.ravel() for layer in tree for leaf in layer])


def moved(params: Params, direction: np.ndarray, step: float) -> Params:
    """``params + step * direction``."""
    leaves, at = [], 0
    for leaf in (leaf for layer in params for leaf in layer):
        leaves.append(leaf + step * direction[at : at + leaf.size].reshape(leaf.shape))
        at += leaf.size
    return tuple(zip(leaves[0::2], leaves[1::2], strict=True))


def check(grads: Params, params: Params, x: np.ndarray, y: np.ndarray) -> None:
    """Compare with the gradient written by hand (1e-10) and with central differences along 20 directions (1e-6)."""
    generated, by_hand = flat(grads), flat(gradient_by_hand(params, x, y))
    error = np.linalg.norm(generated - by_hand) / np.linalg.norm(by_hand)
    print(f"against the gradient written by hand: relative difference {error:.1e}")
    assert error <= 1e-10

    rng = np.random.default_rng(7)
    directions = rng.normal(size=(20, generated.size)) / np.sqrt(generated.size)
    step = 1e-5
    slopes = np.array([(loss(moved(params, d, step), x, y) - loss(moved(params, d, -step), x, y)) for d in directions])
    slopes /= 2.0 * step
    error = np.linalg.norm(directions @ generated - slopes) / np.linalg.norm(slopes)
    print(f"against central differences, 20 directions: relative difference {error:.1e}")
    assert error <= 1e-6


def show(generated: str) -> None:
    """Print the functions that are differentiated and the generated source."""
    print("# ---- what the user wrote")
    print(inspect.getsource(logits) + "\n\n" + inspect.getsource(loss))
    print("# ---- what s2sad generated")
    print(generated)


def save_figure(run: Run, data: Split, path: Path) -> None:
    """The loss curve beside 25 test digits with their predictions, wrong ones in red."""
    figure: Any = plt.figure(figsize=(11, 5))
    left, right = figure.subfigures(1, 2)
    axes = left.subplots()
    axes.semilogy(run.losses, linewidth=0.7)
    axes.set(xlabel="step", ylabel="minibatch loss", title=f"test accuracy {100 * run.accuracy:.2f} %")
    predicted, label = logits(run.params, data.x_test).argmax(axis=1), data.y_test.argmax(axis=1)
    shown = np.argsort(predicted == label, kind="stable")[:25]
    for axes, k in zip(right.subplots(5, 5, gridspec_kw={"hspace": 0.6}).flat, shown, strict=True):
        axes.imshow(data.x_test[k].reshape(8, 8), cmap="gray_r")
        axes.set_axis_off()
        wrong = predicted[k] != label[k]
        axes.set_title(
            f"{predicted[k]} ({label[k]})" if wrong else predicted[k], color="red" if wrong else "black", fontsize=9
        )
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Check, train, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=("cpu", "python"), default="cpu")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--figure", type=Path, default=Path("digits_mlp.png"))
    options = parser.parse_args()
    start = time.perf_counter()

    value_and_gradient = value_and_grad(loss, target=options.target)
    data = load(0)
    params = initial_params(np.random.default_rng(0))
    x, y = data.x_train[:BATCH], data.y_train[:BATCH]
    _, grads = value_and_gradient(params, x, y)
    show(value_and_gradient.source)
    check(grads, params, x, y)

    runs = []
    for seed in range(options.seeds):
        data = load(seed)
        runs.append(train(value_and_gradient, data, seed, options.epochs))
    print("gradient norm per layer, seed 0:")
    for epoch in sorted({0, options.epochs // 4, options.epochs // 2, options.epochs - 1}):
        print(f"  epoch {epoch + 1:3d}: " + "  ".join(f"{norm:.4f}" for norm in runs[0].norms[epoch]))
    save_figure(runs[-1], data, options.figure)
    mean = float(np.mean([run.accuracy for run in runs]))
    print("test accuracy per seed: " + ", ".join(f"{100 * run.accuracy:.2f} %" for run in runs))
    print(f"mean {100 * mean:.2f} %; figure in {options.figure}; {time.perf_counter() - start:.1f} s in all")
    if options.epochs >= EPOCHS and options.seeds >= SEEDS:
        assert mean >= REQUIRED_ACCURACY, f"mean test accuracy {mean:.4f} is below {REQUIRED_ACCURACY}"


if __name__ == "__main__":
    main()
