"""One million z-scores against a plain numpy pass over the same tables, in one run.

Run ``python bench/growth.py [rows]``. The pass gathers L, M and S by day for three indicators and
by 0.1 cm for weight-for-length, and applies the LMS formula once to each: nothing is corrected,
interpolated, straightened, rounded or flagged. Both are timed five times; the median counts.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from data.growth import tables
from data.growth.zscores import zscores

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5


def columns(rows: int) -> dict[str, np.ndarray]:
    """Return believable children of all ages, one in five measured the wrong way round."""
    random = np.random.default_rng(7)
    age_days = random.integers(0, 1826, rows).astype(float)
    sex = random.integers(1, 3, rows)
    row = (sex - 1) * tables.DAYS + age_days.astype(int)
    length, weight = tables.by_day("lfa"), tables.by_day("wfa")
    tall = 1 + length.variation[row] * random.normal(-1, 1.2, rows)
    heavy = 1 + weight.variation[row] * random.normal(-0.8, 1.1, rows)
    lenhei_cm = np.round(length.median[row] * tall, 1)
    weight_kg = np.round(weight.median[row] * heavy, 1)
    wrong = random.random(rows) < 0.2
    measure = np.where((age_days < 731) ^ wrong, "l", "h")
    return {
        "sex": sex,
        "age_days": age_days,
        "weight_kg": np.maximum(weight_kg, 0.5),
        "lenhei_cm": np.clip(lenhei_cm, 45, 119),
        "measure": measure,
        "oedema": random.random(rows) < 0.005,
    }


def plain_pass(held: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Gather L, M, S and apply the formula, whole columns at a time."""
    girl = held["sex"] - 1
    day = held["age_days"].astype(int)
    bmi = held["weight_kg"] / (held["lenhei_cm"] / 100) ** 2
    tenth = np.clip(held["lenhei_cm"] * 10, 450, 1100).astype(int) - tables.FIRST_LENGTH_MM
    results = []
    for table, row, value in (
        (tables.by_day("lfa"), girl * tables.DAYS + day, held["lenhei_cm"]),
        (tables.by_day("wfa"), girl * tables.DAYS + day, held["weight_kg"]),
        (tables.by_day("bmifa"), girl * tables.DAYS + day, bmi),
        (tables.by_length(), girl * tables.LENGTHS + tenth, held["weight_kg"]),
    ):
        power, median, variation = table.power[row], table.median[row], table.variation[row]
        results.append(((value / median) ** power - 1) / (power * variation))
    return results


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median wall time of several calls, after one to warm up."""
    work()
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Print both times and their ratio."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    held = columns(rows)
    ours = median_seconds(lambda: zscores(**held))
    plain = median_seconds(lambda: plain_pass(held))
    print(f"rows                     {rows:>12,}")
    print(f"z-scores with all rules  {ours:>12.3f} s")
    print(f"plain numpy pass         {plain:>12.3f} s")
    print(f"ratio                    {ours / plain:>12.2f}")


if __name__ == "__main__":
    main()
