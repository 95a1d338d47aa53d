"""Character model: a stack of LSTM cells, trained by truncated back-propagation on one sequence."""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_cell(layer, x, state):
    """One step of one layer; the gates are stacked: forget, input, output, candidate."""
    h, c = state
    z = layer["W"] @ x + layer["U"] @ h + layer["b"]
    n = len(h)
    forget = sigmoid(z[:n])
    ingate = sigmoid(z[n : 2 * n])
    outgate = sigmoid(z[2 * n : 3 * n])
    change = np.tanh(z[3 * n :])
    c = c * forget + ingate * change
    h = outgate * np.tanh(c)
    return h, c


def predict(params, x, states):
    """The scores of the next character and the new states."""
    x = params["embed"] @ x
    new_states = []
    for layer, state in zip(params["layers"], states):
        state = lstm_cell(layer, x, state)
        x = state[0]
        new_states.append(state)
    return params["W_out"] @ x + params["b_out"], new_states


def log_softmax(scores):
    shifted = scores - scores.max()
    return shifted - np.log(np.exp(shifted).sum())


def sequence_loss(params, sequence, weights):
    """Weighted cross entropy of each character given those before it."""
    states = [(np.zeros_like(layer["b"][: layer["U"].shape[1]]), layer["c0"]) for layer in params["layers"]]
    loss = 0.0
    for t in range(len(sequence) - 1):
        scores, states = predict(params, sequence[t], states)
        loss -= weights[t] * np.sum(sequence[t + 1] * log_softmax(scores))
    return loss


def make(rng):
    chars, embedded, hidden = 5, 4, (3, 2)
    layers = []
    width = embedded
    for n in hidden:
        layer = {
            "W": 0.5 * rng.normal(size=(4 * n, width)),
            "U": 0.5 * rng.normal(size=(4 * n, n)),
            "b": rng.normal(size=4 * n),
            "c0": 0.3 * rng.normal(size=n),
        }
        layers.append(layer)
        width = n
    params = {
        "embed": rng.normal(size=(embedded, chars)),
        "layers": layers,
        "W_out": rng.normal(size=(chars, width)),
        "b_out": rng.normal(size=chars),
    }
    sequence = np.eye(chars)[[0, 3, 1, 4, 2, 2]] + 0.05 * rng.random((6, chars))
    return params, sequence, rng.uniform(0.5, 1.5, 5)


entry = sequence_loss
