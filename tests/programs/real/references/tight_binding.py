"""torch's eigh; the chemical potential by bisection and differentiated Newton steps."""

import torch


def reference(alpha, beta, lengths, bonds, decay, n_electrons, temperature, stiffness, weights):
    i, j = bonds.T
    t = beta * torch.exp(-decay * (lengths - 1.4))
    upper = torch.zeros(len(alpha), len(alpha), dtype=alpha.dtype).index_put((i, j), t)
    e, C = torch.linalg.eigh(torch.diag(alpha) + upper + upper.T)

    def fermi(mu):
        return torch.sigmoid((mu - e) / temperature)

    low, high = e[0].detach() - 1, e[-1].detach() + 1
    for _ in range(100):
        mu = 0.5 * (low + high)
        low, high = (low, mu) if 2 * fermi(mu).sum() > n_electrons else (mu, high)
    mu = mu.detach()
    f = fermi(mu)
    mu = mu - (2 * f.sum() - n_electrons) / (2 * (f * (1 - f)).sum() / temperature)
    n = 2 * fermi(mu)
    P = C @ torch.diag(n) @ C.T
    value = (n * e).sum() + 0.5 * stiffness * ((lengths - 1.45) ** 2).sum()
    return value + weights[: len(bonds)] @ P[i, j] + (weights[len(bonds) :] * P.diagonal()).sum()
