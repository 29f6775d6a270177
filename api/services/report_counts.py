"""The figures of the monthly report, counted by kelurahan from the rows themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from api.services.months import first_day, last_day, later_month, months_from
from data.queries.reports import (
    children_of_cycle,
    consented_children,
    failure_reasons,
    measurements_between,
    packages_with_kelurahan,
    pairs_of_cycle,
    receipts_of_month,
    routes_that_count,
    sponsors_with_pledges,
    stops_that_count,
    unassigned_reasons,
)
from data.schema import ChildState, PackageState, PledgeState, StopState

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle, Pledge

__all__ = ["AREA_COUNTS", "Counts", "count_month"]

UNKNOWN = ""
"""Kelurahan of rows that have none."""
SEVERE_WHZ = -3.0
DONE_STOPS = (
    StopState.DELIVERED,
    StopState.PARTLY_DELIVERED,
    StopState.LEFT_WITH_RECEIVER,
    StopState.PICKED_UP,
)
AREA_COUNTS = {
    "target": (
        "target_registered",
        "target_eligible",
        "target_consented",
        "target_new",
        "target_graduated",
        "target_left",
    ),
    "matching": ("matching_matched", "matching_unmatched"),
    "delivery": (
        "delivery_planned",
        "delivery_delivered",
        "delivery_partial",
        "delivery_failed",
        "delivery_stops",
        "delivery_stops_done",
    ),
    "nutrition": (
        "nutrition_measured",
        "nutrition_gain_n",
        "nutrition_gain_t",
        "nutrition_gain_o",
        "nutrition_gain_b",
        "nutrition_severe",
    ),
}
"""Columns of the tables by area; each is a count that may be added up."""


@dataclass(slots=True)
class Counts:
    """A month in figures.

    Attributes
    ----------
    areas
        Kelurahan code → figure → count.
    city
        Figures that belong to no kelurahan.
    unmatched_reasons, failure_reasons
        Reason → count.
    sponsors
        Sponsor code, name, children, packages received, rupiah received; never leaves the office.
    """

    areas: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    city: dict[str, int] = field(default_factory=dict)
    unmatched_reasons: dict[str, int] = field(default_factory=dict)
    failure_reasons: dict[str, int] = field(default_factory=dict)
    sponsors: list[tuple[str, str, int, int, int]] = field(default_factory=list)


def count_month(session: Session, *, cycle: Cycle) -> Counts:
    """Count a month."""
    counts = Counts()
    _count_children(session, cycle, counts)
    _count_delivery(session, cycle, counts)
    _count_nutrition(session, cycle, counts)
    _count_sponsors(session, cycle, counts)
    if cycle.match_run_id is not None:
        counts.unmatched_reasons = unassigned_reasons(session, match_run_id=cycle.match_run_id)
    counts.failure_reasons = failure_reasons(session, cycle_id=cycle.id or 0)
    return counts


def _count_children(session: Session, cycle: Cycle, counts: Counts) -> None:
    first, last = first_day(cycle.month), last_day(cycle.month)
    consented = consented_children(session, on=last)
    matched = {pair.child_id for pair, _ in pairs_of_cycle(session, cycle_id=cycle.id or 0)}
    for frozen, child in children_of_cycle(session, cycle_id=cycle.id or 0):
        area = counts.areas[frozen.kelurahan_code or UNKNOWN]
        area["target_registered"] += 1
        if frozen.is_eligible:
            area["target_eligible"] += 1
            area["target_consented"] += frozen.child_id in consented
            area["target_new"] += child.registered_month == cycle.month
            area["matching_matched"] += frozen.child_id in matched
            area["matching_unmatched"] += frozen.child_id not in matched
        left_now = child.effective_on is not None and first <= child.effective_on <= last
        area["target_graduated"] += left_now and child.state == ChildState.GRADUATED
        area["target_left"] += left_now and child.state == ChildState.EXITED


def _count_delivery(session: Session, cycle: Cycle, counts: Counts) -> None:
    taken = {
        PackageState.ACCEPTED: "delivery_delivered",
        PackageState.PARTLY_ACCEPTED: "delivery_partial",
    }
    value_rp = 0
    children: set[int] = set()
    for package, home, stop in packages_with_kelurahan(session, cycle_id=cycle.id or 0):
        code = stop.kelurahan_code if stop is not None else home.kelurahan_code
        area = counts.areas[code or UNKNOWN]
        area["delivery_planned"] += 1
        area[taken.get(package.state, "delivery_failed")] += 1
        if package.state in taken:
            value_rp += package.cost_rp
            children.add(package.child_id)
    for stop in stops_that_count(session, cycle_id=cycle.id or 0):
        area = counts.areas[stop.kelurahan_code or UNKNOWN]
        area["delivery_stops"] += 1
        area["delivery_stops_done"] += stop.state in DONE_STOPS
    routes = routes_that_count(session, cycle_id=cycle.id or 0)
    counts.city["delivery_routes"] = len(routes)
    counts.city["delivery_distance_m"] = sum(route.distance_m for route in routes)
    counts.city["genting_children"] = len(children)
    counts.city["genting_value_rp"] = value_rp


def _count_nutrition(session: Session, cycle: Cycle, counts: Counts) -> None:
    measured = measurements_between(
        session, first=first_day(cycle.month), last=last_day(cycle.month)
    )
    for frozen, _ in children_of_cycle(session, cycle_id=cycle.id or 0):
        row = measured.get(frozen.child_id)
        if row is None or not frozen.is_eligible:
            continue
        area = counts.areas[frozen.kelurahan_code or UNKNOWN]
        area["nutrition_measured"] += 1
        if row.weight_gain in ("N", "T", "O", "B"):
            area[f"nutrition_gain_{row.weight_gain.lower()}"] += 1
        wasted = row.has_oedema or (row.whz is not None and row.whz < SEVERE_WHZ)
        area["nutrition_severe"] += wasted


def _count_sponsors(session: Session, cycle: Cycle, counts: Counts) -> None:
    received = receipts_of_month(session, month=cycle.month)
    taken = {
        package.child_id
        for package, _, _ in packages_with_kelurahan(session, cycle_id=cycle.id or 0)
        if package.state in (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)
    }
    children: dict[int, set[int]] = defaultdict(set)
    for pair, given in pairs_of_cycle(session, cycle_id=cycle.id or 0):
        children[given.sponsor_id].add(pair.child_id)
    registered, active, new, stopped, giving = set(), set(), set(), set(), set()
    pledged_rp = received_rp = 0
    rows: dict[int, list[object]] = {}
    for sponsor, pledge in sponsors_with_pledges(session):
        number = sponsor.id or 0
        if sponsor.state.value == "merged":
            continue
        registered.add(number)
        own = received.get(pledge.id or 0, 0) if pledge else 0
        received_rp += own
        row = rows.setdefault(number, [sponsor.code, sponsor.name, 0])
        row[2] = int(str(row[2])) + own
        if pledge is None:
            continue
        if covers(pledge, cycle.month):
            active.add(number)
            pledged_rp += pledge.amount_rp
        if pledge.first_month == cycle.month:
            new.add(number)
        if pledge.ended_on and pledge.ended_on.strftime("%Y-%m") == cycle.month:
            stopped.add(number)
    for number, own_children in sorted(children.items()):
        if number in rows:
            code, name, rupiah = rows[number]
            got = len(own_children & taken)
            if got:
                giving.add(number)
            counts.sponsors.append((str(code), str(name), len(own_children), got, int(str(rupiah))))
    counts.city |= {
        "sponsors_registered": len(registered),
        "sponsors_active": len(active),
        "sponsors_new": len(new),
        "sponsors_stopped": len(stopped),
        "sponsors_pledged_rp": pledged_rp,
        "sponsors_received_rp": received_rp,
        "sponsors_shortfall_rp": max(0, pledged_rp - received_rp),
        "matching_max_children": max((len(own) for own in children.values()), default=0),
        "genting_sponsors": len(giving),
    }


def covers(pledge: Pledge, month: str) -> bool:
    """Whether a pledge runs in a month."""
    if pledge.state in (PledgeState.DRAFT, PledgeState.SUBMITTED, PledgeState.REJECTED):
        return False
    if pledge.ended_on is not None and pledge.ended_on < date.fromisoformat(f"{month}-01"):
        return False
    begun = months_from(pledge.first_month, month) >= 0
    return begun and month < later_month(pledge.first_month, pledge.num_months)
