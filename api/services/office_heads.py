"""Who heads the office and signs its letters and certificates: dated, a new entry takes over."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from api.documents.report_models import Signatory
from api.i18n import translator
from api.sentences.reports import TITLES
from api.services.access import must_hold
from api.services.audit import record
from api.services.errors import Invalid
from data.schema import Account, OfficeHead

if TYPE_CHECKING:
    from api.documents.models import Language

OFFICE_NUMBER_DIGITS = 18
"""Length of a NIP (Peraturan Kepala BKN 22/2007)."""


def list_heads(session: Session) -> list[OfficeHead]:
    """Return all entries, the one that takes effect last first."""
    latest = col(OfficeHead.effective_from).desc(), col(OfficeHead.id).desc()
    return list(session.exec(select(OfficeHead).order_by(*latest)).all())


def head_on(session: Session, day: date) -> OfficeHead | None:
    """Return who heads the office on a day; None where nobody entered it."""
    return next((head for head in list_heads(session) if head.effective_from <= day), None)


def signatory_on(session: Session, day: date, *, language: "Language") -> Signatory:
    """Return who signs on a day; without a name while nobody entered it."""
    say, head = translator(language), head_on(session, day)
    if head is None:
        return Signatory(say(TITLES["head"]))
    title = TITLES["acting_head" if head.is_acting else "head"]
    return Signatory(say(title), head.name, head.office_number)


def enter_head(
    session: Session,
    *,
    name: str,
    office_number: str,
    is_acting: bool,
    effective_from: date,
    by: Account,
    now: datetime,
) -> OfficeHead:
    """Enter who heads the office from a day on.

    Raises
    ------
    Forbidden
        ``access.role``.
    Invalid
        ``http.invalid`` with the fields: no name, or a NIP that has not 18 digits.
    """
    must_hold(by, "office:edit")
    number = "".join(office_number.split())
    wrong = {}
    if not name.strip():
        wrong["name"] = "field.required"
    if number and not (
        number.isascii() and number.isdigit() and len(number) == OFFICE_NUMBER_DIGITS
    ):
        wrong["office_number"] = "office.number"
    if wrong:
        raise Invalid("http.invalid", fields=wrong)
    head = OfficeHead(
        name=name.strip()[:120],
        office_number=number,
        is_acting=is_acting,
        effective_from=effective_from,
        by=by.username,
        created_at=now,
    )
    session.add(head)
    session.flush()
    record(
        session,
        by=by,
        action="office:head",
        subject="office",
        subject_id=head.id or 0,
        now=now,
        after={"name": head.name, "from": effective_from.isoformat(), "acting": is_acting},
    )
    return head
