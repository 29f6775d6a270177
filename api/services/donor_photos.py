"""The one photo that a donor may see of a package: agreed to, and looked at by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import looks
from api.services.donor import donor_view, shown_photo
from api.services.donor_aliases import aliases_of
from api.services.donor_wishes import own_sponsor
from api.services.errors import NotFound
from data.schema import Child, Cycle, Package, PackageState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, DeliveryPhoto

__all__ = ["own_photo"]


def own_photo(session: Session, *, alias: str, month: str, by: Account, now: datetime) -> bytes:
    """Return the JPEG of a month's package of one of the donor's own children.

    Raises
    ------
    NotFound
        ``donor.photo`` whenever the donor's page would not show one: another's child, consent
        that was withdrawn, no photo, or none without a face.
    """
    sponsor = own_sponsor(session, by=by)
    view = donor_view(session, sponsor=sponsor, now=now)
    child_ids = {known: number for number, known in aliases_of(session, sponsor).items()}
    is_shown = any(
        each.has_photo
        for child in view.children
        if child.alias == alias
        for each in child.months
        if each.month == month
    )
    child = session.get(Child, child_ids[alias]) if is_shown else None
    photo = _photo_of(session, child, month) if child else None
    if child is None or photo is None:
        raise NotFound("donor.photo")
    looks.note(
        session, by=by, action="donor:photo", subject="child", subject_id=child.code, now=now,
        after={"month": month},
    )  # fmt: skip
    return photo.content


def _photo_of(session: Session, child: Child, month: str) -> DeliveryPhoto | None:
    package_id = session.exec(
        select(Package.id)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(
            Package.child_id == child.id,
            Cycle.month == month,
            Package.state != PackageState.CANCELLED,
        )
    ).first()
    return shown_photo(session, package_id) if package_id else None
