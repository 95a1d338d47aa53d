"""Bundle adjustment: reprojection errors of points seen by cameras with radial distortion.

A camera is (rotation vector 3, centre 3, focal length, principal point 2, distortion 2).
"""

import math

import numpy as np

N_CAM_PARAMS = 11
ROT_IDX = 0
CENTER_IDX = 3
FOCAL_IDX = 6
X0_IDX = 7
RAD_IDX = 9


def rodrigues_rotate_point(rot, X):
    """Rotate X by the rotation vector rot."""
    sqtheta = np.sum(rot**2)
    if sqtheta > 1e-20:
        theta = math.sqrt(sqtheta)
        costheta = math.cos(theta)
        sintheta = math.sin(theta)
        w = rot / theta
        w_cross_X = np.array([w[1] * X[2] - w[2] * X[1], w[2] * X[0] - w[0] * X[2], w[0] * X[1] - w[1] * X[0]])
        tmp = np.dot(w, X) * (1.0 - costheta)
        return X * costheta + w_cross_X * sintheta + w * tmp
    return X + np.cross(rot, X)


def radial_distort(rad_params, proj):
    rsq = np.dot(proj, proj)
    L = 1.0 + rad_params[0] * rsq + rad_params[1] * rsq * rsq
    return proj * L


def project(cam, X):
    Xcam = rodrigues_rotate_point(cam[ROT_IDX : ROT_IDX + 3], X - cam[CENTER_IDX : CENTER_IDX + 3])
    distorted = radial_distort(cam[RAD_IDX : RAD_IDX + 2], Xcam[0:2] / Xcam[2])
    return distorted * cam[FOCAL_IDX] + cam[X0_IDX : X0_IDX + 2]


def huber(r, delta):
    a = abs(r)
    if a <= delta:
        return 0.5 * r * r
    return delta * (a - 0.5 * delta)


def ba_objective(cams, X, w, obs, feats, delta):
    """Robust sum over all observations, and the penalty that pulls weights to one."""
    p = len(obs)
    reproj_err = np.empty((p, 2))
    for i in range(p):
        cam_index, point_index = obs[i]
        reproj_err[i] = w[i] * (project(cams[cam_index], X[point_index]) - feats[i])
    w_err = 1.0 - w**2

    cost = 0.0
    for i, (dx, dy) in enumerate(reproj_err):
        cost += huber(dx, delta) + (1.0 + 0.1 * i) * huber(dy, delta)
    return cost + np.sum(w_err**2)


def make(rng):
    n_cams, n_points = 3, 5
    cams = np.empty((n_cams, N_CAM_PARAMS))
    cams[:, 0:3] = rng.uniform(-0.4, 0.4, (n_cams, 3))
    cams[:, 3:6] = rng.uniform(-1.0, 1.0, (n_cams, 3)) - np.array([0.0, 0.0, 6.0])
    cams[:, 6] = rng.uniform(2.0, 3.0, n_cams)
    cams[:, 7:9] = rng.uniform(-0.2, 0.2, (n_cams, 2))
    cams[:, 9:] = rng.uniform(-0.05, 0.05, (n_cams, 2))
    X = rng.uniform(-1.5, 1.5, (n_points, 3))
    obs = np.array([[0, 0], [0, 2], [1, 1], [1, 2], [2, 4], [2, 3], [0, 4], [1, 0], [2, 2]])
    feats = rng.uniform(-1.2, 1.2, (len(obs), 2))
    w = rng.uniform(0.6, 1.4, len(obs))
    return cams, X, w, obs, feats, 0.35


entry = ba_objective
