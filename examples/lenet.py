"""A small convolutional network on scikit-learn's digits; its parameters are a dict of lists of tuples.

Convolutions are matrix products of patches (im2col). The gradient has the structure of the parameters.
"""

from __future__ import annotations

from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from s2sad import value_and_grad

TRAIN, EPOCHS, BATCH, RATE = 1200, 14, 20, 0.15


def convolve(x, w, b):
    """Images (n, c, h, w), filters (f, c, 3, 3), one number per filter."""
    n, c, h, width = x.shape
    f = w.shape[0]
    patches = np.empty((n, 9 * c, (h - 2) * (width - 2)))
    row = 0
    for channel in range(c):
        for i in range(3):
            for j in range(3):
                patches[:, row] = x[:, channel, i : i + h - 2, j : j + width - 2].reshape(n, -1)
                row += 1
    kernel = w.reshape(f, 9 * c)
    out = np.empty((n, f, (h - 2) * (width - 2)))
    for k in range(n):
        out[k] = kernel @ patches[k]
    return out.reshape(n, f, h - 2, width - 2) + b[:, None, None]


def pool(x):
    """The largest of each two by two pixels."""
    rows = np.maximum(x[:, :, 0::2], x[:, :, 1::2])
    return np.maximum(rows[:, :, :, 0::2], rows[:, :, :, 1::2])


def scores(params, images):
    """Convolution, pooling, convolution, two dense layers."""
    (w1, b1), (w2, b2) = params["convolutions"]
    x = pool(np.maximum(convolve(images, w1, b1), 0.0))
    x = np.tanh(convolve(x, w2, b2))
    x = x.reshape(len(images), -1)
    for k, (w, b) in enumerate(params["dense"]):
        if k > 0:
            x = np.tanh(x)
        x = x @ w + b
    return x


def loss(params, images, labels):
    """Mean cross entropy."""
    z = scores(params, images)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(log_p[np.arange(len(labels)), labels]) / len(labels)


def initial(rng: np.random.Generator) -> dict[str, Any]:
    """Parameters for images of 8 by 8."""

    def layer(fan_in: int, *shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=shape) / np.sqrt(fan_in), np.zeros(shape[0] if len(shape) == 4 else shape[1])

    return {
        "convolutions": [layer(9, 6, 1, 3, 3), layer(54, 12, 6, 3, 3)],
        "dense": [layer(12, 12, 30), layer(30, 30, 10)],
    }


def step(tree: Any, bar: Any) -> Any:
    """Gradient descent, whatever the structure."""
    if isinstance(tree, dict):
        return {key: step(tree[key], bar[key]) for key in tree}
    if isinstance(tree, (list, tuple)):
        return type(tree)(step(a, b) for a, b in zip(tree, bar, strict=True))
    return tree - RATE * bar


def main() -> None:
    """Train, test, and draw a few digits and a few mistakes."""
    digits: Any = load_digits()
    images, labels = digits.images[:, None] / 16.0, digits.target
    rng = np.random.default_rng(0)
    params = initial(rng)
    gradient = value_and_grad(loss)
    for epoch in range(EPOCHS):
        order = rng.permutation(TRAIN)
        total = 0.0
        for k in range(0, TRAIN, BATCH):
            batch = order[k : k + BATCH]
            value, bar = gradient(params, images[batch], labels[batch])
            params = step(params, bar)
            total += value * BATCH / TRAIN
        print(f"epoch {epoch + 1:2d}: loss {total:.4f}")
    found = np.argmax(scores(params, images[TRAIN:]), axis=1)
    accuracy = np.mean(found == labels[TRAIN:])
    print(f"accuracy {100 * accuracy:.1f} % on {len(found)} digits that it has not seen")

    right = found == labels[TRAIN:]
    shown = np.concatenate([np.flatnonzero(right)[:7], np.flatnonzero(~right)[:5]])
    figure, axes = plt.subplots(1, 12, figsize=(9, 1.3), layout="constrained")
    for one, index in zip(axes, shown, strict=True):
        one.imshow(images[TRAIN + index, 0], cmap="gray_r")
        one.set_title(f"{found[index]}" + (f" not {labels[TRAIN + index]}" if not right[index] else ""), fontsize=8)
        one.set_axis_off()
    figure.savefig("lenet.png", dpi=90)
    assert accuracy > 0.88


if __name__ == "__main__":
    main()
