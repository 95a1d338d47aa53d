"""The filter with the gain by an inverse."""

import math

import torch


def reference(model, x0, P0, measurements, outage, weights):
    F, H, R = model.F, model.H, torch.diag(model.r**2)
    Q = model.L @ model.L.T
    x, P = x0, P0
    total = torch.zeros((), dtype=x0.dtype)
    for t, z in enumerate(measurements):
        x, P = F @ x, F @ P @ F.T + Q
        if not outage[t]:
            S = H @ P @ H.T + R
            K = P.T @ H.T @ torch.linalg.inv(S).T
            y = z - H @ x
            quad = y @ torch.linalg.solve(S, y)
            total = total - 0.5 * (quad + torch.logdet(S) + len(y) * math.log(2 * math.pi))
            x = x + K @ y
            A = torch.eye(len(x), dtype=x.dtype) - K @ H
            P = A @ P @ A.T + K @ R @ K.T
        total = total + weights[t] @ x
    return total + torch.trace(P) * weights[0, 0]
