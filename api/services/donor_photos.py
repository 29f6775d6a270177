"""The one photo that a donor may see of a package: agreed to, and looked at by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.donor import donor_view, shown_photo
from api.services.donor_wishes import own_sponsor
from api.services.errors import NotFound
from data.schema import Child, Cycle, Package, PackageState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["own_photo"]


def own_photo(session: Session, *, alias: str, month: str, by: Account, now: datetime) -> bytes:
    """Return the JPEG of a month's package of one of the donor's own children.

    Raises
    ------
    NotFound
        ``donor.photo`` whenever the donor's page would not show one: another's child, consent
        that was withdrawn, no photo, or none without a face.
    """
    view = donor_view(session, sponsor=own_sponsor(session, by=by), now=now)
    is_shown = any(
        each.has_photo
        for child in view.children
        if child.alias == alias
        for each in child.months
        if each.month == month
    )
    package_id = session.exec(
        select(Package.id)
        .join(Child, col(Child.id) == Package.child_id)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(Child.code == alias, Cycle.month == month, Package.state != PackageState.CANCELLED)
    ).first()
    photo = shown_photo(session, package_id) if is_shown and package_id else None
    if photo is None:
        raise NotFound("donor.photo")
    audit.record(
        session, by=by, action="donor:photo", subject="child", subject_id=alias, now=now,
        after={"month": month},
    )  # fmt: skip
    return photo.content
