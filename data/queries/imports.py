"""Uploaded files, apart from filled-in result sheets, which a coordinator takes in by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import ImportBatch, ImportState

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["INTO_REGISTERS", "count_waiting"]

INTO_REGISTERS = col(ImportBatch.kind) != "results"
"""Files of children, sponsors, goods …: what staff brings in, sees in its list and undoes."""


def count_waiting(session: Session) -> int:
    """Return how many files were looked at and neither applied nor put away."""
    waiting = (ImportBatch.state == ImportState.PREVIEWED, INTO_REGISTERS)
    return session.exec(select(func.count()).select_from(ImportBatch).where(*waiting)).one()
