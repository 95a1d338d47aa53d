"""Elementary functions whose calls in compiled loops are vectorized, by the vector functions of glibc's libmvec.

Un-jitted they are NumPy's. Compiled for x86-64, a call of ``exp`` carries the names of the vector variants that the
target can run, and LLVM's loop vectorizer takes the one of the width that it chose. Results are within 4 ulp of the
exact ones, and may differ in the last bits between a vectorized loop and its scalar remainder. Without the library,
and for arguments that are not of float64 or float32, a call means NumPy's function as Numba compiles it.

The library is loaded when this module is imported: before machine code from a cache that refers to it.
"""

from __future__ import annotations

import math
from typing import Any

import llvmlite.binding as ll
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, type_callable

LIBRARY = "libmvec.so.1"
# letter of the instruction set -> bytes of its registers, and what the target must have (Vector Function ABI)
REGISTERS = {"b": (16, ()), "d": (32, ("+avx2",)), "e": (64, ("+avx512f", "+avx512dq"))}


def variant_name(isa: str, name: str, bits: int, arity: int) -> str:
    """The vector variant of the C function ``name`` on ``bits`` wide floats: ``_ZGVdN4v_exp``, ``_ZGVbN4vv_powf``."""
    lanes = 8 * REGISTERS[isa][0] // bits
    return f"_ZGV{isa}N{lanes}{'v' * arity}_{name}"


def _load() -> bool:
    """Whether the library is there, for this processor (on others the file has other names, or does not exist)."""
    try:
        ll.load_library_permanently(LIBRARY)
    except RuntimeError:
        return False
    return ll.address_of_symbol("_ZGVbN2v_exp") is not None


LOADED = _load()


def variants(name: str, bits: int, arity: int, triple: str, features: str) -> tuple[tuple[str, int], ...]:
    """Names and lanes of the variants of ``name`` that the library has and the target can run.

    What counts is the target that code is compiled for, never the processor that compiles: a variant for wider
    registers than the target has would be called with its arguments in the wrong ones.
    """
    if not LOADED or not triple.startswith("x86_64"):
        return ()
    have = {feature[1:]: feature[0] for feature in features.split(",") if feature}  # the last one counts
    found = []
    for isa, (size, needs) in REGISTERS.items():
        symbol = variant_name(isa, name, bits, arity)
        able = all(have.get(need[1:]) == "+" for need in needs)
        if able and ll.address_of_symbol(symbol) is not None and ll.address_of_symbol(name) is not None:
            found.append((symbol, 8 * size // bits))
    return tuple(found)


def _keep(module, functions) -> None:
    """Declared functions that nothing calls yet stay until the vectorizer looks for them."""
    pointer = ir.IntType(8).as_pointer()
    used: Any = module.globals.get("llvm.compiler.used")
    kept = list(used.initializer.constant) if used is not None else []
    new = [f.bitcast(pointer) for f in functions]
    known = {str(k) for k in kept}
    kept += [k for k in new if str(k) not in known]
    table = ir.ArrayType(pointer, len(kept))
    if used is None:
        used = ir.GlobalVariable(module, table, "llvm.compiler.used")
        used.linkage, used.section = "appending", "llvm.metadata"
    used.value_type, used.type = table, table.as_pointer()
    used.initializer = ir.Constant(table, kept)


def _call(context, builder, name, bits, args):
    """A call of the C function ``name`` that the vectorizer may replace."""
    real = ir.DoubleType() if bits == 64 else ir.FloatType()
    triple, _, features = context.codegen().magic_tuple()
    found = variants(name, bits, len(args), triple, features)
    declared = []
    for symbol, lanes in found:
        vector = ir.VectorType(real, lanes)
        declared.append(
            cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * len(args)), symbol)
        )
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(real, [real] * len(args)), name)
    call = builder.call(function, args)
    # llvmlite knows the names of older attributes only, and checks them in its own ``add``
    for attribute in ("nounwind", "willreturn", "memory(none)"):
        set.add(call.attributes, attribute)
    if found:
        _keep(builder.module, declared)
        letters = "v" * len(args)
        listed = ",".join(f"_ZGV_LLVM_N{lanes}{letters}_{name}({symbol})" for symbol, lanes in found)
        set.add(call.attributes, f'"vector-function-abi-variant"="{listed}"')
    return call


def _unary(scalar, name):
    """The function that is ``scalar`` for Python, and for the compiler the C functions ``name`` and ``name``f."""

    def function(x):
        return scalar(x)

    return _compiled(function, scalar, name, 1)


def _binary(scalar, name):
    """As ``_unary``, of two arguments."""

    def function(x, y):
        return scalar(x, y)

    return _compiled(function, scalar, name, 2)


def _compiled(function, scalar, name, arity):
    """``function``, known to the compiler: a call is lowered in place, which compiles faster than an ``overload``."""
    function.__name__ = scalar.__name__

    @type_callable(function)
    def typed(context):
        def of(*args):
            if len(args) == arity and all(isinstance(arg, types.Number | types.Boolean) for arg in args):
                real = types.float32 if all(arg == types.float32 for arg in args) else types.float64
                return real(*[real] * arity)
            return None

        return (lambda x: of(x)) if arity == 1 else (lambda x, y: of(x, y))

    @lower_builtin(function, *[types.Float] * arity)
    def lowered(context, builder, sig, args):
        bits = sig.return_type.bitwidth
        if not LOADED:
            return context.get_function(scalar, sig)(builder, args)
        return _call(context, builder, name if bits == 64 else f"{name}f", bits, args)

    return function


def erf(x):
    """The error function."""
    return type(x)(math.erf(x))


def erfc(x):
    """The complementary error function."""
    return type(x)(math.erfc(x))


_compiled(erf, math.erf, "erf", 1)
_compiled(erfc, math.erfc, "erfc", 1)
exp = _unary(np.exp, "exp")
exp2 = _unary(np.exp2, "exp2")
expm1 = _unary(np.expm1, "expm1")
log = _unary(np.log, "log")
log2 = _unary(np.log2, "log2")
log10 = _unary(np.log10, "log10")
log1p = _unary(np.log1p, "log1p")
sin = _unary(np.sin, "sin")
cos = _unary(np.cos, "cos")
tan = _unary(np.tan, "tan")
arcsin = _unary(np.arcsin, "asin")
arccos = _unary(np.arccos, "acos")
arctan = _unary(np.arctan, "atan")
sinh = _unary(np.sinh, "sinh")
cosh = _unary(np.cosh, "cosh")
tanh = _unary(np.tanh, "tanh")
arcsinh = _unary(np.arcsinh, "asinh")
arccosh = _unary(np.arccosh, "acosh")
arctanh = _unary(np.arctanh, "atanh")
cbrt = _unary(np.cbrt, "cbrt")
power = _binary(np.power, "pow")
arctan2 = _binary(np.arctan2, "atan2")
hypot = _binary(np.hypot, "hypot")
