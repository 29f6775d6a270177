"""Wire models of imports and duplicate pairs."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.services.import_details import ImportDetails
from data.schema import ImportBatch, ImportState, PairDecision, PairKind


class ImportRow(BaseModel):
    """A line of the list of imports."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    file_name: str
    state: ImportState
    counts: dict[str, int]
    by: str
    at: datetime
    applied_at: datetime | None


class ImportView(ImportRow):
    """What a file would change or changed, and what is wrong with its rows."""

    changes: list[dict[str, object]]
    issues: list[dict[str, object]]

    @classmethod
    def of(cls, batch: ImportBatch, details: ImportDetails) -> "ImportView":
        """Put a batch and its opened rows together."""
        row = ImportRow.model_validate(batch)
        return cls(**row.model_dump(), changes=details.changes, issues=details.issues)


class PairView(BaseModel):
    """Two records that may be one; codes, never names of children."""

    id: int
    kind: PairKind
    first: str
    second: str
    score: int
    reasons: list[dict[str, object]]
    decision: PairDecision
    decided_by: str | None
    note: str


class PairDecide(BaseModel):
    """What a person says of a pair; ``kept`` is the code that stays when they are one."""

    model_config = ConfigDict(extra="forbid")

    decision: PairDecision
    kept: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=500)
    sum_pledges: bool = False


class UndoReason(BaseModel):
    """Why a file is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=500)
