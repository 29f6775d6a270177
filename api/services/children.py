"""Children and households: reading (audited), editing by several people, and the child's states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from data.schema import (
    Account,
    ChangeRequest,
    Child,
    Consent,
    ConsentPurpose,
    Household,
    Measurement,
)


@dataclass(frozen=True, kw_only=True)
class ChildSheet:
    """All that the office keeps of one child; ``measurements`` and ``consents`` newest first."""

    child: Child
    household: Household
    siblings: tuple[Child, ...]
    measurements: tuple[Measurement, ...]
    consents: tuple[Consent, ...]
    requests: tuple[ChangeRequest, ...]


def find_child(session: Session, *, code: str, by: Account, now: datetime) -> Child:
    """Return a child by its code; the child it was merged into when it is a duplicate."""
    raise NotImplementedError


def read_child(
    session: Session, *, code: str, by: Account, now: datetime, purpose: str = ""
) -> ChildSheet:
    """Return the sheet of one child; the read is audited."""
    raise NotImplementedError


def find_household(session: Session, *, code: str, by: Account, now: datetime) -> Household:
    """Return a household by its code; the read is audited."""
    raise NotImplementedError


def edit_child(
    session: Session,
    *,
    child: Child,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Child:
    """Save fields of a child (name, sex, born_on, birth sizes, allergies)."""
    raise NotImplementedError


def edit_household(
    session: Session,
    *,
    household: Household,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Household:
    """Save fields of a household (guardian, phone, address, landmark, place …)."""
    raise NotImplementedError


def confirm_measurement(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> Child:
    """Confirm an unlikely measurement, so that the child leaves the review list."""
    raise NotImplementedError


def ask_measurement(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> ChangeRequest:
    """Ask the kader to measure again."""
    raise NotImplementedError


def pause_child(
    session: Session, *, child: Child, by: Account, now: datetime, until: date, reason: str
) -> Child:
    """Leave a child out until a day."""
    raise NotImplementedError


def resume_child(session: Session, *, child: Child, by: Account, now: datetime) -> Child:
    """Take a paused child in again."""
    raise NotImplementedError


def graduate_child(
    session: Session, *, child: Child, by: Account, now: datetime, effective_on: date, reason: str
) -> Child:
    """Let a recovered child, or one of five years, go; an approver confirms."""
    raise NotImplementedError


def exit_child(
    session: Session, *, child: Child, by: Account, now: datetime, effective_on: date, reason: str
) -> Child:
    """End a child's part in the programme (moved away, refused, died …)."""
    raise NotImplementedError


def readmit_child(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> Child:
    """Take a graduated or gone child in again; an approver does, after a new measurement."""
    raise NotImplementedError


def grant_consent(
    session: Session,
    *,
    child: Child,
    purpose: ConsentPurpose,
    guardian_name: str,
    granted_on: date,
    by: Account,
    now: datetime,
    expires_on: date | None = None,
    evidence: str = "",
) -> Consent:
    """Write down a guardian's consent to one purpose."""
    raise NotImplementedError


def withdraw_consent(
    session: Session, *, child: Child, purpose: ConsentPurpose, by: Account, now: datetime
) -> list[Consent]:
    """Withdraw consent to one purpose; it takes effect at once."""
    raise NotImplementedError


def has_consent(session: Session, *, child_id: int, purpose: ConsentPurpose, on: date) -> bool:
    """Return whether a consent to this purpose is in force on a day."""
    raise NotImplementedError


def request_move(
    session: Session, *, child: Child, to: Mapping[str, object], by: Account, now: datetime
) -> ChangeRequest:
    """Report from the field that a child's family moved; the child waits for the office's word."""
    raise NotImplementedError


def decide_change(
    session: Session,
    *,
    request: ChangeRequest,
    accept: bool,
    by: Account,
    now: datetime,
    reason: str = "",
) -> ChangeRequest:
    """Accept or reject a requested change; an accepted move is field truth."""
    raise NotImplementedError
