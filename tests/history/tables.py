"""The published tables that answers rest on, read as they stand in ``data/reference``."""

from __future__ import annotations

import csv
from functools import cache
from itertools import combinations
from math import asin, cos, inf, radians, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

__all__ = [
    "indicator_codes",
    "indicator_shares",
    "need_points",
    "package_rp",
    "published_values",
    "shortest_tour_km",
]

FOLDER = Path(__file__).parents[2] / "data" / "reference"
Point = tuple[float, float]


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def indicator_codes() -> frozenset[str]:
    """Return every figure that the table of indicators has as it is now."""
    rows = _rows("indicators")
    return frozenset(row["code"] for row in rows if not row["missing"] and not row["until"])


def indicator_shares() -> dict[str, Callable[[Mapping[str, int]], tuple[int, int]]]:
    """Return each share of the table: from counts to its hits and cases."""

    def added(counts: Mapping[str, int], codes: str) -> int:
        return sum(counts[each] for each in codes.split(";") if each)

    def share(row: dict[str, str]) -> Callable[[Mapping[str, int]], tuple[int, int]]:
        return lambda counts: (
            added(counts, row["hits"]) - added(counts, row["less"]), added(counts, row["cases"]),
        )  # fmt: skip

    return {row["code"]: share(row) for row in _rows("indicators") if row["cases"]}


def need_points(haz: float, age_days: int, decile: int | None, waiting: int) -> int:
    """Return the points of need within a tier: height, age, poverty and waiting, each its share."""
    (policy,) = _rows("need_policy")
    most = {each: int(policy[f"{each}_at_most"]) for each in ("haz", "age", "poverty", "waiting")}
    below, depth = round(-200 - haz * 100), round(-200 - float(policy["haz_full"]) * 100)
    return (
        most["haz"] * min(max(below, 0), depth) // depth
        + most["age"] * max(0, 1826 - age_days) // 1826
        + (0 if decile is None else most["poverty"] * (10 - decile) // 9)
        + most["waiting"]
        * min(waiting, int(policy["waiting_full_months"]))
        // int(policy["waiting_full_months"])
    )


@cache
def package_rp(born_on: date, month_on: date) -> int:
    """Return what a child's package costs at the prices known in a month."""
    months = (month_on.year - born_on.year) * 12 + month_on.month - born_on.month
    months -= month_on.day < born_on.day
    day = month_on.isoformat()
    total = 0
    for row in _rows("kits"):
        fits = int(row["from_month"]) <= months < int(row["below_month"])
        if fits and row["from_on"] <= day <= (row["until_on"] or "9999"):
            known = [each for each in _rows("prices") if each["item"] == row["item"]]
            known = [each for each in known if each["from_on"] <= day]
            price = max(known, key=lambda each: each["from_on"], default=None)
            total += int(row["quantity"]) * (int(price["price_rp"]) if price else 0)
    return total


def published_values(target_on: date, target: float) -> tuple[float, ...]:
    """Return what others published and the town's own target, by day and kind."""
    rows = [(row["on"], row["kind"], 0, float(row["value"])) for row in _rows("published_figures")]
    own = (target_on.isoformat(), "target", 1, float(target))
    return tuple(value for *_, value in sorted([*rows, own], key=lambda row: row[:3]))


def shortest_tour_km(homes: Sequence[Point]) -> float:
    """Return the length of the shortest way from the depot past all homes and back.

    Great circles times the detour of their length; every subset of homes is looked at (Held and
    Karp 1962).
    """
    (depot,) = [row for row in _rows("places") if row["kind"] == "depot"]
    start = (float(depot["lat"]), float(depot["lon"]))
    way = {(one, other): _way_m(one, other) for one in (start, *homes) for other in (start, *homes)}
    best = {(frozenset([home]), home): way[start, home] for home in homes}
    for size in range(2, len(homes) + 1):
        for some in combinations(homes, size):
            visited = frozenset(some)
            for last in some:
                rest = visited - {last}
                best[visited, last] = min(best[rest, each] + way[each, last] for each in rest)
    whole = frozenset(homes)
    return min((best[whole, last] + way[last, start] for last in homes), default=0) / 1000


def _way_m(one: Point, other: Point) -> int:
    lat1, lon1, lat2, lon2 = (radians(each) for each in (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    straight = 2 * 6_371_008.8 * asin(sqrt(half))
    for row in _rows("detour_bands"):
        if row["region"] == "pangkalpinang" and straight < float(row["below_m"] or inf):
            return round(straight * float(row["factor"]))
    raise ValueError(straight)
