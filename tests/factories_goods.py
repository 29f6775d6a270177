"""Rows for tests of goods, routes and deliveries: stock with its moves, packed months."""

from typing import Any

from sqlmodel import Session, col, select

from api.services import packing, stock
from data.schema import Account, Assignment, Cycle, Depot, Package, PackageState, Role
from tests.factories import NOW, make_account, make_approved_cycle, make_depot
from tests.kept import kept

KIT = {"telur": 30, "beras": 5, "susu_uht": 12, "kacang_hijau": 2, "madu": 1}
"""The kit of a child of two and a half years, which is what ``make_child`` makes."""


def give_stock(session: Session, depot: Depot, by: Account, **units: int) -> None:
    """Goods in a depot, with the moves that brought them there."""
    for code, quantity in units.items():
        stock.receive_stock(
            session,
            depot=depot,
            item_code=code,
            quantity=quantity,
            move_uid=f"test:{depot.id}:{code}:{quantity}",
            by=by,
            now=NOW,
        )


def kits_in_stock(session: Session, depot: Depot, by: Account, count: int, **less: int) -> None:
    """Goods for so many kits; ``less`` names fewer units of an item."""
    units = {code: quantity * count for code, quantity in KIT.items()} | less
    give_stock(session, depot, by, **{code: number for code, number in units.items() if number})


@kept
def make_packed_cycle(
    session: Session, *, num_children: int = 3, **depot_values: Any
) -> tuple[Cycle, list[Assignment], Account, Depot]:
    """A month whose packages stand packed in the depot."""
    coordinator = make_account(session, Role.COORDINATOR)
    depot = make_depot(session, **depot_values)
    cycle, pairs = make_approved_cycle(session, num_children=num_children)
    kits_in_stock(session, depot, coordinator, num_children)
    packing.pack_cycle(session, cycle=cycle, by=coordinator, now=NOW)
    packing.mark_packed(session, cycle=cycle, by=coordinator, now=NOW)
    return cycle, pairs, coordinator, depot


def packages_of(session: Session, cycle: Cycle, state: PackageState | None = None) -> list[Package]:
    """The packages of a month by code."""
    rows = select(Package).where(Package.cycle_id == cycle.id).order_by(col(Package.code))
    return [row for row in session.exec(rows) if state is None or row.state == state]
