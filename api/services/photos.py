"""Pictures of a hand-over: kept once, without what a phone writes into them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.errors import Invalid, NotFound
from data.schema import DeliveryEvent, DeliveryPhoto

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["MAX_BYTES", "add_photo", "strip_jpeg"]

MAX_BYTES = 3_000_000
START, SCAN = b"\xff\xd8", 0xDA
KEPT_SEGMENTS = {0xC4, 0xDB, 0xDD, 0xE0, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC)}
"""Tables and frames that a picture needs, and JFIF; Exif, XMP, IPTC and comments are dropped."""


def add_photo(
    session: Session,
    *,
    photo_uid: str,
    event_uid: str,
    content: bytes,
    taken_at: datetime,
    by: Account,
    now: datetime,
) -> bool:
    """Keep a JPEG of an event without its place and device data; False when it was here already.

    Raises
    ------
    NotFound
        ``delivery.event`` when the event is not known (yet) or not this person's: send it first.
    Invalid
        ``delivery.photo`` for anything but a JPEG of at most three megabytes.
    """
    if session.exec(select(DeliveryPhoto).where(DeliveryPhoto.photo_uid == photo_uid)).first():
        return False
    event = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == event_uid)).first()
    if event is None or (event.by != by.username and by.role.value == "courier"):
        raise NotFound("delivery.event", event_uid=event_uid)
    if len(content) > MAX_BYTES:
        raise Invalid("delivery.photo", fields={"content": "delivery.photo"}, size=len(content))
    stripped = strip_jpeg(content)
    session.add(
        DeliveryPhoto(
            photo_uid=photo_uid,
            event_uid=event_uid,
            package_id=event.package_id,
            sha256=hashlib.sha256(stripped).hexdigest(),
            content=stripped,
            taken_at=taken_at,
            received_at=now,
            by=by.username,
        )
    )
    session.flush()
    return True


def strip_jpeg(content: bytes) -> bytes:
    """Return a JPEG with nothing but the picture.

    Raises
    ------
    Invalid
        ``delivery.photo`` when it is not a whole JPEG.
    """
    if not content.startswith(START):
        raise Invalid("delivery.photo", fields={"content": "delivery.photo"}, size=len(content))
    kept, at = [START], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == SCAN:
            return b"".join([*kept, content[at:]])
        if marker in KEPT_SEGMENTS:
            kept.append(content[at:end])
        at = end
    raise Invalid("delivery.photo", fields={"content": "delivery.photo"}, size=len(content))
