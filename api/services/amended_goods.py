"""Where the goods of a closed month are once its corrections are read: by bucket and item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_
from sqlmodel import col, select

from api.services.balance import balance_lines
from api.services.errors import Refused
from data.queries.deliveries import lines_of_package
from data.schema import Amendment, Cycle, Fulfilment, PackageState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlmodel import Session

    from api.services.balance import ItemBalance
    from data.schema import Package

__all__ = [
    "BUCKETS",
    "BUCKET_OF",
    "Shift",
    "Whereabouts",
    "accepted_now",
    "amended_units",
    "balance_as_corrected",
    "chosen_items",
    "counted_items",
    "is_told_by_item",
    "package_state_now",
    "package_states_now",
    "packed_by_item",
    "shifts_of",
    "whereabouts",
    "whole_or_none",
]

BUCKETS = ("returned", "spoiled", "lost", "carried")
"""Where units are that no family accepted."""
DELIVERED = "delivered"
BUCKET_OF = {
    PackageState.RESTOCKED: "returned",
    PackageState.SPOILED: "spoiled",
    PackageState.LOST: "lost",
}
ITEMS = "items"
"""Key of an entry's values: units accepted, or moved, by item code."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Units that one correction says are not where they were said to be, but elsewhere.

    ``item_code`` is None where only the sum of several items was told.
    """

    item_code: str | None
    source: str
    target: str
    units: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a package's units are: by bucket, ``delivered`` among them, and by item."""

    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_item: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    """Bucket → item → units."""
    is_told_by_item: bool = True
    """False where a correction told only a sum: then ``by_item`` is not to be relied upon."""

    def left(self, bucket: str) -> dict[str, int]:
        """Return the units of each item in a bucket, items without any left out."""
        return {code: units for code, units in self.by_item[bucket].items() if units}


def whereabouts(session: Session, *, package: Package) -> Whereabouts:
    """Return where the units of a package are, by the month's moves and by its corrections."""
    cycle = session.get_one(Cycle, package.cycle_id)
    found = Whereabouts()
    for line in balance_lines(session, cycle=cycle, package=package):
        for bucket in (DELIVERED, *BUCKETS):
            found.units[bucket] += getattr(line, bucket)
            found.by_item[bucket][line.item_code] += getattr(line, bucket)
    is_told = True
    for entry in _entries_of_package(session, package):
        for shift in shifts_of(entry):
            found.units[shift.source] -= shift.units
            found.units[shift.target] += shift.units
            if shift.item_code is None:
                is_told = False
            else:
                found.by_item[shift.source][shift.item_code] -= shift.units
                found.by_item[shift.target][shift.item_code] += shift.units
    return replace(found, is_told_by_item=is_told)


def accepted_now(session: Session, *, package: Package) -> dict[str, int] | None:
    """Return what was accepted of each item of a package after every correction; None: unknown."""
    lines = lines_of_package(session, package_id=package.id or 0)
    found: dict[str, int] | None = {line.item_code: line.accepted for line in lines}
    for entry in _entries_of_package(session, package):
        if entry.subject != "fulfilment":
            continue
        if ITEMS in entry.after:
            found = _units(entry.after)
        elif "accepted_items" in entry.after:
            found = None
    return found


def package_state_now(session: Session, *, package: Package) -> PackageState:
    """Return where a package's goods are after every correction of it."""
    return package_states_now(session, packages=[package])[package.id or 0]


def package_states_now(
    session: Session, *, packages: Collection[Package]
) -> dict[int, PackageState]:
    """Return by package where the goods of each are after every correction of it."""
    found = {package.id or 0: package.state for package in packages}
    told = select(Amendment).where(
        Amendment.subject == "package", col(Amendment.subject_id).in_(list(found))
    )
    for entry in session.exec(told.order_by(col(Amendment.id))):
        if "state" in entry.after:
            found[entry.subject_id] = PackageState(str(entry.after["state"]))
    return found


def shifts_of(entry: Amendment) -> Iterator[Shift]:
    """Yield what one correction moves from where to where."""
    before, after = _units(entry.before), _units(entry.after)
    if entry.subject == "package":
        source, target = _ends(entry)
        if not after and (units := int(str(entry.after.get("units", 0)))):
            yield Shift(None, source, target, units)
        for code, units in after.items():
            yield Shift(code, source, target, units)
        return
    place = str(entry.after.get("moved_to"))
    if before:
        for code, units in after.items():
            yield from _to_or_from(code, units - before[code], place)
    elif "accepted_items" in entry.after:
        told = (entry.after["accepted_items"], entry.before["accepted_items"])
        now, then = (int(str(value)) for value in told)
        yield from _to_or_from(None, now - then, place)


