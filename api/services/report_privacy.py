"""Which figures of a month's tables by area may leave the office."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from data.reference.regions import regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.monitoring.suppression import Sum

__all__ = ["FigureCell", "hidden_figures"]

FigureCell = tuple[str, str, str]
"""Level, name of the area (empty: the city, or unknown), indicator."""
MADE_UP_OF = {
    "target_eligible": ("matching_matched", "matching_unmatched"),
    "delivery_planned": ("delivery_delivered", "delivery_partial", "delivery_failed"),
    "nutrition_haz_children": (
        "nutrition_status_up",
        "nutrition_status_same",
        "nutrition_status_down",
    ),
}
"""Figures that readers know to be the sum of others."""
PART_OF = {
    "target_consented": "target_eligible",
    "target_eligible": "target_registered",
    "nutrition_measured": "nutrition_supported",
}
"""Figures that count some of those that another counts: who is missing is as telling."""


def hidden_figures(
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]], *, codes: Iterable[str]
) -> frozenset[FigureCell]:
    """Return the cells to hide in tables of kelurahan, kecamatan and city.

    Parameters
    ----------
    levels
        Level → area's name → figure → count.
    codes
        The counts that the tables show; all of them are whole numbers.
    """
    from data.monitoring.suppression import Sum, suppressed  # scipy is slow to load

    shown = set(codes)
    counts: dict[FigureCell, int] = {}
    sums: list[Sum[FigureCell]] = []
    unpublished: list[FigureCell] = []
    for level, areas in levels.items():
        for area, row in areas.items():
            counts |= {(level, area, code): int(row.get(code) or 0) for code in shown}
            for whole, parts in MADE_UP_OF.items():
                if shown.issuperset((whole, *parts)):
                    cells = [(level, area, code) for code in (whole, *parts)]
                    if counts[cells[0]] == sum(counts[cell] for cell in cells[1:]):
                        sums.append(Sum(cells[0], tuple(cells[1:])))
            for part, whole in PART_OF.items():
                if shown.issuperset((whole, part)):
                    rest = (level, area, f"{whole} less {part}")
                    own, all_of_them = counts[level, area, part], counts[level, area, whole]
                    if own <= all_of_them:
                        counts[rest] = all_of_them - own
                        unpublished.append(rest)
                        sums.append(Sum((level, area, whole), ((level, area, part), rest)))
    sums += _sums_of_areas(levels, shown)
    return suppressed(counts, sums, unpublished=unpublished) - frozenset(unpublished)


def _sums_of_areas(
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]], codes: Iterable[str]
) -> list[Sum[FigureCell]]:
    """Return that kelurahan make up their kecamatan, and these the city."""
    from data.monitoring.suppression import Sum

    wards: defaultdict[str, list[str]] = defaultdict(list)
    kecamatan_of = {
        ward.name: regions().kecamatan(ward.kecamatan_code).name for ward in regions().all_kelurahan
    }
    for ward in levels["kelurahan"]:
        wards[kecamatan_of.get(ward, "")].append(ward)
    return [
        total
        for code in codes
        for total in (
            *(
                Sum(
                    ("kecamatan", area, code),
                    tuple(("kelurahan", ward, code) for ward in wards[area]),
                )
                for area in levels["kecamatan"]
            ),
            *(
                Sum(
                    ("city", city, code),
                    tuple(("kecamatan", area, code) for area in levels["kecamatan"]),
                )
                for city in levels["city"]
            ),
        )
    ]
