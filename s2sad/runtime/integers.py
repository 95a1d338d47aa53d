"""Indices and integers: what Python and NumPy check or define and compiled code does not."""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic, overload, register_jitable

_LOW, _HIGH = -(2**63), 2**63


@register_jitable
def index(i, n):
    """Index ``i`` of an axis of extent ``n``, negative ones counted from the end; IndexError outside."""
    if i < 0:
        i += n
    if i < 0 or i >= n:
        raise IndexError("index is out of bounds")
    return i


@register_jitable
def wrap(i, n):
    """As ``index``, for an ``i`` that is known to be in ``-n <= i < n``."""
    return i + n if i < 0 else i


@register_jitable
def lshift(a, b):
    """``a << b`` with NumPy's meaning for counts outside 0..63: zero."""
    return a << b if 0 <= b < 64 else a ^ a


@register_jitable
def rshift(a, b):
    """``a >> b`` with NumPy's meaning for counts outside 0..63: 0, or -1 for negative ``a``."""
    return a >> (b if 0 <= b < 64 else 63)


def _held(value: int) -> int:
    if not _LOW <= value < _HIGH:
        raise OverflowError("a Python int does not fit 64 bits")
    return value


def checked_add(a, b):
    """``a + b`` of ints; OverflowError if int64 does not hold it."""
    return _held(int(a) + int(b))


def checked_sub(a, b):
    """``a - b`` of ints; OverflowError if int64 does not hold it."""
    return _held(int(a) - int(b))


def checked_mul(a, b):
    """``a * b`` of ints; OverflowError if int64 does not hold it."""
    return _held(int(a) * int(b))


def checked_pow(a, b):
    """``a ** b`` of ints, ``b >= 0`` (ValueError otherwise); OverflowError if int64 does not hold it."""
    a, b = int(a), int(b)
    if b < 0:
        raise ValueError("an int to a negative power is not an int")
    if abs(a) > 1 and b > 63:
        raise OverflowError("a Python int does not fit 64 bits")
    return _held(a ** (b if abs(a) > 1 else 2 - b % 2 if b else 0))


def _with_overflow(name: str):
    """An intrinsic ``(a, b) -> (value, overflowed)`` from LLVM's ``llvm.<name>.with.overflow.i64``."""

    @intrinsic
    def op(typingctx, a, b):
        sig = types.Tuple((types.int64, types.boolean))(types.int64, types.int64)

        def codegen(context, builder, signature, args):
            pair = getattr(builder, f"{name}_with_overflow")(*args)
            value, flag = builder.extract_value(pair, 0), builder.extract_value(pair, 1)
            return context.make_tuple(builder, signature.return_type, (value, flag))

        return sig, codegen

    return op


_sadd, _ssub, _smul = _with_overflow("sadd"), _with_overflow("ssub"), _with_overflow("smul")


def _overload_checked(function, primitive):
    @overload(function)
    def _(a, b):
        def impl(a, b):
            value, overflowed = primitive(np.int64(a), np.int64(b))
            if overflowed:
                raise OverflowError("a Python int does not fit 64 bits")
            return value

        return impl


_overload_checked(checked_add, _sadd)
_overload_checked(checked_sub, _ssub)
_overload_checked(checked_mul, _smul)


@overload(checked_pow)
def _checked_pow(a, b):
    def impl(a, b):
        if b < 0:
            raise ValueError("an int to a negative power is not an int")
        result, base, rest = np.int64(1), np.int64(a), np.int64(b)
        while rest > 0:
            if rest & 1:
                result = checked_mul(result, base)
            rest >>= 1
            if rest > 0:  # the square after the last bit is not needed and must not overflow
                base = checked_mul(base, base)
        return result

    return impl
