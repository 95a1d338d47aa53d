"""torch's convolution and pooling."""

import torch
import torch.nn.functional as F


def reference(params, images, labels, weights):
    (w1, b1), (w2, b2), (w3, b3), (w4, b4) = params
    x = F.max_pool2d(torch.tanh(F.conv2d(images, w1, b1)), 2)
    x = torch.relu(F.conv2d(x, w2, b2)).flatten(1)
    scores = torch.tanh(x @ w3 + b3) @ w4 + b4
    logp = torch.log_softmax(scores, 1)
    nll = -(weights * logp.gather(1, labels[:, None])[:, 0]).sum()
    return nll + 1e-2 * sum((w**2).sum() for w, _ in params)
