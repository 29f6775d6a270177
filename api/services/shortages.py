"""Sharing short goods out by need: a pure rule over packages in order of need."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Allocation", "Demand", "Remedy", "Signed", "allocate", "order_of_need"]


class Remedy(StrEnum):
    """What is done about an item that is short."""

    WAIT = "wait"
    """The packages last in order of need wait for next month."""
    LEAVE_OUT = "leave_out"
    """They go without the item."""
    SUBSTITUTE = "substitute"
    """They get another item instead."""
    PURCHASE = "purchase"
    """The missing quantity is bought and booked in now."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A package that wants goods: units by item."""

    package_id: int
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed remedy of one item."""

    remedy: Remedy
    substitute: str | None = None


@dataclass(slots=True)
class Allocation:
    """Who gets what.

    Attributes
    ----------
    served
        Units by item of each package that goes, by package.
    replaced
        What a package gets instead: (package, item) → (substitute, units); None = left out.
    affected
        Packages that do not get an item, by item, in order of need.
    waiting
        Packages that wait.
    bought
        Units bought, by item.
    """

    served: dict[int, dict[str, int]] = field(default_factory=dict)
    replaced: dict[tuple[int, str], tuple[str, int] | None] = field(default_factory=dict)
    affected: dict[str, list[int]] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    bought: dict[str, int] = field(default_factory=dict)


def order_of_need(
    tier: int | None, points: int | None, months_since_package: int | None, code: str
) -> tuple[int, int, int, str]:
    """Return a key that sorts the neediest first.

    Tier first, then points, then the longest time since the last package (never counts longest).
    """
    return (
        tier if tier is not None else 99,
        -(points or 0),
        -(months_since_package if months_since_package is not None else 10_000),
        code,
    )


def allocate(
    demands: Sequence[Demand],
    available: Mapping[str, int],
    signed: Mapping[str, Signed],
    substitute: Callable[[int, str, int, str], tuple[str, int] | None],
) -> Allocation:
    """Give goods out in the order of ``demands`` (neediest first).

    A package takes all that it wants or, for an item with a signed remedy, what the remedy says;
    one that lacks an item without such a remedy waits and takes nothing, so that its other goods
    go to those after it.

    Parameters
    ----------
    available
        Free units by item.
    substitute
        ``(package, item, units, substitute) → (item, units)``, None when a food rule forbids it.
    """
    free = dict(available)
    result = Allocation()
    for demand in demands:
        taken: dict[str, int] = {}
        replaced: dict[tuple[int, str], tuple[str, int] | None] = {}
        bought: dict[str, int] = {}
        waits = False
        for code, units in demand.lines.items():
            left = free.get(code, 0) - taken.get(code, 0)
            if left >= units:
                taken[code] = taken.get(code, 0) + units
                continue
            result.affected.setdefault(code, []).append(demand.package_id)
            rule = signed.get(code, Signed(Remedy.WAIT))
            if rule.remedy is Remedy.PURCHASE:
                bought[code] = units - max(0, left)
                taken[code] = taken.get(code, 0) + units
            elif rule.remedy is Remedy.LEAVE_OUT:
                replaced[demand.package_id, code] = None
            elif rule.remedy is Remedy.SUBSTITUTE and rule.substitute:
                other = substitute(demand.package_id, code, units, rule.substitute)
                if other is None:
                    replaced[demand.package_id, code] = None
                elif free.get(other[0], 0) - taken.get(other[0], 0) >= other[1]:
                    taken[other[0]] = taken.get(other[0], 0) + other[1]
                    replaced[demand.package_id, code] = other
                else:
                    result.affected.setdefault(other[0], []).append(demand.package_id)
                    waits = True
            else:
                waits = True
        if waits or not taken:
            result.waiting.append(demand.package_id)
            continue
        for code, units in bought.items():
            result.bought[code] = result.bought.get(code, 0) + units
            free[code] = free.get(code, 0) + units
        for code, units in taken.items():
            free[code] = free.get(code, 0) - units
        result.served[demand.package_id] = taken
        result.replaced |= replaced
    return result
