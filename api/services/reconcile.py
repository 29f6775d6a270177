"""The end of a month: everything adds up, a sample of families confirms it, and it freezes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Amendment, Cycle, Fulfilment, VerificationCall

__all__ = [
    "CallView",
    "CarriedOver",
    "ItemBalance",
    "Reconciliation",
    "amend_cycle",
    "answer_call",
    "carried_over",
    "close_cycle",
    "draw_sample",
    "judge_fulfilments",
    "list_calls",
    "reconciliation",
    "resume_distribution",
    "start_reconciling",
]


@dataclass(frozen=True, slots=True)
class ItemBalance:
    """Where the packed units of an item went."""

    item_code: str
    packed: int
    delivered: int
    returned: int
    spoiled: int
    lost: int
    carried: int
    package_codes: tuple[str, ...]
    """Packages whose units are not accounted for."""

    @property
    def difference(self) -> int:
        """Units not accounted for; zero when all is well."""
        gone = self.delivered + self.returned + self.spoiled + self.lost + self.carried
        return self.packed - gone


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether a month adds up, and what keeps it open."""

    items: tuple[ItemBalance, ...]
    open_stops: tuple[str, ...]
    """Labels as ``R-2612-03/4``."""
    open_packages: tuple[str, ...]
    open_exceptions: int
    num_calls: int
    num_answered: int

    @property
    def is_balanced(self) -> bool:
        """Whether packed = delivered + returned + spoiled + lost + carried for every item."""
        return not any(item.difference for item in self.items) and not self.open_packages


@dataclass(frozen=True, slots=True)
class CallView:
    """A family of the sample to be called."""

    id: int
    package_code: str
    guardian_name: str
    phone: str | None
    kelurahan_code: str | None
    answer: str | None
    """``received``, ``received_partly``, ``not_received`` or ``not_reached``."""
    note: str
    called_by: str | None
    called_at: datetime | None


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What the next month starts from."""

    unfulfilled_child_ids: tuple[int, ...]
    partly_child_ids: tuple[int, ...]
    carried_package_ids: tuple[int, ...]


def reconciliation(session: Session, *, cycle: Cycle) -> Reconciliation:
    """Return how a month adds up now; reads only."""
    raise NotImplementedError


def start_reconciling(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """End distribution: every stop must have a final state. Draws the sample of families."""
    raise NotImplementedError


def resume_distribution(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Go back from reconciling to distributing."""
    raise NotImplementedError


def judge_fulfilments(session: Session, *, cycle: Cycle, now: datetime) -> list[Fulfilment]:
    """Judge every approved assignment from its package's lines."""
    raise NotImplementedError


def draw_sample(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, share: float = 0.05
) -> list[VerificationCall]:
    """Draw the families to call: seeded, ``share`` of the delivered packages, at least one."""
    raise NotImplementedError


def list_calls(session: Session, *, cycle: Cycle) -> list[CallView]:
    """Return the sample with its answers."""
    raise NotImplementedError


def answer_call(
    session: Session,
    *,
    call: VerificationCall,
    answer: str,
    by: Account,
    now: datetime,
    note: str = "",
) -> VerificationCall:
    """Note a family's answer; *not received* opens a case and flags the courier's other stops."""
    raise NotImplementedError


def close_cycle(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """Close a month that adds up and whose sample is answered; from here it is frozen."""
    raise NotImplementedError


def amend_cycle(
    session: Session,
    *,
    cycle: Cycle,
    subject: str,
    subject_id: int,
    after: dict[str, object],
    reason: str,
    by: Account,
    now: datetime,
) -> Amendment:
    """Correct a closed month by a reversing entry; the row itself stays as it was."""
    raise NotImplementedError


def carried_over(session: Session, *, city_code: str, before_month: str) -> CarriedOver:
    """Return what the last closed month before ``before_month`` left unfulfilled."""
    raise NotImplementedError
