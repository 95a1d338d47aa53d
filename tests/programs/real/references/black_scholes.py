"""Prices at once; the implied volatility as one more Newton step at its converged value."""

import torch

_NORMAL = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64))


def _price(spot, strike, maturity, rate, sigma, call):
    vol = sigma * maturity.sqrt()
    d1 = (torch.log(spot / strike) + (rate + 0.5 * sigma**2) * maturity) / vol
    d2 = d1 - vol
    sign = torch.where(call, 1.0, -1.0).double()
    return sign * (spot * _NORMAL.cdf(sign * d1) - strike * torch.exp(-rate * maturity) * _NORMAL.cdf(sign * d2))


def reference(spots, strikes, maturities, rate, sigmas, calls, quotes, weights):
    value = (weights * _price(spots, strikes, maturities, rate, sigmas, calls)).sum()
    n = len(quotes)
    book = spots[:n], strikes[:n], maturities[:n], rate
    implied = torch.full((n,), 0.3, dtype=torch.float64)
    for _ in range(12):
        implied = implied.detach().requires_grad_()
        diff = _price(*book, implied, calls[:n]) - quotes
        (vega,) = torch.autograd.grad(diff.sum(), implied, retain_graph=True)
        implied = implied.detach() - diff / vega
    rows = 1.0 + 0.2 * torch.arange(n, dtype=torch.float64)
    return value + 100.0 * (rows * (implied - sigmas[:n]) ** 2).sum()
