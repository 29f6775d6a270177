"""Making the packages of a month: one for each approved pair, by the child's age."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.package_contents import contents_for
from api.services.packing_days import eligibility_day
from api.services.reservations import measure, package_line
from data.queries.goods import approved_children, num_codes
from data.schema import Child, Cycle, Package, PackageLine, PackageState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.package_contents import Contents

__all__ = ["make_again", "make_packages"]

S = PackageState


def make_packages(session: Session, *, cycle: Cycle, day: date, now: datetime) -> set[int]:
    """Make the packages that are missing and can be made; returns the ids of those made now.

    Their numbers follow the seed, not any list of names.
    """
    pairs = approved_children(session, cycle=cycle)
    live = {
        package.child_id: package
        for package in session.exec(select(Package).where(Package.cycle_id == cycle.id))
        if package.state != S.CANCELLED
    }
    eligible_on = eligibility_day(session, cycle=cycle)
    prefix = f"P-{cycle.month[2:4]}{cycle.month[5:7]}-"
    number = num_codes(session, prefix=prefix)
    fresh: list[tuple[Package, list[PackageLine]]] = []
    for pair, child, household, _ in sorted(pairs, key=lambda row: _shuffled(cycle, row[1].code)):
        if (package := live.get(child.id or 0)) is not None:
            package.assignment_id = pair.id or 0  # a replacement took over the pair
            session.add(package)
            continue
        contents = contents_for(child, day, eligible_on=eligible_on)
        if contents is None:
            continue
        number += 1
        package = Package(
            code=f"{prefix}{number:04d}",
            cycle_id=cycle.id or 0,
            assignment_id=pair.id or 0,
            child_id=child.id or 0,
            household_id=household.id or 0,
            kit_code=contents.kit_code,
            kit_version=str(contents.kit_version),
            deliver_on=day,
            changes=list(contents.changes),
            weight_g=0,
            volume_ml=0,
            updated_at=now,
        )
        fresh.append((package, _lines_for(package, contents)))
    return _store_packages(session, fresh)


def make_again(
    session: Session, *, package: Package, contents: Contents, day: date, now: datetime
) -> tuple[Package, list[PackageLine]]:
    """Make the package of a child a second time, with other contents; returns it and its lines."""
    child = session.get_one(Child, package.child_id)
    prefix = package.code.rpartition("-")[0] + "-"
    fresh = Package(
        code=f"{prefix}{num_codes(session, prefix=prefix) + 1:04d}",
        cycle_id=package.cycle_id,
        assignment_id=package.assignment_id,
        child_id=package.child_id,
        household_id=child.household_id,
        kit_code=contents.kit_code,
        kit_version=str(contents.kit_version),
        deliver_on=day,
        changes=list(contents.changes),
        weight_g=0,
        volume_ml=0,
        replaces_id=package.id,
        updated_at=now,
    )
    lines = _lines_for(fresh, contents)
    _store_packages(session, [(fresh, lines)])
    return fresh, lines


def _lines_for(package: Package, contents: Contents) -> list[PackageLine]:
    """Return the lines of a package and weigh it."""
    replaced = {str(row["substitute"]): str(row["item"]) for row in contents.changes}
    lines = [
        package_line(package, line, substitutes=replaced.get(line.item)) for line in contents.lines
    ]
    measure(package, lines)
    return lines


def _store_packages(
    session: Session, fresh: Sequence[tuple[Package, Sequence[PackageLine]]]
) -> set[int]:
    """Store packages, then their lines, which need their ids; returns the ids."""
    session.add_all(package for package, _ in fresh)
    session.flush()
    for package, lines in fresh:
        for line in lines:
            line.package_id = package.id or 0
        session.add_all(lines)
    session.flush()
    return {package.id or 0 for package, _ in fresh}


def _shuffled(cycle: Cycle, code: str) -> str:
    return hashlib.sha256(f"{cycle.seed}:{code}".encode()).hexdigest()
