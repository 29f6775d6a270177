"""The month from opening to approval: open, lock with a snapshot, unlock, submit, approve."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from data.schema import Account, Cycle, CycleMove

CITY_CODE = "19.71"


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """What stands in the way of the next step (``is_hard``) or wants a look before it."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    count: int = 1
    is_hard: bool = True


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Where a month stands, what comes next, what blocks it, and the figures of its balance."""

    month: str
    state: str
    next_verbs: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    num_registered: int
    num_eligible: int
    num_places: int
    not_eligible: dict[str, int]
    no_places: dict[str, int]

    @property
    def gap(self) -> int:
        """Children beyond the places that were promised."""
        return max(0, self.num_eligible - self.num_places)


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """What a month takes over from the one before, as codes."""

    previous_month: str | None
    pairs: tuple[tuple[str, str], ...]
    unmet: tuple[str, ...]
    renewals: tuple[str, ...]


def open_cycle(
    session: Session, *, month: str, by: Account, now: datetime, city_code: str = CITY_CODE
) -> Cycle:
    """Open a month; what it carries over is read by :func:`carried_over`."""
    raise NotImplementedError


def find_cycle(session: Session, *, month: str, city_code: str = CITY_CODE) -> Cycle:
    """Return the month."""
    raise NotImplementedError


def list_cycles(session: Session, *, city_code: str = CITY_CODE) -> list[Cycle]:
    """Return all months, the latest first."""
    raise NotImplementedError


def carried_over(session: Session, *, cycle: Cycle) -> CarriedOver:
    """Return last month's pairs, unmet children and pledges that run on."""
    raise NotImplementedError


def lock_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, require_consent: bool = True
) -> Cycle:
    """Freeze children and pledges as they stand, with who takes part and why not."""
    raise NotImplementedError


def unlock_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Go back to draft before approval; the snapshot is dropped."""
    raise NotImplementedError


def blockers(session: Session, *, cycle: Cycle, now: datetime) -> list[Blocker]:
    """Return what stands in the way of the next step."""
    raise NotImplementedError


def readiness(session: Session, *, cycle: Cycle, now: datetime) -> Readiness:
    """Return where the month stands."""
    raise NotImplementedError


def submit_cycle(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """Hand the proposal to the approver."""
    raise NotImplementedError


def reject_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Give the proposal back with a comment."""
    raise NotImplementedError


def approve_cycle(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """Approve the proposal; another person than the one who proposed."""
    raise NotImplementedError


def cancel_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Give the month up before it is packed."""
    raise NotImplementedError


def cycle_history(session: Session, *, cycle: Cycle) -> list[CycleMove]:
    """Return every step of a month, the first first."""
    raise NotImplementedError
