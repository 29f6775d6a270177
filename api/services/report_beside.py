"""What stands beside the tables by area: causes, reasons and the city's own figures, as cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from api.services.report_privacy import CITY_ALONE, REASON, Beside
from api.services.report_reach import STEPS, group_of, step_of
from data.reference.reasons import delivery_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.services.report_counts import Counts
    from api.services.report_privacy import FigureCell

__all__ = [
    "CITY_ALONE", "REACHED", "REASON", "SENSITIVE", "beside_areas", "cause_cell", "reason_key",
]  # fmt: skip

SENSITIVE = "sensitive"
"""All confidential reasons together: a report tells them apart nowhere."""
REACHED = ("delivery_delivered", "delivery_partial")
CITY_PARTS = (
    ("matching_bridged", ("city", "", "matching_matched")),
    ("sponsors_active", (CITY_ALONE, "", "sponsors_registered")),
    ("sponsors_new", (CITY_ALONE, "", "sponsors_registered")),
    ("genting_sponsors", (CITY_ALONE, "", "sponsors_active")),
)
"""Figures of the city that count some of those that another counts."""
RUPIAH = (
    "sponsors_pledged_rp",
    "sponsors_received_rp",
    "sponsors_shortfall_rp",
    "genting_value_rp",
)


def beside_areas(counts: Counts) -> Beside:
    """Return the reasons and the city's own counts of people, with what they add up to."""
    cells: dict[FigureCell, int] = {
        (CITY_ALONE, "", code): value
        for code, value in counts.city.items()
        if isinstance(value, int) and code not in (*RUPIAH, "delivery_routes")
    }
    arrived = [("city", "", code) for code in REACHED]
    packages = sum(row[code] for row in counts.areas.values() for code in REACHED)
    cells[CITY_ALONE, "", "genting_packages"] = packages
    sums: list[tuple[FigureCell, tuple[FigureCell, ...]]] = [
        ((CITY_ALONE, "", code), tuple(arrived))
        for code in ("genting_packages", "genting_children")
    ]
    told: list[tuple[str, Mapping[str, int], tuple[str, ...]]] = [
        ("delivery_not_in_full", counts.failure_reasons, ("delivery_partial", "delivery_failed"))
    ]
    if counts.causes is None:
        told.append(("matching_unmatched", counts.unmatched_reasons, ("matching_unmatched",)))
    for indicator, reasons, wholes in told:
        named: Counter[str] = Counter()
        for code, count in reasons.items():
            named[reason_key(code)] += count
        own = {(REASON, key, indicator): count for key, count in named.items()}
        together = (REASON, "", indicator)
        if own:
            cells |= {**own, together: sum(own.values())}
            sums.append((together, tuple(own)))
            sums.append((together, tuple(("city", "", code) for code in wholes)))
    causes, what_they_make = _causes_beside(counts.causes or {})
    cells |= causes
    sums += what_they_make
    return Beside(
        tuple(cells.items()),
        tuple(sums),
        tuple(((CITY_ALONE, "", part), whole) for part, whole in CITY_PARTS),
    )


def _causes_beside(
    causes: Mapping[str, int],
) -> tuple[dict[FigureCell, int], list[tuple[FigureCell, tuple[FigureCell, ...]]]]:
    """Return what stopped children, and the figures that are made of it.

    Paired children are those who were not packed for and those who were, and so on.
    """
    cells = {cause_cell(cause): count for cause, count in causes.items()}
    parts: defaultdict[str, list[FigureCell]] = defaultdict(list)
    for cause in causes:
        step = step_of(cause)
        whole = group_of(cause) if step in STEPS[:2] else step
        parts["matching_unmatched" if step == STEPS[2] else whole].append(cause_cell(cause))
    for step, following in pairwise(STEPS[3:]):
        parts[step].append(("city", "", following))
    return cells, [(("city", "", whole), tuple(own)) for whole, own in parts.items()]


def cause_cell(cause: str) -> FigureCell:
    """Return the cell of a cause in the table of the way to a package."""
    return REASON, cause, step_of(cause)


def reason_key(code: str) -> str:
    """Return what a reason is counted under: sensitive ones are one."""
    known = delivery_reasons().get(code)
    return SENSITIVE if known is not None and known.is_sensitive else code
