"""Where packed units went: packed = delivered + returned + spoiled + lost + carried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, case, cast, func, literal, or_, select, union_all
from sqlmodel import col

from data.schema import Package, PackageLine, PackageState, StockMove, StockMoveKind

if TYPE_CHECKING:
    from sqlalchemy import Subquery
    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["ItemBalance", "LineBalance", "balance_items", "balance_lines"]

K = StockMoveKind
P = PackageState
MOVED = {"pack": K.PACK, "back": K.RETURN, "spoil": K.SPOIL, "lose": K.LOSE}
"""What a column sums of the stock book."""
UNITS = ("listed", "accepted", *MOVED)
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
    """Where the units of one item of a package went."""

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
    """Add up a month's goods per item: every item of every box, and every move.

    Boxes in one state with the same units listed and moved are worked out once.
    """
    box = _boxes(cycle)
    alike = box.c.state, box.c.item_code, *(box.c[name] for name in UNITS)
    counted = [
        (_line_balance(*row[:-1]), row, int(row[-1]))
        for row in session.execute(select(*alike, func.count()).group_by(*alike))
    ]
    wrong: dict[str, list[str]] = defaultdict(list)
    if odd := {row[:-1] for line, row, _ in counted if line.difference}:
        each = select(box.c.package_id, box.c.code, *alike).order_by(box.c.package_id)
        for _, code, *row in session.execute(each):
            if tuple(row) in odd:
                wrong[row[1]].append(code)
    by_item: dict[str, list[tuple[LineBalance, int]]] = defaultdict(list)
    for line, _, num_boxes in counted:
        by_item[line.item_code].append((line, num_boxes))

    def total(lines: list[tuple[LineBalance, int]], name: str) -> int:
        return sum(getattr(line, name) * num_boxes for line, num_boxes in lines)

    return tuple(
        ItemBalance(
            item_code=code,
            packed=total(lines, "packed"),
            delivered=total(lines, "delivered"),
            returned=total(lines, "returned"),
            spoiled=total(lines, "spoiled"),
            lost=total(lines, "lost"),
            carried=total(lines, "carried"),
            misplaced=sum(abs(line.difference) * num_boxes for line, num_boxes in lines),
            package_codes=tuple(wrong[code]),
        )
        for code, lines in sorted(by_item.items())
    )


def balance_lines(session: Session, *, cycle: Cycle, package: Package) -> list[LineBalance]:
    """Return where each item of a box of a month went, by item.

    What corrections after the closing moved is not among it.
    """
    box = _boxes(cycle, package)
    rows = select(box.c.state, box.c.item_code, *(box.c[name] for name in UNITS))
    return [_line_balance(*row) for row in session.execute(rows.order_by(box.c.item_code))]


def _line_balance(
    state: PackageState,
    code: str,
    listed: int,
    accepted: int,
    pack: int,
    back: int,
    spoil: int,
    lose: int,
) -> LineBalance:
    booked = -pack
    held = listed if listed and state not in NOT_PACKED else booked
    spoiled, lost = -spoil, -lose
    returned = back - spoiled - lost
    is_carried = state == P.CARRIED
    carried = held - accepted if is_carried and booked else 0
    if is_carried:
        returned = 0  # unpacked for a later month: that month's goods
    if state == P.LOST:
        lost += max(0, held - accepted - returned - spoiled - lost)
    return LineBalance(
        item_code=code,
        packed=held if booked or not is_carried else 0,
        delivered=accepted,
        returned=returned,
        spoiled=spoiled,
        lost=lost,
        carried=carried,
        unbooked=held - booked if booked or not is_carried else 0,
    )


def _boxes(cycle: Cycle, package: Package | None = None) -> Subquery:
    """Select the units listed and moved of each item of each box of a month, or of one box."""
    of_month = [col(Package.cycle_id) == cycle.id]
    if package is not None:
        of_month.append(col(Package.id) == package.id)
    is_in_box = or_(col(Package.state).not_in(NOT_PACKED), col(PackageLine.accepted) > 0)
    lines: Any = (
        select(
            col(Package.id).label("package_id"),
            col(PackageLine.item_code).label("item_code"),
            col(PackageLine.quantity).label("listed"),
            col(PackageLine.accepted).label("accepted"),
            *(literal(0).label(name) for name in MOVED),
        )
        .join(PackageLine, col(PackageLine.package_id) == Package.id)
        .where(*of_month, is_in_box)
    )
    moves = (
        select(
            col(StockMove.package_id),
            col(StockMove.item_code),
            literal(0),
            literal(0),
            *(
                case((col(StockMove.kind) == kind, col(StockMove.quantity)), else_=0)
                for kind in MOVED.values()
            ),
        )
        .join(Package, col(Package.id) == StockMove.package_id)
        .where(
            *of_month,
            col(StockMove.kind).in_(MOVED.values()),
            col(StockMove.amendment_id).is_(None),
        )
    )
    every = union_all(lines, moves).subquery()
    of_box = (
        select(
            every.c.package_id,
            every.c.item_code,
            *(cast(func.sum(every.c[name]), Integer).label(name) for name in UNITS),
        )
        .group_by(every.c.package_id, every.c.item_code)
        .subquery()
    )
    return (
        select(col(Package.code), col(Package.state), *of_box.c)
        .join(of_box, of_box.c.package_id == Package.id)
        .subquery()
    )
