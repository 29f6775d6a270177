"""What each sponsor knows a child by: a bird and a number, drawn once, the same month after month.

The office's code of a child stands on labels and lists that are handed round in its street. So
donors get another name, their own: two sponsors of one child cannot tell that it is the same.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.engine import read_session, wait_turn, write_session
from data.schema import Assignment, DonorAlias, Pledge, Sponsor

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from data.schema import Account, Child

__all__ = [
    "aliases_of",
    "aliases_of_child",
    "follow_child",
    "follow_sponsor",
    "name_children",
    "name_own_children",
]

BIRDS = (
    "Bangau", "Belibis", "Beo", "Betet", "Camar", "Cucak", "Dara", "Elang", "Gelatik", "Jalak",
    "Kakatua", "Kenari", "Kepodang", "Kutilang", "Maleo", "Manyar", "Merak", "Merpati", "Murai",
    "Nuri", "Parkit", "Perkutut", "Pipit", "Punai", "Rangkong", "Serindit", "Srigunting",
    "Tekukur", "Trinil", "Walet",
)  # fmt: skip
"""Names that no posyandu, street or kelurahan is likely to bear."""
NUMBERS = (900, 9000, 90_000)
"""How many numbers of three, four and five digits there are for each bird."""
TRIES = 20
_ALIASES = 0x616C6961
"""The aliases' own number among the advisory locks of the database."""


def aliases_of(session: Session, sponsor: Sponsor) -> dict[int, str]:
    """Return what a sponsor knows children by, by child id."""
    rows = session.exec(select(DonorAlias).where(DonorAlias.sponsor_id == sponsor.id))
    return {row.child_id: row.alias for row in rows}


def aliases_of_child(session: Session, child: Child) -> list[tuple[str, str]]:
    """Return the code of each sponsor that knows a child, and by which alias, the first first."""
    rows = session.exec(
        select(Sponsor.code, DonorAlias.alias)
        .join(DonorAlias, col(DonorAlias.sponsor_id) == Sponsor.id)
        .where(DonorAlias.child_id == child.id)
        .order_by(col(DonorAlias.id))
    )
    return [(code, alias) for code, alias in rows]


def name_children(session: Session, sponsor: Sponsor) -> None:
    """Draw a name for every child that a sponsor was ever paired with and has none for."""
    unnamed = _unnamed(session, sponsor.id or 0)
    if not unnamed:
        return
    wait_turn(session, _ALIASES)
    for child_id in _unnamed(session, sponsor.id or 0):
        alias = _draw(session)
        session.add(DonorAlias(sponsor_id=sponsor.id or 0, child_id=child_id, alias=alias))
        session.flush()


def name_own_children(engine: Engine, *, by: Account) -> None:
    """Draw what a donor's own page needs before it is read; writes only where a name is missing."""
    if by.sponsor_id is None:
        return
    with read_session(engine) as session:
        if not _unnamed(session, by.sponsor_id):
            return
    with write_session(engine) as session:
        name_children(session, session.get_one(Sponsor, by.sponsor_id))


def follow_child(session: Session, *, kept: Child, dropped: Child) -> None:
    """Let sponsors of a record that was merged away know the kept one by the name they know."""
    of_kept, of_dropped = (
        list(session.exec(select(DonorAlias).where(DonorAlias.child_id == child.id)))
        for child in (kept, dropped)
    )
    known = {row.sponsor_id for row in of_kept}
    for row in of_dropped:
        if row.sponsor_id not in known:
            row.child_id = kept.id or 0
            session.add(row)


def follow_sponsor(session: Session, *, kept: Sponsor, dropped: Sponsor) -> None:
    """Let a sponsor of two records, merged, know each child by the name known before."""
    known = aliases_of(session, kept)
    for row in session.exec(select(DonorAlias).where(DonorAlias.sponsor_id == dropped.id)):
        if row.child_id not in known:
            row.sponsor_id = kept.id or 0
            session.add(row)


def _unnamed(session: Session, sponsor_id: int) -> list[int]:
    named = select(DonorAlias.child_id).where(DonorAlias.sponsor_id == sponsor_id)
    rows = session.exec(
        select(Assignment.child_id)
        .join(Pledge, col(Pledge.id) == Assignment.pledge_id)
        .where(Pledge.sponsor_id == sponsor_id, col(Assignment.child_id).not_in(named))
        .distinct()
        .order_by(col(Assignment.child_id))
    )
    return list(rows)


def _draw(session: Session) -> str:
    """Return a name that nobody knows a child by; at random, so that it tells no order."""
    for numbers in NUMBERS:
        for _ in range(TRIES):
            number = numbers // 9 + secrets.randbelow(numbers)
            alias = f"{secrets.choice(BIRDS)}-{number}"
            taken = session.exec(select(DonorAlias.id).where(DonorAlias.alias == alias)).first()
            if taken is None:
                return alias
    message = "Every alias that was drawn is taken: add birds."
    raise RuntimeError(message)
