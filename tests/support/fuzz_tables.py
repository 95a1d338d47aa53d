"""Functions of one and two numbers or arrays that random expressions are made of, tame on all real numbers."""

# {e} is written once.
UNARY = (
    "np.sin({e})", "np.cos({e})", "np.tanh({e})", "np.arctan({e})", "np.arcsinh({e})", "np.exp(-0.3 * {e})",
    "np.exp(-(np.square({e})))", "np.sqrt(0.7 + {e} ** 2)", "np.log(1.5 + np.square({e}))", "np.log1p({e} ** 2)",
    "np.abs({e})", "np.square({e})", "np.cbrt(1.5 + {e} ** 2)", "np.expm1(0.2 * {e})", "1.0 / (1.0 + np.exp(-{e}))",
    "np.sinh(0.5 * {e})", "1.0 / (1.2 + {e} ** 2)", "np.reciprocal(1.3 + np.square({e}))", "({e}) ** 2",
    "({e}) ** 3", "(0.6 + ({e}) ** 2) ** 0.5", "-({e})", "np.cosh(0.3 * {e})", "np.logaddexp({e}, 0.3)",
    "np.maximum({e}, 0.0)", "np.clip({e}, -0.8, 0.9)", "np.minimum({e}, 0.6)", "2.0 ** (0.5 * {e})",
)  # fmt: skip
RARE = ("np.floor({e})", "np.sign({e})", "np.rint({e})", "np.exp2(0.3 * {e})", "np.arcsin(0.5 * np.sin({e}))",
        "np.tan(0.3 * np.sin({e}))", "np.deg2rad({e})", "np.arctanh(0.5 * np.cos({e}))", "np.fabs({e})",
        "np.log2(1.4 + ({e}) ** 2)", "np.log10(1.4 + ({e}) ** 2)")  # fmt: skip
MATH = ("math.sin({e})", "math.cos({e})", "math.tanh({e})", "math.exp(-0.4 * {e})", "math.sqrt(0.9 + ({e}) ** 2)",
        "math.log(1.3 + ({e}) ** 2)", "math.atan({e})", "math.erf({e})", "math.fabs({e})", "abs({e})",
        "math.pi * ({e})", "float({e})")  # fmt: skip
BINARY = (
    "({a} + {b})", "({a} + {b})", "({a} - {b})", "({a} - {b})", "({a} * {b})", "({a} * {b})", "({a} * {b})",
    "({a} / (1.5 + np.square({b})))", "np.maximum({a}, {b})", "np.minimum({a}, {b})",
    "np.hypot({a}, 0.5 + np.abs({b}))", "np.arctan2({a}, 1.2 + ({b}) ** 2)",
    "(0.6 * {a} + 0.4 * {b})", "np.fmax({a}, {b})",
    "np.power(1.2 + np.square({a}), {b})",
)  # fmt: skip
