"""How far the step of a month is that has begun: boxes packed, stops done, families asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.queries.exceptions import count_open_exceptions
from data.queries.goods import NOT_GOING
from data.schema import (
    Cycle,
    CycleState,
    Package,
    PackageState,
    Role,
    Stop,
    StopState,
    VerificationCall,
)

if TYPE_CHECKING:
    from typing import Any

    from sqlmodel import Session

__all__ = ["Progress", "progress_of"]

UNPACKED = (PackageState.PLANNED, PackageState.RESERVED)
GONE_STOPS = (StopState.CANCELLED, StopState.RESCHEDULED)
OPEN_STOPS = (StopState.PLANNED, StopState.EN_ROUTE)


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total``: packages in packing, stops on the road, families when reconciling.

    ``num_cases`` are exceptions that keep a reconciled month open beside them, without those that
    not everybody may know of.
    """

    done: int
    total: int
    num_cases: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing of this step is left."""
        return self.done == self.total and not self.num_cases


def progress_of(session: Session, *, cycle: Cycle) -> Progress | None:
    """Return how far the month's present step is; None where the step is one deed."""
    if cycle.state == CycleState.PACKING:
        going = (Package.cycle_id == cycle.id, col(Package.state).not_in(NOT_GOING))
        open_ones = _count(session, *going, col(Package.state).in_(UNPACKED))
        total = _count(session, *going)
        return Progress(total - open_ones, total)
    if cycle.state == CycleState.DISTRIBUTING:
        counted = (Stop.cycle_id == cycle.id, col(Stop.state).not_in(GONE_STOPS))
        open_ones = _count(session, *counted, col(Stop.state).in_(OPEN_STOPS))
        total = _count(session, *counted)
        return Progress(total - open_ones, total)
    if cycle.state == CycleState.RECONCILING:
        calls = col(VerificationCall.case_id).is_(None) & (VerificationCall.cycle_id == cycle.id)
        cases = count_open_exceptions(session, reader=Role.COORDINATOR, cycle_id=cycle.id)
        asked = _count(session, calls, col(VerificationCall.answer).is_not(None))
        return Progress(asked, _count(session, calls), cases)
    return None


def _count(session: Session, *where: Any) -> int:
    return session.exec(select(func.count()).where(*where)).one()
