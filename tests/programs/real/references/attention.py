"""torch's scaled dot-product attention, all heads and sequences at once."""

import torch
import torch.nn.functional as F


def reference(block, x, lengths, weights):
    batch, n, d = x.shape

    def heads(z):
        return z.reshape(batch, n, block.n_heads, -1).transpose(1, 2)

    mask = torch.ones(n, n, dtype=torch.bool).tril() & (torch.arange(n) < lengths[:, None])[:, None, None, :]
    q, k, v = map(heads, (F.layer_norm(x, (d,), block.gain1) @ block.wqkv).chunk(3, -1))
    scores = (q @ k.transpose(-1, -2) / (d / block.n_heads) ** 0.5).masked_fill(~mask, -1e9)
    z = torch.softmax(scores, -1) @ v
    y = x + z.transpose(1, 2).reshape(batch, n, d) @ block.wo
    out = y + F.gelu(F.layer_norm(y, (d,), block.gain2) @ block.w1 + block.b1, approximate="tanh") @ block.w2
    return (weights * torch.sin(out)).sum()
