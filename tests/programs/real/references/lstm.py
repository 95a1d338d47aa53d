"""The cell by torch's chunk."""

import torch


def reference(params, sequence, weights):
    hs = [torch.zeros(layer["U"].shape[1], dtype=sequence.dtype) for layer in params["layers"]]
    cs = [layer["c0"] for layer in params["layers"]]
    loss = torch.zeros((), dtype=sequence.dtype)
    for t in range(len(sequence) - 1):
        x = params["embed"] @ sequence[t]
        for k, layer in enumerate(params["layers"]):
            f, i, o, g = (layer["W"] @ x + layer["U"] @ hs[k] + layer["b"]).chunk(4)
            cs[k] = cs[k] * f.sigmoid() + i.sigmoid() * g.tanh()
            hs[k] = x = o.sigmoid() * cs[k].tanh()
        scores = params["W_out"] @ x + params["b_out"]
        loss = loss - weights[t] * (sequence[t + 1] * torch.log_softmax(scores, 0)).sum()
    return loss
