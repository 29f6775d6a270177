"""Pledges and what comes in of them: receipts, lateness, suspension, the end with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from data.schema import Account, Pledge, PledgeReceipt, Sponsor

LATE_AFTER_DAY = 5
"""Day of the month until which goods or money may come in (a working figure of the programme)."""


@dataclass(frozen=True, kw_only=True)
class PledgeMonth:
    """What was promised and received of a pledge for a month."""

    pledge: Pledge
    promised_rp: int
    received_rp: int
    received_items: int
    is_received: bool
    is_late: bool


def find_pledge(session: Session, *, code: str) -> Pledge:
    """Return a pledge by code."""
    raise NotImplementedError


def add_pledge(
    session: Session,
    *,
    sponsor: Sponsor,
    fields: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Pledge:
    """Write down a pledge of a sponsor."""
    raise NotImplementedError


def edit_pledge(
    session: Session,
    *,
    pledge: Pledge,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Pledge:
    """Save fields of a pledge; they count from the next month that is locked."""
    raise NotImplementedError


def record_receipt(
    session: Session,
    *,
    pledge: Pledge,
    receipt_uid: str,
    month: str,
    received_on: date,
    by: Account,
    now: datetime,
    amount_rp: int = 0,
    goods: list[dict[str, object]] | None = None,
    note: str = "",
) -> PledgeReceipt:
    """Write down what came in; the same ``receipt_uid`` again changes nothing."""
    raise NotImplementedError


def pledge_month(session: Session, *, pledge: Pledge, month: str, on: date) -> PledgeMonth:
    """Return what was promised and received for a month, seen from a day."""
    raise NotImplementedError


def mark_late(session: Session, *, month: str, by: Account, now: datetime) -> list[Pledge]:
    """Mark the pledges of which nothing came in by the cut-off day."""
    raise NotImplementedError


def reminder_text(session: Session, *, pledge: Pledge, month: str, language: str = "id") -> str:
    """Return the friendly reminder for WhatsApp."""
    raise NotImplementedError


def suspend_pledge(
    session: Session,
    *,
    pledge: Pledge,
    suspended_from: date,
    suspended_until: date,
    by: Account,
    now: datetime,
    reason: str = "",
) -> Pledge:
    """Suspend a pledge between two days."""
    raise NotImplementedError


def resume_pledge(session: Session, *, pledge: Pledge, by: Account, now: datetime) -> Pledge:
    """Let a suspended or late pledge run again."""
    raise NotImplementedError


def end_pledge(
    session: Session,
    *,
    pledge: Pledge,
    reason: str,
    ended_on: date,
    by: Account,
    now: datetime,
    hold_until: date | None = None,
) -> Pledge:
    """End a pledge with a reason of the list; ``hold_until`` keeps its children for its sponsor."""
    raise NotImplementedError
