"""What a load adds up to. Every total on paper comes from here, from the rows it stands under."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from api.documents.models import Goods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.documents.models import PackageLine, StopLine, Trip


@dataclass(frozen=True, slots=True)
class Load:
    """What some packages are together."""

    num_packages: int
    weight_g: int
    volume_ml: int
    goods: tuple[Goods, ...]


def add_goods(amounts: Iterable[Goods]) -> tuple[Goods, ...]:
    """Add up goods of the same name and unit, exactly, in order of first appearance."""
    totals: dict[tuple[str, str], Decimal] = {}
    for amount in amounts:
        kind = (amount.name, amount.unit)
        totals[kind] = totals.get(kind, Decimal(0)) + Decimal(amount.quantity)
    return tuple(Goods(name, quantity, unit) for (name, unit), quantity in totals.items())


def load_of(packages: Iterable[PackageLine]) -> Load:
    """Add up packages."""
    rows = tuple(packages)
    return Load(
        num_packages=len(rows),
        weight_g=sum(row.weight_g for row in rows),
        volume_ml=sum(row.volume_ml for row in rows),
        goods=add_goods(amount for row in rows for amount in row.contents),
    )


def packages_of(stops: Iterable[StopLine]) -> Iterator[PackageLine]:
    """Go through the packages of stops."""
    for stop in stops:
        yield from stop.packages


def loading_order(trip: Trip) -> tuple[StopLine, ...]:
    """Order in which a trip is loaded: the last stop goes in first."""
    return tuple(reversed(trip.stops))


def loads_left(trip: Trip) -> tuple[Load, ...]:
    """Tell for each stop what is still on board after it."""
    return tuple(
        load_of(packages_of(trip.stops[after:])) for after in range(1, len(trip.stops) + 1)
    )


def count_kits(packages: Iterable[PackageLine]) -> dict[str, int]:
    """Count packages by kit, in order of first appearance."""
    counts: dict[str, int] = {}
    for package in packages:
        counts[package.kit_name] = counts.get(package.kit_name, 0) + 1
    return counts
