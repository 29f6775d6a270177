"""How packing of a month stands, in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from data.queries.goods import NOT_GOING, sums_by_state, units_in_state
from data.reference.items import price_on
from data.schema import CycleState, PackageState, Shortage

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Cycle, Depot


S = PackageState


def packing_result(
    session: Session, *, cycle: Cycle, day: date, depot: Depot, no_kit: tuple[NoKit, ...]
) -> PackingResult:
    """Return how packing of a month stands."""
    sums = sums_by_state(session, cycle_id=cycle.id or 0)
    listed = stock.has_stock_list(session)
    going = [found for state, found in sums.items() if state not in NOT_GOING]
    count = {state: found.num_packages for state, found in sums.items()}
    num_going = sum(found.num_packages for found in going)
    num_planned, num_reserved = count.get(S.PLANNED, 0), count.get(S.RESERVED, 0)
    return PackingResult(
        cycle_id=cycle.id or 0,
        deliver_on=day,
        depot_id=depot.id or 0,
        num_packages=sum(count.values()) - count.get(S.CANCELLED, 0),
        num_going=num_going,
        num_reserved=num_reserved,
        num_packed=num_going - num_planned - num_reserved,
        num_waiting=count.get(S.CARRIED, 0),
        is_reserved=cycle.state != CycleState.APPROVED and (not listed or not num_planned),
        has_stock_list=listed,
        shortages=tuple(_shortage_view(row) for row in shortage_rows(session, cycle)),
        purchases=() if listed else _purchases(session, cycle, depot, day),
        no_kit=no_kit,
        cost_rp=sum(found.cost_rp for found in going),
        weight_g=sum(found.weight_g for found in going),
        volume_ml=sum(found.volume_ml for found in going),
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


def _purchases(session: Session, cycle: Cycle, depot: Depot, day: date) -> tuple[PurchaseLine, ...]:
    needed = units_in_state(session, cycle_id=cycle.id or 0, state=S.PLANNED)
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
