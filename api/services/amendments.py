"""Corrections of a closed month: reversing entries that leave every row as it was, and add up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.amended_goods import (
    BUCKET_OF,
    accepted_by_item,
    balance_as_corrected,
    chosen_items,
    is_told_by_item,
    packed_by_item,
    whole_or_none,
)
from api.services.balance import balance_items, balance_lines
from api.services.clock import local_date
from api.services.cycle_lock import hold_cycle
from api.services.delivery_times import earliest_moment
from api.services.errors import Forbidden, Refused
from data.reference.reasons import delivery_reasons
from data.schema import (
    Amendment,
    Cycle,
    CycleState,
    Fulfilment,
    FulfilmentState,
    Package,
    PackageState,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from api.services.balance import ItemBalance
    from data.schema import Account

__all__ = [
    "Judged",
    "accepted_now",
    "amend_cycle",
    "amended_units",
    "corrected_before",
    "corrected_judgements",
    "corrected_states",
    "judged_now",
    "judgement",
    "package_state_now",
    "units_elsewhere",
]

F = FulfilmentState
NO_KIT = ("too_old", "no_allowed_food")
BUCKETS = ("returned", "spoiled", "lost", "carried")
"""Where units are that no family accepted."""
AMENDABLE = {
    "fulfilment": ("state", "items", "accepted_items", "delivered_on", "reason", "moved_to"),
    "package": ("state",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement with all its corrections."""

    state: FulfilmentState
    packed_items: int
    accepted_items: int
    delivered_on: date | None
    reason: str | None
    items: dict[str, int] | None = None
    """Accepted units by item, where the last correction of them says so."""


def judged_now(session: Session, *, row: Fulfilment) -> Judged:
    """Return what a judgement says after every correction of it."""
    return _judged(row, _entries(session, row.cycle_id, "fulfilment", row.id or 0))


def accepted_now(session: Session, *, package: Package) -> dict[str, int] | None:
    """Return what was accepted of each item of a package after every correction; None: unknown."""
    row = session.exec(
        select(Fulfilment.id).where(
            Fulfilment.cycle_id == package.cycle_id,
            Fulfilment.assignment_id == package.assignment_id,
        )
    ).first()
    entries = _entries(session, package.cycle_id, "fulfilment", row or 0)
    return accepted_by_item(session, package=package, entries=entries)


def package_state_now(session: Session, *, package: Package) -> PackageState:
    """Return where a package's goods are after every correction of it."""
    entries = _entries(session, package.cycle_id, "package", package.id or 0)
    return PackageState(str(entries[-1].after["state"])) if entries else package.state


def units_elsewhere(session: Session, *, cycle: Cycle, package: Package) -> dict[str, int]:
    """Return how many units of a package lie in each bucket, by its moves and its corrections."""
    lines = [one for one in balance_lines(session, cycle=cycle) if one.package.id == package.id]
    left = {bucket: sum(int(getattr(line, bucket)) for line in lines) for bucket in BUCKETS}
    row = session.exec(
        select(Fulfilment.id).where(
            Fulfilment.cycle_id == package.cycle_id,
            Fulfilment.assignment_id == package.assignment_id,
        )
    ).first()
    for entry in (
        *_entries(session, package.cycle_id, "package", package.id or 0),
        *_entries(session, package.cycle_id, "fulfilment", row or 0),
    ):
        for bucket, units in _units(entry).items():
            left[bucket] = left.get(bucket, 0) + units
    left.pop("delivered", None)
    return left


def corrected_judgements(session: Session, *, assignment_ids: Collection[int]) -> dict[int, Judged]:
    """Return the judgement that stands of each of these pairs that was corrected after closing."""
    return _corrected_where(session, col(Fulfilment.assignment_id).in_(assignment_ids))


def corrected_states(session: Session, *, cycle: Cycle) -> dict[int, FulfilmentState]:
    """Return the judgement that stands of each assignment that was corrected after closing."""
    found = _corrected_where(session, col(Fulfilment.cycle_id) == cycle.id)
    return {assignment_id: judged.state for assignment_id, judged in found.items()}


def corrected_before(session: Session, *, month: str) -> dict[int, bool]:
    """Return whether each assignment of earlier months that was corrected was served after all."""
    earlier = select(Cycle.id).where(Cycle.month < month)
    found = _corrected_where(session, col(Fulfilment.cycle_id).in_(earlier))
    return {number: judged.state != F.UNFULFILLED for number, judged in found.items()}


def _corrected_where(session: Session, which: ColumnElement[bool]) -> dict[int, Judged]:
    rows = session.exec(
        select(Fulfilment, Amendment)
        .join(Amendment, col(Amendment.subject_id) == Fulfilment.id)
        .where(
            which,
            Amendment.subject == "fulfilment",
            Amendment.cycle_id == Fulfilment.cycle_id,
        )
        .order_by(col(Amendment.id))
    )
    entries: dict[int, list[Amendment]] = defaultdict(list)
    judged: dict[int, Fulfilment] = {}
    for row, entry in rows:
        judged[row.assignment_id] = row
        entries[row.assignment_id].append(entry)
    return {number: _judged(row, entries[number]) for number, row in judged.items()}


