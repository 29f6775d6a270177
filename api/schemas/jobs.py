"""Wire models of jobs."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from data.schema import JobState


class JobView(BaseModel):
    """A job and how far it is; ``error`` holds a code and its parameters, ``message`` its words.

    ``result`` is None before the end, and for a role that may not read results of this kind.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    state: JobState
    attempt: int
    progress: float
    progress_note: dict[str, object]
    cancel_requested: bool
    result: dict[str, object] | None
    error: dict[str, object] | None
    message: str | None = None
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobList(BaseModel):
    """A page of jobs."""

    items: list[JobView]
    total: int
