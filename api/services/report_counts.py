"""The figures of the monthly report, counted by kelurahan from the rows themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.services.city_counts import (
    count_matching,
    count_routes,
    count_sponsors,
    rows_of_city,
    shortfall_rows,
)
from api.services.clock import day_end, local_date
from api.services.corrected_judgements import corrected_states
from api.services.months import first_day, last_day
from api.services.report_reach import LEFT, STEPS, read_reach, step_of
from api.services.report_tally import UNKNOWN, CountedRow, Tally, area_name
from api.services.team_counts import (
    Units,
    count_attempts,
    count_cases,
    count_families,
    count_units,
)
from data.queries.records import eligible_before, present_records, rows_without_child
from data.queries.reports import (
    EVERYWHERE,
    Within,
    children_of_cycle,
    consented_children,
    left_before_lock,
    packages_at_stops_of,
    packages_with_kelurahan,
    pairs_of_cycle,
    photographed_events,
    standing_events,
    stops_that_count,
)
from data.reference.indicators import indicators
from data.schema import ChildState, FulfilmentState, PackageState, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlmodel import Session

    from data.schema import Cycle, DeliveryEvent, Package

__all__ = ["REACHED", "UNKNOWN", "Counts", "area_name", "count_families_of", "count_month",
           "count_rows"]  # fmt: skip

CHILD_COUNTERS = {"report_counts._count_children", "team_counts.count_families"}
PACKAGE_COUNTERS = {
    "report_counts._count_packages",
    "report_counts._punctuality",
    "team_counts.count_attempts",
}
CITY_COUNTERS = {
    "city_counts.count_matching",
    "city_counts.count_routes",
    "city_counts.count_sponsors",
    "city_counts.shortfall_rows",
    "month_course.city_course",
}
SMALLEST_MEAN = 3
"""A mean of fewer packages is not given."""
FAILED = "delivery_failed"
ARRIVALS = {
    PackageState.ACCEPTED: "delivery_delivered",
    PackageState.PARTLY_ACCEPTED: "delivery_partial",
}
CORRECTED_ARRIVALS = {
    FulfilmentState.FULFILLED: "delivery_delivered",
    FulfilmentState.PARTLY: "delivery_partial",
    FulfilmentState.UNFULFILLED: FAILED,
}
REACHED = tuple(ARRIVALS.values())
"""Figures of packages that arrived in full or part."""
DONE_STOPS = (
    StopState.DELIVERED,
    StopState.PARTLY_DELIVERED,
    StopState.LEFT_WITH_RECEIVER,
    StopState.PICKED_UP,
)


@dataclass(slots=True)
class Counts:
    """A month in figures.

    Attributes
    ----------
    areas
        Kelurahan code → figure → count.
    city
        Figures that belong to no kelurahan.
    causes
        What stopped children on the way from known to received → how many, each child once; None
        in a version from before they were counted.
    unmatched_reasons, failure_reasons
        Reason → count; the former are the causes of those without a sponsor.
    sponsors
        Sponsor code, children, packages received, rupiah received; never leaves the office.
    teams
        Units beside the areas: level → posyandu, puskesmas, TPK or account → figure → count.
    rows
        What the figures by area count, row by row; only while counting, no version keeps it.
    """

    areas: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    city: dict[str, int | float | str] = field(default_factory=dict)
    causes: dict[str, int] | None = None
    unmatched_reasons: dict[str, int] = field(default_factory=dict)
    failure_reasons: dict[str, int] = field(default_factory=dict)
    sponsors: list[tuple[str, int, int, int]] = field(default_factory=list)
    teams: Units = field(default_factory=dict)
    rows: list[CountedRow] = field(default_factory=list, compare=False, repr=False)

    def by_level(self) -> dict[str, dict[str, dict[str, float | None]]]:
        """Return level → area's name → figure → value; the city's only area has no name."""
        levels: dict[str, dict[str, Counter[str]]] = {
            "kelurahan": defaultdict(Counter),
            "kecamatan": defaultdict(Counter),
            "city": defaultdict(Counter),
        }
        for level, sums in levels.items():
            for code, row in self.areas.items():
                sums[area_name(code, level)].update(row)
        return {
            level: {name: _with_shares(row) for name, row in sums.items()}
            for level, sums in levels.items()
        }


def count_month(session: Session, *, cycle: Cycle) -> Counts:
    """Count a month."""
    counts = Counts()
    tally = Tally(counts.areas)
    _count_children(session, cycle, tally)
    reached = _count_packages(session, cycle, counts, tally)
    _count_stops(session, cycle, tally)
    count_cases(session, cycle, tally)
    pairs = pairs_of_cycle(session, cycle_id=cycle.id or 0)
    of_sponsors, counts.sponsors = count_sponsors(session, cycle, pairs, reached)
    counts.city |= (
        count_routes(session, cycle) | count_matching(session, cycle, pairs) | of_sponsors
    )
    stopped = Counter(row.cause for row in tally.rows if row.figure == STEPS[0] and row.cause)
    counts.causes = dict(sorted(stopped.items()))
    counts.unmatched_reasons = {
        cause: count for cause, count in counts.causes.items() if step_of(cause) == STEPS[2]
    }
    counts.failure_reasons = _reasons_of(shortfall_rows(session, cycle))
    counts.rows = tally.rows
    counts.teams = count_units(session, cycle, tally.rows)
    return counts


def count_rows(
    session: Session, *, cycle: Cycle, figures: Collection[str], within: Within = EVERYWHERE
) -> list[CountedRow]:
    """Return the rows of figures by area, of some kelurahan or families only, and of the city's.

    What the figures do not need is not read.
    """
    counts = Counts()
    tally = Tally(counts.areas)
    counters = {each.counted_by for each in indicators(cycle.month) if each.code in figures}
    if counters & CHILD_COUNTERS:
        _count_children(session, cycle, tally, within)
    if counters & PACKAGE_COUNTERS:
        _count_packages(session, cycle, counts, tally, within)
    if "report_counts._count_stops" in counters:
        _count_stops(session, cycle, tally, within)
    if "team_counts.count_cases" in counters:
        count_cases(session, cycle, tally)
    if counters & CITY_COUNTERS:
        reached = _count_packages(session, cycle, Counts(), Tally(Counts().areas))
        counts.rows += rows_of_city(session, cycle, figures=figures, reached=reached)
    return [*tally.rows, *counts.rows]


def count_families_of(
    session: Session, *, cycle: Cycle, homes: frozenset[int], stops: frozenset[int]
) -> tuple[Counts, frozenset[int]]:
    """Count what some families and stops of a month came to; return who of them got a package.

    Of the city it has the value and the reasons of what did not arrive, the latter of all families.
    """
    counts, within = Counts(), Within(homes=homes)
    tally = Tally(counts.areas)
    _count_children(session, cycle, tally, within)
    reached = _count_packages(session, cycle, counts, tally, within)
    _count_stops(session, cycle, tally, Within(stops=stops))
    counts.failure_reasons = _reasons_of(shortfall_rows(session, cycle))
    counts.rows = tally.rows
    return counts, frozenset(reached)


def _count_children(
    session: Session, cycle: Cycle, tally: Tally, within: Within = EVERYWHERE
) -> None:
    first, last = first_day(cycle.month), last_day(cycle.month)
    consented = consented_children(session, on=last, ends_at=day_end(last))
    present, before = present_records(session, cycle), eligible_before(session, cycle)
    children = children_of_cycle(session, cycle_id=cycle.id or 0, within=within)
    few = None if within is EVERYWHERE else {present[frozen.child_id] for frozen, _ in children}
    reach = read_reach(session, cycle, corrected_states(session, cycle=cycle), among=few)
    doubles = rows_without_child(session, cycle)
    eligible = []
    for frozen, child in children:
        if frozen.child_id in doubles:
            continue
        record_id = present[frozen.child_id]
        left_now = child.effective_on is not None and first <= child.effective_on <= last
        came, cause = reach.of(frozen, record_id)
        figures = {
            "target_known": 1,
            "target_registered": 1,
            "target_with_consent": record_id in consented,
            **came,
            "target_graduated": left_now and child.state == ChildState.GRADUATED,
            "target_left": left_now and child.state == ChildState.EXITED,
        }
        if before is not None:
            figures["target_new"] = frozen.is_eligible and record_id not in before
        if frozen.is_eligible:
            eligible.append((frozen, child, record_id))
        tally.add(
            figures, area=frozen.kelurahan_code, home=child.household_id, kind="child",
            code=child.code, cause=cause,
        )  # fmt: skip
    _count_leavers(session, cycle, {*present.values()}, tally, within)
    count_families(session, cycle, eligible, tally)


def _count_leavers(
    session: Session, cycle: Cycle, listed: Collection[int], tally: Tally, within: Within
) -> None:
    """Count who left in the month before its list was locked, and so is not on it."""
    if cycle.snapshot_hash is None:
        return
    span = first_day(cycle.month), last_day(cycle.month)
    for child, ward in left_before_lock(session, cycle_id=cycle.id or 0, span=span, within=within):
        if child.id in listed:
            continue
        has_graduated = child.state == ChildState.GRADUATED
        tally.add(
            {
                "target_known": 1,
                LEFT: 1,
                "target_graduated": has_graduated,
                "target_left": not has_graduated,
            },
            area=ward, home=child.household_id, kind="child", code=child.code,
            cause=f"child.{child.state.value}",
        )  # fmt: skip


def _count_packages(
    session: Session, cycle: Cycle, counts: Counts, tally: Tally, within: Within = EVERYWHERE
) -> set[int]:
    """Count what became of packages, days late, attempts and evidence; return who got one.

    A package without a standing report has none of the last three.
    """
    value_rp = 0
    children: set[int] = set()
    judged = corrected_states(session, cycle=cycle)
    photographed = photographed_events(session, cycle_id=cycle.id or 0)
    events: dict[int, list[DeliveryEvent]] = defaultdict(list)
    for event in standing_events(session, cycle_id=cycle.id or 0, within=within):
        events[event.package_id].append(event)
    rows = packages_with_kelurahan(session, cycle_id=cycle.id or 0, within=within)
    for package, home, stop in rows:
        area = (stop.kelurahan_code if stop is not None else home.kelurahan_code) or UNKNOWN
        arrival, own = _arrival(package, judged), events[package.id or 0]
        figures = {"delivery_planned": 1, arrival: 1, "delivery_attempts": len(own)}
        if arrival in REACHED:
            value_rp += package.cost_rp
            children.add(package.child_id)
            worth = "genting_value_rp", area, home.id, "package", package.code, "", package.cost_rp
            counts.rows.append(CountedRow(*worth))
            figures |= _punctuality(package, own, photographed)
        tally.add(figures, area=area, home=home.id, kind="package", code=package.code)
        count_attempts(package, home, own, area, tally)
    counts.city["genting_children"] = len(children)
    counts.city["genting_value_rp"] = value_rp
    return children


def _punctuality(
    package: Package, events: Sequence[DeliveryEvent], photographed: set[str]
) -> dict[str, int]:
    handed = [event for event in events if event.stop_id == package.stop_id]
    if not handed:
        return {}
    last = handed[-1]
    days_late = max(0, (local_date(last.happened_at) - package.deliver_on).days)
    return {
        "delivery_reached": 1,
        "days_late": days_late,
        "delivery_late": days_late > 0,
        "delivery_evidenced": bool(last.receiver.strip() or last.event_uid in photographed),
    }


def _count_stops(session: Session, cycle: Cycle, tally: Tally, within: Within = EVERYWHERE) -> None:
    empty = _stops_corrected_to_nothing(session, cycle)
    for stop in stops_that_count(session, cycle_id=cycle.id or 0, within=within):
        is_done = stop.state in DONE_STOPS and stop.id not in empty
        tally.add(
            {"delivery_stops": 1, "delivery_stops_done": is_done},
            area=stop.kelurahan_code, home=stop.household_id, kind="stop", code=stop.label,
        )  # fmt: skip


def _reasons_of(rows: Collection[CountedRow]) -> dict[str, int]:
    """Return why packages were not accepted in full, as corrected: reason → packages."""
    return dict(sorted(Counter(row.cause for row in rows).items()))


def _stops_corrected_to_nothing(session: Session, cycle: Cycle) -> set[int]:
    """Return the stops at which by the corrections after closing no package was received."""
    judged = corrected_states(session, cycle=cycle)
    if not judged:
        return set()
    arrivals: dict[int, set[str]] = defaultdict(set)
    told = packages_at_stops_of(session, cycle_id=cycle.id or 0, assignment_ids=judged)
    for package in told:
        arrivals[package.stop_id or 0].add(_arrival(package, judged))
    return {number for number, found in arrivals.items() if found == {FAILED}}


def _arrival(package: Package, corrected: Mapping[int, FulfilmentState]) -> str:
    """Return the figure that a package counts in; a correction after closing has the last word."""
    judged = corrected.get(package.assignment_id)
    return CORRECTED_ARRIVALS[judged] if judged else ARRIVALS.get(package.state, FAILED)


def _with_shares(row: Counter[str]) -> dict[str, float | None]:
    num = row["delivery_reached"]
    return defaultdict(int, row) | {
        "delivery_days_late": row["days_late"] / num if num >= SMALLEST_MEAN else None,
        "delivery_evidence": row["delivery_evidenced"] / num if num else None,
    }
