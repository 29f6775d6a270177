"""Boxes looked at once more before they leave: no item that is forbidden on the day itself.

Contents follow the day that a package was made for. A route on another day, or an allergy that was
heard of since, can make them wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Refused
from api.services.package_contents import forbidden_items
from data.queries.deliveries import lines_of_packages
from data.schema import Child, Package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from data.schema import Route, Stop

__all__ = ["Box", "boxes_of", "forbidden_on", "refuse_boxes", "refuse_forbidden"]

HORIZON_DAYS = 62
"""How far ahead a day is looked for on which all boxes may be given."""


@dataclass(frozen=True, slots=True)
class Box:
    """A package, whose it is, and what is in it."""

    package: Package
    child: Child
    item_codes: tuple[str, ...]

    def forbidden(self, on: date) -> list[str]:
        """Return the items that a food rule forbids the child on a day."""
        return forbidden_items(self.child, self.package.kit_code, self.item_codes, on)


def forbidden_on(session: Session, *, stops: Sequence[Stop], on: date) -> dict[str, list[str]]:
    """Return the forbidden items of each package at these stops on a day, by package code."""
    return _forbidden(boxes_of(session, stops), on)


def refuse_forbidden(session: Session, *, route: Route, stops: Sequence[Stop], on: date) -> None:
    """Refuse a route that would bring somebody what a food rule forbids on that day.

    Raises
    ------
    Refused
        ``route.forbidden_food`` naming the packages, the items and the next day on which all
        of them may be given.
    """
    refuse_boxes(boxes_of(session, stops), route=route, on=on)


def refuse_boxes(boxes: Sequence[Box], *, route: Route, on: date) -> None:
    """Refuse a route for its boxes, as :func:`refuse_forbidden`."""
    found = _forbidden(boxes, on)
    if found:
        raise Refused(
            "route.forbidden_food",
            route=route.code,
            day=on.isoformat(),
            packages=list(found),
            items=list(dict.fromkeys(code for codes in found.values() for code in codes)),
            when=_next_day(boxes, on, planned=route.day),
        )


def _next_day(boxes: Sequence[Box], on: date, *, planned: date) -> Mapping[str, object]:
    """Return the next day on which nothing is forbidden, as the code of a sentence.

    Packed again, a box is filled for the planned day once more: before that day it is no help.
    """
    ahead = [on + timedelta(days=number) for number in range(1, HORIZON_DAYS + 1)]
    first = next((day for day in ahead if not _forbidden(boxes, day)), None)
    if first is None:
        return {"code": "route.food_never", "days": HORIZON_DAYS}
    if first <= planned:
        days = {"first": first.isoformat(), "planned": planned.isoformat()}
        return {"code": "route.food_wait", **days}
    return {"code": "route.food_from", "first": first.isoformat()}


def _forbidden(boxes: Sequence[Box], on: date) -> dict[str, list[str]]:
    found = {box.package.code: box.forbidden(on) for box in boxes}
    return {code: items for code, items in found.items() if items}


def boxes_of(session: Session, stops: Sequence[Stop]) -> list[Box]:
    """Return the boxes for some stops by the code of their package."""
    rows = session.exec(
        select(Package, Child)
        .join(Child, col(Child.id) == Package.child_id)
        .where(col(Package.stop_id).in_([stop.id for stop in stops]))
        .order_by(col(Package.code))
    ).all()
    lines = lines_of_packages(session, package_ids=[package.id or 0 for package, _ in rows])
    return [
        Box(package, child, tuple(line.item_code for line in lines.get(package.id or 0, [])))
        for package, child in rows
    ]
