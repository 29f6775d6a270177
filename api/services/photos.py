"""Pictures of a hand-over: kept once, without what a phone writes into them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit, looks
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from data.jpeg import NotAJpeg, strip_jpeg
from data.schema import (
    Consent,
    ConsentPurpose,
    DeliveryEvent,
    DeliveryPhoto,
    Outcome,
    Package,
    PackageState,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "MAX_BYTES",
    "PhotoToDecide",
    "ShownPhoto",
    "add_photo",
    "decide_photo",
    "look_at_photo",
    "photos_to_decide",
    "shown_photos",
]

MAX_BYTES = 3_000_000


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
    try:
        stripped = strip_jpeg(content)
    except NotAJpeg:
        raise Invalid(
            "delivery.photo", fields={"content": "delivery.photo"}, size=len(content)
        ) from None
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


@dataclass(frozen=True, slots=True)
class PhotoToDecide:
    """A photo of a package that arrived, whose guardian agreed to a photo, not looked at yet."""

    id: int
    package_code: str
    taken_at: datetime


def photos_to_decide(
    session: Session, *, now: datetime, limit: int = 12
) -> tuple[list[PhotoToDecide], int]:
    """Return photos that a person should look at before a sponsor may, and how many wait."""
    rows = _waiting(session, now=now)
    found = [PhotoToDecide(number or 0, code, taken_at) for number, code, taken_at in rows[:limit]]
    return found, len(rows)


def _waiting(session: Session, *, now: datetime) -> list[tuple[int | None, str, datetime]]:
    today = local_date(now)
    agreed = select(Consent.child_id).where(
        Consent.purpose == ConsentPurpose.PHOTO,
        col(Consent.withdrawn_at).is_(None),
        Consent.granted_on <= today,
        col(Consent.expires_on).is_(None) | (col(Consent.expires_on) >= today),
    )
    rows = session.exec(
        select(DeliveryPhoto.id, Package.code, DeliveryPhoto.taken_at)
        .join(Package, col(Package.id) == DeliveryPhoto.package_id)
        .join(DeliveryEvent, col(DeliveryEvent.event_uid) == DeliveryPhoto.event_uid)
        .where(
            col(DeliveryPhoto.is_shown).is_(None),
            col(Package.state).in_((PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)),
            DeliveryEvent.outcome != Outcome.FAILED,
            col(Package.child_id).in_(agreed),
        )
        .order_by(col(DeliveryPhoto.id))
    )
    return [(number, code, taken_at) for number, code, taken_at in rows]


def look_at_photo(session: Session, *, photo_id: int, by: Account, now: datetime) -> bytes:
    """Return the JPEG of a photo that waits for a look; who looks is in the audit trail.

    Raises
    ------
    NotFound
        ``photo.unknown`` for any other photo: without consent, decided already, or not there.
    """
    codes = {number: code for number, code, _ in _waiting(session, now=now)}
    if photo_id not in codes:
        raise NotFound("photo.unknown")
    looks.note(
        session, by=by, action="photo:read", subject="package", subject_id=codes[photo_id],
        now=now, after={"photo": photo_id},
    )  # fmt: skip
    return session.get_one(DeliveryPhoto, photo_id).content


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo that a sponsor may see, and who said so."""

    id: int
    package_code: str
    decided_by: str
    decided_at: datetime


def shown_photos(session: Session, *, limit: int = 12) -> list[ShownPhoto]:
    """Return the photos that were let through last; each can still be taken back."""
    rows = session.exec(
        select(DeliveryPhoto.id, Package.code, DeliveryPhoto.decided_by, DeliveryPhoto.decided_at)
        .join(Package, col(Package.id) == DeliveryPhoto.package_id)
        .where(col(DeliveryPhoto.is_shown).is_(True))
        .order_by(col(DeliveryPhoto.decided_at).desc(), col(DeliveryPhoto.id).desc())
        .limit(limit)
    )
    return [
        ShownPhoto(number or 0, code, decided_by or "", decided_at)
        for number, code, decided_by, decided_at in rows
        if decided_at is not None
    ]


def decide_photo(
    session: Session, *, photo_id: int, is_shown: bool, by: Account, now: datetime
) -> None:
    """Say whether the sponsor may see a photo: only one without a face.

    Only a photo that waits for a look is let through; one that was let through can be taken back.

    Raises
    ------
    NotFound
        ``photo.unknown`` for any other photo: without consent, kept back already, or not there.
    """
    photo = session.exec(
        select(DeliveryPhoto).where(DeliveryPhoto.id == photo_id).with_for_update()
    ).one_or_none()
    takes_back = photo is not None and photo.is_shown is True and not is_shown
    if photo is None or not (
        takes_back or photo_id in {row[0] for row in _waiting(session, now=now)}
    ):
        raise NotFound("photo.unknown")
    photo.is_shown, photo.decided_by, photo.decided_at = is_shown, by.username, now
    session.add(photo)
    session.flush()
    package = session.get_one(Package, photo.package_id)
    audit.record(
        session, by=by, action="photo:decide", subject="package", subject_id=package.code, now=now,
        after={"is_shown": is_shown, "photo": photo_id},
    )  # fmt: skip