def _judged(row: Fulfilment, entries: list[Amendment]) -> Judged:
    known: dict[str, object] = {
        "state": row.state.value,
        "accepted_items": row.accepted_items,
        "delivered_on": row.delivered_on.isoformat() if row.delivered_on else None,
        "reason": row.reason,
    }
    items: dict[str, int] | None = None
    for entry in entries:
        if "accepted_items" in entry.after or "items" in entry.after:
            told = entry.after.get("items")
            items = (
                {str(k): int(str(v)) for k, v in told.items()} if isinstance(told, dict) else None
            )
        known |= {name: value for name, value in entry.after.items() if name in known}
    day = known["delivered_on"]
    return Judged(
        state=F(str(known["state"])),
        packed_items=row.packed_items,
        accepted_items=int(str(known["accepted_items"])),
        delivered_on=date.fromisoformat(str(day)) if day else None,
        reason=str(known["reason"]) if known["reason"] else None,
        items=items,
    )


def amended_units(session: Session, *, cycle: Cycle) -> dict[str, int]:
    """Return how many units corrections moved, by where they are now; the sum is zero."""
    moved = dict.fromkeys(("delivered", *BUCKETS), 0)
    for entry in session.exec(select(Amendment).where(Amendment.cycle_id == cycle.id)):
        for name, units in _units(entry).items():
            moved[name] += units
    return moved


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
        ``package``: ``state``, where goods are that no family accepted (``restocked``,
        ``spoiled``, ``lost``).

    Raises
    ------
    Refused
        ``amend.not_closed``, ``amend.reason`` without a reason, ``amend.subject`` for anything but
        a fulfilment or package of this month, ``amend.fields`` for fields it does not have,
        ``amend.value`` for a value that a field cannot have, ``amend.inconsistent`` when state and
        number contradict each other, ``amend.day``, ``amend.moved_to`` when it is not said where
        the units went or there are not so many, ``amend.unbalanced`` when the month would no
        longer add up.
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
    if isinstance(row, Fulfilment):
        before, wanted = _corrected(session, cycle, row, after, now)
    else:
        before, wanted = _moved_package(session, cycle, row, after)
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
    from api.services.report_versions import keep_figures, list_versions

    if not list_versions(session, cycle=cycle):
        keep_figures(session, cycle=cycle, by=by, now=now)  # closed before versions were kept
    session.add(entry)
    session.flush()
    _refuse_unbalanced(session, cycle)
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
    keep_figures(session, cycle=cycle, by=by, now=now, reason=reason, is_correction=True)
    return entry


def judgement(packed: int, accepted: int) -> FulfilmentState:
    """Return what so many accepted of so many packed units amount to."""
    if not accepted:
        return F.UNFULFILLED
    return F.FULFILLED if accepted == packed else F.PARTLY


def _row(session: Session, cycle: Cycle, subject: str, subject_id: int) -> Fulfilment | Package:
    row: Fulfilment | Package | None = None
    if subject == "fulfilment":
        row = session.get(Fulfilment, subject_id)
    elif subject == "package":
        row = session.get(Package, subject_id)
    if row is None or row.cycle_id != cycle.id:
        raise Refused("amend.subject", subject=subject)
    return row


def _corrected(
    session: Session, cycle: Cycle, row: Fulfilment, after: dict[str, object], now: datetime
) -> tuple[dict[str, object], dict[str, object]]:
    """Return before and after of a judgement, with everything that follows from what was said."""
    standing = judged_now(session, row=row)
    package = session.exec(
        select(Package).where(
            Package.assignment_id == row.assignment_id, Package.state != PackageState.CANCELLED
        )
    ).first()
    entries = _entries(session, row.cycle_id, "fulfilment", row.id or 0)
    packed = packed_by_item(session, package=package) if package else {}
    known_items = accepted_by_item(session, package=package, entries=entries) if package else None
    items = chosen_items(packed, known_items, after)
    accepted = sum(items.values()) if items is not None else _accepted(standing, after)
    items = items or whole_or_none(packed, accepted)
    state = judgement(standing.packed_items, accepted)
    if _choice("state", after.get("state", state.value), list(F)) != state:
        raise Refused(
            "amend.inconsistent",
            state=str(after["state"]),
            accepted=accepted,
            packed=standing.packed_items,
        )
    day = _day(session, standing, after, accepted, package, now)
    wanted: dict[str, object] = {
        "state": state.value,
        "accepted_items": accepted,
        "delivered_on": day.isoformat() if day else None,
        "reason": _reason(after.get("reason", None if state is F.FULFILLED else standing.reason)),
    }
    known: dict[str, object] = {
        "state": standing.state.value,
        "accepted_items": standing.accepted_items,
        "delivered_on": standing.delivered_on.isoformat() if standing.delivered_on else None,
        "reason": standing.reason,
    }
    moved = accepted - standing.accepted_items
    changed = {name: value for name, value in wanted.items() if value != known[name]}
    if items is not None and items != known_items and (moved or "items" in after):
        changed["items"], known["items"] = items, known_items
    if not changed:
        raise Refused("amend.nothing")
    if moved or "items" in changed or "moved_to" in after:
        bucket = _choice("moved_to", after.get("moved_to"), BUCKETS)
        # Only a box that stayed is unpacked for a later month.
        stays = package is not None and package.state == PackageState.CARRIED
        if (
            package is None
            or (bucket == "carried" and not stays)
            or moved > units_elsewhere(session, cycle=cycle, package=package)[bucket]
        ):
            raise Refused("amend.moved_to", where=bucket, units=abs(moved))
        changed["moved_to"] = bucket
    before = {
        name: known[name] for name in changed if known.get(name) is not None or name in wanted
    }
    return before, changed


