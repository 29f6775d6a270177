"""Reading packages, their goods and when a child last received one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from data.queries.month_counts import GONE
from data.queries.records import frozen_by_record
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CycleChild,
    CycleState,
    Household,
    Package,
    PackageLine,
    PackageState,
    Route,
    StockMove,
    StockMoveKind,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

__all__ = [
    "NOT_GOING",
    "StateSums",
    "approved_children",
    "boxed_goods",
    "children_without_package",
    "has_moved",
    "lines_by_package",
    "lines_of_packages",
    "num_codes",
    "num_packages",
    "packages_with_families",
    "route_codes",
    "sums_by_state",
    "units_in_state",
]


NOT_GOING = (
    PackageState.CANCELLED,
    PackageState.CARRIED,
    PackageState.RESTOCKED,
    PackageState.REASSIGNED,
)
"""States of packages that no family gets this month; every other one *goes*, on every screen."""


def boxed_goods(session: Session) -> dict[tuple[int, str], tuple[int, int]]:
    """Return units and boxes of what stands packed in each depot, by depot and item.

    The books took these goods off when they were packed; on the shelf they are not. What a month
    left packed when it ended has gone; a box that it carried over waits until it is unpacked for
    the next, less what corrections put on the shelf or wrote off.
    """
    is_over = col(Cycle.state).in_((CycleState.CLOSED, CycleState.CANCELLED))
    stands_here = col(Package.state).in_((PackageState.PACKED, PackageState.RETURNED))
    waits = and_(col(Package.state) == PackageState.CARRIED, ~has_moved(StockMoveKind.RETURN))
    units = func.sum(StockMove.quantity)
    per_box = (
        select(StockMove.depot_id, StockMove.item_code, units.label("units"))
        .join(Package, col(Package.id) == StockMove.package_id)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(
            col(StockMove.kind).in_((StockMoveKind.PACK, StockMoveKind.RETURN)),
            or_(waits, and_(stands_here, ~is_over)),
        )
        .group_by(col(StockMove.package_id), col(StockMove.depot_id), col(StockMove.item_code))
        .having(units < 0)
        .subquery()
    )
    rows = session.exec(
        select(
            per_box.c.depot_id,
            per_box.c.item_code,
            func.sum(per_box.c.units),
            func.count(),
        ).group_by(per_box.c.depot_id, per_box.c.item_code)
    )
    return {(depot_id, code): (-int(total), boxes) for depot_id, code, total, boxes in rows}


def has_moved(kind: StockMoveKind) -> ColumnElement[bool]:
    """Whether the months themselves, not corrections, moved goods of a package so."""
    move = aliased(StockMove)
    return exists().where(
        col(move.package_id) == col(Package.id),
        col(move.kind) == kind,
        col(move.amendment_id).is_(None),
    )


def approved_children(
    session: Session, *, cycle: Cycle
) -> list[tuple[Assignment, Child, Household, CycleChild | None]]:
    """Return the approved pairs of a month with child, family and the frozen row of the child.

    Children who left for good are not among them, whatever their pair says.
    """
    rows = session.exec(
        select(Assignment, Child, Household)
        .join(Child, col(Child.id) == Assignment.child_id)
        .join(Household, col(Household.id) == Child.household_id)
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.state == AssignmentState.APPROVED,
            col(Child.state).not_in(GONE),
        )
        .order_by(col(Child.code))
    )
    frozen = frozen_by_record(session, cycle)
    return [(pair, child, home, frozen.get(child.id or 0)) for pair, child, home in rows]


def children_without_package(session: Session, *, cycle: Cycle) -> list[Child]:
    """Return the children of approved pairs for whom no package of the month stands, by code."""
    with_package = select(Package.child_id).where(
        Package.cycle_id == cycle.id, Package.state != PackageState.CANCELLED
    )
    rows = session.exec(
        select(Child)
        .join(Assignment, col(Assignment.child_id) == col(Child.id))
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.state == AssignmentState.APPROVED,
            col(Child.state).not_in(GONE),
            col(Child.id).not_in(with_package),
        )
        .order_by(col(Child.code))
    )
    return list(rows)


def packages_with_families(
    session: Session,
    *,
    cycle_id: int,
    state: PackageState | None = None,
    kelurahan_code: str | None = None,
    words: str = "",
    by_name: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[tuple[Package, Child, Household]]:
    """Return the packages of a month by code, with child and family; a page of them if asked.

    ``words`` are looked for in codes, and in the names of child and guardian with ``by_name``.
    """
    rows = session.exec(
        select(Package, Child, Household)
        .join(Child, col(Child.id) == Package.child_id)
        .join(Household, col(Household.id) == Package.household_id)
        .where(*_of_month(cycle_id, state, kelurahan_code), *_named(words, by_name))
        .order_by(col(Package.code))
        .offset(offset)
        .limit(limit)
    )
    return [(package, child, household) for package, child, household in rows]


@dataclass(frozen=True, slots=True)
class StateSums:
    """The packages of a month in one state: how many, their value, weight and volume."""

    num_packages: int
    cost_rp: int
    weight_g: int
    volume_ml: int


def sums_by_state(session: Session, *, cycle_id: int) -> dict[PackageState, StateSums]:
    """Return the sums of a month's packages by state; states without a package are left out."""
    sums = (func.sum(getattr(Package, name)) for name in ("cost_rp", "weight_g", "volume_ml"))
    rows = session.exec(
        select(Package.state, func.count(), *sums)
        .where(Package.cycle_id == cycle_id)
        .group_by(col(Package.state))
    )
    return {PackageState(row[0]): StateSums(*map(int, row[1:])) for row in rows}


