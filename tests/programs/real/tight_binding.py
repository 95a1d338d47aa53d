"""Hueckel model of a molecule: energies and weighted bond orders of the occupied orbitals."""

import numpy as np


def hamiltonian(alpha, beta, lengths, bonds, decay):
    """On-site energies, and hoppings that decay with the length of the bond."""
    n = len(alpha)
    H = np.zeros((n, n))
    H[np.arange(n), np.arange(n)] = alpha
    i, j = bonds.T
    t = beta * np.exp(-decay * (lengths - 1.4))
    H[i, j] = t
    H[j, i] = t
    return H


def fermi(energies, mu, temperature):
    return 1.0 / (np.exp((energies - mu) / temperature) + 1.0)


def chemical_potential(energies, n_electrons, temperature):
    """Bisection, then Newton steps; the occupations sum to the number of electrons."""
    low, high = energies[0] - 1.0, energies[-1] + 1.0
    mu = 0.5 * (low + high)
    while high - low > 1e-3:
        if 2.0 * np.sum(fermi(energies, mu, temperature)) > n_electrons:
            high = mu
        else:
            low = mu
        mu = 0.5 * (low + high)
    for _ in range(5):
        f = fermi(energies, mu, temperature)
        mu = mu - (2.0 * np.sum(f) - n_electrons) / (2.0 * np.sum(f * (1.0 - f)) / temperature)
    return mu


def total_energy(alpha, beta, lengths, bonds, decay, n_electrons, temperature, stiffness, weights):
    """Electronic energy, elastic energy of the bonds and weighted charges and bond orders."""
    H = hamiltonian(alpha, beta, lengths, bonds, decay)
    energies, C = np.linalg.eigh(H)
    mu = chemical_potential(energies, n_electrons, temperature)
    occupation = 2.0 * fermi(energies, mu, temperature)
    P = (C * occupation) @ C.T
    electronic = np.sum(occupation * energies)
    elastic = 0.5 * stiffness * np.sum((lengths - 1.45) ** 2)
    orders = P[bonds[:, 0], bonds[:, 1]]
    return electronic + elastic + weights[: len(bonds)] @ orders + np.sum(weights[-len(alpha) :] * np.diagonal(P))


def make(rng):
    bonds = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [2, 5]])
    n = 6
    return (
        0.5 * rng.normal(size=n),
        -2.5,
        rng.uniform(1.3, 1.5, len(bonds)),
        bonds,
        1.8,
        6.0,
        0.4,
        11.0,
        rng.normal(size=len(bonds) + n),
    )


entry = total_energy
