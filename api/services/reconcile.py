"""The end of a month: everything adds up, a sample of families confirms it, and it freezes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services import audit
from api.services.amended_goods import amended_units
from api.services.amendments import amend_cycle
from api.services.balance import ItemBalance, balance_items
from api.services.clock import local_date
from api.services.corrected_judgements import judgement
from api.services.cycle_lock import hold_cycle
from api.services.delivery_state import FINAL_STOPS, effective_event
from api.services.errors import Refused
from api.services.family_answers import doubt_record, settle_answers
from api.services.kept_reports import contradicts_late_news, settle_corrected, take_up_late
from api.services.moves import move_cycle, need_move
from api.services.packing import without_kit
from api.services.pickups import OPEN as OPEN_PICKUPS
from api.services.pickups import list_pickups
from api.services.public_report import keep_hidden
from api.services.report_versions import keep_figures
from api.services.verification import answer_call, draw_sample
from api.services.verification_views import CallView, call_view, list_calls
from data.queries.closing import on_record_of
from data.queries.cycles import STANDING
from data.queries.deliveries import events_by_package
from data.queries.exceptions import count_open_exceptions
from data.queries.goods import lines_by_package
from data.queries.routes import ROUTE_NUMBER
from data.schema import (
    Assignment,
    AssignmentState,
    Cycle,
    CycleState,
    Fulfilment,
    FulfilmentState,
    Package,
    PackageState,
    Role,
    Route,
    RouteState,
    Stop,
    VerificationCall,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.report_privacy import FigureCell
    from data.schema import Account, Amendment, DeliveryEvent

__all__ = [
    "CallView",
    "CountedMonth",
    "ItemBalance",
    "Reconciliation",
    "answer_call",
    "call_view",
    "close_cycle",
    "correct_closed",
    "draw_sample",
    "earlier_open",
    "judge_fulfilments",
    "list_calls",
    "list_fulfilments",
    "need_closable",
    "need_unchanged",
    "ready_to_close",
    "reconciliation",
    "resume_distribution",
    "start_reconciling",
    "what_keeps_open",
]

P = PackageState
MOST_TOLD = 10
"""How many stops or packages a refusal names; the page lists the others."""
F = FulfilmentState
JUDGED = {
    F.FULFILLED: AssignmentState.FULFILLED,
    F.PARTLY: AssignmentState.PARTLY_FULFILLED,
    F.UNFULFILLED: AssignmentState.UNFULFILLED,
}
OPEN_PACKAGES = (P.PLANNED, P.RESERVED, P.PACKED, P.LOADED, P.REJECTED, P.RETURNED)
"""Packages whose goods are neither handed over, back, written off nor carried over."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether a month adds up, and what keeps it open."""

    items: tuple[ItemBalance, ...]
    open_stops: tuple[str, ...]
    """Labels as ``R-2612-03/4``."""
    open_packages: tuple[str, ...]
    open_by_state: dict[PackageState, int]
    """How many of them are in which state, in the order of a package's way."""
    open_exceptions: int
    num_calls: int
    num_answered: int
    amended: dict[str, int]
    """Units that corrections after the closing moved, by where they are now; the sum is zero."""

    @property
    def is_balanced(self) -> bool:
        """Whether packed = delivered + returned + spoiled + lost + carried for every item."""
        return not any(item.difference for item in self.items) and not self.open_packages


def reconciliation(
    session: Session, *, cycle: Cycle, reader: Role = Role.APPROVER
) -> Reconciliation:
    """Return how a month adds up now, with the cases that the reader may see; reads only."""
    packages = session.exec(
        select(Package.code, Package.state)
        .where(Package.cycle_id == cycle.id, col(Package.state).in_(OPEN_PACKAGES))
        .order_by(col(Package.code))
    ).all()
    by_state = Counter(state for _, state in packages)
    calls = session.exec(
        select(VerificationCall).where(
            VerificationCall.cycle_id == cycle.id, col(VerificationCall.case_id).is_(None)
        )
    ).all()
    return Reconciliation(
        items=balance_items(session, cycle=cycle),
        open_stops=_open_stops(session, cycle),
        open_packages=tuple(code for code, _ in packages),
        open_by_state={state: by_state[state] for state in OPEN_PACKAGES if by_state[state]},
        open_exceptions=count_open_exceptions(session, reader=reader, cycle_id=cycle.id),
        num_calls=len(calls),
        num_answered=sum(call.answer is not None for call in calls),
        amended=amended_units(session, cycle=cycle),
    )


