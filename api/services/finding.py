"""Finding packages, routes, stops, cases and calls by what an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.errors import NotFound
from data.schema import (
    DeliveryException,
    Depot,
    DropPoint,
    ImportBatch,
    Package,
    Route,
    Stop,
    VerificationCall,
)

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = [
    "find_batch",
    "find_call",
    "find_case",
    "find_depot",
    "find_drop_point",
    "find_package",
    "find_route",
    "find_stop",
]


def find_package(session: Session, *, code: str) -> Package:
    """Return a package by its code; raises NotFound ``package.unknown``."""
    found = session.exec(select(Package).where(Package.code == code)).first()
    if found is None:
        raise NotFound("package.unknown")
    return found


def find_route(session: Session, *, code: str) -> Route:
    """Return a route by its code; raises NotFound ``route.unknown``."""
    found = session.exec(select(Route).where(Route.code == code)).first()
    if found is None:
        raise NotFound("route.unknown")
    return found


def find_stop(session: Session, *, uid: str) -> Stop:
    """Return a stop by its opaque id; raises NotFound ``stop.unknown``."""
    found = session.exec(select(Stop).where(Stop.uid == uid)).first()
    if found is None:
        raise NotFound("stop.unknown")
    return found


def find_case(session: Session, *, number: int) -> DeliveryException:
    """Return a case; raises NotFound ``exception.unknown``."""
    found = session.get(DeliveryException, number)
    if found is None:
        raise NotFound("exception.unknown")
    return found


def find_call(session: Session, *, number: int) -> VerificationCall:
    """Return a call of the sample; raises NotFound ``verification.unknown``."""
    found = session.get(VerificationCall, number)
    if found is None:
        raise NotFound("verification.unknown")
    return found


def find_depot(session: Session, *, number: int) -> Depot:
    """Return a depot; raises NotFound ``stock.depot``."""
    found = session.get(Depot, number)
    if found is None:
        raise NotFound("stock.depot")
    return found


def find_drop_point(session: Session, *, number: int) -> DropPoint:
    """Return a drop point; raises NotFound ``stop.unknown``."""
    found = session.get(DropPoint, number)
    if found is None:
        raise NotFound("stop.unknown")
    return found


def find_batch(session: Session, *, number: int) -> ImportBatch:
    """Return an import of results; raises NotFound ``results.unknown``."""
    found = session.get(ImportBatch, number)
    if found is None or found.kind != "results":
        raise NotFound("results.unknown")
    return found
