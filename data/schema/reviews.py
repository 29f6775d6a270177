"""What people decided about a child's growth, and what can be taken back."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class ReviewDecision(StrEnum):
    """What comes of looking at a child's growth."""

    CONTINUE = "continue"
    REFER = "refer"
    GRADUATE = "graduate"
    KEEP = "keep"
    READMIT = "readmit"
    STAY_OUT = "stay_out"


class GrowthReview(SQLModel, table=True):
    """A person looked at a child's growth and decided.

    ``month`` is the one it was decided in: months of support after it count towards the next
    review. ``keep`` turns a proposed graduation down, ``stay_out`` a return to the programme.
    What was undone no longer counts.
    """

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    month: str = Field(max_length=7)
    reviewed_on: date
    decision: ReviewDecision = Field(sa_type=choice(ReviewDecision, "decision"))
    note: str = Field(default="", max_length=500)
    months_served: int
    haz: float | None = None
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
    undone_by: str | None = Field(default=None, max_length=80)
    undone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    undo_reason: str = Field(default="", max_length=500)
