"""Programs that call functions with a derivative of their own: scalars, arrays, tuples, loops, overwritten memory."""

import numpy as np

from s2sad import custom_jvp, custom_vjp, stop_gradient, zero_derivative
from tests.programs.registry import normal, program

SCALE = 1.7


@custom_vjp
def softplus(x):
    return np.logaddexp(0.0, x)


@softplus.defvjp
def softplus_vjp(y, x, *, y_bar):
    return y_bar / (1.0 + np.exp(-x))


@softplus.defjvp
def softplus_jvp(y, x, *, x_dot):
    return x_dot / (1.0 + np.exp(-x))


@custom_vjp
def scaled_product(x, y, n=2):
    return SCALE * x * y**n, n


@scaled_product.defvjp
def scaled_product_vjp(result, x, y, n, *, result_bar):
    bar = result_bar[0]
    return SCALE * y**n * bar, SCALE * x * n * y ** (n - 1) * bar, None


@scaled_product.defjvp
def scaled_product_jvp(result, x, y, n, *, x_dot, y_dot):
    return SCALE * (y**n * x_dot + n * x * y ** (n - 1) * y_dot), None


@custom_vjp
def squares(a):
    return a * a


@squares.defvjp
def squares_vjp(y, a, *, y_bar):
    return 2.0 * np.sign(a) * np.sqrt(y) * y_bar


@squares.defjvp
def squares_jvp(y, a, *, a_dot):
    return 2.0 * a * a_dot


@custom_vjp
def normalized(x):
    return x / np.sqrt(np.sum(x * x))


def normalized_fwd(x):
    norm = np.sqrt(np.sum(x * x))
    y = x / norm
    return y, (y, norm)


def normalized_bwd(residuals, y_bar):
    y, norm = residuals
    return ((y_bar - np.sum(y_bar * y) * y) / norm,)


normalized.defvjp(normalized_fwd, normalized_bwd)


@normalized.defjvp
def normalized_jvp(primals, tangents):
    (x,) = primals
    (x_dot,) = tangents
    y = normalized(x)
    return y, (x_dot - np.sum(x_dot * y) * y) / np.sqrt(np.sum(x * x))


@custom_jvp
def rotated(pair, angle):
    c, s = np.cos(angle), np.sin(angle)
    return c * pair[0] - s * pair[1], s * pair[0] + c * pair[1]


@rotated.defjvp
def rotated_jvp(result, pair, angle, *, pair_dot, angle_dot):
    c, s = np.cos(angle), np.sin(angle)
    u, v = result
    p, q = pair_dot
    return c * p - s * q - v * angle_dot, s * p + c * q + u * angle_dot


@rotated.defvjp
def rotated_vjp(result, pair, angle, *, result_bar):
    c, s = np.cos(angle), np.sin(angle)
    u, v = result
    u_bar, v_bar = result_bar
    angle_bar = np.sum(v_bar * u - u_bar * v)
    return (c * u_bar + s * v_bar, c * v_bar - s * u_bar), angle_bar


@custom_vjp
def row_sums(a):
    out = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i] += a[i, j]
    return out


@row_sums.defvjp
def row_sums_vjp(out, a, *, out_bar):
    a_bar = np.empty_like(a)
    for i in range(a.shape[0]):
        a_bar[i] = out_bar[i]
    return a_bar


@row_sums.defjvp
def row_sums_jvp(out, a, *, a_dot):
    return np.sum(a_dot, axis=1)


@program(lambda rng: (0.7, -1.2), tags="spread")
def custom_of_numbers(x, y):
    z = softplus(x * y) * softplus(y)
    w, n = scaled_product(z, y)
    return w * n + softplus(w)


@program(
    lambda rng: (normal(rng, 5), 0.4),
    variants={"empty": lambda rng: (normal(rng, 0), 0.4), "one": lambda rng: (normal(rng, 1), 0.4)},
)
def custom_in_a_loop(x, s):
    for k in range(len(x)):
        s = softplus(s * x[k]) + 0.1 * s
        if s > 0.5:
            s, _ = scaled_product(s, x[k], 3)
    return s


