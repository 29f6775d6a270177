"""The figures of a month that belong to no kelurahan: pairs, sponsors, routes, and reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.corrected_judgements import corrected_judgements, corrected_states
from api.services.months import later_month, months_from
from api.services.replacements import BRIDGE_PLEDGE, BRIDGE_SPONSOR
from api.services.report_reach import TAKEN_BACK
from api.services.report_tally import UNKNOWN, CountedRow
from data.queries.records import present_records
from data.queries.reports import (
    packages_of_pairs,
    packages_with_reason,
    pairs_of_cycle,
    pledges_before,
    receipts_of_month,
    routes_that_count,
    sponsors_with_pledges,
    stops_that_count,
)
from data.reference.reasons import delivery_reasons
from data.schema import Assignment, Child, FulfilmentState, MatchRun, Pledge, PledgeState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from data.schema import Cycle

__all__ = [
    "PEOPLE",
    "count_matching",
    "count_routes",
    "count_sponsors",
    "proof_of",
    "rows_of_city",
    "shortfall_rows",
]

CORRECTED_TO = {
    FulfilmentState.UNFULFILLED: TAKEN_BACK,
    FulfilmentState.PARTLY: "stopped.corrected_part",
}
"""Why a package did not arrive in full where a correction says so and nobody told a reason."""
PEOPLE = (
    "sponsors_registered", "sponsors_active", "sponsors_new", "sponsors_stopped",
    "genting_sponsors",
)  # fmt: skip
"""Figures that count sponsors."""


def count_matching(
    session: Session, cycle: Cycle, pairs: Sequence[tuple[Assignment, Pledge]]
) -> dict[str, int | str]:
    """Tell which run the pairs come from, whether it is proven, and what changed."""
    counted: dict[str, int | str] = {
        "matching_bridged": len(_bridged(pairs)),
        "matching_changes": len(_changed(session, cycle, pairs)),
    }
    run = session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None
    if run is not None:
        counted |= {"matching_run": str(run.id), "matching_proof": proof_of(run)}
    return counted


def _bridged(pairs: Iterable[tuple[Assignment, Pledge]]) -> list[int]:
    return [pair.child_id for pair, pledge in pairs if pledge.code == BRIDGE_PLEDGE]


def _changed(
    session: Session, cycle: Cycle, pairs: Iterable[tuple[Assignment, Pledge]]
) -> list[int]:
    """Return the children whose pledge of the month before does not stand beside them."""
    standing = {(pair.child_id, pair.pledge_id) for pair, _ in pairs}
    present = present_records(session, cycle)
    return [
        present[child_id]
        for child_id, pledge_id in pledges_before(session, cycle_id=cycle.id or 0)
        if (present[child_id], pledge_id) not in standing
    ]


def proof_of(run: MatchRun) -> str:
    """Return the word for how well the least proved of a run's goals is."""
    if any(level.get("status") != "optimal" for level in run.levels):
        return "word.gap"
    is_searched = any(level.get("proof") == "branching" for level in run.levels)
    return "word.searched" if is_searched else "word.optimal"


def count_routes(session: Session, cycle: Cycle) -> dict[str, int | float]:
    """Count the routes that were not cancelled, and their length in kilometres."""
    routes = routes_that_count(session, cycle_id=cycle.id or 0)
    metres = sum(route.distance_m for route in routes)
    return {"delivery_routes": len(routes), "delivery_km": round(metres / 1000, 1)}


@dataclass(slots=True)
class _Sponsors:
    """What a month says of each sponsor, by id; of those merged into another only ``children``.

    ``short_rp`` is what was promised and did not come in, below nought where more came in.
    """

    codes: dict[int, str] = field(default_factory=dict)
    people: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    children: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    pledged: Counter[int] = field(default_factory=Counter)
    received: Counter[int] = field(default_factory=Counter)
    receipts: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def short_rp(self) -> dict[int, int]:
        return {number: self.pledged[number] - self.received[number] for number in self.codes}

    @property
    def supporting(self) -> dict[int, int]:
        """Sponsors with children and how many."""
        return {
            number: len(own)
            for number, own in sorted(self.children.items())
            if number in self.codes
        }


