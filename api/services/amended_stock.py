"""Corrections of a closed month in the stock books: goods come back, are written off, or go.

ADR 0017: what a correction says of the goods is booked as moves of its own, once, as the difference
between what the books say by now and what they should say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from api.services.amended_goods import whereabouts
from api.services.balance import balance_lines
from api.services.delivery_times import earliest_moment
from api.services.errors import Refused
from api.services.package_goods import packed_from
from api.services.stock_moves import book_move, stock_item
from data.schema import Cycle, Depot, PackageState, StockItem, StockMove, StockMoveKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Amendment, Package

__all__ = ["LaterCount", "book_correction", "counts_since", "moves_of_corrections"]

K = StockMoveKind
WRITTEN_OFF = {K.SPOIL: "spoiled", K.LOSE: "lost"}


@dataclass(frozen=True, slots=True)
class LaterCount:
    """An item that was counted in a depot after a package had left it."""

    item_code: str
    depot_id: int
    depot_name: str
    counted_at: datetime


def counts_since(session: Session, *, package: Package) -> list[LaterCount]:
    """Return the items of a package that were counted since the month last moved them.

    Such a count may have seen already what a correction tells only now; a person knows.
    """
    left_at = earliest_moment(session, package=package, stop_id=package.stop_id)
    rows = session.exec(
        select(StockItem, Depot, func.max(StockMove.at))
        .join(Depot, col(Depot.id) == StockItem.depot_id)
        .join(
            StockMove,
            (col(StockMove.depot_id) == StockItem.depot_id)
            & (col(StockMove.item_code) == StockItem.item_code),
        )
        .where(
            StockMove.package_id == package.id,
            col(StockMove.amendment_id).is_(None),
            col(StockMove.kind).in_((K.PACK, K.RETURN, K.SPOIL, K.LOSE)),
            col(StockItem.counted_at).is_not(None),
        )
        .group_by(col(StockItem.id), col(Depot.id))
        .order_by(col(StockItem.item_code))
    )
    return [
        LaterCount(
            item_code=stock.item_code,
            depot_id=stock.depot_id,
            depot_name=depot.name,
            counted_at=stock.counted_at,
        )
        for stock, depot, moved_at in rows
        if stock.counted_at is not None
        and stock.counted_at > (max(moved_at, left_at) if left_at else moved_at)
    ]


def book_correction(
    session: Session,
    *,
    entry: Amendment,
    package: Package,
    is_counted: bool | None,
    by: Account,
    now: datetime,
) -> list[StockMove]:
    """Book what the corrections of a package, ``entry`` the last of them, mean for the shelf.

    Nothing is booked where a correction of old told only the sum of several items.

    Parameters
    ----------
    is_counted
        Whether the counts since (:func:`counts_since`) saw the goods where the correction says
        they are: then what it brings or takes is booked and at once set off against the count.

    Raises
    ------
    Refused
        ``amend.counted`` when that has to be said; ``amend.stock_short`` when goods would have to
        leave the shelf that are not free there.
    """
    owed = _owed(session, package)
    net = {code: sum(kinds.values()) for code, kinds in owed.items()}
    counts = [one for one in counts_since(session, package=package) if net.get(one.item_code)]
    if counts and is_counted is None:
        raise Refused(
            "amend.counted",
            items=[one.item_code for one in counts],
            depot=counts[0].depot_name,
            counted_at=max(one.counted_at for one in counts).isoformat(),
        )
    set_off = {one.item_code for one in counts} if is_counted else set()
    booked = []
    for code, kinds in sorted(owed.items()):
        if code in set_off:
            kinds[K.CORRECT] = -net[code]
        booked += _book(session, package, code, kinds, entry, by, now)
    session.flush()
    return booked


def moves_of_corrections(
    session: Session, *, entry_ids: Collection[int]
) -> dict[int, dict[str, int]]:
    """Return what corrections brought to the shelf (more) or took from it (less), by item."""
    rows = session.exec(
        select(StockMove.amendment_id, StockMove.item_code, func.sum(StockMove.quantity))
        .where(col(StockMove.amendment_id).in_(entry_ids))
        .group_by(col(StockMove.amendment_id), col(StockMove.item_code))
        .order_by(col(StockMove.item_code))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for number, code, total in rows:
        if number is not None:
            found[number][code] = int(total)
    return dict(found)


def _owed(session: Session, package: Package) -> dict[str, dict[StockMoveKind, int]]:
    """Return the moves that the books lack for what the corrections say by now: item → kind."""
    found = whereabouts(session, package=package)
    if not found.is_told_by_item:
        return {}
    cycle = session.get_one(Cycle, package.cycle_id)
    by_month = _sums(session, package, is_corrected=False)
    booked = _sums(session, package, is_corrected=True)
    owed = {}
    for line in balance_lines(session, cycle=cycle, package=package):
        code = line.item_code
        gone = {
            kind: found.by_item[bucket][code] - int(getattr(line, bucket))
            for kind, bucket in WRITTEN_OFF.items()
        }
        back = found.by_item["returned"][code] - line.returned + sum(gone.values())
        if _is_unpacked(package, by_month):
            back += found.by_item["carried"][code] - by_month.get((code, K.RETURN), 0)
        wanted = {K.RETURN: back, **{kind: -units for kind, units in gone.items()}}
        lacking = {kind: units - booked.get((code, kind), 0) for kind, units in wanted.items()}
        owed[code] = {kind: units for kind, units in lacking.items() if units}
    return {code: kinds for code, kinds in owed.items() if kinds}


def _is_unpacked(package: Package, by_month: dict[tuple[str, StockMoveKind], int]) -> bool:
    """Whether a box that was carried over has been unpacked for a later month."""
    return package.state == PackageState.CARRIED and any(
        units for (_, kind), units in by_month.items() if kind is K.RETURN
    )


def _sums(
    session: Session, package: Package, *, is_corrected: bool
) -> dict[tuple[str, StockMoveKind], int]:
    by_correction = col(StockMove.amendment_id).is_not(None)
    rows = session.exec(
        select(StockMove.item_code, StockMove.kind, func.sum(StockMove.quantity))
        .where(
            StockMove.package_id == package.id,
            by_correction if is_corrected else ~by_correction,
        )
        .group_by(col(StockMove.item_code), col(StockMove.kind))
    )
    return {(code, K(kind)): int(total) for code, kind, total in rows}


def _book(
    session: Session,
    package: Package,
    code: str,
    kinds: dict[StockMoveKind, int],
    entry: Amendment,
    by: Account,
    now: datetime,
) -> list[StockMove]:
    depot_id = packed_from(session, package=package, item_code=code)
    stock = stock_item(session, depot_id=depot_id, item_code=code)
    more = sum(kinds.values())
    if stock.on_hand - stock.reserved + more < 0:
        raise Refused(
            "amend.stock_short",
            item=code,
            needed=-more,
            available=stock.on_hand - stock.reserved,
            depot=session.get_one(Depot, depot_id).name,
        )
    stock.on_hand += more
    session.add(stock)
    return [
        book_move(
            session,
            move_uid=f"amend:{entry.id}:{code}:{kind.value}"[:64],
            depot_id=depot_id,
            item_code=code,
            kind=kind,
            quantity=units,
            by=by,
            now=now,
            package_id=package.id,
            amendment_id=entry.id,
        )
        for kind, units in kinds.items()
    ]
