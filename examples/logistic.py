"""The logistic map: a scalar loop, its gradient's source, and a check against finite differences."""

from __future__ import annotations

import inspect

from s2sad import check_grads, grad


@grad(argnums=("x", "r"))
def logistic(x, n, r):
    for i in range(n):
        x = r * x * (1 - x)
    return x


def main() -> None:
    """Print the source and the derivatives."""
    x_bar, r_bar = logistic(0.3, 20, 3.5)
    print(inspect.getsource(logistic.primal))
    print(logistic.source)
    print(f"d/dx = {x_bar:.10f}, d/dr = {r_bar:.10f}")
    check_grads(logistic.primal, (0.3, 20, 3.5))


if __name__ == "__main__":
    main()
