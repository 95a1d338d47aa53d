"""A transformer block: layer norm, causal multi-head attention with padding, a gelu network, residuals."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    wqkv: np.ndarray
    wo: np.ndarray
    gain1: np.ndarray
    gain2: np.ndarray
    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    n_heads: int


def layer_norm(x, gain, eps=1e-5):
    mu = x.mean(axis=-1, keepdims=True)
    var = ((x - mu) ** 2).mean(axis=-1, keepdims=True)
    return gain * (x - mu) / np.sqrt(var + eps)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def gelu(x):
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))


def attention(q, k, v, mask):
    """One head; entries of ``mask`` that are False get no weight."""
    scores = q @ k.T / np.sqrt(q.shape[-1])
    scores[~mask] = -1e9
    return softmax(scores) @ v


def multi_head(block, x, mask):
    qkv = x @ block.wqkv
    q, k, v = np.split(qkv, 3, axis=-1)
    heads = []
    for h in range(block.n_heads):
        width = q.shape[1] // block.n_heads
        part = slice(h * width, (h + 1) * width)
        heads.append(attention(q[:, part], k[:, part], v[:, part], mask))
    return np.concatenate(heads, axis=-1) @ block.wo


def transformer(block, x, lengths):
    """A batch of sequences; ``lengths`` says where the padding starts."""
    batch, n, _ = x.shape
    causal = np.tril(np.ones((n, n))) > 0
    out = np.empty_like(x)
    for b in range(batch):
        mask = causal & (np.arange(n) < lengths[b])
        y = x[b] + multi_head(block, layer_norm(x[b], block.gain1), mask)
        out[b] = y + gelu(layer_norm(y, block.gain2) @ block.w1 + block.b1) @ block.w2
    return out


def loss(block, x, lengths, weights):
    out = transformer(block, x, lengths)
    return np.sum(weights * np.sin(out))


def make(rng):
    batch, n, d, inner = 2, 5, 6, 7
    block = Block(
        wqkv=0.5 * rng.normal(size=(d, 3 * d)),
        wo=0.5 * rng.normal(size=(d, d)),
        gain1=rng.uniform(0.5, 1.5, d),
        gain2=rng.uniform(0.5, 1.5, d),
        w1=0.5 * rng.normal(size=(d, inner)),
        b1=0.1 * rng.normal(size=inner),
        w2=0.5 * rng.normal(size=(inner, d)),
        n_heads=2,
    )
    x = rng.normal(size=(batch, n, d))
    return block, x, np.array([5, 3]), rng.normal(size=(batch, n, d))


entry = loss
