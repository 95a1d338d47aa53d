"""Library routines on whole matrices: both modes of each, in the notation of Giles (2008).

``x_bar`` is such that the change of the objective is Re(sum(conj(x_bar) * dx)), hence the conjugates.
"""

import numpy as np

from s2sad.rules.registry import rule_jvp, rule_vjp


@rule_vjp("matmul", ranks=(2, 2), rank=2)
def matmul(y, a, b, *, y_bar):
    return y_bar @ b.conj().T, a.conj().T @ y_bar


@rule_jvp("matmul", ranks=(2, 2), rank=2)
def matmul_dot(y, a, b, *, a_dot, b_dot):
    return a_dot @ b + a @ b_dot


@rule_vjp("matvec", ranks=(2, 1), rank=1)
def matvec(y, a, x, *, y_bar):
    return np.outer(y_bar, x.conj()), a.conj().T @ y_bar


@rule_jvp("matvec", ranks=(2, 1), rank=1)
def matvec_dot(y, a, x, *, a_dot, x_dot):
    return a_dot @ x + a @ x_dot
