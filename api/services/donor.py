"""What a donor may see: alias, age in months, kecamatan, contents, received month. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.dispatch import Export
    from data.schema import Account, Cycle, Sponsor

__all__ = ["DonorChild", "DonorMonth", "DonorPledge", "DonorView", "donor_letter", "donor_view"]


@dataclass(frozen=True, slots=True)
class DonorPledge:
    """One pledge of the donor."""

    code: str
    form: str
    num_children: int
    amount_rp: int
    first_month: str
    num_months: int
    state: str
    received_rp: int
    """This month."""


@dataclass(frozen=True, slots=True)
class DonorMonth:
    """One package as a donor may know it: ``received``, ``on_the_way`` or ``planned``."""

    month: str
    status: str
    contents: tuple[tuple[str, int], ...]
    """Item code and units; what was accepted once received."""
    received_month: str | None


@dataclass(frozen=True, slots=True)
class DonorChild:
    """A child by alias. Without consent to display only the alias and the packages are there."""

    alias: str
    age_months: int | None
    sex: str | None
    kecamatan_name: str | None
    trend: str | None
    """``up``, ``steady`` or ``down``; None without consent or with fewer than two measurings."""
    is_current: bool
    months: tuple[DonorMonth, ...]


@dataclass(frozen=True, slots=True)
class DonorView:
    """A donor's own page."""

    sponsor_code: str
    sponsor_name: str
    pledges: tuple[DonorPledge, ...]
    children: tuple[DonorChild, ...]
    num_received: int


def donor_view(session: Session, *, sponsor: Sponsor, now: datetime) -> DonorView:
    """Return what this sponsor may see."""
    raise NotImplementedError


def donor_letter(
    session: Session,
    *,
    sponsor: Sponsor,
    cycle: Cycle,
    by: Account,
    now: datetime,
    organisation: str = "",
    language: Language = "id",
) -> Export:
    """Return the letter of thanks for a month as PDF; aliases only."""
    raise NotImplementedError
