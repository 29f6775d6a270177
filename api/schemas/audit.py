"""Wire models of the audit trail."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AuditEntryView(BaseModel):
    """One entry; long numbers in it are masked already."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    by: str
    role: str
    action: str
    subject: str
    subject_id: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    purpose: str
    hash: str


class AuditList(BaseModel):
    """A page of entries, newest first."""

    items: list[AuditEntryView]
    total: int


class ChainView(BaseModel):
    """What the walk along the chain found; keep ``head`` outside the system to compare later."""

    model_config = ConfigDict(from_attributes=True)

    is_sound: bool
    num_entries: int
    head: str
    broken_id: int | None
    fault: str
