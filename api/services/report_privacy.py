"""Which figures of a month's tables by area may leave the office."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from api.services.report_reach import KEPT_OFF, LEFT
from data.reference.regions import regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.monitoring.suppression import Sum

__all__ = ["Beside", "FigureCell", "hidden_figures"]

FigureCell = tuple[str, str, str]
"""Level, name of the area (empty: the city, or unknown), indicator."""
MADE_UP_OF: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("target_known", (LEFT, "target_registered")),
    ("target_registered", (*(group for group in KEPT_OFF if group != LEFT), "target_eligible")),
    ("target_received", ("delivery_delivered", "delivery_partial")),
    ("delivery_planned", ("target_packed",)),
    ("target_eligible", ("matching_matched", "matching_unmatched")),
    ("nutrition_supported", ("matching_matched",)),
    ("delivery_planned", ("delivery_delivered", "delivery_partial", "delivery_failed")),
    ("delivery_reached", ("delivery_delivered", "delivery_partial")),
    (
        "nutrition_measured",
        ("nutrition_gain_n", "nutrition_gain_t", "nutrition_gain_o", "nutrition_gain_b"),
    ),
    (
        "nutrition_haz_children",
        ("nutrition_status_up", "nutrition_status_same", "nutrition_status_down"),
    ),
)
"""Figures that readers can take for the sum of others; each counts only where it is true."""
PART_OF = (
    ("target_consented", "target_eligible"),
    ("target_with_consent", "target_registered"),
    ("target_packed", "matching_matched"),
    ("target_received", "target_packed"),
    ("target_eligible", "target_registered"),
    ("nutrition_measured", "nutrition_supported"),
    ("delivery_reached", "delivery_planned"),
    ("delivery_late", "delivery_reached"),
    ("delivery_evidenced", "delivery_reached"),
    ("delivery_stops_done", "delivery_stops"),
)
"""Figures that count some of those that another counts: who is missing is as telling."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Counts that stand beside the tables by area: reasons, and figures of the city alone.

    ``sums`` are a whole and its parts, ``parts`` a part and the whole it is taken from; both may
    name cells of the tables by area. Each counts only where it is true.
    """

    counts: tuple[tuple[FigureCell, int], ...] = ()
    sums: tuple[tuple[FigureCell, tuple[FigureCell, ...]], ...] = ()
    parts: tuple[tuple[FigureCell, FigureCell], ...] = ()


def hidden_figures(
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]],
    *,
    codes: Iterable[str],
    beside: Beside | None = None,
) -> frozenset[FigureCell]:
    """Return the cells to hide in tables of kelurahan, kecamatan and city, and beside them.

    Parameters
    ----------
    levels
        Level → area's name → figure → count.
    codes
        The counts that the tables show; all of them are whole numbers.
    """
    shown = frozenset(codes)
    rows = frozenset(
        ((level, area, code), int(row.get(code) or 0))
        for level, areas in levels.items()
        for area, row in areas.items()
        for code in shown
    )
    places = tuple((level, area) for level, areas in levels.items() for area in areas)
    return _hidden(rows, places, shown, beside or Beside())


@lru_cache(maxsize=64)
def _hidden(
    rows: frozenset[tuple[FigureCell, int]],
    places: tuple[tuple[str, str], ...],
    shown: frozenset[str],
    beside: Beside,
) -> frozenset[FigureCell]:
    """Work the cells out, once for the same figures: a city of many small areas takes seconds."""
    from data.monitoring.suppression import suppressed  # scipy is slow to load

    # Sorted, so that the same figures hide the same cells in every process.
    counts = dict(sorted(rows))
    missing, sums = _parts(counts, places, shown)
    sums += _sums_of_figures(counts, places, shown) + _sums_of_areas(places, sorted(shown))
    counts |= dict(beside.counts)
    sums += _sums_beside(counts, missing, beside)
    return suppressed(counts | missing, sums, unpublished=missing) - missing.keys()


def _sums_beside(
    counts: Mapping[FigureCell, int], missing: dict[FigureCell, int], beside: Beside
) -> list[Sum[FigureCell]]:
    """Return what adds up beside the tables; who is missing from a part joins ``missing``."""
    from data.monitoring.suppression import Sum

    found = [
        Sum(whole, parts)
        for whole, parts in beside.sums
        if parts
        and all(cell in counts for cell in (whole, *parts))
        and counts[whole] == sum(counts[part] for part in parts)
    ]
    for part, whole in beside.parts:
        if part in counts and whole in counts and counts[whole] >= counts[part]:
            rest = (*whole[:2], f"{whole[2]} less {part[2]}")
            missing[rest] = counts[whole] - counts[part]
            found.append(Sum(whole, (part, rest)))
    return found


def _sums_of_figures(
    counts: Mapping[FigureCell, int], places: Iterable[tuple[str, str]], shown: frozenset[str]
) -> list[Sum[FigureCell]]:
    """Return which figures of one place add up to another there."""
    from data.monitoring.suppression import Sum

    found = []
    for place in places:
        for whole, parts in MADE_UP_OF:
            if shown.issuperset((whole, *parts)):
                cells = tuple((*place, code) for code in parts)
                if counts[*place, whole] == sum(counts[cell] for cell in cells):
                    found.append(Sum((*place, whole), cells))
    return found


def _parts(
    counts: Mapping[FigureCell, int], places: Iterable[tuple[str, str]], shown: frozenset[str]
) -> tuple[dict[FigureCell, int], list[Sum[FigureCell]]]:
    """Return how many are missing from each part, and that part and missing make up the whole."""
    from data.monitoring.suppression import Sum

    missing: dict[FigureCell, int] = {}
    sums = []
    for place in places:
        for part, whole in PART_OF:
            if not shown.issuperset((whole, part)):
                continue
            rest = (*place, f"{whole} less {part}")
            number = counts[*place, whole] - counts[*place, part]
            if number >= 0:
                missing[rest] = number
                sums.append(Sum((*place, whole), ((*place, part), rest)))
    return missing, sums


def _sums_of_areas(
    places: Iterable[tuple[str, str]], codes: Iterable[str]
) -> list[Sum[FigureCell]]:
    """Return that kelurahan make up their kecamatan, and these the city."""
    from data.monitoring.suppression import Sum

    areas: defaultdict[str, list[str]] = defaultdict(list)
    for level, area in places:
        areas[level].append(area)
    kecamatan_of = {
        ward.name: regions().kecamatan(ward.kecamatan_code).name for ward in regions().all_kelurahan
    }
    wards: defaultdict[str, list[str]] = defaultdict(list)
    for ward in areas["kelurahan"]:
        wards[kecamatan_of.get(ward, "")].append(ward)
    wholes = [
        *((("kecamatan", area), "kelurahan", wards[area]) for area in areas["kecamatan"]),
        *((("city", city), "kecamatan", areas["kecamatan"]) for city in areas["city"]),
    ]
    return [
        Sum((*whole, code), tuple((level, part, code) for part in parts))
        for code in codes
        for whole, level, parts in wholes
    ]
