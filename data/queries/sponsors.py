"""Looking up sponsors and their pledges."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.schema import Pledge, Sponsor, SponsorState


def search_sponsors(
    session: Session, *, text: str = "", after: str = "", limit: int = 50
) -> list[Sponsor]:
    """Return sponsors by code after a code; ``text`` is part of name, office or code."""
    query = select(Sponsor).where(Sponsor.state != SponsorState.MERGED)
    if text:
        like = f"%{text.lower()}%"
        query = query.where(
            func.lower(Sponsor.name).like(like)
            | func.lower(Sponsor.code).like(like)
            | func.lower(Sponsor.institution).like(like)
        )
    if after:
        query = query.where(Sponsor.code > after)
    return list(session.exec(query.order_by(col(Sponsor.code)).limit(limit)).all())


def pledges_of(session: Session, sponsor: Sponsor) -> list[Pledge]:
    """Return the pledges of a sponsor, the newest first."""
    return list(
        session.exec(
            select(Pledge)
            .where(Pledge.sponsor_id == sponsor.id)
            .order_by(col(Pledge.first_month).desc(), col(Pledge.code))
        ).all()
    )