def _read_sponsors(
    session: Session,
    cycle: Cycle,
    pairs: Sequence[tuple[Assignment, Pledge]],
    reached: Collection[int],
) -> _Sponsors:
    receipts, found = receipts_of_month(session, month=cycle.month), _Sponsors()
    for pair, given in pairs:
        found.children[given.sponsor_id].add(pair.child_id)
    for sponsor, pledge in sponsors_with_pledges(session):
        number = sponsor.id or 0
        if sponsor.state.value == "merged":
            continue
        found.codes[number] = sponsor.code
        if pledge is not None and (own := receipts.get(pledge.id or 0, 0)):
            found.received[number] += own
            found.receipts.append((number, pledge.code, own))
        if sponsor.code == BRIDGE_SPONSOR:
            continue  # carries children, but nobody promised them
        found.people["sponsors_registered"].add(number)
        if found.children.get(number, set()) & set(reached):
            found.people["genting_sponsors"].add(number)
        if pledge is None:
            continue
        if covers(pledge, cycle.month):
            found.people["sponsors_active"].add(number)
            found.pledged[number] += pledge.amount_rp
        if pledge.first_month == cycle.month:
            found.people["sponsors_new"].add(number)
        if pledge.ended_on and pledge.ended_on.strftime("%Y-%m") == cycle.month:
            found.people["sponsors_stopped"].add(number)
    return found


def count_sponsors(
    session: Session,
    cycle: Cycle,
    pairs: Sequence[tuple[Assignment, Pledge]],
    reached: Collection[int],
) -> tuple[dict[str, int], list[tuple[str, int, int, int]]]:
    """Count sponsors and rupiah; return the city's figures, and a line per sponsor with children.

    ``reached`` are the children who got a package. A line is code, children, children who got one,
    rupiah received.
    """
    found = _read_sponsors(session, cycle, pairs, reached)
    pledged_rp, received_rp = sum(found.pledged.values()), sum(found.received.values())
    lines = [
        (found.codes[number], num, len(found.children[number] & set(reached)),
         found.received[number])
        for number, num in found.supporting.items()
    ]  # fmt: skip
    return {
        **{figure: len(found.people[figure]) for figure in PEOPLE},
        "sponsors_pledged_rp": pledged_rp,
        "sponsors_received_rp": received_rp,
        "sponsors_shortfall_rp": max(0, pledged_rp - received_rp),
        "matching_max_children": max((len(own) for own in found.children.values()), default=0),
    }, lines


def covers(pledge: Pledge, month: str) -> bool:
    """Whether a pledge runs in a month."""
    if pledge.state in (PledgeState.DRAFT, PledgeState.SUBMITTED, PledgeState.REJECTED):
        return False
    if pledge.ended_on is not None and pledge.ended_on < date.fromisoformat(f"{month}-01"):
        return False
    begun = months_from(pledge.first_month, month) >= 0
    return begun and month < later_month(pledge.first_month, pledge.num_months)


def shortfall_rows(session: Session, cycle: Cycle) -> list[CountedRow]:
    """Return the packages that were not accepted in full, as corrected; one row per reason.

    Where a correction is of a pair that never had a package, its child stands for it.
    """
    figure = "delivery_not_in_full"
    pairs = corrected_states(session, cycle=cycle)
    rows = [
        CountedRow(figure, UNKNOWN, home, "package", code, cause=reason)
        for reason, code, home in packages_with_reason(
            session, cycle_id=cycle.id or 0, beside=pairs
        )
    ]
    owners = packages_of_pairs(session, assignment_ids=pairs)
    for pair_id, judged in corrected_judgements(session, assignment_ids=pairs).items():
        if judged.state in CORRECTED_TO:
            is_known = judged.reason in delivery_reasons()
            reason = str(judged.reason) if is_known else CORRECTED_TO[judged.state]
            package, child, home = owners[pair_id]
            kind = "package" if package else "child"
            rows.append(CountedRow(figure, UNKNOWN, home, kind, package or child, cause=reason))
    return rows


