"""Files that came in: what they would change, who confirmed, how to take it back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class ImportState(StrEnum):
    """Where an import stands."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class ImportBatch(SQLModel, table=True):
    """One uploaded file; what it says of people stands only in sealed columns.

    ``content`` (the file and its rejected rows) goes when the batch is applied or discarded,
    ``details_sealed`` (what each row changes and what is wrong with it) and ``undo_sealed`` (what
    brings the state before back) some weeks later. ``counts`` holds new, changed, same, merged and
    rejected rows, which add up to ``total``. Long numbers in ``file_name`` are masked.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    file_name: str = Field(max_length=200)
    sha256: str = Field(max_length=64, index=True)
    state: ImportState = Field(sa_type=choice(ImportState, "state"))
    content: bytes | None = None
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    details_sealed: bytes | None = None
    undo_sealed: bytes | None = None
    options: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
    applied_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
