"""Paper results: the filled-in sheet comes back, is shown, confirmed, and recorded as events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.services.fulfilment import Acknowledgement
    from data.schema import Account, Cycle, ImportBatch

__all__ = ["ResultLine", "ResultsPreview", "apply_results", "preview_results"]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line of the sheet that cannot be taken, or would change something."""

    row: int
    package_code: str
    item_code: str
    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class ResultsPreview:
    """What a sheet would change; nothing is stored but the batch itself."""

    batch: ImportBatch
    num_new: int
    num_changed: int
    num_same: int
    rejected: tuple[ResultLine, ...]


def preview_results(
    session: Session, *, cycle: Cycle, file_name: str, content: bytes, by: Account, now: datetime
) -> ResultsPreview:
    """Read a filled-in sheet (XLSX or CSV) and say what it would change."""
    raise NotImplementedError


def apply_results(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime
) -> list[Acknowledgement]:
    """Record the sheet's lines as events; the same sheet twice changes nothing."""
    raise NotImplementedError
