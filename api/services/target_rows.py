"""The rows behind a figure of targeting: which children, promises and answers it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.services import looks
from api.services.access import must_hold
from api.services.errors import NotFound
from api.services.targeting import target_children
from data.age import months_of_days
from data.monitoring.targeting import WAITING_LONG_MONTHS, age_band
from data.queries.targeting import (
    answers_of_packages,
    codes_and_posyandu,
    promises_of_cycle,
)
from data.reference.indicators import indicators
from data.schema import Eaten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.monitoring.targeting import TargetChild
    from data.reference.indicators import Indicator
    from data.schema import Account, Cycle

__all__ = [
    "CHILD_READ",
    "FIGURES",
    "BehindTarget",
    "TargetRow",
    "address_of",
    "counts_children",
    "rows_of_target",
]

CHILD_READ = "child:read"
"""Who may open rows that are children: need, doubts and waiting of each stand in them."""

CHILDREN: Mapping[str, Callable[[TargetChild], bool]] = {
    "target_eligible": lambda child: child.is_eligible,
    "matching_matched": lambda child: child.is_eligible and child.is_served,
    "matching_unmatched": lambda child: child.is_eligible and not child.is_served,
    "served": lambda child: child.is_eligible,
    "waiting_long": lambda child: (
        child.is_eligible and not child.is_served and child.months_waiting >= WAITING_LONG_MONTHS
    ),
    "waiting_months": lambda child: child.is_eligible and not child.is_served,
    "inclusion_doubtful": lambda child: bool(child.doubts),
    "spread_packages": lambda child: child.is_eligible and child.packages > 0,
    "spread_per_child": lambda child: child.is_eligible,
    "concentration": lambda child: child.is_eligible,
}
"""Figures → the children that count in them; of a share, all its cases."""
GROUPS: Mapping[str, Callable[[TargetChild], str]] = {
    "": lambda _child: "",
    "tier": lambda child: str(child.tier or ""),
    "age": lambda child: age_band(child.age_days),
    "sex": lambda child: child.sex,
    "area": lambda child: child.area,
    "all": lambda child: combined(child.area, child.tier or 0, age_band(child.age_days), child.sex),
    "reason": lambda child: child.reason,
}
"""By what a table parts children → the part that a child is in."""
DOUBT = "doubt"
"""Of doubts a child may have several."""
ANSWERS: Mapping[str, frozenset[Eaten]] = {
    "eaten_asked": frozenset(Eaten),
    "eaten_by_child": frozenset({Eaten.CHILD}),
}
PROMISES = ("chain_promised", "chain_received")
CHAIN = "chain_number"
FIGURES = frozenset({*CHILDREN, CHAIN})
"""Figures of the sheet that have rows here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A child, package or promise that counts; what does not belong to its kind is None.

    ``kind`` is ``child``, ``package`` or ``pledge``; ``answer`` what a family said.
    """

    kind: str
    code: str
    area: str = ""
    posyandu: str = ""
    age_months: int | None = None
    tier: int | None = None
    is_served: bool | None = None
    reason: str = ""
    months_waiting: int | None = None
    packages: int | None = None
    places: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class BehindTarget:
    """What a figure means, how many rows it counts, and those of them that are shown."""

    indicator: Indicator
    num_rows: int
    rows: tuple[TargetRow, ...]


def counts_children(figure: str) -> bool:
    """Whether the rows of a figure are children; else they are promises or answers."""
    return figure in CHILDREN


def combined(area: str, tier: int, band: str, sex: str) -> str:
    """Return the name of a combination of groups in addresses."""
    return "|".join((area, str(tier), band, sex))


def address_of(month: str, *, by: str = "", part: str = "", figure: str = "{code}") -> str:
    """Return where a page leads to from a figure of a part of a table."""
    where = {"bulan": month} | ({"menurut": by, "isi": part} if by else {})
    return f"/monev/sasaran/baris?angka={figure}&{urlencode(where)}"


def rows_of_target(
    session: Session,
    *,
    cycle: Cycle,
    figure: str,
    group: str,
    part: str,
    by: Account,
    now: datetime,
    shown: Callable[[int], slice] = lambda _num_rows: slice(None),
) -> BehindTarget:
    """Return what a figure means and its rows; who looked is noted, as rows are children.

    Children stand in the order of their records, packages and promises by code. ``shown`` says
    which of so many rows are wanted: only of these is read who they are.

    Raises
    ------
    NotFound
        ``monitoring.figure`` for a figure or group that there is not.
    Forbidden
        ``access.role`` for children to whom may not read them.
    """
    code = CHAIN if figure in {*ANSWERS, *PROMISES} else figure
    indicator = next((each for each in indicators(cycle.month) if each.code == code), None)
    known = figure in {*CHILDREN, *ANSWERS, *PROMISES} and group in {*GROUPS, DOUBT}
    if indicator is None or not known:
        raise NotFound("monitoring.figure", found=figure)
    if counts_children(figure):
        must_hold(by, CHILD_READ)
        counted = _children(session, cycle, figure, group, part)
        num_rows = len(counted)
        rows = _named(session, counted[shown(num_rows)])
    else:
        found = _promises_or_answers(session, cycle, figure)
        num_rows = len(found)
        rows = sorted(found, key=lambda row: row.code)[shown(num_rows)]
    if num_rows:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id=figure, now=now,
            after={"month": cycle.month, "level": group or "city", "unit": part,
                   "rows": num_rows},
        )  # fmt: skip
    return BehindTarget(indicator, num_rows, tuple(rows))


def _children(
    session: Session, cycle: Cycle, figure: str, group: str, part: str
) -> list[TargetChild]:
    """Return the children that count in a figure and part, in the order of their records."""
    counts = CHILDREN[figure]

    def is_in(child: TargetChild) -> bool:
        return part in child.doubts if group == DOUBT else GROUPS[group](child) == part

    counted = [
        child for child in target_children(session, cycle=cycle) if counts(child) and is_in(child)
    ]
    return sorted(counted, key=lambda child: child.child_id)


def _named(session: Session, children: Sequence[TargetChild]) -> list[TargetRow]:
    known = codes_and_posyandu(session, child_ids=[child.child_id for child in children])
    return [
        TargetRow(
            kind="child",
            code=known[child.child_id][0],
            area=child.area,
            posyandu=known[child.child_id][1],
            age_months=months_of_days(child.age_days),
            tier=child.tier,
            is_served=child.is_served,
            reason=child.reason,
            months_waiting=child.months_waiting,
            packages=child.packages,
        )
        for child in children
    ]


def _promises_or_answers(session: Session, cycle: Cycle, figure: str) -> list[TargetRow]:
    if figure in ANSWERS:
        return _answers(session, cycle, ANSWERS[figure])
    return _promises(session, cycle, cycle.month if figure == "chain_received" else None)


def _answers(session: Session, cycle: Cycle, wanted: frozenset[Eaten]) -> list[TargetRow]:
    return [
        TargetRow(kind="package", code=code, answer=eaten.value)
        for code, eaten in answers_of_packages(session, cycle_id=cycle.id or 0)
        if eaten in wanted
    ]


def _promises(session: Session, cycle: Cycle, received_in: str | None) -> list[TargetRow]:
    return [
        TargetRow(kind="pledge", code=code, places=capacity)
        for code, capacity in promises_of_cycle(
            session, cycle_id=cycle.id or 0, received_in=received_in
        )
        if capacity
    ]
