"""``try``: what is tried is done, and what lowering sees to fail takes the handler."""

import numpy as np

from tests.programs.registry import between, normal, program, signed


def limited(values, most):
    try:
        values[values > most] = most
    except TypeError:  # a number
        if values > most:
            values = most
    return values


@program(lambda rng: (signed(rng, 0.2, 1.0, 6), 1.7, 0.05), tags="inert")
def number_or_array(x, s, most):
    return np.sum(limited(x.copy(), most) * np.arange(6.0)) + limited(s, most) * limited(0.5 * most, s)


def as_number(x):
    try:
        return x.item()
    except AttributeError:
        pass
    return x


@program(lambda rng: (0.7, normal(rng, 3)))
def number_has_no_method(s, x):
    return as_number(s) * as_number(x[1]) + as_number(np.sum(x))


@program(lambda rng: (between(rng, 1.1, 1.9, 5), 0.4))
def poles(x, c):
    s = c
    for v in x:
        try:
            w = 1.0 / (v - c)
        except ZeroDivisionError:
            print("a pole")
            continue
        else:
            s += w * v
    return s


@program(lambda rng: (between(rng, 0.5, 1.5, 3, 3) + 2.0 * np.eye(3), normal(rng, 3)))
def gain_by_the_inverse(s, y):
    try:
        k = np.linalg.inv(s) @ y
    except np.linalg.LinAlgError:
        k = np.linalg.pinv(s) @ y
    try:
        scale = undefined_factor * 2.0  # noqa: F821
    except NameError:
        scale = 3.0
    finally:
        k = k * scale
    return scale * np.sum(k * y)


def first_above(x, most):
    try:
        for k in range(len(x)):
            if x[k] > most:
                return x[k] * x[0]
            while x[k] > 0.5 * most:
                return x[k] ** 2
    except IndexError:
        return 0.0
    return np.sum(x)


@program(lambda rng: (between(rng, 0.1, 0.9, 5),))
def returned_from_a_loop_in_a_try(x):
    return first_above(x, 0.6) + first_above(x, 0.9) + first_above(0.1 * x, 0.5)
