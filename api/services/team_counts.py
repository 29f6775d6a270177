"""What each team's work came to in a month: families accompanied, visits to a door, cases, reports.

Counts only; the table of indicators says which of them make a share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from api.services.months import first_day, last_day
from api.services.report_tally import UNKNOWN, area_name
from data.queries.companions import codes_of_month, family_places, measured_between
from data.queries.exceptions import exceptions_with_places
from data.reference.deadlines import deadline
from data.reference.indicators import indicators
from data.schema import Outcome, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlmodel import Session

    from api.services.report_tally import CountedRow, Tally
    from data.queries.companions import FamilyPlace
    from data.schema import Child, Cycle, CycleChild, DeliveryEvent, Household, Package

__all__ = [
    "TEAM_LEVELS",
    "Units",
    "count_attempts",
    "count_cases",
    "count_families",
    "count_units",
    "figures_of_units",
    "unit_of",
]

TEAM_LEVELS = ("puskesmas", "posyandu", "tpk", "kader")
"""Units beside kelurahan and kecamatan; ``kader``: the account that recorded or had the case."""
Units = dict[str, dict[str, dict[str, int]]]
"""Level → unit → figure → count."""
NO_ACCOMPANIMENT = 8
HANDED_OVER = (
    Outcome.ACCEPTED,
    Outcome.PARTLY_ACCEPTED,
    Outcome.LEFT_WITH_RECEIVER,
    Outcome.LEFT_AT_DROP_POINT,
)


def count_families(
    session: Session,
    cycle: Cycle,
    eligible: Collection[tuple[CycleChild, Child, int]],
    tally: Tally,
) -> None:
    """Count children measured in the month and families accompanied, of eligible children.

    ``eligible`` has the frozen row, its record, and the number of the one that speaks for the
    child now. Code 8 (*tidak ada*) is a record, but no accompaniment.
    """
    measured = measured_between(session, first=first_day(cycle.month), last=last_day(cycle.month))
    recorded = codes_of_month(
        session, month=cycle.month, among={child.household_id for _, child, _ in eligible}
    )
    seen: set[int] = set()
    for frozen, child, record_id in eligible:
        tally.add(
            {"team_measured": record_id in measured},
            area=frozen.kelurahan_code, home=child.household_id, kind="child", code=child.code,
        )  # fmt: skip
        if child.household_id in seen:
            continue
        seen.add(child.household_id)
        codes, by = recorded.get(child.household_id, ([], ""))
        tally.add(
            {
                "team_families": 1,
                "team_recorded": bool(codes),
                "team_accompanied": bool({*codes} - {NO_ACCOMPANIMENT}),
            },
            area=frozen.kelurahan_code, home=child.household_id, kind="family", code=child.code,
            by=by,
        )  # fmt: skip


def count_attempts(
    package: Package, home: Household, events: Sequence[DeliveryEvent], area: str, tally: Tally
) -> None:
    """Count whether a package was handed over at the first attempt, and its reports in time.

    ``events`` are the standing reports of the package, one per stop, in the order it happened; a
    package without one was not attempted.
    """
    if not events:
        return
    first = events[0]
    tally.add(
        {"team_attempted": 1, "team_first": first.outcome in HANDED_OVER},
        area=area, home=home.id, kind="package", code=package.code, by=first.by,
    )  # fmt: skip
    for number, event in enumerate(events, start=1):
        within = deadline("report_received", event.happened_at.date())
        tally.add(
            {"team_reports": 1,
             "team_reports_in_time": event.received_at - event.happened_at <= within},
            area=area, home=home.id, kind="report", code=f"{package.code}/{number}", by=event.by,
        )  # fmt: skip


def count_cases(session: Session, cycle: Cycle, tally: Tally) -> None:
    """Count the cases of the road and those closed in time; one that is open is not.

    Confidential ones are not counted: that there is one is for the approver alone.
    """
    seen = exceptions_with_places(session, cycle_ids=[cycle.id or 0], reader=Role.COORDINATOR)
    for case, package, home, stop, route_code in seen:
        within = deadline("exception_closed", case.opened_at.date())
        tally.add(
            {"team_cases": 1,
             "team_cases_in_time":
                 case.closed_at is not None and case.closed_at - case.opened_at <= within},
            area=stop.kelurahan_code if stop else home.kelurahan_code if home else None,
            home=home.id if home else stop.household_id if stop else None,
            kind="case", code=package.code if package else route_code or str(case.id),
            by=case.closed_by or case.owner or "",
        )  # fmt: skip


def count_units(session: Session, cycle: Cycle, rows: Iterable[CountedRow]) -> Units:
    """Return what the units beside the areas come to, in the figures that their shares are of."""
    figures = figures_of_units(cycle.month)
    places = family_places(session)
    found: dict[str, defaultdict[str, Counter[str]]] = {
        level: defaultdict(Counter) for level in TEAM_LEVELS
    }
    for row in rows:
        if row.figure in figures:
            for level in TEAM_LEVELS:
                unit = unit_of(row, level, places)
                if unit is not None:
                    found[level][unit][row.figure] += int(row.amount)
    return {
        level: {unit: dict(counts) for unit, counts in sorted(units.items())}
        for level, units in found.items()
    }


def figures_of_units(month: str) -> set[str]:
    """Return the figures that shares of units beside the areas are made of in a month."""
    return {
        code
        for each in indicators(month)
        if each.is_share and each.level in ("posyandu", "kader")
        for part in ("hits", "less", "cases")
        for code in each.codes(part)
    }


def unit_of(row: CountedRow, level: str, places: dict[int, FamilyPlace]) -> str | None:
    """Return the unit that a row counts in at a level; None where it counts in none.

    A posyandu is named with its kelurahan, because names come twice in a city.
    """
    if level == "kader":
        return row.by or None
    place = places.get(row.household_id or 0)
    if level in ("kelurahan", "kecamatan", "city"):
        return area_name(row.kelurahan_code, level)
    if place is None:
        return UNKNOWN
    if level == "posyandu":
        ward = area_name(place.kelurahan_code, "kelurahan")
        return " · ".join(filter(None, (place.posyandu, ward))) if place.posyandu else UNKNOWN
    return place.puskesmas if level == "puskesmas" else place.team
