"""The columns of the monthly report's tables by area, of today and of months closed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.documents.report_models import ColumnKind
from api.services.report_reach import KEPT_OFF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.services.report_counts import Counts

__all__ = ["GROWTH_GROUPS", "MAY_BE_UNKNOWN", "Figure", "area_figures", "is_unknown"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of a table by area.

    Parameters
    ----------
    code
        The indicator.
    stands_on
        The counts of the same table that a share or mean is made of; the last is its n. Where one
        of them is suppressed, so is the figure. Empty for a count, which may be added up.
    """

    code: str
    kind: ColumnKind = ColumnKind.COUNT
    stands_on: tuple[str, ...] = ()


def _counts(group: str, *names: str) -> tuple[Figure, ...]:
    return tuple(Figure(f"{group}_{name}") for name in names)


AREA_FIGURES: dict[str, tuple[Figure, ...]] = {
    "target": _counts(
        "target", "registered", "eligible", "with_consent", "new", "graduated", "left"
    ),
    "kept_off": (
        Figure("target_known"),
        *(Figure(group) for group in KEPT_OFF),
        Figure("target_eligible"),
    ),
    "matching": (
        *_counts("matching", "matched", "unmatched"),
        *_counts("target", "packed", "received"),
    ),
    "delivery": _counts(
        "delivery", "planned", "delivered", "partial", "failed", "stops", "stops_done"
    ),
    "punctuality": (
        *_counts("delivery", "attempts", "reached", "late"),
        Figure("delivery_days_late", ColumnKind.DECIMAL, ("delivery_late", "delivery_reached")),
        Figure("delivery_evidenced"),
        Figure("delivery_evidence", ColumnKind.PERCENT, ("delivery_evidenced", "delivery_reached")),
    ),
    "nutrition": (
        *_counts("nutrition", "supported", "measured"),
        Figure(
            "nutrition_measured_share",
            ColumnKind.PERCENT,
            ("nutrition_measured", "nutrition_supported"),
        ),
        *_counts(
            "nutrition",
            "gain_n",
            "gain_t",
            "gain_o",
            "gain_b",
            "two_t",
            "severe",
            "severe_referred",
        ),
    ),
    "growth": (
        Figure("nutrition_weight_children"),
        Figure("nutrition_mean_weight_gain", ColumnKind.COUNT, ("nutrition_weight_children",)),
        Figure("nutrition_haz_children"),
        Figure("nutrition_mean_haz_change", ColumnKind.DECIMAL, ("nutrition_haz_children",)),
        *_counts("nutrition", "status_up", "status_same", "status_down"),
    ),
}
"""The tables by area with their columns."""
GROWTH_GROUPS = ("nutrition", "growth")
BEFORE_CAUSES: dict[str, tuple[Figure, ...]] = {
    "target": _counts("target", "registered", "eligible", "consented", "new", "graduated", "left"),
    "matching": _counts("matching", "matched", "unmatched"),
}
"""The columns of months that were closed before it was counted what stopped each child."""

MAY_BE_UNKNOWN = {"target_new": "", "nutrition_severe_referred": "nutrition_severe"}
"""Counts that a kept month may not know, which is not nought → what is counted with them today.

Who is new needs the month before. Referrals are not known where severe wasting was counted alone,
before they were; where neither stands, nobody was there to be counted.
"""


def is_unknown(code: str, values: Mapping[str, float | None]) -> bool:
    """Whether a count that is absent from an area's figures is not known, rather than nought."""
    if code in values or code not in MAY_BE_UNKNOWN:
        return False
    beside = MAY_BE_UNKNOWN[code]
    return not beside or beside in values


def area_figures(counts: Counts) -> dict[str, tuple[Figure, ...]]:
    """Return the tables by area that a month has; a closed one keeps those it was closed with."""
    if counts.causes is not None:
        return AREA_FIGURES
    return {
        group: BEFORE_CAUSES.get(group, figures)
        for group, figures in AREA_FIGURES.items()
        if group != "kept_off"
    }
