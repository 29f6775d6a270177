"""What packing a box again would take out and put in, and what lacks; reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services import package_goods, stock
from api.services.clock import local_date
from api.services.default_places import packing_depot
from api.services.errors import Refused
from api.services.package_contents import contents_for, substitute_line
from api.services.packing_days import eligibility_day, next_day
from api.services.shortages import Allocation, Demand, Remedy, Signed, allocate
from data.queries.goods import lines_of_packages
from data.reference.kits import KitLine
from data.schema import Child, Cycle, Depot, Package, Route, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.package_contents import Contents
    from api.services.shortage_signing import Signature

__all__ = ["Lack", "RepackLine", "RepackPlan", "plan_repacking"]


@dataclass(frozen=True, slots=True)
class Lack:
    """An item that the new box needs more of than there is, in the item's own unit."""

    item_code: str
    needed: int
    available: int

    @property
    def missing(self) -> int:
        """Units that lack."""
        return self.needed - self.available


@dataclass(frozen=True, slots=True)
class RepackLine:
    """One item of the old or the new box, in the item's own unit."""

    item_code: str
    out: int
    """In the old box, or set aside for it."""
    into: int
    """In the new box."""
    free: int
    """On the shelf, promised to nobody, and still good on the day."""


@dataclass(frozen=True, slots=True)
class RepackPlan:
    """What packing a package again would do.

    Attributes
    ----------
    depot
        Where the goods are taken: the old box's own depot, else the one that packs the month.
    held
        The old package's goods by item that count as usable again, unless they are spoilt.
    is_boxed
        They are in the box already; what is only set aside cannot be spoilt with it.
    has_stock_list
        Without one nothing is checked: what lacks is bought when the box is booked as packed.
    """

    package: Package
    child: Child
    depot: Depot
    day: date
    contents: Contents
    old_lines: Mapping[str, int]
    held: Mapping[str, int]
    is_boxed: bool
    shelf: Mapping[str, int]
    has_stock_list: bool

    @property
    def lines(self) -> tuple[RepackLine, ...]:
        """The items of both boxes, those of the new one first."""
        into = {line.item: line.quantity for line in self.contents.lines}
        return tuple(
            RepackLine(code, self.old_lines.get(code, 0), into.get(code, 0), self._on_shelf(code))
            for code in dict.fromkeys((*into, *self.old_lines))
        )

    def lacking(
        self, *, is_spoiled: bool = False, signatures: Sequence[Signature] = ()
    ) -> tuple[Lack, ...]:
        """Return what would lack, with the old box's own goods counted unless they are spoilt."""
        if not self.has_stock_list:
            return ()
        free = self._free(is_spoiled=is_spoiled)
        if self.allocation(0, free, signatures).served:
            return ()
        short = {line.item: line.quantity for line in self.contents.lines}
        short = {code: units for code, units in short.items() if units > free.get(code, 0)}
        wanted = Counter(self._wanted(signatures, short))
        over = [Lack(code, n, free.get(code, 0)) for code, n in wanted.items()]
        return tuple(lack for lack in over if lack.missing > 0) or tuple(
            Lack(code, units, free.get(code, 0)) for code, units in short.items()
        )

    def allocation(
        self, package_id: int, free: Mapping[str, int], signatures: Sequence[Signature]
    ) -> Allocation:
        """Return what the new package gets; without a signature for what lacks, nothing."""
        signed = {each.item_code: Signed(each.remedy, each.substitute_code) for each in signatures}
        lines = {line.item: line.quantity for line in self.contents.lines}
        demand = Demand(package_id, lines)
        return allocate([demand], free, signed, lambda _, *line: self._substitute(*line))

    def _free(self, *, is_spoiled: bool) -> dict[str, int]:
        back = {} if is_spoiled and self.is_boxed else self.held
        return {code: units + back.get(code, 0) for code, units in self.shelf.items()}

    def _on_shelf(self, code: str) -> int:
        return self.shelf.get(code, 0)

    def _wanted(self, signatures: Sequence[Signature], short: Mapping[str, int]) -> dict[str, int]:
        """Return units by item once what was signed about the short ones is done."""
        signed = {each.item_code: each for each in signatures}
        wanted: Counter[str] = Counter()
        for line in self.contents.lines:
            rule = signed.get(line.item) if line.item in short else None
            if rule is None or rule.remedy is Remedy.WAIT:
                wanted[line.item] += line.quantity
            elif rule.remedy is Remedy.SUBSTITUTE and rule.substitute_code:
                other = self._substitute(line.item, line.quantity, rule.substitute_code)
                wanted.update(dict([other]) if other else {})
        return wanted

    def _substitute(self, code: str, units: int, other: str) -> tuple[str, int] | None:
        line = substitute_line(self.child, KitLine(code, units), other, self.day)
        return (line.item, line.quantity) if line else None


def plan_repacking(
    session: Session, *, cycle: Cycle, package: Package, now: datetime
) -> RepackPlan:
    """Return what packing a package again would take out and put in.

    Raises
    ------
    Refused
        ``packing.no_contents`` when nothing may be given to the child on that day.
    """
    day = _day_of(session, cycle, package, now)
    child = session.get_one(Child, package.child_id)
    eligible_on = eligibility_day(session, cycle=cycle)
    contents = contents_for(child, day, eligible_on=eligible_on)
    if contents is None:
        raise Refused("packing.no_contents", package=package.code, child=child.code, day=day)
    held = package_goods.held_by(session, package=package)
    own = next((depot_id for depot_id, _ in held), None)
    depot = session.get_one(Depot, own) if own else packing_depot(session)
    lines = lines_of_packages(session, package_ids=[package.id or 0]).get(package.id or 0, [])
    stocked = stock.stock_list(session, depot_id=depot.id)
    good = {row.item_code for row in stocked if not row.is_expired(day)}
    return RepackPlan(
        package=package,
        child=child,
        depot=depot,
        day=day,
        contents=contents,
        old_lines={line.item_code: line.quantity for line in lines},
        held={
            code: units
            for (depot_id, code), units in held.items()
            if depot_id == depot.id and code in good
        },
        is_boxed=package_goods.is_boxed(session, package=package),
        shelf={row.item_code: row.usable(day) for row in stocked},
        has_stock_list=stock.has_stock_list(session),
    )


def _day_of(session: Session, cycle: Cycle, package: Package, now: datetime) -> date:
    """Return the day the new package is for: that of its route, else the next one planned."""
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    if route is not None:
        return max(route.day, local_date(now))
    return next_day(session, cycle, now)
