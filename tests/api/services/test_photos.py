"""Photos of hand-overs: kept plain, looked at by a person, taken back again."""

import hashlib

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services import fulfilment, photos
from api.services.errors import Invalid, NotFound
from data.engine import downgrade, migrate, read_session, write_session
from data.schema import Account, AuditEntry, Child, Consent, ConsentPurpose, DeliveryPhoto, Role
from tests.data.test_jpeg import CLEAN, EXIF, JFIF
from tests.factories import NOW, make_account, make_consent
from tests.factories_routes import make_dispatched_cycle, package_at, report

DIRTY = CLEAN.replace(JFIF, JFIF + EXIF)


def delivered_photo(session: Session, *, has_consent: bool = True) -> DeliveryPhoto:
    """A photo of an accepted package."""
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    if has_consent:
        child = session.get_one(Child, package.child_id)
        make_consent(session, child, purpose=ConsentPurpose.PHOTO)
    photos.add_photo(
        session, photo_uid="f", event_uid="e", content=DIRTY, taken_at=NOW, by=courier, now=NOW
    )
    return session.exec(select(DeliveryPhoto)).one()


def decide(session: Session, photo: DeliveryPhoto, by: Account, *, is_shown: bool) -> None:
    photos.decide_photo(session, photo_id=photo.id or 0, is_shown=is_shown, by=by, now=NOW)


def test_what_is_no_jpeg_is_refused_with_a_sentence(session: Session) -> None:
    photo = delivered_photo(session)
    assert photo.content == CLEAN
    courier = session.exec(select(Account).where(Account.role == Role.COURIER)).one()
    with pytest.raises(Invalid, match=r"delivery\.photo"):
        photos.add_photo(
            session, photo_uid="g", event_uid="e", content=b"GIF89a", taken_at=NOW, by=courier,
            now=NOW,
        )  # fmt: skip


def test_a_photo_without_consent_is_not_let_through(session: Session) -> None:
    photo = delivered_photo(session, has_consent=False)
    for is_shown in (True, False):
        with pytest.raises(NotFound):
            decide(session, photo, make_account(session), is_shown=is_shown)
    assert photo.is_shown is None


def test_a_photo_that_was_let_through_by_mistake_is_taken_back(session: Session) -> None:
    photo, staff = delivered_photo(session), make_account(session)
    decide(session, photo, staff, is_shown=True)
    assert [row.id for row in photos.shown_photos(session)] == [photo.id]
    consent = session.exec(select(Consent).where(Consent.purpose == ConsentPurpose.PHOTO)).one()
    consent.withdrawn_at = NOW
    session.add(consent)
    decide(session, photo, staff, is_shown=False)
    assert photos.shown_photos(session) == []
    seen = select(AuditEntry).where(AuditEntry.action == "photo:decide")
    after = [row.after for row in session.exec(seen.order_by(col(AuditEntry.id)))]
    assert after == [{"is_shown": shown, "photo": photo.id} for shown in (True, False)]


def test_a_photo_that_was_kept_back_is_not_let_through_later(session: Session) -> None:
    photo, staff = delivered_photo(session), make_account(session)
    decide(session, photo, staff, is_shown=False)
    with pytest.raises(NotFound):
        decide(session, photo, staff, is_shown=True)
    assert photo.is_shown is False


def test_upgrading_cleans_what_was_kept_before(engine: Engine) -> None:
    with write_session(engine) as session:
        photo = delivered_photo(session)
        photo.content, photo.sha256 = DIRTY, hashlib.sha256(DIRTY).hexdigest()
        broken = DeliveryPhoto(**photo.model_dump(exclude={"id"}) | {"photo_uid": "g"})
        broken.content, broken.is_shown = CLEAN[:-2], True
        session.add(broken)
    downgrade(engine, revision="0009")
    migrate(engine)
    with read_session(engine) as session:
        first, second = session.exec(select(DeliveryPhoto).order_by(col(DeliveryPhoto.id)))
        assert (first.content, first.sha256) == (CLEAN, hashlib.sha256(CLEAN).hexdigest())
        assert first.is_shown is None
        assert second.is_shown is False
