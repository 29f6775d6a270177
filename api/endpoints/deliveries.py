"""Deliveries under /api/v1: events from phones and pages, photos, filled-in sheets."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import AwareDatetime

from api.dependencies import Keys, Now, ReadSession, RowId, WriteSession, requires
from api.schemas.deliveries import (
    AcknowledgementOut,
    AmendIn,
    BatchIn,
    BatchOut,
    EventIn,
    PhotoOut,
    ResultLineOut,
    ResultsOut,
    StoredEventOut,
    UndoIn,
)
from api.schemas.seen import as_seen
from api.security import NAMES_OF_FAMILIES
from api.services import fulfilment, results
from api.services.cycles import find_cycle
from api.services.finding import find_batch, find_package
from api.services.fulfilment import DeliveryReport, LineResult
from data.schema import Account, DeliveryEvent

router = APIRouter(tags=["deliveries"])

Recorder = Annotated[Account, requires("delivery:record")]
Corrector = Annotated[Account, requires("delivery:amend")]
Reader = Annotated[Account, requires("delivery:read")]


@router.post("/deliveries")
def record(session: WriteSession, by: Recorder, now: Now, batch: BatchIn) -> BatchOut:
    """Take what a phone brings, in any order and as often as it likes; one answer per event.

    ``stored``, ``repeated`` and ``kept`` mean that the event is safe here and may be forgotten
    there; ``refused`` says why.
    """
    answers = fulfilment.record_batch(
        session, reports=[_report(event, "phone") for event in batch.events], by=by, now=now
    )
    return BatchOut(answers=[AcknowledgementOut.model_validate(answer) for answer in answers])


@router.post("/deliveries/amend")
def amend(session: WriteSession, by: Corrector, now: Now, wanted: AmendIn) -> AcknowledgementOut:
    """Correct what was recorded, with a reason."""
    answer = fulfilment.amend_delivery(
        session, report=_report(wanted.event, "office"), by=by, now=now, reason=wanted.reason
    )
    return AcknowledgementOut.model_validate(answer)


@router.post("/deliveries/{event_uid}/undo")
def undo(
    session: WriteSession, by: Recorder, now: Now, event_uid: str, wanted: UndoIn
) -> AcknowledgementOut:
    """Take an event back within ten minutes."""
    answer = fulfilment.undo_delivery(
        session, event_uid=event_uid, undo_uid=wanted.undo_uid, by=by, now=now
    )
    return AcknowledgementOut.model_validate(answer)


@router.put("/deliveries/{event_uid}/photos/{photo_uid}")
def add_photo(
    session: WriteSession,
    by: Recorder,
    now: Now,
    event_uid: str,
    photo_uid: str,
    taken_at: Annotated[AwareDatetime, Query()],
    content: Annotated[bytes, Body(media_type="image/jpeg")],
) -> PhotoOut:
    """Keep a JPEG of an event, without place and device data; the same again changes nothing."""
    is_new = fulfilment.add_photo(
        session,
        photo_uid=photo_uid,
        event_uid=event_uid,
        content=content,
        taken_at=taken_at,
        by=by,
        now=now,
    )
    return PhotoOut(is_new=is_new)


@router.get("/packages/{code}/events")
def list_events(session: ReadSession, by: Reader, code: str) -> list[StoredEventOut]:
    """Show everything that was ever reported of a package."""
    package = find_package(session, code=code)
    rows = fulfilment.events_of_package(session, package_id=package.id or 0)
    return [as_seen(_stored(row, by), by.role, names=NAMES_OF_FAMILIES) for row in rows]


@router.post("/cycles/{month}/results")
def preview_results(
    session: WriteSession,
    by: Corrector,
    now: Now,
    keys: Keys,
    month: str,
    file_name: Annotated[str, Query(min_length=1, max_length=200)],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> ResultsOut:
    """Read a filled-in sheet and say what it would change; nothing is recorded yet."""
    preview = results.preview_results(
        session,
        cycle=find_cycle(session, month=month),
        file_name=file_name,
        content=content,
        by=by,
        now=now,
        keys=keys,
    )
    return ResultsOut(
        batch_id=preview.batch.id or 0,
        num_new=preview.num_new,
        num_changed=preview.num_changed,
        num_same=preview.num_same,
        rejected=[ResultLineOut.model_validate(line) for line in preview.rejected],
    )


@router.post("/results/{batch_id}/apply")
def apply_results(
    session: WriteSession, by: Corrector, now: Now, keys: Keys, batch_id: RowId
) -> list[AcknowledgementOut]:
    """Record the lines of a sheet that was shown before."""
    batch = find_batch(session, number=batch_id)
    answers = results.apply_results(session, batch=batch, by=by, now=now, keys=keys)
    return [AcknowledgementOut.model_validate(answer) for answer in answers]


def _stored(row: DeliveryEvent, by: Account) -> StoredEventOut:
    """Return an event; why it went wrong is left out where only an approver may read that."""
    event = StoredEventOut.model_validate(row)
    if fulfilment.may_read_why(row, by):
        return event
    lines = [line | {"reason": None} for line in event.lines]
    return event.model_copy(update={"reason": None, "reason_text": "", "lines": lines})


def _report(event: EventIn, channel: str) -> DeliveryReport:
    return DeliveryReport(
        **event.model_dump(exclude={"lines"}),
        lines=tuple(LineResult(**line.model_dump()) for line in event.lines),
        channel=channel,
    )
