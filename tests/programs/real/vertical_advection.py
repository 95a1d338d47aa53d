"""Implicit vertical advection of a weather model: a tridiagonal system per column, by the Thomas algorithm."""

import numpy as np

BET_M = 0.45
BET_P = 0.55


def forward_coefficients(wcon, u_stage, u_pos, utens, utens_stage, dtr_stage):
    """The elimination; the three stages of levels differ at top and bottom."""
    I, J, K = u_stage.shape
    ccol = np.empty((I, J, K))
    dcol = np.empty((I, J, K))
    data_col = np.empty((I, J))

    for k in range(1):
        gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        cs = gcv * BET_M
        ccol[:, :, k] = gcv * BET_P
        bcol = dtr_stage - ccol[:, :, k]
        correction = -cs * (u_stage[:, :, k + 1] - u_stage[:, :, k])
        dcol[:, :, k] = dtr_stage * u_pos[:, :, k] + utens[:, :, k] + utens_stage[:, :, k] + correction
        divided = 1.0 / bcol
        ccol[:, :, k] = ccol[:, :, k] * divided
        dcol[:, :, k] = dcol[:, :, k] * divided

    for k in range(1, K - 1):
        gav = -0.25 * (wcon[1:, :, k] + wcon[:-1, :, k])
        gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        as_ = gav * BET_M
        cs = gcv * BET_M
        acol = gav * BET_P
        ccol[:, :, k] = gcv * BET_P
        bcol = dtr_stage - acol - ccol[:, :, k]
        correction = -as_ * (u_stage[:, :, k - 1] - u_stage[:, :, k]) - cs * (u_stage[:, :, k + 1] - u_stage[:, :, k])
        dcol[:, :, k] = dtr_stage * u_pos[:, :, k] + utens[:, :, k] + utens_stage[:, :, k] + correction
        divided = 1.0 / (bcol - ccol[:, :, k - 1] * acol)
        ccol[:, :, k] = ccol[:, :, k] * divided
        dcol[:, :, k] = (dcol[:, :, k] - dcol[:, :, k - 1] * acol) * divided

    for k in range(K - 1, K):
        gav = -0.25 * (wcon[1:, :, k] + wcon[:-1, :, k])
        as_ = gav * BET_M
        acol = gav * BET_P
        bcol = dtr_stage - acol
        correction = -as_ * (u_stage[:, :, k - 1] - u_stage[:, :, k])
        dcol[:, :, k] = dtr_stage * u_pos[:, :, k] + utens[:, :, k] + utens_stage[:, :, k] + correction
        divided = 1.0 / (bcol - ccol[:, :, k - 1] * acol)
        dcol[:, :, k] = (dcol[:, :, k] - dcol[:, :, k - 1] * acol) * divided
        data_col[:] = dcol[:, :, k]

    return ccol, dcol, data_col


def vadv(wcon, u_stage, u_pos, utens, utens_stage, dtr_stage):
    """Overwrites ``utens_stage`` with the new tendency."""
    K = u_stage.shape[2]
    ccol, dcol, data_col = forward_coefficients(wcon, u_stage, u_pos, utens, utens_stage, dtr_stage)
    for k in range(K - 1, -1, -1):
        if k < K - 1:
            data_col = dcol[:, :, k] - ccol[:, :, k] * data_col
        utens_stage[:, :, k] = dtr_stage * (data_col - u_pos[:, :, k])


def loss(wcon, u_stage, u_pos, utens, utens_stage, dtr_stage, stages, weights):
    """Several stages; the tendency of each moves the stage's velocity."""
    u = u_stage.copy()
    tendency = utens_stage.copy()
    for _ in range(stages):
        vadv(wcon, u, u_pos, utens, tendency, dtr_stage)
        u += 0.2 / dtr_stage * tendency
    return np.sum(weights[0] * u) + np.sum(weights[1] * tendency**2)


def make(rng):
    I, J, K = 3, 2, 5
    wcon = rng.normal(size=(I + 1, J, K))
    u_stage, u_pos, utens, utens_stage = rng.normal(size=(4, I, J, K))
    return wcon, u_stage, u_pos, utens, utens_stage, 3.0, 4, rng.normal(size=(2, I, J, K))


entry = loss
