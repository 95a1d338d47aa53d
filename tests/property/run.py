"""The fuzzer's command line: random programs of the subset through the oracle, statistics, minimized failures.

``python -m tests.property.run --seeds 0:1000 --target python -j 2``
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.fuzz_reasons import documented
from tests.support.fuzz_run import DRAWN, Found, many

UNDOCUMENTED = "NOT IN docs/limitations.md"


def main() -> int:
    """Run, print each failure as it comes and the statistics at the end; 1 for a failure or an unannounced refusal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:100", help="first:last, the last one excluded, or one seed")
    parser.add_argument("--target", default="python", choices=("python", "cpu"))
    parser.add_argument("--drawn-by", default="programs", choices=tuple(DRAWN))
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--no-minimize", action="store_true")
    parser.add_argument("--show", default="", help="print programs of this status too: refused, rough, raises, ok")
    options = parser.parse_args()
    first, _, last = options.seeds.partition(":")
    seeds = range(int(first), int(last) if last else int(first) + 1)
    found: list[Found] = []
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        # The workers are new processes: what they find in the environment holds for them.
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = "1"
        os.environ["S2SAD_CACHE_DIR"] = str(Path(folder))
        for result in many(seeds, options.target, options.jobs, not options.no_minimize, options.drawn_by):
            found.append(result)
            show(result, options.show)
            if len(found) % 50 == 0:
                print(f"{len(found)} of {len(seeds)}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print(statistics(found, time.perf_counter() - start))
    return int(any(f.failed or (f.numba and not documented(f.kind)) for f in found))


def show(result: Found, also: str) -> None:
    """Print a failure, a refusal of what Numba compiles, or what was asked for."""
    if not (result.failed or result.numba or result.status == also):
        return
    print(f"==== seed {result.seed}: {result.status}: {result.kind}{' (Numba compiles it)' if result.numba else ''}")
    print(result.detail)
    print("---- minimized" if result.minimized else "---- program")
    print(result.minimized or result.text, flush=True)


def statistics(found: list[Found], seconds: float) -> str:
    """The table of outcomes."""
    states = Counter(f.status for f in found)
    lines = [f"{len(found)} programs, {seconds:.0f} s: " + ", ".join(f"{v} {k}" for k, v in states.most_common())]
    for status in ("wrong", "crash", "refused", "raises", "rough"):
        kinds = Counter(f.kind for f in found if f.status == status)
        for kind, count in kinds.most_common():
            examples = [f.seed for f in found if f.status == status and f.kind == kind][:8]
            lines.append(f"  {status:8s} {count:4d}  {kind}  {examples}")
    slow = sorted(found, key=lambda f: -f.seconds)[:5]
    lines.append("slowest: " + ", ".join(f"seed {f.seed} {f.seconds:.0f} s" for f in slow))
    refused = [f for f in found if f.numba]
    for kind, count in Counter(f.kind for f in refused).most_common():
        lines.append(f"  of what Numba compiles {count:4d}  {kind}  [{documented(kind) or UNDOCUMENTED}]")
    share = 100.0 * len(refused) / max(1, len(found))
    lines.append(
        f"refused of what Numba compiles: {len(refused)} ({share:.1f} % of all), seeds {[f.seed for f in refused]}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