@program(
    lambda rng: (normal(rng, 4), normal(rng, 3, 4)),
    tags="spread",
    variants={"one": lambda rng: (normal(rng, 1), normal(rng, 3, 1))},
)
def custom_of_arrays(v, a):
    y = squares(v) * softplus(v)
    b = squares(a[::2, 1:])
    return np.sum(y) + np.sum(b) * np.sum(row_sums(a.T) * v)


@program(lambda rng: (normal(rng, 4),), written=("v",))
def custom_result_and_argument_overwritten(v):
    s = 0.0
    for k in range(3):
        w = squares(v)
        w[1] *= 3.0
        s += np.sum(w * w)
        v /= np.sum(w)
        v[k] += 0.3
        w = squares(w)
        w[...] = w * v
        s += w[2]
    return s


@program(lambda rng: (normal(rng, 4),), tags="spread")
def custom_with_residuals(v):
    w = v * 1.0
    for k in range(2):
        w = normalized(w * v + 0.5)
        w[0] = w[1] * 2.0
    return w


@program(lambda rng: (normal(rng, 3), normal(rng, 3), 0.3), float32=False)
def custom_of_tuples(x, y, angle):
    u, v = rotated((x, y), angle)
    p, q = rotated((u[0], v[1]), angle * angle)
    return p * q + np.sum(u * v * v)


@zero_derivative
def largest(x):
    return np.max(np.abs(x))


def _stopped_gradient(x, s):
    m = np.max(np.abs(x))
    return 1.0 / m + x * s, np.sum(x * x)


@program(lambda rng: (normal(rng, 4), 0.8), tags="spread", fd=False, gradient=_stopped_gradient)
def stopped(x, s):
    fixed, t = stop_gradient((x, s))
    y = stop_gradient(x)
    y[0] = x[0]
    y[0] = stop_gradient(y)[0]
    return np.sum(x) / largest(x) + s * np.sum(fixed * x) + 0.0 * t * s


@custom_vjp
def step(x):
    return 1.0 if x > 0.0 else 0.0


@step.defvjp
def step_vjp(y, x, *, y_bar):
    return y_bar / x


@step.defjvp
def step_jvp(y, x, *, x_dot):
    return x_dot / np.float64(x)


@program(lambda rng: (0.0, 2.0), fd=False, gradient=lambda x, y: (1.0, 0.5))
def zero_cotangent_of_a_pole(x, y):
    return step(x) * 0.0 * y + x + step(y)


@custom_jvp
def powered(x, n):
    return x**n


@powered.defjvp
def powered_jvp(primals, tangents):
    (x, n), (x_dot, n_dot) = primals, tangents
    return x**n, n * x ** (n - 1.0) * x_dot + x**n * np.log(x) * n_dot


@powered.defvjp
def powered_vjp(y, x, n, *, y_bar):
    return n * x ** (n - 1.0) * y_bar, y * np.log(x) * y_bar


@program(lambda rng: (0.7, 1.4))
def ints_for_floats(x, p):
    """Exponents that are an int, a float of the text and one of the run."""
    return powered(x, 2) * powered(p, 3.0) + powered(x, p)


@program(lambda rng: (0.7, 3))
def known_value_for_a_rule(x, n):
    """Optimization finds what the rule is given: 0 in each call."""
    return softplus(0.2 * (n % 1)) * x + softplus(x) * softplus(0.5 * (n % 1) + 0 * n)


def ends_for_all_but_zero(t, q):
    if q:
        return t
    return ends_for_all_but_zero(0.2 * (q % 1), q)


@program(lambda rng: (0.7, 1))
def known_value_for_a_call_of_itself(x, q):
    return x * ends_for_all_but_zero(x, q)
