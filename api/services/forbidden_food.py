"""Boxes looked at once more before they leave: no item that is forbidden on the day itself.

Contents follow the day that a package was made for. A route on another day, or an allergy that was
heard of since, can make them wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Refused
from api.services.package_contents import forbidden_items
from data.queries.deliveries import lines_of_packages
from data.schema import Child, Package

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

    from data.schema import Route, Stop

__all__ = ["forbidden_on", "refuse_forbidden"]


def forbidden_on(session: Session, *, stops: Sequence[Stop], on: date) -> dict[str, list[str]]:
    """Return the forbidden items of each package at these stops on a day, by package code."""
    rows = session.exec(
        select(Package, Child)
        .join(Child, col(Child.id) == Package.child_id)
        .where(col(Package.stop_id).in_([stop.id for stop in stops]))
        .order_by(col(Package.code))
    ).all()
    lines = lines_of_packages(session, package_ids=[package.id or 0 for package, _ in rows])
    found = {
        package.code: forbidden_items(
            child,
            package.kit_code,
            [line.item_code for line in lines.get(package.id or 0, [])],
            on,
        )
        for package, child in rows
    }
    return {code: items for code, items in found.items() if items}


def refuse_forbidden(session: Session, *, route: Route, stops: Sequence[Stop], on: date) -> None:
    """Refuse a route that would bring somebody what a food rule forbids on that day.

    Raises
    ------
    Refused
        ``route.forbidden_food`` naming the packages and the items.
    """
    found = forbidden_on(session, stops=stops, on=on)
    if found:
        raise Refused(
            "route.forbidden_food",
            route=route.code,
            day=on.isoformat(),
            packages=list(found),
            items=list(dict.fromkeys(code for codes in found.values() for code in codes)),
        )
