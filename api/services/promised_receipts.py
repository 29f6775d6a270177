"""What came in just as it was promised, of many pledges at once: what a treasurer ticks off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.capacity import capacity_in
from api.services.clock import local_date
from api.services.editing import hold_rows
from api.services.months import checked_month, later_month, month_of
from api.services.pledges import find_pledge, receipts, record_receipt
from data.schema import Pledge, PledgeForm, PledgeState, Sponsor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["MONTHS_SHOWN", "Left", "Recorded", "months_open", "record_as_promised"]

MONTHS_SHOWN = 3
"""This month and those before it for which receipts are written down on the pages."""

PAYING = (PledgeState.LATE, PledgeState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Left:
    """A month of a pledge that was not recorded, and why: the code of a sentence."""

    pledge: str
    month: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many months of pledges came in, and those that nobody can take as promised."""

    count: int
    left: tuple[Left, ...]


def months_open(session: Session, *, pledge: Pledge, on: date) -> list[str]:
    """Return the last months, this one included, that can come in as promised and have nothing."""
    came = {row.month for row in receipts(session, pledge=pledge)}
    months = [later_month(month_of(on), back) for back in range(1 - MONTHS_SHOWN, 1)]
    return [
        month for month in months if month not in came and _why_not(session, pledge, month) is None
    ]


def record_as_promised(
    session: Session, *, came: Sequence[tuple[str, str]], by: Account, now: datetime
) -> Recorded:
    """Write down that months of pledges, by code and month, came in as promised.

    A month that has something already stays. A pledge that does not run (any more), a month of
    which nothing was promised, and a pledge that does not say how much are left, each with why.

    Raises
    ------
    Invalid
        ``month.unreadable``.
    NotFound
        ``pledge.not_found``.
    """
    asked = list(dict.fromkeys((code, checked_month(month)) for code, month in came))
    pledges = {code: find_pledge(session, code=code) for code in dict(asked)}
    hold_rows(session, *pledges.values())
    count, left = 0, []
    for code, month in asked:
        pledge = pledges[code]
        if receipts(session, pledge=pledge, month=month):
            continue
        if reason := _why_not(session, pledge, month):
            left.append(Left(code, month, reason))
            continue
        record_receipt(
            session, pledge=pledge, receipt_uid=f"{code}:{month}"[:32], month=month,
            received_on=local_date(now), amount_rp=_amount_rp(pledge), goods=pledge.goods,
            by=by, now=now,
        )  # fmt: skip
        count += 1
    return Recorded(count, tuple(left))


def _why_not(session: Session, pledge: Pledge, month: str) -> str | None:
    if pledge.state not in PAYING:
        return "as_promised.not_running"
    sponsor = session.get_one(Sponsor, pledge.sponsor_id)
    if not capacity_in(pledge, sponsor, month).num_packages:
        return "as_promised.no_promise"
    return None if _amount_rp(pledge) or pledge.goods else "as_promised.no_amount"


def _amount_rp(pledge: Pledge) -> int:
    return 0 if pledge.form is PledgeForm.GOODS else pledge.amount_rp
