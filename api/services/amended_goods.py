"""Corrections of a closed month by item: what was accepted, and where the rest is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Refused
from data.queries.deliveries import lines_of_package
from data.schema import Amendment, PackageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from api.services.balance import ItemBalance
    from data.schema import Cycle, Package

__all__ = [
    "BUCKET_OF",
    "accepted_by_item",
    "balance_as_corrected",
    "chosen_items",
    "is_told_by_item",
    "packed_by_item",
    "whole_or_none",
]

BUCKET_OF = {
    PackageState.RESTOCKED: "returned",
    PackageState.SPOILED: "spoiled",
    PackageState.LOST: "lost",
}

ITEMS = "items"
"""Key of an entry's values: units accepted by item code."""


def packed_by_item(session: Session, *, package: Package) -> dict[str, int]:
    """Return what a package holds by its list, in that order."""
    lines = lines_of_package(session, package_id=package.id or 0)
    return {line.item_code: line.quantity for line in lines}


def accepted_by_item(
    session: Session, *, package: Package, entries: Iterable[Amendment]
) -> dict[str, int] | None:
    """Return what was accepted of each item after every correction of it.

    None where a correction told only the sum of several items.
    """
    lines = lines_of_package(session, package_id=package.id or 0)
    found: dict[str, int] | None = {line.item_code: line.accepted for line in lines}
    for entry in entries:
        if ITEMS in entry.after:
            found = _units(entry.after)
        elif "accepted_items" in entry.after:
            found = None
    return found


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
    given = after[ITEMS]
    if not isinstance(given, dict) or not given:
        raise Refused("amend.value", field=ITEMS, found=str(given), allowed=", ".join(packed))
    for code, units in given.items():
        is_number = isinstance(units, int) and not isinstance(units, bool)
        if code not in packed or not is_number or not 0 <= units <= packed[code]:
            allowed = f"0–{packed[code]}" if code in packed else ", ".join(packed)
            raise Refused("amend.value", field=str(code), found=str(units), allowed=allowed)
    if standing is None and set(given) != set(packed):
        raise Refused("amend.items", items=", ".join(code for code in packed if code not in given))
    return {code: int(given.get(code, (standing or {}).get(code, 0))) for code in packed}


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
    return all(
        ITEMS in entry.after and (entry.subject == "package" or ITEMS in entry.before)
        for entry in rows
        if entry.subject == "package" or "accepted_items" in entry.after
    )


def balance_as_corrected(
    session: Session, *, cycle: Cycle, items: Iterable[ItemBalance]
) -> tuple[ItemBalance, ...]:
    """Return where a month's goods went after its corrections, as far as those name items."""
    moved: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = select(Amendment).where(Amendment.cycle_id == cycle.id).order_by(col(Amendment.id))
    for entry in session.exec(rows):
        before, after = _units(entry.before), _units(entry.after)
        if entry.subject == "package":
            for code, units in after.items():
                moved[code][BUCKET_OF[PackageState(str(entry.before["state"]))]] -= units
                moved[code][BUCKET_OF[PackageState(str(entry.after["state"]))]] += units
        elif before:
            for code, units in after.items():
                moved[code]["delivered"] += units - before[code]
                moved[code][str(entry.after["moved_to"])] -= units - before[code]
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


def _units(values: Mapping[str, object]) -> dict[str, int]:
    found = values.get(ITEMS)
    return {str(k): int(str(v)) for k, v in found.items()} if isinstance(found, dict) else {}
