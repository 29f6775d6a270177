"""Families, the teams that accompany them, and what they were given of it in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func
from sqlmodel import col, select

from data.schema import (
    Accompaniment,
    Child,
    ChildState,
    CompanionTeam,
    Cycle,
    Household,
    Measurement,
    Package,
    PackageState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

__all__ = [
    "AccompaniedFamily",
    "AccompaniedPlace",
    "FamilyPlace",
    "accompaniment_of_month",
    "codes_of_month",
    "companion_teams",
    "families_of_place",
    "family_places",
    "is_followed_in",
    "measured_between",
    "places_to_accompany",
    "team_names",
]

MOST_NAMED = 5000
IN_PROGRAMME = (ChildState.ELIGIBLE, ChildState.PAUSED, ChildState.MOVED_PENDING)


class FamilyPlace(NamedTuple):
    """Where a family belongs; empty where nobody knows."""

    kelurahan_code: str
    posyandu: str
    puskesmas: str
    team: str


@dataclass(frozen=True, slots=True)
class AccompaniedPlace:
    """A posyandu (empty: families without one) and how many of its families are on record."""

    kelurahan_code: str
    posyandu: str
    families: int
    recorded: int


@dataclass(frozen=True, slots=True)
class AccompaniedFamily:
    """A family with a child in the programme, and what it was given; no codes: no record."""

    household_id: int
    code: str
    guardian_name: str
    children: tuple[str, ...]
    codes: tuple[int, ...]
    source: str


def companion_teams(session: Session, *, also_ended: bool = False) -> list[CompanionTeam]:
    """Return the teams at work, by kelurahan and name."""
    wanted = select(CompanionTeam).order_by(
        col(CompanionTeam.kelurahan_code), col(CompanionTeam.name)
    )
    if not also_ended:
        wanted = wanted.where(col(CompanionTeam.is_active))
    return list(session.exec(wanted))


def team_names(teams: Sequence[CompanionTeam]) -> dict[tuple[str, str], str]:
    """Return kelurahan and posyandu → team; an empty posyandu is that of all others there."""
    return {
        (team.kelurahan_code, place): team.name for team in teams for place in team.posyandu or [""]
    }


def family_places(
    session: Session, *, among: Collection[int] | None = None
) -> dict[int, FamilyPlace]:
    """Return where each family belongs, or some families."""
    teams = team_names(companion_teams(session))
    wanted = select(
        Household.id,
        func.coalesce(Household.kelurahan_code, ""),
        func.coalesce(Household.posyandu, ""),
        func.coalesce(Household.puskesmas, ""),
    )
    found = {}
    for number, ward, posyandu, puskesmas in session.exec(_some(wanted, Household.id, among)):
        team = teams.get((ward, posyandu)) or teams.get((ward, "")) or ""
        found[number or 0] = FamilyPlace(ward, posyandu, puskesmas, team)
    return found


def _some(wanted: Any, family: Any, among: Collection[int] | None) -> Any:
    """Return a select of some families; of very many all are read."""
    if among is None or len(among) > MOST_NAMED:
        return wanted
    return wanted.where(col(family).in_(among))


def accompaniment_of_month(session: Session, *, month: str) -> dict[int, Accompaniment]:
    """Return what is recorded of each family in a month."""
    rows = session.exec(select(Accompaniment).where(Accompaniment.month == month))
    return {row.household_id: row for row in rows}


def codes_of_month(
    session: Session, *, month: str, among: Collection[int]
) -> dict[int, tuple[list[int], str]]:
    """Return the codes of some families in a month, and whose record they are."""
    wanted = select(Accompaniment.household_id, Accompaniment.codes, Accompaniment.by).where(
        Accompaniment.month == month
    )
    rows = session.exec(_some(wanted, Accompaniment.household_id, among))
    return {number: (list(codes), by) for number, codes, by in rows}


def measured_between(session: Session, *, first: date, last: date) -> set[int]:
    """Return the children who were measured within days."""
    rows = session.exec(
        select(Measurement.child_id)
        .where(Measurement.measured_on >= first, Measurement.measured_on <= last)
        .distinct()
    )
    return set(rows)


def is_followed_in(month: str) -> ColumnElement[bool]:
    """Return by which children families belong to a month.

    Those in the programme, and who graduated after a package of that month.
    """
    had_package = (
        select(Package.child_id)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(Cycle.month == month, Package.state != PackageState.CANCELLED)
    )
    return col(Child.state).in_(IN_PROGRAMME) | (
        (col(Child.state) == ChildState.GRADUATED) & col(Child.id).in_(had_package)
    )


def places_to_accompany(session: Session, *, month: str) -> list[AccompaniedPlace]:
    """Return the places that have families with a child followed in a month, by kelurahan."""
    rows = session.exec(
        select(
            Household.kelurahan_code,
            Household.posyandu,
            func.count(func.distinct(Household.id)),
            func.count(func.distinct(case((col(Accompaniment.id).is_not(None), Household.id)))),
        )
        .select_from(Household)
        .join(Child, col(Child.household_id) == Household.id)
        .outerjoin(
            Accompaniment,
            (col(Accompaniment.household_id) == Household.id) & (Accompaniment.month == month),
        )
        .where(is_followed_in(month))
        .group_by(col(Household.kelurahan_code), col(Household.posyandu))
    )
    found = [
        AccompaniedPlace(ward or "", place or "", int(n), int(k)) for ward, place, n, k in rows
    ]
    return sorted(found, key=lambda each: (each.kelurahan_code, each.posyandu))


def families_of_place(
    session: Session, *, month: str, kelurahan_code: str, posyandu: str
) -> list[AccompaniedFamily]:
    """Return the families of one place with a child followed in a month, by code."""
    rows = session.exec(
        select(Household, Child.code, Accompaniment)
        .join(Child, col(Child.household_id) == Household.id)
        .outerjoin(
            Accompaniment,
            (col(Accompaniment.household_id) == Household.id) & (Accompaniment.month == month),
        )
        .where(
            is_followed_in(month),
            func.coalesce(Household.kelurahan_code, "") == kelurahan_code,
            func.coalesce(Household.posyandu, "") == posyandu,
        )
        .order_by(col(Household.code), col(Child.code))
    )
    found: dict[int, AccompaniedFamily] = {}
    for home, child, row in rows:
        before = found.get(home.id or 0)
        found[home.id or 0] = AccompaniedFamily(
            household_id=home.id or 0,
            code=home.code,
            guardian_name=home.guardian_name,
            children=(*(before.children if before else ()), child),
            codes=tuple(row.codes) if row else (),
            source=row.source if row else "",
        )
    return list(found.values())
