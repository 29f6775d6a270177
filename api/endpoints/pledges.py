"""Pledges and their receipts under /api/v1/pledges."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, status

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.schemas.seen import as_seen
from api.schemas.sponsors import (
    Ending,
    PledgeCreate,
    PledgeEdit,
    PledgeView,
    ReceiptCreate,
    ReceiptView,
    Reminder,
    Suspension,
)
from api.services import pledges, sponsors
from data.queries.sponsors import pledges_of
from data.schema import Account

router = APIRouter(prefix="/pledges", tags=["pledges"])

Reader = Annotated[Account, requires("pledge:read")]
Editor = Annotated[Account, requires("pledge:edit")]


@router.get("")
def list_pledges(
    session: ReadSession, by: Reader, sponsor: Annotated[str, Query(max_length=20)]
) -> list[PledgeView]:
    """List the pledges of a sponsor, the newest first."""
    del by
    found = sponsors.find_sponsor(session, code=sponsor)
    return [PledgeView.model_validate(row) for row in pledges_of(session, found)]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_pledge(session: WriteSession, by: Editor, now: Now, body: PledgeCreate) -> PledgeView:
    """Write down a pledge of a sponsor."""
    fields = body.model_dump(exclude_unset=True, exclude={"sponsor"})
    sponsor = sponsors.find_sponsor(session, code=body.sponsor)
    pledge = pledges.add_pledge(session, sponsor=sponsor, fields=fields, by=by, now=now)
    return PledgeView.model_validate(pledge)


@router.get("/{code}")
def read_pledge(session: ReadSession, by: Reader, code: str) -> PledgeView:
    """Show a pledge."""
    del by
    return PledgeView.model_validate(pledges.find_pledge(session, code=code))


@router.patch("/{code}")
def edit_pledge(
    session: WriteSession, by: Editor, now: Now, code: str, body: PledgeEdit
) -> PledgeView:
    """Save fields of a pledge; they count from the next month that is locked."""
    pledge = pledges.find_pledge(session, code=code)
    sent = body.model_dump(exclude_unset=True, exclude={"base_version"})
    pledges.edit_pledge(
        session, pledge=pledge, base_version=body.base_version, changes=sent, by=by, now=now
    )
    return PledgeView.model_validate(pledge)


@router.get("/{code}/receipts")
def list_receipts(session: ReadSession, by: Reader, code: str) -> list[ReceiptView]:
    """List what came in, the newest first."""
    pledge = pledges.find_pledge(session, code=code)
    rows = pledges.receipts(session, pledge=pledge)
    return [as_seen(ReceiptView.model_validate(row), by.role) for row in rows]


@router.post("/{code}/receipts", status_code=status.HTTP_201_CREATED)
def record_receipt(
    session: WriteSession, by: Editor, now: Now, code: str, body: ReceiptCreate
) -> ReceiptView:
    """Write down what came in; a repeat changes nothing."""
    pledge = pledges.find_pledge(session, code=code)
    receipt = pledges.record_receipt(session, pledge=pledge, by=by, now=now, **body.model_dump())
    return ReceiptView.model_validate(receipt)


@router.get("/{code}/reminder")
def reminder(
    session: ReadSession,
    by: Reader,
    code: str,
    month: str,
    language: Literal["id", "en"] = "id",
) -> Reminder:
    """Give the friendly reminder for WhatsApp."""
    del by
    pledge = pledges.find_pledge(session, code=code)
    text = pledges.reminder_text(session, pledge=pledge, month=month, language=language)
    return Reminder(text=text)


@router.post("/{code}/suspend")
def suspend_pledge(
    session: WriteSession, by: Editor, now: Now, code: str, body: Suspension
) -> PledgeView:
    """Suspend a pledge between two days."""
    pledge = pledges.find_pledge(session, code=code)
    pledges.suspend_pledge(session, pledge=pledge, by=by, now=now, **body.model_dump())
    return PledgeView.model_validate(pledge)


@router.post("/{code}/resume")
def resume_pledge(session: WriteSession, by: Editor, now: Now, code: str) -> PledgeView:
    """Let a suspended or late pledge run again."""
    pledge = pledges.find_pledge(session, code=code)
    return PledgeView.model_validate(pledges.resume_pledge(session, pledge=pledge, by=by, now=now))


@router.post("/{code}/end")
def end_pledge(session: WriteSession, by: Editor, now: Now, code: str, body: Ending) -> PledgeView:
    """End a pledge with a reason of the list."""
    pledge = pledges.find_pledge(session, code=code)
    pledges.end_pledge(session, pledge=pledge, by=by, now=now, **body.model_dump())
    return PledgeView.model_validate(pledge)


@router.post("/late/{month}")
def mark_late(session: WriteSession, by: Editor, now: Now, month: str) -> list[PledgeView]:
    """Mark the pledges of which nothing came in by the cut-off day."""
    late = pledges.mark_late(session, month=month, by=by, now=now)
    return [PledgeView.model_validate(pledge) for pledge in late]
