"""A small LeNet: two convolutions by im2col, max pooling, two dense layers, weighted cross entropy."""

import numpy as np


def im2col(x, kh, kw):
    """Patches of a batch of images as columns: (n, c * kh * kw, oh * ow)."""
    n, c, h, w = x.shape
    oh, ow = h - kh + 1, w - kw + 1
    cols = np.empty((n, c * kh * kw, oh * ow))
    row = 0
    for channel in range(c):
        for i in range(kh):
            for j in range(kw):
                cols[:, row, :] = x[:, channel, i : i + oh, j : j + ow].reshape(n, -1)
                row += 1
    return cols


def conv2d(x, w, b):
    filters, _, kh, kw = w.shape
    n, _, height, width = x.shape
    out = w.reshape(filters, -1) @ im2col(x, kh, kw) + b[:, None]
    return out.reshape(n, filters, height - kh + 1, width - kw + 1)


def max_pool(x):
    """2 x 2 windows; a last odd row or column is dropped."""
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    left = np.maximum(x[:, :, 0:h:2, 0:w:2], x[:, :, 1:h:2, 0:w:2])
    right = np.maximum(x[:, :, 0:h:2, 1:w:2], x[:, :, 1:h:2, 1:w:2])
    return np.maximum(left, right)


def relu(x):
    return np.where(x > 0, x, 0.0)


def lenet(params, images):
    """Scores of the classes."""
    (w1, b1), (w2, b2), *dense = params
    x = max_pool(np.tanh(conv2d(images, w1, b1)))
    x = relu(conv2d(x, w2, b2))
    x = x.reshape(len(images), -1)
    for k, (w, b) in enumerate(dense):
        x = x @ w + b
        if k < len(dense) - 1:
            x = np.tanh(x)
    return x


def log_softmax(scores):
    scores = scores - np.max(scores, axis=1, keepdims=True)
    return scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))


def loss(params, images, labels, weights):
    """Weighted cross entropy with a little weight decay."""
    logp = log_softmax(lenet(params, images))
    nll = -np.sum(weights * logp[np.arange(len(labels)), labels])
    return nll + 1e-2 * sum(np.sum(w**2) for w, _ in params)


def make(rng):
    def layer(fan_in, *shape, out):
        return rng.normal(size=shape) / np.sqrt(fan_in), 0.1 * rng.normal(size=out)

    params = [
        layer(6, 2, 1, 3, 2, out=2),
        layer(8, 3, 2, 2, 2, out=3),
        layer(12, 12, 5, out=5),
        layer(5, 5, 4, out=4),
    ]
    images = rng.normal(size=(2, 1, 8, 7))
    return params, images, np.array([3, 1]), rng.uniform(0.5, 1.5, 2)


entry = loss