def start_reconciling(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """End distribution: every stop must have a final state. Draws the sample of families.

    Raises
    ------
    Refused
        ``reconcile.open_stops`` naming the stops that nobody has reported on.
    """
    hold_cycle(session, cycle)
    open_stops = _open_stops(session, cycle)
    if cycle.state == CycleState.DISTRIBUTING and open_stops:
        raise Refused("reconcile.open_stops", **_told_stops(open_stops))
    move_cycle(session, cycle=cycle, verb="reconcile", by=by, now=now)
    draw_sample(session, cycle=cycle, by=by, now=now)
    judge_fulfilments(session, cycle=cycle, now=now)
    _note(session, cycle, "cycle:reconcile", by, now)
    return cycle


def resume_distribution(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Go back from reconciling to distributing; what phones brought meanwhile counts now."""
    hold_cycle(session, cycle)
    move_cycle(session, cycle=cycle, verb="resume", by=by, now=now, reason=reason)
    for pair in session.exec(
        select(Assignment).where(
            Assignment.cycle_id == cycle.id, col(Assignment.state).in_(JUDGED.values())
        )
    ):
        pair.state = AssignmentState.APPROVED
        session.add(pair)
    take_up_late(session, cycle=cycle, by=by, now=now)
    _note(session, cycle, "cycle:resume", by, now, purpose=reason)
    session.flush()
    return cycle


def judge_fulfilments(session: Session, *, cycle: Cycle, now: datetime) -> list[Fulfilment]:
    """Judge every approved assignment from its package's lines."""
    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    packages = {
        package.child_id: package
        for package in session.exec(select(Package).where(Package.cycle_id == cycle.id))
        if package.state != P.CANCELLED
    }
    events = events_by_package(session, package_ids=[p.id or 0 for p in packages.values()])
    pairs = session.exec(
        select(Assignment).where(
            Assignment.cycle_id == cycle.id,
            col(Assignment.state).in_((AssignmentState.APPROVED, *JUDGED.values())),
        )
    ).all()
    known = {
        row.assignment_id: row
        for row in session.exec(select(Fulfilment).where(Fulfilment.cycle_id == cycle.id))
    }
    kitless = {one.child_id: one.reason for one in without_kit(session, cycle=cycle)}
    judged = []
    for pair in pairs:
        package = packages.get(pair.child_id)
        number = (package.id or 0) if package else 0
        event = effective_event(events.get(number, []), package.stop_id) if package else None
        packed = sum(line.quantity for line in lines.get(number, []))
        accepted = sum(line.accepted for line in lines.get(number, []))
        row = known.get(pair.id or 0) or Fulfilment(
            cycle_id=cycle.id or 0,
            assignment_id=pair.id or 0,
            child_id=pair.child_id,
            state=F.UNFULFILLED,
            packed_items=0,
            accepted_items=0,
            judged_at=now,
        )
        row.packed_items, row.accepted_items, row.judged_at = packed, accepted, now
        row.state = judgement(packed, accepted)
        row.delivered_on = local_date(event.happened_at) if event and accepted else None
        missing = kitless.get(pair.child_id, "no_package")
        row.reason = None if row.state == F.FULFILLED else _why(package, event, missing)
        pair.state = JUDGED[row.state]
        session.add(row)
        session.add(pair)
        judged.append(row)
    session.flush()
    return judged


def list_fulfilments(session: Session, *, cycle: Cycle) -> list[Fulfilment]:
    """Return the judgements of a month's pairs, without those of pairs withdrawn since."""
    rows = (
        select(Fulfilment)
        .join(Assignment, col(Assignment.id) == Fulfilment.assignment_id)
        .where(Fulfilment.cycle_id == cycle.id, col(Assignment.state).in_(STANDING))
    )
    return list(session.exec(rows.order_by(col(Fulfilment.assignment_id))))


def earlier_open(session: Session, *, cycle: Cycle) -> list[Cycle]:
    """Return the months before this one that were approved and never closed, the oldest first."""
    under_way = (
        CycleState.APPROVED,
        CycleState.PACKING,
        CycleState.DISTRIBUTING,
        CycleState.RECONCILING,
    )
    rows = session.exec(
        select(Cycle)
        .where(
            Cycle.city_code == cycle.city_code,
            Cycle.month < cycle.month,
            col(Cycle.state).in_(under_way),
        )
        .order_by(col(Cycle.month))
    )
    return list(rows)


def what_keeps_open(
    session: Session, *, cycle: Cycle, state: Reconciliation | None = None
) -> list[Refused]:
    """Return everything for which closing a month would be refused now, in order; see there.

    ``state`` is its reconciliation where the caller has read it.
    """
    state = state or reconciliation(session, cycle=cycle)
    found = []
    if state.open_packages:
        told = [*state.open_packages[:MOST_TOLD], *["…"][: len(state.open_packages) > MOST_TOLD]]
        found.append(
            Refused("reconcile.open_packages", count=len(state.open_packages), packages=told)
        )
    wrong = [
        [item.item_code, f"{item.difference:+d}", f"({', '.join(item.package_codes)})"]
        for item in state.items
        if item.difference
    ]
    if wrong:
        found.append(Refused("reconcile.difference", items=wrong))
    fetching = [
        row.label for row in list_pickups(session, cycle=cycle) if row.state in OPEN_PICKUPS
    ]
    if fetching:
        found.append(
            Refused("reconcile.open_pickups", count=len(fetching), pickups=fetching[:MOST_TOLD])
        )
    if state.open_exceptions:
        found.append(Refused("reconcile.open_exceptions", count=state.open_exceptions))
    if state.num_answered < state.num_calls:
        missing = state.num_calls - state.num_answered
        found.append(Refused("reconcile.calls", missing=missing))
    return found


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """What a version is to keep of a month, and what was on record of it when it was counted."""

    content: dict[str, Any]
    on_record: tuple[object, ...]
    hidden: frozenset[FigureCell] | None = None
    """What the public variant hides; None where that takes no time."""


def ready_to_close(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str = ""
) -> None:
    """Judge what every pair came to, in a month that can be closed; see :func:`close_cycle`.

    Done again it changes nothing.
    """
    need_closable(session, cycle=cycle, by=by, reason=reason)
    judge_fulfilments(session, cycle=cycle, now=now)


def close_cycle(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str = "",
    counted: CountedMonth | None = None,
) -> Cycle:
    """Close a month that adds up and whose sample is answered; from here it is frozen.

    Its figures are kept as the first version of its report. Months close in their order, because
    each starts from what the one before left open; an older month can be closed at any time.

    Parameters
    ----------
    reason
        Why it is closed although an earlier month is still under way; it stays in the history.
    counted
        The figures where they were counted before this transaction
        (:mod:`api.services.month_closing`), after :func:`ready_to_close`.

    Raises
    ------
    Refused
        ``reconcile.earlier_open`` without a reason,
        ``reconcile.difference`` naming per item what is missing and in which packages,
        ``reconcile.open_packages``, ``reconcile.open_pickups`` naming goods that were to be fetched
        and nobody recorded or cancelled, ``reconcile.open_exceptions``, ``reconcile.calls``,
        ``reconcile.changed`` where something was recorded since it was counted.
    """
    if counted is None:
        ready_to_close(session, cycle=cycle, by=by, now=now, reason=reason)
    else:
        need_closable(session, cycle=cycle, by=by, reason=reason)
        need_unchanged(session, cycle=cycle, counted=counted)
    move_cycle(session, cycle=cycle, verb="close", by=by, now=now, reason=reason)
    content = counted.content if counted else None
    version = keep_figures(session, cycle=cycle, by=by, now=now, content=content)
    if counted and counted.hidden is not None and version is not None:
        keep_hidden(session, version=version, hidden=counted.hidden, now=now)
    _note(session, cycle, "cycle:close", by, now)
    session.flush()
    return cycle


def need_unchanged(session: Session, *, cycle: Cycle, counted: CountedMonth) -> None:
    """Refuse (``reconcile.changed``) figures that were counted before what is on record now."""
    if on_record_of(session, cycle_id=cycle.id or 0) != counted.on_record:
        raise Refused("reconcile.changed", month=cycle.month)


def need_closable(session: Session, *, cycle: Cycle, by: Account, reason: str = "") -> None:
    """Hold a month, and refuse what :func:`close_cycle` would refuse before it counts."""
    hold_cycle(session, cycle)
    need_move(cycle=cycle, verb="close", by=by)
    earlier = earlier_open(session, cycle=cycle)
    if earlier and not reason.strip():
        raise Refused(
            "reconcile.earlier_open",
            month=cycle.month,
            earlier=earlier[0].month,
            state=earlier[0].state.value,
        )
    hindrances = what_keeps_open(session, cycle=cycle)
    if hindrances:
        raise hindrances[0]


def correct_closed(
    session: Session,
    *,
    cycle: Cycle,
    subject: str,
    subject_id: int,
    after: dict[str, object],
    reason: str,
    by: Account,
    now: datetime,
) -> Amendment:
    """Correct a closed month (``api.services.amendments``); late news that it bears out is settled.

    What a family answered that it bears out is settled too; either is doubted again where the
    correction contradicts it.

    Raises
    ------
    Refused
        As ``amendments.amend_cycle``.
    """
    contradicted = {
        package.id: contradicts_late_news(session, package=package)
        for package in _corrected_packages(session, subject, subject_id)
    }
    entry = amend_cycle(
        session,
        cycle=cycle,
        subject=subject,
        subject_id=subject_id,
        after=after,
        reason=reason,
        by=by,
        now=now,
    )
    for package in _corrected_packages(session, subject, subject_id):
        settle_corrected(
            session, package=package, contradicted=contradicted[package.id], by=by, now=now
        )
        settle_answers(session, package=package, by=by, now=now)
        if "accepted_items" in entry.after:
            doubt_record(session, package=package, by=by, now=now)
    return entry


def _corrected_packages(session: Session, subject: str, subject_id: int) -> list[Package]:
    rows = select(Package)
    if subject == "package":
        return list(session.exec(rows.where(Package.id == subject_id)))
    judged = select(Fulfilment.assignment_id).where(Fulfilment.id == subject_id)
    return list(
        session.exec(
            rows.where(col(Package.assignment_id).in_(judged), Package.state != P.CANCELLED)
        )
    )


def _told_stops(labels: Sequence[str]) -> dict[str, object]:
    """Return how many stops are open, counted by route, with the first few named."""
    by_route = Counter(label.rpartition("/")[0] for label in labels)
    counted: list[object] = [f"{code} ({n})" for code, n in sorted(by_route.items()) if code]
    waiting = [["waiting_route", f"({by_route['']})"]] if by_route[""] else []
    return {
        "count": len(labels),
        "routes": [*counted[:MOST_TOLD], *(["…"] if len(counted) > MOST_TOLD else []), *waiting],
        "stops": [*labels[:MOST_TOLD], *(["…"] if len(labels) > MOST_TOLD else [])],
    }


def _open_stops(session: Session, cycle: Cycle) -> tuple[str, ...]:
    rows = session.exec(
        select(Route.code, Stop.sequence)
        .join(Stop, col(Stop.route_id) == Route.id)
        .where(
            Stop.cycle_id == cycle.id,
            Route.state != RouteState.CANCELLED,
            col(Stop.state).not_in(FINAL_STOPS),
        )
        .order_by(*ROUTE_NUMBER, col(Stop.sequence))
    )
    open_stops = [f"{code}/{sequence}" for code, sequence in rows]
    waiting = session.exec(
        select(Stop.label)
        .join(Package, col(Package.stop_id) == Stop.id)
        .where(
            Stop.cycle_id == cycle.id,
            col(Stop.route_id).is_(None),
            col(Stop.state).not_in(FINAL_STOPS),
            Package.state == P.PACKED,
        )
        .order_by(col(Stop.id))
    )
    return (*open_stops, *dict.fromkeys(waiting))


def _why(package: Package | None, event: DeliveryEvent | None, missing: str) -> str:
    if package is None:
        return missing
    if event is not None and event.reason:
        return event.reason
    return package.state.value


def _note(
    session: Session, cycle: Cycle, action: str, by: Account, now: datetime, purpose: str = ""
) -> None:
    audit.record(
        session,
        by=by,
        action=action,
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"state": cycle.state.value},
        purpose=purpose,
    )
