"""Black-Scholes prices and implied volatilities of a book of European options."""

import math

import numpy as np


def norm_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def norm_pdf(x):
    return math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


def d1_d2(spot, strike, maturity, rate, sigma):
    vol = sigma * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + 0.5 * sigma**2) * maturity) / vol
    return d1, d1 - vol


def price(spot, strike, maturity, rate, sigma, is_call=True):
    d1, d2 = d1_d2(spot, strike, maturity, rate, sigma)
    discounted = strike * math.exp(-rate * maturity)
    if is_call:
        return spot * norm_cdf(d1) - discounted * norm_cdf(d2)
    return discounted * norm_cdf(-d2) - spot * norm_cdf(-d1)


def vega(spot, strike, maturity, rate, sigma):
    d1, _ = d1_d2(spot, strike, maturity, rate, sigma)
    return spot * norm_pdf(d1) * math.sqrt(maturity)


def implied_volatility(target, spot, strike, maturity, rate, is_call, tol=1e-13, max_iter=50):
    """Newton's method, with a bisection step where it leaves the bracket."""
    low, high = 1e-3, 4.0
    sigma = 0.3
    for _ in range(max_iter):
        diff = price(spot, strike, maturity, rate, sigma, is_call=is_call) - target
        if abs(diff) < tol * spot:
            break
        if diff > 0:
            high = sigma
        else:
            low = sigma
        new = sigma - diff / vega(spot, strike, maturity, rate, sigma)
        if not low < new < high:
            new = 0.5 * (low + high)
        sigma = new
    else:
        raise RuntimeError("implied volatility did not converge")
    return sigma


def book_value(spots, strikes, maturities, rate, sigmas, calls, quotes, weights):
    """Weighted model prices, and a weighted misfit of the implied volatilities of the quotes."""
    value = 0.0
    for i in range(len(strikes)):
        value += weights[i] * price(spots[i], strikes[i], maturities[i], rate, sigmas[i], is_call=calls[i])

    misfit = 0.0
    for i, quote in enumerate(quotes):
        implied = implied_volatility(quote, spots[i], strikes[i], maturities[i], rate, calls[i])
        misfit += (1.0 + 0.2 * i) * (implied - sigmas[i]) ** 2
    return value + 100.0 * misfit


def make(rng):
    n, quoted = 6, 4
    spots = rng.uniform(90.0, 110.0, n)
    strikes = spots * rng.uniform(0.85, 1.15, n)
    maturities = rng.uniform(0.5, 2.0, n)
    sigmas = rng.uniform(0.15, 0.4, n)
    calls = np.array([True, False, True, True, False, False])
    quotes = np.array(
        [price(spots[i], strikes[i], maturities[i], 0.03, sigmas[i] + 0.05, calls[i]) for i in range(quoted)]
    )
    return spots, strikes, maturities, 0.03, sigmas, calls, quotes, rng.normal(size=n)


entry = book_value
