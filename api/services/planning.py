"""Routes of a month: a routing problem from the packages, solved, checked and stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from api.services.routes import mark_stale_for_child as mark_stale_for_child

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle, PlanRun, Route

__all__ = [
    "DeliveryMode",
    "Note",
    "PlanOptions",
    "PlanResult",
    "UnservedView",
    "latest_plan",
    "mark_stale_for_child",
    "plan_routes",
    "unserved_packages",
]


class DeliveryMode(StrEnum):
    """Where the packages of a month go."""

    HOMES = "homes"
    DROP_POINTS = "drop_points"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a coordinator sets for a plan.

    Parameters
    ----------
    days
        Days on which vehicles may drive; empty: the next six workdays from the delivery date.
    seconds
        Time for the search.
    works_fridays
        Whether vehicles drive on Fridays (then not between 11:30 and 13:00).
    """

    mode: DeliveryMode = DeliveryMode.HOMES
    days: tuple[date, ...] = ()
    seed: int = 1
    seconds: float = 20.0
    works_fridays: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know about a plan (``plan.default_depot`` …)."""

    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class UnservedView:
    """A package that no route carries: which rule stopped it and what would serve it."""

    package_id: int
    package_code: str
    household_code: str
    guardian_name: str
    kelurahan_code: str | None
    reason: str
    params: dict[str, object]
    remedy: dict[str, object]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A stored plan."""

    run: PlanRun
    routes: tuple[Route, ...]
    unserved: tuple[UnservedView, ...]
    notes: tuple[Note, ...]


def plan_routes(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    options: PlanOptions | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PlanResult:
    """Plan every package that is not on its way yet; routes not yet dispatched are replaced.

    No vehicle or no depot is a stated result: every package unserved with its reason.
    """
    raise NotImplementedError


def latest_plan(session: Session, *, cycle: Cycle) -> PlanResult | None:
    """Return the month's latest finished plan, or None."""
    raise NotImplementedError


def unserved_packages(session: Session, *, cycle: Cycle) -> list[UnservedView]:
    """Return the packages of the latest plan that no route carries."""
    raise NotImplementedError
