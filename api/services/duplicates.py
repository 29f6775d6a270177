"""Records that may be one child or one sponsor: found by rule, decided by a person, audited."""

from datetime import datetime

from sqlmodel import Session

from data.schema import Account, DuplicatePair, PairDecision, PairKind


def find_duplicates(
    session: Session, *, by: Account, now: datetime, kind: PairKind = PairKind.CHILD
) -> list[DuplicatePair]:
    """Compare all records of a kind; new pairs are stored open, decided ones stay decided."""
    raise NotImplementedError


def list_pairs(
    session: Session, *, kind: PairKind | None = None, decision: PairDecision | None = None
) -> list[DuplicatePair]:
    """Return pairs, the likeliest first."""
    raise NotImplementedError


def decide_pair(
    session: Session,
    *,
    pair: DuplicatePair,
    decision: PairDecision,
    by: Account,
    now: datetime,
    note: str = "",
    kept_id: int | None = None,
    sum_pledges: bool = False,
) -> DuplicatePair:
    """Say that two records are distinct, duplicates (``kept_id`` stays), or ask the field."""
    raise NotImplementedError
