"""Feed broken files to the readers and count how each ends; a traceback is a failure.

``python bench/mutated_files.py [--count 2000] [--seed 1]`` prints one line per outcome, the
slowest file, and ``tracebacks N`` last.
"""

from __future__ import annotations

import argparse
import random
import time
import traceback
from collections import Counter

from tests.data.readers.test_mutations import ORIGINALS, mutated, outcome

__all__ = ["main"]


def main() -> int:
    """Run the loop; returns 1 when anything but a refusal or a result came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    outcomes: Counter[str] = Counter()
    slowest_s, slowest = 0.0, ""
    for number in range(arguments.count):
        form = chance.choice(sorted(ORIGINALS))
        content = mutated(ORIGINALS[form], chance)
        started = time.perf_counter()
        try:
            outcomes[f"{form} {outcome(content)}"] += 1
        except Exception:  # noqa: BLE001 - counting them is the point
            outcomes["traceback"] += 1
            traceback.print_exc()
        if (took_s := time.perf_counter() - started) > slowest_s:
            slowest_s, slowest = took_s, f"{form} #{number}"
    for name, count in sorted(outcomes.items()):
        print(f"{name:40} {count}")
    print(f"slowest {slowest}: {slowest_s:.2f} s")
    print(f"tracebacks {outcomes['traceback']}")
    return int(outcomes["traceback"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
