"""Sponsors: registering, editing by several people, and merging double registrations."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from data.schema import Account, Sponsor
from data.sealing import KeyRing


def find_sponsor(session: Session, *, code: str) -> Sponsor:
    """Return a sponsor by code; the one it was merged into when an old code is given."""
    raise NotImplementedError


def register_sponsor(
    session: Session,
    *,
    fields: Mapping[str, object],
    by: Account,
    now: datetime,
    keys: KeyRing,
    nik: str | None = None,
) -> Sponsor:
    """Register a sponsor."""
    raise NotImplementedError


def edit_sponsor(
    session: Session,
    *,
    sponsor: Sponsor,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Sponsor:
    """Save fields of a sponsor."""
    raise NotImplementedError


def merge_sponsors(
    session: Session,
    *,
    kept: Sponsor,
    dropped: Sponsor,
    by: Account,
    now: datetime,
    sum_pledges: bool = False,
    note: str = "",
) -> Sponsor:
    """Make two registrations one; overlapping pledges count once unless ``sum_pledges``."""
    raise NotImplementedError
