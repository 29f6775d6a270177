"""Counting by area while keeping, of every count, the row that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.reference.regions import regions

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

__all__ = ["UNKNOWN", "CountedRow", "Tally", "area_name"]

UNKNOWN = ""
"""Kelurahan, posyandu, puskesmas or team of rows that have none."""


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row behind a figure.

    Attributes
    ----------
    figure
        The indicator that it counts in.
    kelurahan_code
        Where it counts; empty when nobody knows.
    household_id
        Whose family it is of; None for a stop of several.
    kind, code
        What it is (``child``, ``package``, ``family``, ``report``, ``stop``, ``case``, ``route``,
        ``sponsor``, ``pledge``), its code.
    by
        The account that acted, where the figure is about somebody's work.
    amount
        1, or so many days, grams, metres or rupiah, or a change of a z-score.
    cause
        What stopped a child on its way to a package (:mod:`api.services.report_reach`), or why a
        package was not accepted in full.
    sponsor
        The code of the sponsor whose child or money it is, where the figure is a sponsor's.
    """

    figure: str
    kelurahan_code: str
    household_id: int | None
    kind: str
    code: str
    by: str = ""
    amount: float = 1
    cause: str = ""
    sponsor: str = ""


class Tally:
    """Kelurahan code → figure → count, and the rows behind.

    Parameters
    ----------
    areas
        Where the counts go; a kelurahan that is absent makes itself an empty counter.
    """

    def __init__(self, areas: dict[str, Counter[str]]) -> None:
        self.areas = areas
        self.rows: list[CountedRow] = []

    def add(
        self,
        figures: Mapping[str, int],
        *,
        area: str | None,
        home: int | None,
        kind: str,
        code: str,
        by: str = "",
        cause: str = "",
    ) -> None:
        """Count one row in figures; an amount of nought counts nothing but names the figure."""
        row = self.areas[area or UNKNOWN]
        for figure, amount in figures.items():
            row[figure] += amount
            if amount:
                self.rows.append(
                    CountedRow(figure, area or UNKNOWN, home, kind, code, by, int(amount), cause)
                )


def area_name(code: str, level: str) -> str:
    """Return what the area of a kelurahan's code is called at a level; empty when unknown.

    Outside the city no area is known.
    """
    if not code or level == "city":
        return UNKNOWN
    try:
        ward = regions().kelurahan(code)
    except KeyError:
        return UNKNOWN
    return ward.name if level == "kelurahan" else regions().kecamatan(ward.kecamatan_code).name
