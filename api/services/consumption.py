"""Asking at the posyandu whether the child ate what was delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import looks
from api.services.audit import record
from api.services.clock import local_date
from api.services.editing import too_long
from api.services.errors import Invalid, Refused
from api.services.own_units import need_own_posyandu
from data.queries.consumption import packages_to_ask
from data.schema import ConsumptionCheck, Eaten, Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.queries.consumption import AskedPackage
    from data.schema import Account, Cycle

__all__ = ["Answer", "read_place", "record_answers"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a family said of one package; ``eaten`` None takes an answer back."""

    package_id: int
    eaten: Eaten | None
    note: str = ""


def read_place(
    session: Session,
    *,
    cycle: Cycle,
    kelurahan_code: str,
    posyandu: str,
    by: Account,
    now: datetime,
) -> list[AskedPackage]:
    """Return the packages to ask about at one place; who looked at the families is noted.

    Raises
    ------
    Forbidden
        ``access.place`` for a posyandu outside the place of who asks.
    """
    need_own_posyandu(session, wards=[kelurahan_code], posyandu=posyandu)
    found = packages_to_ask(
        session, cycle_id=cycle.id or 0, kelurahan_code=kelurahan_code, posyandu=posyandu
    )
    if found:
        looks.note(
            session,
            by=by,
            action="consumption:read",
            subject="posyandu",
            subject_id=f"{kelurahan_code} {posyandu}".strip(),
            now=now,
            after={"month": cycle.month, "children": [each.child_code for each in found]},
        )
    return found


def record_answers(
    session: Session,
    *,
    cycle: Cycle,
    kelurahan_code: str,
    posyandu: str,
    answers: Sequence[Answer],
    checked_on: date,
    by: Account,
    now: datetime,
    only_new: bool = False,
) -> int:
    """Keep what the families of one place said; return how many answers changed.

    A second answer about a package takes the place of the first; both are in the audit trail.
    With ``only_new`` an answer that is on record stays. Of several here the last one counts.

    Raises
    ------
    Invalid
        ``consumption.day`` for a day that has not come or before the month; ``field.long`` for a
        note.
    Refused
        ``consumption.package`` for a package that did not arrive at this place.
    """
    if checked_on > local_date(now) or checked_on.strftime("%Y-%m") < cycle.month:
        raise Invalid("consumption.day", fields={"tanggal": "consumption.day"})
    if any(too_long(ConsumptionCheck, {"note": each.note.strip()}) for each in answers):
        raise Invalid("field.long", fields={"catatan": "field.long"})
    known = {
        each.package_id: each
        for each in packages_to_ask(
            session, cycle_id=cycle.id or 0, kelurahan_code=kelurahan_code, posyandu=posyandu
        )
    }
    wrong = [answer.package_id for answer in answers if answer.package_id not in known]
    if wrong:
        raise Refused("consumption.package")
    _hold(session, known)
    stored = {
        row.package_id: row
        for row in session.exec(
            select(ConsumptionCheck)
            .where(col(ConsumptionCheck.package_id).in_(known))
            .execution_options(populate_existing=True)
        )
    }
    changed = 0
    for answer in {each.package_id: each for each in answers}.values():
        asked, row = known[answer.package_id], stored.get(answer.package_id)
        before = (row.eaten.value, row.note) if row else None
        after = (answer.eaten.value, answer.note.strip()) if answer.eaten else None
        if before == after or (only_new and before):
            continue
        changed += 1
        _store(session, cycle, asked, row, answer, checked_on, by, now)
        record(
            session,
            by=by,
            action="consumption:record",
            subject="child",
            subject_id=asked.child_code,
            now=now,
            before=_told(asked, before),
            after=_told(asked, after),
        )
    session.flush()
    return changed


def _told(asked: AskedPackage, said: tuple[str, str] | None) -> dict[str, str | None]:
    eaten, note = said or (None, "")
    return {"package": asked.code, "eaten": eaten} | ({"note": note} if note else {})


def _hold(session: Session, package_ids: Iterable[int]) -> None:
    """Let two people who write down the same families do so one after the other."""
    session.exec(
        select(Package.id)
        .where(col(Package.id).in_(package_ids))
        .order_by(col(Package.id))
        .with_for_update()
    ).all()


def _store(
    session: Session,
    cycle: Cycle,
    asked: AskedPackage,
    row: ConsumptionCheck | None,
    answer: Answer,
    checked_on: date,
    by: Account,
    now: datetime,
) -> None:
    if answer.eaten is None:
        if row is not None:
            session.delete(row)
        return
    row = row or ConsumptionCheck(
        cycle_id=cycle.id or 0,
        package_id=asked.package_id,
        child_id=asked.child_id,
        checked_on=checked_on,
        eaten=answer.eaten,
        by=by.username,
        at=now,
    )
    row.eaten, row.note, row.checked_on = answer.eaten, answer.note.strip(), checked_on
    row.by, row.at = by.username, now
    session.add(row)
