"""Supervision: visits, what was found, and who does what about it until it is closed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class FindingState(StrEnum):
    """Where what was found stands."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"


class SupervisionVisit(SQLModel, table=True):
    """A visit to a posyandu; ``reasons`` are the figures that asked for it (empty: by hand).

    ``checklist`` says of each item of the list whether it was in order; absent: not looked at.
    ``recorded_by`` is who wrote that down first; None as well where nobody kept it.
    """

    id: int | None = Field(default=None, primary_key=True)
    kelurahan_code: str = Field(default="", max_length=13)
    posyandu: str = Field(default="", max_length=120)
    reasons: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    state: VisitState = Field(
        default=VisitState.PLANNED, sa_type=choice(VisitState, "state"), index=True
    )
    planned_on: date
    visitor: str = Field(max_length=80)
    checklist: dict[str, bool] = Field(default_factory=dict, sa_type=JSON)
    notes: str = Field(default="", max_length=2000)
    visited_on: date | None = None
    recorded_by: str | None = Field(default=None, max_length=80)
    recorded_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    planned_by: str = Field(max_length=80)
    planned_at: datetime = Field(sa_type=UTCDateTime)
    version: int = 1


class SupervisionFinding(SQLModel, table=True):
    """What was found at a visit, what is to be done, by whom and until when."""

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="supervisionvisit.id", index=True)
    text: str = Field(max_length=500)
    action: str = Field(max_length=500)
    owner: str = Field(max_length=80, index=True)
    due_on: date
    state: FindingState = Field(
        default=FindingState.OPEN, sa_type=choice(FindingState, "state"), index=True
    )
    answer: str = Field(default="", max_length=500)
    done_by: str | None = Field(default=None, max_length=80)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_by: str | None = Field(default=None, max_length=80)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    found_by: str = Field(max_length=80)
    found_at: datetime = Field(sa_type=UTCDateTime)