def _accepted(standing: Judged, after: dict[str, object]) -> int:
    if "accepted_items" in after:
        value = after["accepted_items"]
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, int) or not is_number or not 0 <= value <= standing.packed_items:
            raise Refused(
                "amend.value",
                field="accepted_items",
                found=str(value),
                allowed=f"0–{standing.packed_items}",
            )
        return value
    wanted = after.get("state")
    whole = {F.FULFILLED.value: standing.packed_items, F.UNFULFILLED.value: 0}
    return whole.get(str(wanted), standing.accepted_items)


def _day(
    session: Session,
    standing: Judged,
    after: dict[str, object],
    accepted: int,
    package: Package | None,
    now: datetime,
) -> date | None:
    if not accepted:
        if after.get("delivered_on") is not None:
            raise Refused("amend.day_without_goods")
        return None
    value = after.get("delivered_on", standing.delivered_on)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Refused(
                "amend.value", field="delivered_on", found=value, allowed="YYYY-MM-DD"
            ) from None
    earliest = (
        earliest_moment(session, package=package, stop_id=package.stop_id) if package else None
    )
    first, last = local_date(earliest) if earliest else date.min, local_date(now)
    if not isinstance(value, date) or not first <= value <= last:
        raise Refused(
            "amend.day", found=str(value or "–"), first=first.isoformat(), last=last.isoformat()
        )
    return value


def _reason(value: object) -> str | None:
    if value is None:
        return None
    known = (*delivery_reasons(), *(state.value for state in PackageState), "no_package", *NO_KIT)
    return _choice("reason", value, known)


def _choice(field: str, value: object, allowed: list[F] | tuple[str, ...]) -> str:
    if value not in tuple(allowed):
        raise Refused(
            "amend.value",
            field=field,
            found=str(value if value is not None else "–"),
            allowed=", ".join(str(getattr(one, "value", one)) for one in allowed),
        )
    return str(value)


def _moved_package(
    session: Session, cycle: Cycle, package: Package, after: dict[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return before and after of goods that no family accepted and that are elsewhere."""
    state = _choice("state", after["state"], tuple(one.value for one in BUCKET_OF))
    standing = package_state_now(session, package=package).value
    if standing == state or standing not in {one.value for one in BUCKET_OF}:
        raise Refused("amend.package_state", package=package.code, found=standing)
    row = session.exec(
        select(Fulfilment).where(
            Fulfilment.cycle_id == package.cycle_id,
            Fulfilment.assignment_id == package.assignment_id,
        )
    ).first()
    bucket = BUCKET_OF[PackageState(standing)]
    units = units_elsewhere(session, cycle=cycle, package=package)[bucket]
    after_now: dict[str, object] = {"state": state, "units": units}
    entries = _entries(session, package.cycle_id, "fulfilment", (row.id or 0) if row else 0)
    taken = accepted_by_item(session, package=package, entries=entries)
    packed = packed_by_item(session, package=package)
    left = {code: packed[code] - taken[code] for code in packed} if taken is not None else {}
    if sum(left.values()) != units:  # a part of it was written off when the rest came back
        lines = [one for one in balance_lines(session, cycle=cycle) if one.package.id == package.id]
        left = {line.item_code: int(getattr(line, bucket)) for line in lines}
    if sum(left.values()) == units:
        after_now["items"] = left
    return {"state": standing}, after_now


def _units(entry: Amendment) -> dict[str, int]:
    """Return what one correction moves from where to where."""
    if entry.subject == "package":
        units = int(str(entry.after.get("units", 0)))
        return {
            BUCKET_OF[PackageState(str(entry.before["state"]))]: -units,
            BUCKET_OF[PackageState(str(entry.after["state"]))]: units,
        }
    if "accepted_items" not in entry.after:
        return {}
    moved = int(str(entry.after["accepted_items"])) - int(str(entry.before["accepted_items"]))
    return {"delivered": moved, str(entry.after.get("moved_to")): -moved}


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


def _entries(session: Session, cycle_id: int, subject: str, subject_id: int) -> list[Amendment]:
    rows = select(Amendment).where(
        Amendment.cycle_id == cycle_id,
        Amendment.subject == subject,
        Amendment.subject_id == subject_id,
    )
    return list(session.exec(rows.order_by(col(Amendment.id))))
