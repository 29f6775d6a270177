"""Packages that arrived and what their families said was eaten, by posyandu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func
from sqlmodel import col, select

from data.schema import Child, ConsumptionCheck, Household, Package, PackageState

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Eaten

__all__ = ["AskedPackage", "AskedPlace", "packages_to_ask", "places_to_ask"]

ACCEPTED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A posyandu (empty: families without one) with packages that arrived."""

    kelurahan_code: str
    posyandu: str
    arrived: int
    asked: int


@dataclass(frozen=True, slots=True)
class AskedPackage:
    """A package that arrived, whose child it was for, and the answer when there is one."""

    package_id: int
    code: str
    child_id: int
    child_code: str
    guardian_name: str
    eaten: Eaten | None
    note: str
    checked_on: date | None


def places_to_ask(session: Session, *, cycle_id: int) -> list[AskedPlace]:
    """Return the places of a month's packages that arrived, by kelurahan and name."""
    asked = func.sum(case((col(ConsumptionCheck.id).is_not(None), 1), else_=0))
    rows = session.exec(
        select(Household.kelurahan_code, Household.posyandu, func.count(), asked)
        .select_from(Package)
        .join(Household, col(Household.id) == Package.household_id)
        .outerjoin(ConsumptionCheck, col(ConsumptionCheck.package_id) == Package.id)
        .where(Package.cycle_id == cycle_id, col(Package.state).in_(ACCEPTED))
        .group_by(col(Household.kelurahan_code), col(Household.posyandu))
    )
    found = [AskedPlace(ward or "", place or "", int(n), int(k or 0)) for ward, place, n, k in rows]
    return sorted(found, key=lambda each: (each.kelurahan_code, each.posyandu))


def packages_to_ask(
    session: Session, *, cycle_id: int, kelurahan_code: str, posyandu: str
) -> list[AskedPackage]:
    """Return the packages of one place that arrived, by the child's code."""
    rows = session.exec(
        select(Package, Child, Household, ConsumptionCheck)
        .join(Child, col(Child.id) == Package.child_id)
        .join(Household, col(Household.id) == Package.household_id)
        .outerjoin(ConsumptionCheck, col(ConsumptionCheck.package_id) == Package.id)
        .where(
            Package.cycle_id == cycle_id,
            col(Package.state).in_(ACCEPTED),
            func.coalesce(Household.kelurahan_code, "") == kelurahan_code,
            func.coalesce(Household.posyandu, "") == posyandu,
        )
        .order_by(col(Child.code), col(Package.id))
    )
    return [
        AskedPackage(
            package_id=package.id or 0,
            code=package.code,
            child_id=child.id or 0,
            child_code=child.code,
            guardian_name=home.guardian_name,
            eaten=check.eaten if check else None,
            note=check.note if check else "",
            checked_on=check.checked_on if check else None,
        )
        for package, child, home, check in rows
    ]
