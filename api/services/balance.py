"""Where packed units went: packed = delivered + returned + spoiled + lost + carried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.queries.goods import lines_by_package, lines_of_packages
from data.schema import Package, PackageState, StockMove, StockMoveKind

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle, PackageLine

__all__ = ["ItemBalance", "LineBalance", "balance_items", "balance_lines"]

K = StockMoveKind
P = PackageState
KINDS = (K.PACK, K.RETURN, K.SPOIL, K.LOSE)
NOT_PACKED = (P.PLANNED, P.RESERVED, P.CANCELLED)
"""States in which a package's list says what is meant, not what is in a box."""


@dataclass(frozen=True, slots=True)
class ItemBalance:
    """Where the packed units of an item went."""

    item_code: str
    packed: int
    delivered: int
    returned: int
    spoiled: int
    lost: int
    carried: int
    misplaced: int
    """Units that are not accounted for in single packages, whichever way."""
    package_codes: tuple[str, ...]
    """Packages whose units are not accounted for."""

    @property
    def difference(self) -> int:
        """Units not accounted for; zero when all is well in every single package."""
        gone = self.delivered + self.returned + self.spoiled + self.lost + self.carried
        return (self.packed - gone) or self.misplaced


@dataclass(frozen=True, slots=True)
class LineBalance:
    """Where the units of one item of one package went."""

    package: Package
    item_code: str
    packed: int
    delivered: int
    returned: int
    spoiled: int
    lost: int
    carried: int
    unbooked: int
    """Units that the box holds by its list and that never left the stock books."""

    @property
    def difference(self) -> int:
        """Units not accounted for; zero when all is well."""
        gone = self.delivered + self.returned + self.spoiled + self.lost + self.carried
        return (self.packed - gone) or self.unbooked


def balance_items(session: Session, *, cycle: Cycle) -> tuple[ItemBalance, ...]:
    """Add up a month's goods per item: every item of every box, and every move."""
    by_item: dict[str, list[LineBalance]] = defaultdict(list)
    for line in balance_lines(session, cycle=cycle):
        by_item[line.item_code].append(line)
    return tuple(
        ItemBalance(
            item_code=code,
            packed=sum(line.packed for line in lines),
            delivered=sum(line.delivered for line in lines),
            returned=sum(line.returned for line in lines),
            spoiled=sum(line.spoiled for line in lines),
            lost=sum(line.lost for line in lines),
            carried=sum(line.carried for line in lines),
            misplaced=sum(abs(line.difference) for line in lines),
            package_codes=tuple(line.package.code for line in lines if line.difference),
        )
        for code, lines in sorted(by_item.items())
    )


def balance_lines(
    session: Session, *, cycle: Cycle, package: Package | None = None
) -> list[LineBalance]:
    """Return where each item of each box of a month went, by package and item; or of one box.

    What corrections after the closing moved is not among it.
    """
    if package is None:
        every = session.exec(select(Package).where(Package.cycle_id == cycle.id))
        packages = {one.id or 0: one for one in every}
        lines_of = lines_by_package(session, cycle_id=cycle.id or 0)
    else:
        packages = {package.id or 0: package}
        lines_of = lines_of_packages(session, package_ids=list(packages))
    moved = _moved(session, cycle, package)
    listed = {
        (number, line.item_code): line
        for number, lines in lines_of.items()
        for line in lines
        if packages[number].state not in NOT_PACKED or line.accepted
    }
    return [
        _line_balance(
            packages[number],
            code,
            listed.get((number, code)),
            {kind: moved.get((number, code, kind), 0) for kind in KINDS},
        )
        for number, code in sorted({key[:2] for key in moved} | set(listed))
    ]


def _line_balance(
    package: Package, code: str, line: PackageLine | None, moved: dict[StockMoveKind, int]
) -> LineBalance:
    booked = -moved[K.PACK]
    held = line.quantity if line and package.state not in NOT_PACKED else booked
    taken = line.accepted if line else 0
    spoiled, lost = -moved[K.SPOIL], -moved[K.LOSE]
    returned = moved[K.RETURN] - spoiled - lost
    is_carried = package.state == P.CARRIED
    carried = held - taken if is_carried and booked else 0
    if is_carried:
        returned = 0  # unpacked for a later month: that month's goods
    if package.state == P.LOST:
        lost += max(0, held - taken - returned - spoiled - lost)
    return LineBalance(
        package=package,
        item_code=code,
        packed=held if booked or not is_carried else 0,
        delivered=taken,
        returned=returned,
        spoiled=spoiled,
        lost=lost,
        carried=carried,
        unbooked=held - booked if booked or not is_carried else 0,
    )


def _moved(
    session: Session, cycle: Cycle, package: Package | None
) -> dict[tuple[int, str, StockMoveKind], int]:
    of_package = [] if package is None else [StockMove.package_id == package.id]
    rows = session.exec(
        select(
            StockMove.package_id,
            StockMove.item_code,
            StockMove.kind,
            func.sum(StockMove.quantity),
        )
        .join(Package, col(Package.id) == StockMove.package_id)
        .where(
            Package.cycle_id == cycle.id,
            col(StockMove.kind).in_(KINDS),
            col(StockMove.amendment_id).is_(None),
            *of_package,
        )
        .group_by(col(StockMove.package_id), col(StockMove.item_code), col(StockMove.kind))
    )
    return {
        (number, code, K(kind)): int(total)
        for number, code, kind, total in rows
        if number is not None
    }
