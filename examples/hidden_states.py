"""Learn a hidden Markov model, and read the hidden states off a gradient.

The forward algorithm adds up the probabilities of all paths through the hidden states. Its logarithm has a remarkable
gradient: with respect to the log density of each observation in each state it is the probability that the model was
in that state then. What textbooks derive as the backward algorithm is the reverse sweep.
"""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from s2sad import grad, value_and_grad


def logsumexp(a):
    """Logarithm of the sum of exponentials, safe for large entries."""
    top = np.max(a)
    return top + np.log(np.sum(np.exp(a - top)))


def log_likelihood(log_start, log_transition, log_density):
    """Forward algorithm; ``log_density[t, s]``: of observation t in state s."""
    alpha = log_start + log_density[0]
    for t in range(1, len(log_density)):
        new = np.empty_like(alpha)
        for s in range(len(alpha)):
            new[s] = logsumexp(alpha + log_transition[:, s]) + log_density[t, s]
        alpha = new
    return logsumexp(alpha)


def densities(x, mean, log_sigma):
    """Logarithms of normal densities, (time, state)."""
    z = (x[:, None] - mean) / np.exp(log_sigma)
    return -0.5 * z * z - log_sigma - 0.5 * np.log(2.0 * np.pi)


def negative_log_likelihood(theta, x, n):
    """``theta``: means, logarithms of deviations, unnormalized log transitions."""
    mean = theta[:n]
    log_sigma = theta[n : 2 * n]
    weights = theta[2 * n :].reshape(n, n)
    log_transition = np.empty((n, n))
    for i in range(n):
        log_transition[i] = weights[i] - logsumexp(weights[i])
    log_start = np.full(n, -np.log(n))
    return -log_likelihood(log_start, log_transition, densities(x, mean, log_sigma))


def sample(rng: np.random.Generator, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Hidden states and observations of a model with sticky states."""
    transition = np.array([[0.95, 0.04, 0.01], [0.03, 0.94, 0.03], [0.02, 0.05, 0.93]])
    states = np.zeros(steps, dtype=int)
    for t in range(1, steps):
        states[t] = rng.choice(3, p=transition[states[t - 1]])
    return states, np.array([-1.5, 0.2, 2.0])[states] + np.array([0.5, 0.8, 0.4])[states] * rng.normal(size=steps)


def main() -> None:
    """Learn, then compare the posterior probabilities with the states."""
    n = 3
    states, x = sample(np.random.default_rng(4), 300)
    start = np.concatenate([[-1.0, 0.0, 1.0], np.zeros(n), np.eye(n).ravel()])
    fit = minimize(value_and_grad(negative_log_likelihood), start, args=(x, n), jac=True, method="L-BFGS-B")
    mean, log_sigma, weights = fit.x[:n], fit.x[n : 2 * n], fit.x[2 * n :].reshape(n, n)
    print(f"negative log-likelihood {fit.fun:.2f} after {fit.nit} iterations; means", np.round(mean, 2))

    log_transition = weights - np.log(np.sum(np.exp(weights), axis=1, keepdims=True))
    posterior = grad(log_likelihood, argnums="log_density")(
        np.full(n, -np.log(n)), log_transition, densities(x, mean, log_sigma)
    )
    assert np.allclose(posterior.sum(axis=1), 1.0)
    order = np.argsort(mean)
    right = np.mean(order[np.arange(n)][states] == np.argmax(posterior, axis=1))
    print(f"the most probable state is the true one at {100 * right:.0f} % of the times")

    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 4), sharex=True, layout="constrained")
    top.plot(x, ".", ms=3)
    top.step(np.arange(len(x)), mean[order][states], "k", lw=1)
    top.set(ylabel="observations")
    bottom.stackplot(np.arange(len(x)), posterior[:, order].T, labels=("low", "middle", "high"))
    bottom.set(xlabel="time", ylabel="probability")
    bottom.legend(loc="lower right")
    figure.savefig("hidden_states.png", dpi=90)
    assert right > 0.85


if __name__ == "__main__":
    main()
