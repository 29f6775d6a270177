"""Long work: claimed by one worker at a time, fenced by attempt, its progress in the database."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """One piece of long work. ``worker`` and ``attempt`` fence a lost worker out."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40, index=True)
    payload: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=choice(JobState, "state"), index=True)
    attempt: int = 0
    worker: str | None = Field(default=None, max_length=64)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    progress: float = 0.0
    progress_note: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    cancel_requested: bool = False
    result: dict[str, object] | None = Field(default=None, sa_type=JSON)
    error: dict[str, object] | None = Field(default=None, sa_type=JSON)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the latest attempt began."""
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
