"""Regression by torch's least squares."""

import torch


def reference(spot, strike, rate, sigma, maturity, normals, weights):
    steps = normals.shape[0]
    dt = maturity / steps
    growth = (rate - 0.5 * sigma**2) * dt + sigma * torch.sqrt(dt) * normals
    paths = spot * torch.exp(torch.cumsum(growth, 0))
    discount = torch.exp(-rate * dt)
    cash = torch.relu(strike - paths[-1])
    for t in range(steps - 2, -1, -1):
        cash = cash * discount
        exercise = strike - paths[t]
        inside = torch.nonzero(exercise > 0)[:, 0]
        if len(inside) < 4:
            continue
        x = paths[t, inside] / strike
        e = torch.exp(-0.5 * x)
        A = torch.stack([e, e * (1 - x), e * (1 - 2 * x + 0.5 * x**2)], 1)
        continuation = A @ torch.linalg.lstsq(A, cash[inside, None], driver="gels").solution[:, 0]
        now = exercise[inside]
        cash = cash.index_put((inside,), torch.where(now > continuation, now, cash[inside]))
    return discount * (weights * cash).sum() / len(weights)
