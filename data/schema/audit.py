"""Who read and who changed what: append-only, each row bound to the one before by a keyed hash."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class AuditEntry(SQLModel, table=True):
    """One read of a child's record, change, export, refused attempt or sign-in."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    by: str = Field(max_length=80)
    role: str = Field(default="", max_length=20)
    action: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=40, index=True)
    subject_id: str = Field(default="", max_length=40, index=True)
    before: dict[str, object] | None = Field(default=None, sa_type=JSON)
    after: dict[str, object] | None = Field(default=None, sa_type=JSON)
    purpose: str = Field(default="", max_length=300)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(unique=True, max_length=64)
