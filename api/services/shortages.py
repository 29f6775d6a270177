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
    *,
    unsigned: Remedy = Remedy.WAIT,
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
    unsigned
        What is done about an item without a signature. With ``LEAVE_OUT`` ``affected`` names every
        item that would be short if the others were not, so that all can be signed in one go.
    """
    free, result = dict(available), Allocation()
    for demand in demands:
        basket = _Basket(demand.package_id, free, signed, unsigned)
        for code, units in demand.lines.items():
            if not basket.take(code, units, result.affected):
                basket.remedy(code, units, substitute, result.affected)
        if basket.waits or not basket.taken:
            result.waiting.append(demand.package_id)
            continue
        for code, units in basket.bought.items():
            result.bought[code] = result.bought.get(code, 0) + units
            free[code] = free.get(code, 0) + units
        for code, units in basket.taken.items():
            free[code] = free.get(code, 0) - units
        result.served[demand.package_id] = basket.taken
        result.replaced |= basket.replaced
    return result


class _Basket:
    """What one package would take of what is free."""

    def __init__(
        self,
        package_id: int,
        free: Mapping[str, int],
        signed: Mapping[str, Signed],
        unsigned: Remedy,
    ) -> None:
        self.package_id, self.free, self.signed, self.unsigned = package_id, free, signed, unsigned
        self.taken: dict[str, int] = {}
        self.bought: dict[str, int] = {}
        self.replaced: dict[tuple[int, str], tuple[str, int] | None] = {}
        self.waits = False

    def take(self, code: str, units: int, affected: dict[str, list[int]]) -> bool:
        """Take units when they are free; else note that this package does not get them."""
        if self._left(code) >= units:
            self.taken[code] = self.taken.get(code, 0) + units
            return True
        missing = affected.setdefault(code, [])
        if self.package_id not in missing:
            missing.append(self.package_id)
        return False

    def remedy(
        self,
        code: str,
        units: int,
        substitute: Callable[[int, str, int, str], tuple[str, int] | None],
        affected: dict[str, list[int]],
    ) -> None:
        """Do what was signed about an item that is short (or, unsigned, what stands in for it)."""
        rule = self._rule(code)
        if rule.remedy is Remedy.PURCHASE:
            self._buy(code, units)
        elif rule.remedy is Remedy.LEAVE_OUT:
            self.replaced[self.package_id, code] = None
        elif rule.remedy is Remedy.SUBSTITUTE and rule.substitute:
            other = substitute(self.package_id, code, units, rule.substitute)
            self.replaced[self.package_id, code] = other
            if other is None or self.take(*other, affected):
                return
            second = self._rule(other[0]).remedy
            if second is Remedy.PURCHASE:
                self._buy(*other)
            elif second is Remedy.LEAVE_OUT:
                self.replaced[self.package_id, code] = None
            else:
                self.waits = True
        else:
            self.waits = True

    def _rule(self, code: str) -> Signed:
        return self.signed.get(code, Signed(self.unsigned))

    def _left(self, code: str) -> int:
        return self.free.get(code, 0) + self.bought.get(code, 0) - self.taken.get(code, 0)

    def _buy(self, code: str, units: int) -> None:
        self.bought[code] = self.bought.get(code, 0) + units - max(0, self._left(code))
        self.taken[code] = self.taken.get(code, 0) + units