def rows_of_city(
    session: Session, cycle: Cycle, *, figures: Collection[str], reached: Collection[int]
) -> list[CountedRow]:
    """Return the rows of figures that belong to no kelurahan, of those asked for.

    Beside the figures of the table: ``road_stops`` and ``pairs_children`` are the stops of each
    route and the children of each sponsor, which means of routes and sponsors are made of.
    """
    pairs = pairs_of_cycle(session, cycle_id=cycle.id or 0)
    makers = (
        _rows_of_sponsors(_read_sponsors(session, cycle, pairs, reached)),
        _rows_of_routes(session, cycle),
        _rows_of_pairs(session, cycle, pairs, reached),
        shortfall_rows(session, cycle),
    )
    return [row for rows in makers for row in rows if row.figure in figures]


def _rows_of_sponsors(found: _Sponsors) -> Iterator[CountedRow]:
    """Return a row per sponsor in each figure of sponsors, and per amount of rupiah."""
    told: dict[str, Mapping[int, int]] = {
        **{figure: dict.fromkeys(found.people[figure], 1) for figure in PEOPLE},
        "pairs_sponsors": dict.fromkeys(found.supporting, 1),
        "pairs_children": found.supporting,
        "sponsors_pledged_rp": found.pledged,
        "sponsors_received_rp": found.received,
        "sponsors_shortfall_rp": found.short_rp,
    }
    for figure, by_sponsor in told.items():
        for number, amount in sorted(by_sponsor.items()):
            if amount:
                yield CountedRow(figure, UNKNOWN, None, "sponsor", found.codes[number], "", amount)
    for number, pledge, amount in found.receipts:
        sponsor = found.codes[number]
        yield CountedRow(
            "sponsor_received_rp", UNKNOWN, None, "pledge", pledge, "", amount, sponsor=sponsor
        )


def _rows_of_routes(session: Session, cycle: Cycle) -> Iterator[CountedRow]:
    stops = Counter(stop.route_id for stop in stops_that_count(session, cycle_id=cycle.id or 0))
    for route in routes_that_count(session, cycle_id=cycle.id or 0):
        told = (
            ("delivery_routes", 1),
            ("delivery_km", route.distance_m),
            ("road_stops", stops[route.id]),
        )
        for figure, amount in told:
            if amount:
                yield CountedRow(figure, UNKNOWN, None, "route", route.code, "", amount)


def _rows_of_pairs(
    session: Session,
    cycle: Cycle,
    pairs: Sequence[tuple[Assignment, Pledge]],
    reached: Collection[int],
) -> Iterator[CountedRow]:
    codes = {sponsor.id: sponsor.code for sponsor, _ in sponsors_with_pledges(session)}
    with_sponsor = [(pair.child_id, codes[pledge.sponsor_id]) for pair, pledge in pairs]
    told: dict[str, Iterable[tuple[int, str]]] = {
        "matching_bridged": ((child, "") for child in _bridged(pairs)),
        "matching_changes": ((child, "") for child in _changed(session, cycle, pairs)),
        "sponsor_children": with_sponsor,
        "sponsor_packages": (each for each in with_sponsor if each[0] in reached),
    }
    listed = [(figure, *each) for figure, own in told.items() for each in own]
    known = {
        number: (code, home)
        for number, code, home in session.exec(
            select(Child.id, Child.code, Child.household_id).where(
                col(Child.id).in_({number for _, number, _ in listed})
            )
        )
    }
    for figure, number, sponsor in listed:
        code, home = known[number]
        yield CountedRow(figure, UNKNOWN, home, "child", code, sponsor=sponsor)