def amended_units(session: Session, *, cycle: Cycle) -> dict[str, int]:
    """Return how many units corrections moved, by where they are now; the sum is zero."""
    moved = dict.fromkeys((DELIVERED, *BUCKETS), 0)
    for entry in session.exec(select(Amendment).where(Amendment.cycle_id == cycle.id)):
        for shift in shifts_of(entry):
            moved[shift.source] -= shift.units
            moved[shift.target] += shift.units
    return moved


def packed_by_item(session: Session, *, package: Package) -> dict[str, int]:
    """Return what a package holds by its list, in that order."""
    lines = lines_of_package(session, package_id=package.id or 0)
    return {line.item_code: line.quantity for line in lines}


def chosen_items(
    packed: Mapping[str, int], standing: Mapping[str, int] | None, after: Mapping[str, object]
) -> dict[str, int] | None:
    """Return what is accepted of each item by a correction that names items; None if it does not.

    Raises
    ------
    Refused
        ``amend.value`` for an item that the package does not hold, or more of it than it holds;
        ``amend.items`` when items are left out whose number is not known.
    """
    if ITEMS not in after:
        return None
    given = counted_items(after[ITEMS], packed)
    if standing is None and set(given) != set(packed):
        raise Refused("amend.items", items=", ".join(code for code in packed if code not in given))
    return {code: given.get(code, (standing or {}).get(code, 0)) for code in packed}


def counted_items(given: object, most: Mapping[str, int]) -> dict[str, int]:
    """Return units by item as given.

    Raises
    ------
    Refused
        ``amend.value`` for an item that is not there, or more of it than there is.
    """
    if not isinstance(given, dict) or not given:
        raise Refused("amend.value", field=ITEMS, found=str(given), allowed=", ".join(most))
    for code, units in given.items():
        is_number = isinstance(units, int) and not isinstance(units, bool)
        if code not in most or not is_number or not 0 <= units <= most[code]:
            allowed = f"0–{most[code]}" if code in most else ", ".join(most)
            raise Refused("amend.value", field=str(code), found=str(units), allowed=allowed)
    return {str(code): int(units) for code, units in given.items()}


def whole_or_none(packed: Mapping[str, int], accepted: int) -> dict[str, int] | None:
    """Return what a sum says of each item where it leaves no doubt: all, nothing, one item."""
    if accepted == sum(packed.values()):
        return dict(packed)
    if not accepted:
        return dict.fromkeys(packed, 0)
    return dict.fromkeys(packed, accepted) if len(packed) == 1 else None


def is_told_by_item(session: Session, *, cycle: Cycle) -> bool:
    """Whether every correction of a month that moved units says of which items."""
    rows = session.exec(select(Amendment).where(Amendment.cycle_id == cycle.id))
    return all(shift.item_code is not None for entry in rows for shift in shifts_of(entry))


def balance_as_corrected(
    session: Session, *, cycle: Cycle, items: Iterable[ItemBalance]
) -> tuple[ItemBalance, ...]:
    """Return where a month's goods went after its corrections, as far as those name items."""
    moved: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = select(Amendment).where(Amendment.cycle_id == cycle.id).order_by(col(Amendment.id))
    for entry in session.exec(rows):
        for shift in shifts_of(entry):
            if shift.item_code is not None:
                moved[shift.item_code][shift.source] -= shift.units
                moved[shift.item_code][shift.target] += shift.units
    return tuple(
        replace(
            item,
            **{
                name: getattr(item, name) + units
                for name, units in moved[item.item_code].items()
                if units
            },
        )
        for item in items
    )


def _entries_of_package(session: Session, package: Package) -> list[Amendment]:
    judged = select(Fulfilment.id).where(
        Fulfilment.cycle_id == package.cycle_id, Fulfilment.assignment_id == package.assignment_id
    )
    is_told = and_(col(Amendment.subject) == "package", col(Amendment.subject_id) == package.id)
    if package.state != PackageState.CANCELLED:  # packed again: the pair has another package
        of_pair = col(Amendment.subject_id).in_(judged)
        is_told = or_(is_told, and_(col(Amendment.subject) == "fulfilment", of_pair))
    rows = select(Amendment).where(Amendment.cycle_id == package.cycle_id, is_told)
    return list(session.exec(rows.order_by(col(Amendment.id))))


def _ends(entry: Amendment) -> tuple[str, str]:
    """Return from which bucket to which a correction of a package moves its goods."""
    if "moved_from" in entry.after:
        return str(entry.after["moved_from"]), str(entry.after["moved_to"])
    before, after = (str(values["state"]) for values in (entry.before, entry.after))
    return BUCKET_OF[PackageState(before)], BUCKET_OF[PackageState(after)]


def _to_or_from(code: str | None, more: int, place: str) -> Iterator[Shift]:
    if more > 0:
        yield Shift(code, place, DELIVERED, more)
    elif more < 0:
        yield Shift(code, DELIVERED, place, -more)


def _units(values: Mapping[str, object]) -> dict[str, int]:
    found = values.get(ITEMS)
    return {str(k): int(str(v)) for k, v in found.items()} if isinstance(found, dict) else {}
