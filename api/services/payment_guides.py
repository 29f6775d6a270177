"""How and where sponsors pay what they promised: what an admin entered, the last entry counts."""

from datetime import datetime

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.audit import record
from api.services.editing import too_long
from api.services.errors import Invalid
from data.schema import Account, PaymentGuide

ACCOUNT = ("bank_name", "account_number", "account_holder")
"""What an account is told by: all of them or none."""


def list_guides(session: Session) -> list[PaymentGuide]:
    """Return every entry, the last one first."""
    return list(session.exec(select(PaymentGuide).order_by(col(PaymentGuide.id).desc())))


def payment_guide(session: Session) -> PaymentGuide | None:
    """Return how sponsors pay now; None where nobody said so, or it was taken back."""
    last = session.exec(select(PaymentGuide).order_by(col(PaymentGuide.id).desc())).first()
    return last if last and (last.account_number or last.instructions) else None


def enter_guide(
    session: Session,
    *,
    bank_name: str,
    account_number: str,
    account_holder: str,
    instructions: str,
    by: Account,
    now: datetime,
) -> PaymentGuide:
    """Enter how sponsors pay; with all fields empty they are told to ask the office.

    The entry before stays in the list, and both stand in the audit trail: whoever changes an
    account number can be asked about it.

    Raises
    ------
    Forbidden
        ``access.role``.
    Invalid
        By field: an account number without bank or holder, or with signs that none has; too long
        a text.
    """
    must_hold(by, "office:edit")
    told = {
        "bank_name": " ".join(bank_name.split()),
        "account_number": " ".join(account_number.split()),
        "account_holder": " ".join(account_holder.split()),
    }
    told["instructions"] = instructions.strip()
    wrong = _wrong(told)
    if wrong:
        raise Invalid("http.invalid", fields=wrong)
    before = payment_guide(session)
    guide = PaymentGuide(by=by.username, created_at=now)
    guide.sqlmodel_update(told)
    session.add(guide)
    session.flush()
    record(
        session,
        by=by,
        action="office:payment",
        subject="office",
        subject_id=guide.id or 0,
        now=now,
        before={name: getattr(before, name) for name in told} if before else None,
        after=dict(told),
    )
    return guide


def _wrong(told: dict[str, str]) -> dict[str, str]:
    wrong = too_long(PaymentGuide, told)
    number = told["account_number"]
    if number and not (number.isascii() and number.replace(" ", "").replace("-", "").isdigit()):
        wrong["account_number"] = "office.account_number"
    if number or told["bank_name"] or told["account_holder"]:
        wrong |= {name: "field.required" for name in ACCOUNT if not told[name]}
    return wrong
