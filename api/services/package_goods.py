"""Goods of packages: promised, put into the box, brought back, written off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, update
from sqlmodel import col, select

from api.services.errors import Refused
from api.services.stock_moves import (
    RESERVED_KINDS,
    book_move,
    hold_shelves,
    reread_stock,
    stock_item,
)
from data.schema import Package, PackageLine, StockItem, StockMove, StockMoveKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "boxed_among",
    "come_back_among",
    "has_come_back",
    "held_by",
    "is_boxed",
    "lose_packed",
    "packed_from",
    "release",
    "reserve",
    "reserve_lines",
    "return_packed",
    "spoil_packed",
    "take_packed",
]

K = StockMoveKind
IDS_AT_ONCE = 10_000
"""A store takes only so many values in one statement (PostgreSQL 65,535, SQLite 32,766)."""


def reserve(
    session: Session,
    *,
    depot_id: int,
    package: Package,
    line: PackageLine,
    by: Account,
    now: datetime,
) -> None:
    """Promise units to a line of a package; see :func:`reserve_lines`."""
    reserve_lines(session, depot_id=depot_id, lines=[(package, line)], by=by, now=now)


def reserve_lines(
    session: Session,
    *,
    depot_id: int,
    lines: Sequence[tuple[Package, PackageLine]],
    by: Account,
    now: datetime,
) -> None:
    """Promise units to lines of packages: one guarded update per item, one move per line.

    Raises
    ------
    Refused
        ``stock.short`` when fewer are free than the lines want together.
    """
    wanted: dict[str, int] = {}
    last: dict[str, Package] = {}
    for package, line in lines:
        wanted[line.item_code] = wanted.get(line.item_code, 0) + line.quantity
        last[line.item_code] = package
    for code, units in sorted(wanted.items()):
        done = session.exec(
            update(StockItem)
            .where(
                col(StockItem.depot_id) == depot_id,
                col(StockItem.item_code) == code,
                col(StockItem.on_hand) - col(StockItem.reserved) >= units,
            )
            .values(reserved=StockItem.reserved + units)
            .execution_options(synchronize_session=False)
        )
        reread_stock(session, depot_id, code)
        if done.rowcount != 1:
            raise Refused(
                "stock.short",
                item=code,
                needed=units,
                available=_available(session, depot_id, code),
                package=last[code].code,
            )
    for package, line in lines:
        _book_line(session, K.RESERVE, line.quantity, depot_id, package, line, by, now)


def release(
    session: Session, *, package: Package, by: Account, now: datetime, note: str = ""
) -> None:
    """Give back what was reserved for a package and not packed."""
    for (depot_id, code), quantity in (
        _open_reservations(session, [package]).get(package.id or 0, {}).items()
    ):
        session.exec(
            update(StockItem)
            .where(col(StockItem.depot_id) == depot_id, col(StockItem.item_code) == code)
            .values(reserved=StockItem.reserved - quantity)
            .execution_options(synchronize_session=False)
        )
        reread_stock(session, depot_id, code)
        book_move(
            session,
            depot_id=depot_id,
            item_code=code,
            kind=K.RELEASE,
            quantity=-quantity,
            by=by,
            now=now,
            package_id=package.id,
            note=note,
        )
    session.flush()


def take_packed(
    session: Session, *, packages: Sequence[Package], by: Account, now: datetime
) -> None:
    """Take what was reserved for packages out of stock: it is in the boxes now."""
    reserved = _open_reservations(session, packages)
    taken: dict[tuple[int, str], int] = {}
    for goods in reserved.values():
        for place, quantity in goods.items():
            taken[place] = taken.get(place, 0) + quantity
    for (depot_id, code), quantity in sorted(taken.items()):
        session.exec(
            update(StockItem)
            .where(col(StockItem.depot_id) == depot_id, col(StockItem.item_code) == code)
            .values(on_hand=StockItem.on_hand - quantity, reserved=StockItem.reserved - quantity)
            .execution_options(synchronize_session=False)
        )
        reread_stock(session, depot_id, code)
    for package in packages:
        for (depot_id, code), quantity in reserved.get(package.id or 0, {}).items():
            book_move(
                session,
                depot_id=depot_id,
                item_code=code,
                kind=K.PACK,
                quantity=-quantity,
                by=by,
                now=now,
                package_id=package.id,
            )
    session.flush()


def return_packed(
    session: Session,
    *,
    package: Package,
    quantities: dict[str, int],
    by: Account,
    now: datetime,
    note: str = "",
) -> None:
    """Put packed units of a package back on the shelf of the depot they came from."""
    for depot_id, code, quantity in _shelves(session, package, quantities):
        stock = stock_item(session, depot_id=depot_id, item_code=code)
        stock.on_hand += quantity
        session.add(stock)
        book_move(
            session,
            depot_id=depot_id,
            item_code=code,
            kind=K.RETURN,
            quantity=quantity,
            by=by,
            now=now,
            package_id=package.id,
            note=note,
        )
    session.flush()


def spoil_packed(
    session: Session,
    *,
    package: Package,
    quantities: dict[str, int],
    by: Account,
    now: datetime,
    note: str = "",
) -> None:
    """Write packed units off: they come back and leave the books in one step."""
    return_packed(session, package=package, quantities=quantities, by=by, now=now, note=note)
    _write_off(session, K.SPOIL, package, quantities, by, now, note)


def lose_packed(
    session: Session,
    *,
    package: Package,
    quantities: dict[str, int],
    by: Account,
    now: datetime,
    note: str = "",
) -> None:
    """Write packed units off as lost."""
    return_packed(session, package=package, quantities=quantities, by=by, now=now, note=note)
    _write_off(session, K.LOSE, package, quantities, by, now, note)


def packed_from(session: Session, *, package: Package, item_code: str) -> int:
    """Return the depot that a package's item was taken from."""
    found = session.exec(
        select(StockMove.depot_id)
        .where(
            StockMove.package_id == package.id,
            StockMove.item_code == item_code,
            StockMove.kind == K.PACK,
        )
        .order_by(col(StockMove.id).desc())
    ).first()
    if found is None:
        raise Refused("stock.not_packed", item=item_code, package=package.code)
    return found


