"""Corrections of a closed month: reversing entries that leave every row as it was, and add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import audit
from api.services.amended_goods import amended_units, balance_as_corrected, is_told_by_item
from api.services.amended_stock import book_correction
from api.services.amended_values import corrected_judgement, corrected_package
from api.services.balance import balance_items
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, Refused
from data.schema import Amendment, Cycle, CycleState, Fulfilment, Package, PackageState, Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.services.balance import ItemBalance
    from data.schema import Account

__all__ = ["amend_cycle"]

COUNTED = "is_counted"
"""Whether a count since saw the goods where the correction says they are."""
AMENDABLE = {
    "fulfilment": (
        "state",
        "items",
        "accepted_items",
        "delivered_on",
        "reason",
        "moved_to",
        COUNTED,
    ),
    "package": ("state", "moved_from", "moved_to", "items", COUNTED),
}


def amend_cycle(
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
    """Correct a closed month by a reversing entry; the row itself stays as it was.

    Parameters
    ----------
    subject
        ``fulfilment``: ``items`` (accepted units by item code), ``accepted_items`` (their sum) or
        ``state`` (the others follow where they can), ``delivered_on``, ``reason``, and
        ``moved_to`` (one of ``BUCKETS``): where units are that were not accepted after all, or
        from where the accepted ones come.
        ``package``: where goods are that no family accepted: ``state`` (``restocked``, ``spoiled``,
        ``lost``) for all of a box, or ``moved_from`` and ``moved_to`` (two of ``BUCKETS``) with
        ``items`` (all that are there without it) for what a family left of a box.
        Either: ``is_counted``, whether the goods were where the correction says when somebody
        counted that stock since (:mod:`api.services.amended_stock`); it moves the stock else.

    Raises
    ------
    Refused
        ``amend.not_closed``, ``amend.reason`` without a reason, ``amend.subject`` for anything but
        a fulfilment or package of this month, ``amend.fields`` for fields it does not have,
        ``amend.value`` for a value that a field cannot have, ``amend.inconsistent`` when state and
        number contradict each other, ``amend.by_item`` when a sum leaves open of which items,
        ``amend.day``, ``amend.where`` when it is not said where the units went, ``amend.moved_to``
        when there are not so many, ``amend.unbalanced`` when the month would no longer add up;
        ``amend.counted`` and ``amend.stock_short`` as
        :func:`api.services.amended_stock.book_correction`.
    """
    if by.role != Role.APPROVER:
        raise Forbidden("amend.role", role=by.role.value)
    hold_cycle(session, cycle)
    if cycle.state != CycleState.CLOSED:
        raise Refused("amend.not_closed", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("amend.reason", month=cycle.month)
    row = _row(session, cycle, subject, subject_id)
    unknown = sorted(set(after) - set(AMENDABLE[subject]))
    if unknown or not after:
        raise Refused(
            "amend.fields", fields=", ".join(unknown), allowed=", ".join(AMENDABLE[subject])
        )
    is_counted = _is_counted(after)
    said = {name: value for name, value in after.items() if name != COUNTED}
    if isinstance(row, Fulfilment):
        package = _package_of(session, row)
        before, wanted = corrected_judgement(session, row=row, package=package, after=said, now=now)
    else:
        package = row
        before, wanted = corrected_package(session, package=package, after=said)
    entry = Amendment(
        cycle_id=cycle.id or 0,
        subject=subject,
        subject_id=subject_id,
        before=before,
        after=wanted,
        reason=reason.strip(),
        by=by.username,
        at=now,
    )
    # Counting a month reads its corrections, so the two modules need each other.
    from api.services.corrected_figures import count_pair
    from api.services.public_report import ask_to_work_out
    from api.services.report_versions import keep_corrected, keep_figures, list_versions

    if not list_versions(session, cycle=cycle):
        keep_figures(session, cycle=cycle, by=by, now=now)  # closed before versions were kept
    pair = row.assignment_id
    counted = count_pair(session, cycle=cycle, assignment_id=pair)
    session.add(entry)
    session.flush()
    _refuse_unbalanced(session, cycle)
    if package is not None and ("moved_to" in wanted or subject == "package"):
        book_correction(
            session, entry=entry, package=package, is_counted=is_counted, by=by, now=now
        )
    audit.record(
        session,
        by=by,
        action="cycle:amend",
        subject=subject,
        subject_id=subject_id,
        now=now,
        before=entry.before,
        after=entry.after,
        purpose=reason.strip(),
    )
    session.flush()
    keep_corrected(
        session, cycle=cycle, by=by, now=now, reason=reason, before=counted,
        after=count_pair(session, cycle=cycle, assignment_id=pair),
    )  # fmt: skip
    ask_to_work_out(session, months=[cycle.month], by=by, now=now)
    return entry


def _row(session: Session, cycle: Cycle, subject: str, subject_id: int) -> Fulfilment | Package:
    row: Fulfilment | Package | None = None
    if subject == "fulfilment":
        row = session.get(Fulfilment, subject_id)
    elif subject == "package":
        row = session.get(Package, subject_id)
    if row is None or row.cycle_id != cycle.id:
        raise Refused("amend.subject", subject=subject)
    return row


def _package_of(session: Session, row: Fulfilment) -> Package | None:
    return session.exec(
        select(Package).where(
            Package.assignment_id == row.assignment_id, Package.state != PackageState.CANCELLED
        )
    ).first()


def _is_counted(after: Mapping[str, object]) -> bool | None:
    value = after.get(COUNTED)
    if value is not None and not isinstance(value, bool):
        raise Refused("amend.value", field=COUNTED, found=str(value), allowed="true, false")
    return value


def _refuse_unbalanced(session: Session, cycle: Cycle) -> None:
    """Add the month up again with its corrections: the sum stays, and nothing goes below zero."""
    moved, items = amended_units(session, cycle=cycle), balance_items(session, cycle=cycle)
    totals = {name: _total(items, name) + units for name, units in moved.items()}
    corrected = balance_as_corrected(session, cycle=cycle, items=items)
    least = min((_total((one,), name) for one in corrected for name in moved), default=0)
    is_short = least < 0 and is_told_by_item(session, cycle=cycle)
    is_off = sum(moved.values()) or min(totals.values()) < 0
    if is_off or is_short or any(one.difference for one in items):
        raise Refused(
            "amend.unbalanced",
            month=cycle.month,
            totals=", ".join(f"{name} {units}" for name, units in totals.items()),
        )


def _total(items: tuple[ItemBalance, ...], name: str) -> int:
    return sum(int(getattr(item, name)) for item in items)
