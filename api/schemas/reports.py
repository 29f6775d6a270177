"""Wire models of reports."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ColumnOut(BaseModel):
    """A column, how its cells are written, and the indicator it shows (empty: no figure)."""

    name: str
    kind: str
    indicator: str = ""


class TableOut(BaseModel):
    """A table with its source and date."""

    title: str
    columns: list[ColumnOut]
    rows: list[list[str | int | float | date | None]]
    total: list[str | int | float | date | None] | None
    source: str
    as_of: date
    notes: list[str]
    row_indicators: list[str] = []


class ReportExportIn(BaseModel):
    """Which file, for what (kept in the audit trail), and whether it leaves the office.

    ``area`` is one kecamatan or kelurahan (``kelurahan Bukit Sari``); empty: the whole city.
    """

    file_format: Literal["pdf", "xlsx", "json"]
    purpose: str = Field(max_length=300)
    language: Literal["id", "en"] = "id"
    is_public: bool = True
    version: int | None = Field(default=None, ge=1)
    area: str = Field(default="", max_length=80)


class ReportVersionOut(BaseModel):
    """A version of a closed month's figures; ``digest`` is the SHA-256 of all of them."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    digest: str
    reason: str
    by: str
    at: datetime


class DifferenceOut(BaseModel):
    """A figure that two versions tell differently: of an area, a team, a sponsor or the city.

    ``level`` is what ``area`` is the name of; of the ``city`` it is empty.
    """

    model_config = ConfigDict(from_attributes=True)

    level: str
    area: str
    code: str
    before: float | str | None
    after: float | str | None


class RecountIn(BaseModel):
    """Why a closed month is counted anew."""

    reason: str = Field(max_length=500)
