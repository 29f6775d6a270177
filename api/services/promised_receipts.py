"""What came in just as it was promised, of many pledges at once: what a treasurer ticks off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.clock import local_date
from api.services.pledges import find_pledge, pledge_month, record_receipt
from data.schema import PledgeForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["Recorded", "record_as_promised"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many pledges came in, and the codes of those that do not say how much they promise."""

    count: int
    unsaid: tuple[str, ...]


def record_as_promised(
    session: Session, *, codes: Sequence[str], month: str, by: Account, now: datetime
) -> Recorded:
    """Write down that pledges came in as promised; a pledge that has something already stays.

    Raises
    ------
    NotFound
        ``pledge.not_found``.
    """
    count, unsaid, today = 0, [], local_date(now)
    for code in dict.fromkeys(codes):
        pledge = find_pledge(session, code=code)
        so_far = pledge_month(session, pledge=pledge, month=month, on=today)
        if so_far.is_received:
            continue
        is_money, is_goods = pledge.form is not PledgeForm.GOODS, bool(pledge.goods)
        amount_rp = (pledge.amount_rp or 0 if is_goods else so_far.promised_rp) if is_money else 0
        if not amount_rp and not is_goods:
            unsaid.append(pledge.code)
            continue
        record_receipt(
            session, pledge=pledge, receipt_uid=f"{pledge.code}:{month}"[:32], month=month,
            received_on=today, amount_rp=amount_rp, goods=pledge.goods, by=by, now=now,
        )  # fmt: skip
        count += 1
    return Recorded(count, tuple(unsaid))
