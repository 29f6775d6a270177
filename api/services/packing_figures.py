"""How packing of a month stands, in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import stock
from api.services.packing_views import (
    NoKit,
    PackingResult,
    PurchaseLine,
    ShortageView,
    Waiting,
)
from api.services.reservations import free_units, shortage_rows
from api.services.shortages import Remedy
from data.queries.goods import NOT_GOING, lines_by_package
from data.reference.items import price_on
from data.schema import (
    CycleState,
    Package,
    PackageLine,
    PackageState,
    Shortage,
)

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Cycle, Depot


S = PackageState


def packing_result(
    session: Session, *, cycle: Cycle, day: date, depot: Depot, no_kit: tuple[NoKit, ...]
) -> PackingResult:
    """Return how packing of a month stands."""
    packages = [
        package
        for package in session.exec(select(Package).where(Package.cycle_id == cycle.id))
        if package.state != S.CANCELLED
    ]
    listed = stock.has_stock_list(session)
    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    planned = [package for package in packages if package.state == S.PLANNED]
    carried = [package for package in packages if package.state == S.CARRIED]
    going = [package for package in packages if package.state not in NOT_GOING]
    return PackingResult(
        cycle_id=cycle.id or 0,
        deliver_on=day,
        depot_id=depot.id or 0,
        num_packages=len(packages),
        num_going=len(going),
        num_reserved=sum(package.state == S.RESERVED for package in packages),
        num_packed=len(going) - len(planned) - sum(p.state == S.RESERVED for p in packages),
        num_waiting=len(carried),
        is_reserved=cycle.state != CycleState.APPROVED and (not listed or not planned),
        has_stock_list=listed,
        shortages=tuple(_shortage_view(row) for row in shortage_rows(session, cycle)),
        purchases=() if listed else _purchases(session, planned, lines, depot, day),
        no_kit=no_kit,
        cost_rp=sum(package.cost_rp for package in going),
        weight_g=sum(package.weight_g for package in going),
        volume_ml=sum(package.volume_ml for package in going),
    )


def _shortage_view(row: Shortage) -> ShortageView:
    return ShortageView(
        item_code=row.item_code,
        needed=row.needed,
        available=row.available,
        waiting=tuple(Waiting(**waiting) for waiting in row.waiting),  # type: ignore[arg-type]  # stored by _waiting_row
        remedy=Remedy(row.remedy) if row.remedy else None,
        substitute_code=row.substitute_code,
        signed_by=row.signed_by,
    )


def _purchases(
    session: Session,
    packages: list[Package],
    lines: dict[int, list[PackageLine]],
    depot: Depot,
    day: date,
) -> tuple[PurchaseLine, ...]:
    needed: dict[str, int] = {}
    for package in packages:
        for line in lines.get(package.id or 0, []):
            needed[line.item_code] = needed.get(line.item_code, 0) + line.quantity
    free = free_units(session, depot, day)
    bought = []
    for code, units in sorted(needed.items()):
        on_hand, price = free.get(code, 0), price_on(code, day)
        if (missing := units - on_hand) > 0:
            bought.append(
                PurchaseLine(
                    item_code=code,
                    quantity=missing,
                    on_hand=on_hand,
                    cost_rp=missing * price.price_rp if price else None,
                    price_source=price.source if price else None,
                )
            )
    return tuple(bought)