def units_in_state(session: Session, *, cycle_id: int, state: PackageState) -> dict[str, int]:
    """Return the units of each item in the packages of a month in one state, by item code."""
    rows = session.exec(
        select(PackageLine.item_code, func.sum(PackageLine.quantity))
        .join(Package, col(Package.id) == PackageLine.package_id)
        .where(Package.cycle_id == cycle_id, Package.state == state)
        .group_by(col(PackageLine.item_code))
    )
    return {code: int(units) for code, units in rows}


def num_packages(
    session: Session,
    *,
    cycle_id: int,
    state: PackageState | None = None,
    kelurahan_code: str | None = None,
    words: str = "",
    by_name: bool = False,
) -> int:
    """Return how many packages a month has, of those looked for."""
    return session.exec(
        select(func.count())
        .select_from(Package)
        .join(Child, col(Child.id) == Package.child_id)
        .join(Household, col(Household.id) == Package.household_id)
        .where(*_of_month(cycle_id, state, kelurahan_code), *_named(words, by_name))
    ).one()


def _of_month(
    cycle_id: int, state: PackageState | None, kelurahan_code: str | None
) -> list[ColumnElement[bool]]:
    found = [col(Package.cycle_id) == cycle_id]
    if state is not None:
        found.append(col(Package.state) == state)
    if kelurahan_code is not None:
        found.append(col(Household.kelurahan_code) == kelurahan_code)
    return found


def _named(words: str, by_name: bool) -> list[ColumnElement[bool]]:
    if not words.strip():
        return []
    looked = [Package.code, Child.code, Household.code]
    looked += [Child.name, Household.guardian_name] if by_name else []
    return [or_(*(col(each).icontains(words.strip(), autoescape=True) for each in looked))]


def lines_by_package(session: Session, *, cycle_id: int) -> dict[int, list[PackageLine]]:
    """Return the lines of every package of a month, in the order they were written."""
    rows = session.exec(
        select(PackageLine)
        .join(Package, col(Package.id) == PackageLine.package_id)
        .where(Package.cycle_id == cycle_id)
        .order_by(col(PackageLine.id))
    )
    found: dict[int, list[PackageLine]] = defaultdict(list)
    for line in rows:
        found[line.package_id].append(line)
    return found


def lines_of_packages(
    session: Session, *, package_ids: Sequence[int]
) -> dict[int, list[PackageLine]]:
    """Return the lines of some packages, in the order they were written."""
    rows = session.exec(
        select(PackageLine)
        .where(col(PackageLine.package_id).in_(package_ids))
        .order_by(col(PackageLine.id))
    )
    found: dict[int, list[PackageLine]] = defaultdict(list)
    for line in rows:
        found[line.package_id].append(line)
    return found


def route_codes(session: Session, *, stop_ids: Sequence[int]) -> dict[int, str]:
    """Return the code of the route that each stop is on."""
    rows = session.exec(
        select(Stop.id, Route.code)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(col(Stop.id).in_(stop_ids))
    )
    return {stop_id: code for stop_id, code in rows if stop_id is not None}


def num_codes(session: Session, *, prefix: str) -> int:
    """Return how many packages have a code that begins like this."""
    return session.exec(
        select(func.count()).select_from(Package).where(col(Package.code).startswith(prefix))
    ).one()
