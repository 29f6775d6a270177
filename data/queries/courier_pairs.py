"""Reading which households must not share a courier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import CourierPair, Household

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

__all__ = ["foes_of_households", "household_by_code", "open_pairs", "pair_by_uid"]


def open_pairs(session: Session) -> list[CourierPair]:
    """Return the pairs that hold, oldest first."""
    rows = select(CourierPair).where(col(CourierPair.ended_at).is_(None))
    return list(session.exec(rows.order_by(col(CourierPair.id))))


def pair_by_uid(session: Session, *, uid: str) -> CourierPair | None:
    """Return a pair, held or ended, or None."""
    return session.exec(select(CourierPair).where(CourierPair.uid == uid)).one_or_none()


def household_by_code(session: Session, *, code: str) -> Household | None:
    """Return a household, or None."""
    return session.exec(select(Household).where(Household.code == code)).one_or_none()


def foes_of_households(session: Session, *, among: Collection[int]) -> dict[int, set[int]]:
    """Return for each of some households those that it must not share a courier with."""
    foes: dict[int, set[int]] = {}
    for pair in open_pairs(session):
        for one, other in ((pair.household_id, pair.other_id), (pair.other_id, pair.household_id)):
            if one in among:
                foes.setdefault(one, set()).add(other)
    return foes
