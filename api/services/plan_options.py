"""What a coordinator sets for a plan of routes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from api.services.plan_goals import ALL_OFF, GoalLevels
from logistics.effort import Effort

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["MAX_WALK_M", "DeliveryMode", "PlanOptions", "ServiceTime", "service_of"]

MAX_WALK_M = 1_500
"""How far a family walks to a drop point where nobody says otherwise; a working figure."""


class DeliveryMode(StrEnum):
    """Where the packages of a month go."""

    HOMES = "homes"
    DROP_POINTS = "drop_points"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """How long a courier is busy at a stop: parking, greeting and signing, and each package."""

    stop_s: int = 240
    package_s: int = 60

    def busy_s(self, num_packages: int) -> int:
        """Return the seconds at a stop with so many packages."""
        return self.stop_s + self.package_s * num_packages


def service_of(params: Mapping[str, object]) -> ServiceTime:
    """Return the time at stops that a stored plan counted with; of older plans the usual one."""
    found = params.get("service")
    return ServiceTime(**found) if isinstance(found, dict) else ServiceTime()


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a coordinator sets for a plan.

    Parameters
    ----------
    days
        Days on which vehicles may drive; empty: the next six workdays from the delivery date.
    seconds, iterations
        Bounds of the search; the first one reached ends it. With iterations alone, or with neither
        (then as many as the month is worth), the same inputs give the same routes on any machine.
    effort
        How much of what the month is worth is searched, where neither is given.
    fuse_s
        After so many seconds such a search is ended all the same, and the plan says so; None:
        after five minutes.
    works_fridays
        Whether vehicles drive on Fridays (then not between 11:30 and 13:00).
    max_walk_m
        Farthest that a family walks to a drop point when the plan may choose one.
    service
        Time at a stop.
    goals
        What counts beside cost.
    keeps_routes
        Begin from the latest plan of an earlier month and improve it gently: couriers know their
        streets. Where there is none, the plan is made as always.
    """

    mode: DeliveryMode = DeliveryMode.HOMES
    days: tuple[date, ...] = ()
    seed: int = 1
    seconds: float | None = None
    iterations: int | None = None
    effort: Effort = Effort.USUAL
    fuse_s: float | None = None
    works_fridays: bool = True
    max_walk_m: int = MAX_WALK_M
    service: ServiceTime = ServiceTime()
    goals: GoalLevels = ALL_OFF
    keeps_routes: bool = False
