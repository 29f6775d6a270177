"""Where packed units went: packed = delivered + returned + spoiled + lost + carried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.queries.goods import lines_by_package
from data.schema import Package, PackageState, StockMove, StockMoveKind

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["ItemBalance", "balance_items"]

K = StockMoveKind
P = PackageState


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
    package_codes: tuple[str, ...]
    """Packages whose units are not accounted for."""

    @property
    def difference(self) -> int:
        """Units not accounted for; zero when all is well."""
        gone = self.delivered + self.returned + self.spoiled + self.lost + self.carried
        return self.packed - gone


def balance_items(session: Session, *, cycle: Cycle) -> tuple[ItemBalance, ...]:
    """Add up a month's goods per item, from the moves and from what families accepted."""
    packages = {
        package.id or 0: package
        for package in session.exec(select(Package).where(Package.cycle_id == cycle.id))
    }
    moved = _moved(session, cycle)
    accepted: dict[tuple[int, str], int] = {
        (number, line.item_code): line.accepted
        for number, lines in lines_by_package(session, cycle_id=cycle.id or 0).items()
        for line in lines
    }
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    open_codes: dict[str, list[str]] = defaultdict(list)
    for number, code in sorted({key[:2] for key in moved}):
        package, one = packages[number], sums[code]
        packed = -moved.get((number, code, K.PACK), 0)
        taken = accepted.get((number, code), 0)
        back = moved.get((number, code, K.RETURN), 0)
        spoiled, lost = (-moved.get((number, code, kind), 0) for kind in (K.SPOIL, K.LOSE))
        carried = packed - taken if package.state == P.CARRIED else 0
        missing = packed - taken - carried - (0 if carried else back)
        if package.state == P.LOST and missing > 0:
            lost, missing = lost + missing, 0
        one["packed"] += packed
        one["delivered"] += taken
        one["returned"] += 0 if carried else back - spoiled + moved.get((number, code, K.LOSE), 0)
        one["spoiled"] += spoiled
        one["lost"] += lost
        one["carried"] += carried
        if missing:
            open_codes[code].append(package.code)
    return tuple(
        ItemBalance(
            item_code=code,
            packed=one["packed"],
            delivered=one["delivered"],
            returned=one["returned"],
            spoiled=one["spoiled"],
            lost=one["lost"],
            carried=one["carried"],
            package_codes=tuple(open_codes[code]),
        )
        for code, one in sorted(sums.items())
        if any(one.values())
    )


def _moved(session: Session, cycle: Cycle) -> dict[tuple[int, str, StockMoveKind], int]:
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
            col(StockMove.kind).in_((K.PACK, K.RETURN, K.SPOIL, K.LOSE)),
        )
        .group_by(col(StockMove.package_id), col(StockMove.item_code), col(StockMove.kind))
    )
    return {
        (number, code, K(kind)): int(total)
        for number, code, kind, total in rows
        if number is not None
    }