def has_come_back(session: Session, *, package: Package) -> bool:
    """Whether units of a package went back on the shelf or were written off since it was packed."""
    return package.id in come_back_among(session, package_ids=[package.id or 0])


def come_back_among(session: Session, *, package_ids: Sequence[int]) -> set[int]:
    """Return the ids of those packages of which units came back since they were packed."""
    kinds = (K.PACK, K.RETURN, K.SPOIL, K.LOSE)
    last = (
        select(func.max(col(StockMove.id)))
        .where(col(StockMove.package_id).in_(package_ids), col(StockMove.kind).in_(kinds))
        .group_by(col(StockMove.package_id))
    )
    rows = select(StockMove.package_id).where(col(StockMove.id).in_(last), StockMove.kind != K.PACK)
    return {number for number in session.exec(rows) if number is not None}


def is_boxed(session: Session, *, package: Package) -> bool:
    """Whether units of a package are in its box: packed, and not all back on the shelf."""
    return package.id in boxed_among(session, packages=[package])


def boxed_among(session: Session, *, packages: Sequence[Package]) -> set[int]:
    """Return the ids of those packages that have goods in their boxes."""
    found: set[int] = set()
    ids = [package.id for package in packages]
    for start in range(0, len(ids), IDS_AT_ONCE):
        rows = session.exec(
            select(StockMove.package_id)
            .where(
                col(StockMove.package_id).in_(ids[start : start + IDS_AT_ONCE]),
                col(StockMove.kind).in_((K.PACK, K.RETURN)),
            )
            .group_by(col(StockMove.package_id))
            .having(func.sum(StockMove.quantity) < 0)
        )
        found.update(number for number in rows if number is not None)
    return found


def held_by(session: Session, *, package: Package) -> dict[tuple[int, str], int]:
    """Return what is in a package's box, or set aside for it: units by depot and item."""
    if not is_boxed(session, package=package):
        return _open_reservations(session, [package]).get(package.id or 0, {})
    lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id))
    return {
        (packed_from(session, package=package, item_code=line.item_code), line.item_code): (
            line.quantity
        )
        for line in lines
    }


def _available(session: Session, depot_id: int, item_code: str) -> int:
    row = session.exec(
        select(StockItem).where(StockItem.depot_id == depot_id, StockItem.item_code == item_code)
    ).first()
    return row.on_hand - row.reserved if row else 0


def _open_reservations(
    session: Session, packages: Sequence[Package]
) -> dict[int, dict[tuple[int, str], int]]:
    """Return what is promised to each package, by depot and item, items in their order."""
    found: dict[int, dict[tuple[int, str], int]] = {}
    ids = [package.id for package in packages]
    for start in range(0, len(ids), IDS_AT_ONCE):
        sums = session.exec(
            select(
                StockMove.package_id,
                StockMove.depot_id,
                StockMove.item_code,
                func.sum(StockMove.quantity),
            )
            .where(
                col(StockMove.package_id).in_(ids[start : start + IDS_AT_ONCE]),
                col(StockMove.kind).in_(RESERVED_KINDS),
            )
            .group_by(col(StockMove.package_id), col(StockMove.depot_id), col(StockMove.item_code))
            .order_by(col(StockMove.depot_id), col(StockMove.item_code))
        )
        for package_id, depot, code, total in sums:
            if total:
                found.setdefault(package_id or 0, {})[depot, code] = int(total)
    return found


def _book_line(
    session: Session,
    kind: StockMoveKind,
    quantity: int,
    depot_id: int,
    package: Package,
    line: PackageLine,
    by: Account,
    now: datetime,
) -> None:
    book_move(
        session,
        depot_id=depot_id,
        item_code=line.item_code,
        kind=kind,
        quantity=quantity,
        by=by,
        now=now,
        package_id=package.id,
    )


def _shelves(
    session: Session, package: Package, quantities: dict[str, int]
) -> list[tuple[int, str, int]]:
    """Return depot, item and units of what was packed, with the rows of these depots held.

    All rows of a depot, as packing holds them: two people who put boxes back and pack at once then
    wait for each other in one order, whatever their boxes hold.
    """
    places = {code: packed_from(session, package=package, item_code=code) for code in quantities}
    for depot_id in sorted(set(places.values())):
        hold_shelves(session, depot_id=depot_id)
    return [(places[code], code, units) for code, units in quantities.items()]


def _write_off(
    session: Session,
    kind: StockMoveKind,
    package: Package,
    quantities: dict[str, int],
    by: Account,
    now: datetime,
    note: str,
) -> None:
    for depot_id, code, quantity in _shelves(session, package, quantities):
        stock = stock_item(session, depot_id=depot_id, item_code=code)
        stock.on_hand -= quantity
        session.add(stock)
        book_move(
            session,
            depot_id=depot_id,
            item_code=code,
            kind=kind,
            quantity=-quantity,
            by=by,
            now=now,
            package_id=package.id,
            note=note,
        )
    session.flush()
