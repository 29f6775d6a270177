"""Posyandu and puskesmas that are known of here: those of families, and where packages go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import Household

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["posyandu_by_ward", "puskesmas_names"]


def posyandu_by_ward(session: Session) -> dict[str, list[str]]:
    """Return code of a kelurahan → the posyandu of its families, by name."""
    rows = session.exec(
        select(Household.kelurahan_code, Household.posyandu)
        .where(col(Household.kelurahan_code).is_not(None), col(Household.posyandu).is_not(None))
        .distinct()
        .order_by(col(Household.kelurahan_code), col(Household.posyandu))
    )
    found: dict[str, list[str]] = {}
    for ward, name in rows:
        if ward and name:
            found.setdefault(ward, []).append(name)
    return found


def puskesmas_names(session: Session) -> list[str]:
    """Return the puskesmas of families, by name."""
    names = select(Household.puskesmas).where(col(Household.puskesmas).is_not(None)).distinct()
    return sorted(name for name in session.exec(names) if name)
