"""The figures of closed months as they were reported, version by version."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class ReportVersion(SQLModel, table=True):
    """All figures of a closed month; never changed, a correction makes the next version.

    ``figures`` holds what ``api.services.report_versions`` writes: counts by kelurahan, figures of
    the city, reasons, sponsors by code, growth by area. ``digest`` is the SHA-256 of its canonical
    JSON.
    """

    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    number: int
    figures: dict[str, object] = Field(sa_type=JSON)
    digest: str = Field(max_length=64)
    reason: str = Field(default="", max_length=500)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)


class HiddenFigures(SQLModel, table=True):
    """What the public variant of a version hides: level, area and figure of each cell.

    Worked out once, so that the variant stays what it was; a version without a row waits for it.
    """

    version_id: int = Field(primary_key=True, foreign_key="reportversion.id")
    cells: list[list[str]] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UTCDateTime)


class PillarText(SQLModel, table=True):
    """What the office wrote of one of the five pillars in a half year; the newest row stands."""

    __table_args__ = (CheckConstraint("pillar BETWEEN 1 AND 5", name="pillar_known"),)

    id: int | None = Field(default=None, primary_key=True)
    semester: str = Field(max_length=6, index=True)
    pillar: int
    text: str = Field(max_length=2000)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
