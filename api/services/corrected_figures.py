"""What one correction of a closed month changes in its figures, without counting the city again.

A correction is about one pair: only the rows of its family, its stop and its sponsor can differ.
They are counted before and after it, and the difference is added to what the last version told.
Whatever else came to be known since stays as it was reported.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services.kept_figures import is_of_way
from api.services.replacements import BRIDGE_SPONSOR
from api.services.report_counts import REACHED, count_families_of
from api.services.report_reach import STEPS, step_of
from api.services.team_counts import TEAM_LEVELS, figures_of_units, unit_of
from data.queries.companions import family_places
from data.queries.reports import COUNTED
from data.schema import Assignment, Child, CompanionTeam, Household, Package, Pledge, Sponsor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.services.report_tally import CountedRow
    from data.schema import Cycle

__all__ = ["PairCounts", "content_as_corrected", "count_pair", "has_moved_on"]

ARRIVALS = (*REACHED, "delivery_failed")
OF_ARRIVED = ("delivery_reached", "days_late", "delivery_late", "delivery_evidenced")
"""Figures that an area has only where a package arrived."""


@dataclass(frozen=True, slots=True)
class PairCounts:
    """What the family, the stop and the sponsors of a pair come to in a month.

    ``sponsors`` are the codes of who stands beside the child, ``homes`` the ids of all households
    whose rows these are.
    """

    rows: Counter[CountedRow]
    reached: frozenset[int]
    value_rp: int
    failure_reasons: Mapping[str, int]
    child_id: int
    sponsors: frozenset[str]
    homes: frozenset[int]


def count_pair(session: Session, *, cycle: Cycle, assignment_id: int) -> PairCounts:
    """Count what a correction of a pair can change, as the month stands now."""
    child_id = session.get_one(Assignment, assignment_id).child_id
    own = select(Package).where(Package.cycle_id == cycle.id, Package.child_id == child_id)
    packages = session.exec(own).all()
    homes = select(Child.household_id).where(
        (col(Child.id) == child_id) | (col(Child.duplicate_of_id) == child_id)
    )
    sponsors = (
        select(Sponsor.code)
        .join(Pledge, col(Pledge.sponsor_id) == Sponsor.id)
        .join(Assignment, col(Assignment.pledge_id) == Pledge.id)
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.child_id == child_id,
            col(Assignment.state).in_(COUNTED),
        )
    )
    own_homes = frozenset(session.exec(homes)) | {each.household_id for each in packages}
    stops = frozenset(each.stop_id for each in packages if each.stop_id is not None)
    beside = select(Package.household_id).where(col(Package.stop_id).in_(stops))
    counts, reached = count_families_of(session, cycle=cycle, homes=own_homes, stops=stops)
    return PairCounts(
        rows=Counter(counts.rows),
        reached=reached,
        value_rp=int(counts.city["genting_value_rp"]),
        failure_reasons=counts.failure_reasons,
        child_id=child_id,
        sponsors=frozenset(session.exec(sponsors)),
        homes=own_homes | frozenset(session.exec(beside)),
    )


def has_moved_on(session: Session, homes: Iterable[int], *, since: datetime) -> bool:
    """Return whether households, or what a team accompanies, were changed since an instant.

    Then a family may count at another posyandu, puskesmas or team than a version from then says.
    """
    edited = select(Household.id).where(
        col(Household.id).in_(homes), col(Household.updated_at) > since
    )
    teams = select(CompanionTeam.id).where(col(CompanionTeam.updated_at) > since)
    return any(session.exec(asked.limit(1)).first() is not None for asked in (edited, teams))


def content_as_corrected(
    session: Session,
    *,
    cycle: Cycle,
    last: dict[str, Any],
    before: PairCounts,
    after: PairCounts,
) -> dict[str, Any] | None:
    """Return what the version after ``last`` keeps; None where the difference does not fit it.

    That is so where the register moved on: a sponsor was merged, or a figure would fall below
    nought. Then, as where :func:`has_moved_on`, the month has to be counted as a whole.
    """
    told = last.get("causes") is not None
    changed = {
        row: times
        for row in before.rows.keys() | after.rows.keys()
        if (times := after.rows[row] - before.rows[row]) and (told or not is_of_way(row.figure))
    }
    sponsors, giving = _sponsors(last, before, after)
    content = last | {
        "areas": _areas(last["areas"], changed),
        "failure_reasons": _moved(
            last["failure_reasons"], after.failure_reasons, before.failure_reasons
        ),
        "sponsors": sponsors,
        "city": last["city"]
        | {
            "genting_children": last["city"]["genting_children"]
            + len(after.reached)
            - len(before.reached),
            "genting_value_rp": last["city"]["genting_value_rp"] + after.value_rp - before.value_rp,
            "genting_sponsors": last["city"]["genting_sponsors"] + giving,
        },
    }
    content["causes"] = _causes(last["causes"], changed) if told else None
    if last.get("teams"):
        content["teams"] = _teams(session, cycle, last["teams"], changed)
    fits = before.sponsors <= {code for code, *_ in last["sponsors"]}
    return content if fits and not _is_below_nought(content) else None


def _areas(
    last: Mapping[str, Mapping[str, int]], changed: Mapping[CountedRow, int]
) -> dict[str, dict[str, int]]:
    areas = {code: dict(row) for code, row in last.items()}
    for row, times in changed.items():
        own = areas.setdefault(row.kelurahan_code, {})
        own[row.figure] = own.get(row.figure, 0) + times * int(row.amount)
    for code in {row.kelurahan_code for row in changed}:
        area = areas[code]
        for figure in ARRIVALS:
            if area.get(figure) == 0:
                del area[figure]
        for figure in OF_ARRIVED:
            if area.get(OF_ARRIVED[0]):
                area.setdefault(figure, 0)
            elif not any(area.get(each) for each in OF_ARRIVED):
                area.pop(figure, None)
    return dict(sorted(areas.items()))


def _causes(last: Mapping[str, int], changed: Mapping[CountedRow, int]) -> dict[str, int]:
    """Return what stopped children; who is known hangs on the register, and is none of it."""
    more = Counter[str]()
    for row, times in changed.items():
        if row.figure == STEPS[0] and row.cause and step_of(row.cause) != STEPS[0]:
            more[row.cause] += times
    return _moved(last, more, {})


def _moved(
    last: Mapping[str, int], more: Mapping[str, int], less: Mapping[str, int]
) -> dict[str, int]:
    found = {
        code: last.get(code, 0) + more.get(code, 0) - less.get(code, 0)
        for code in sorted(last.keys() | more.keys() | less.keys())
    }
    return {code: count for code, count in found.items() if count}


def _sponsors(
    last: Mapping[str, Any], before: PairCounts, after: PairCounts
) -> tuple[list[list[Any]], int]:
    """Return the lines of sponsors, and how many more of them have a child that got a package."""
    gained = (before.child_id in after.reached) - (before.child_id in before.reached)
    lines, giving = [], 0
    for code, children, packages, rupiah in last["sponsors"]:
        now = packages + gained * (code in before.sponsors)
        if code != BRIDGE_SPONSOR:
            giving += (now > 0) - (packages > 0)
        lines.append([code, children, now, rupiah])
    return lines, giving


def _teams(
    session: Session,
    cycle: Cycle,
    last: Mapping[str, Mapping[str, Mapping[str, int]]],
    changed: Mapping[CountedRow, int],
) -> dict[str, dict[str, dict[str, int]]]:
    figures = figures_of_units(cycle.month)
    teams = {level: {unit: dict(row) for unit, row in last[level].items()} for level in last}
    places = family_places(session)
    for row, times in changed.items():
        for level in TEAM_LEVELS:
            unit = unit_of(row, level, places)
            if row.figure in figures and unit is not None:
                own = teams[level].setdefault(unit, {})
                own[row.figure] = own.get(row.figure, 0) + times * int(row.amount)
    return {
        level: {
            unit: counts
            for unit, row in sorted(units.items())
            if (counts := {figure: count for figure, count in row.items() if count})
        }
        for level, units in teams.items()
    }


def _is_below_nought(content: Mapping[str, Any]) -> bool:
    rows: Iterable[Mapping[str, int]] = (
        *content["areas"].values(),
        *(row for units in (content.get("teams") or {}).values() for row in units.values()),
        content["causes"] or {},
        content["failure_reasons"],
    )
    return any(count < 0 for row in rows for count in row.values())
