"""Matching a locked month: read the problem, solve, check, store, explain; pins and bans."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlmodel import Session

from data.schema import Account, Assignment, Child, Cycle, Hold, MatchRun, Pledge, Unassigned

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


@dataclass(frozen=True, kw_only=True)
class Change:
    """One child whose sponsor differs; codes of pledges, None = not covered.

    ``reason`` is a code; ``price`` what undoing the change would cost, level by level.
    """

    child_code: str
    before: str | None
    after: str | None
    reason: str
    params: dict[str, object] = field(default_factory=dict)
    price: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What giving a child to a pledge would cost, or why it is refused."""

    child_code: str
    pledge_code: str
    refusals: tuple[str, ...]
    price: dict[str, int]
    moves: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a child has its sponsor, or has none and what would cover it."""

    child_code: str
    pledge_code: str | None
    reason: str
    params: dict[str, object]
    next_best: str | None
    price: dict[str, int]
    remedies: tuple[dict[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What one more place at a kelurahan would be worth, level by level."""

    where: str
    gain: dict[str, int]
    covers: str | None


def read_problem(session: Session, *, cycle: Cycle) -> "MatchingProblem":
    """Return a locked month as the matching core reads it: columns and codes, no names."""
    raise NotImplementedError


def propose_matching(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    policy: "Policy | None" = None,
    seed: int | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MatchRun:
    """Match the month and store pairs, uncovered children with reasons, and the certificate."""
    raise NotImplementedError


def current_run(session: Session, *, cycle: Cycle) -> MatchRun:
    """Return the run that the month stands on."""
    raise NotImplementedError


def stored_matching(session: Session, *, run: MatchRun) -> "tuple[MatchingProblem, Matching]":
    """Return problem and result of a stored run."""
    raise NotImplementedError


def assignments(session: Session, *, cycle: Cycle) -> list[Assignment]:
    """Return the pairs of the current run that stand."""
    raise NotImplementedError


def unassigned(session: Session, *, cycle: Cycle) -> list[Unassigned]:
    """Return the uncovered children of the current run."""
    raise NotImplementedError


def pin(
    session: Session,
    *,
    cycle: Cycle,
    child: Child,
    pledge: Pledge,
    by: Account,
    now: datetime,
    reason: str,
) -> Hold:
    """Demand that a child goes to a pledge; counts in the next run."""
    raise NotImplementedError


def ban(
    session: Session,
    *,
    cycle: Cycle,
    child: Child,
    pledge: Pledge,
    by: Account,
    now: datetime,
    reason: str,
) -> Hold:
    """Forbid that a child goes to a pledge; counts in the next run."""
    raise NotImplementedError


def release_hold(session: Session, *, hold: Hold, by: Account, now: datetime) -> Hold:
    """Lift a pin or ban."""
    raise NotImplementedError


def list_holds(session: Session, *, cycle: Cycle) -> list[Hold]:
    """Return the pins and bans in force."""
    raise NotImplementedError


def changes(
    session: Session, *, cycle: Cycle, against: Literal["last_month", "previous_run"] = "last_month"
) -> list[Change]:
    """Return every child whose sponsor differs from last month or the previous run, with price."""
    raise NotImplementedError


def explain_child(session: Session, *, cycle: Cycle, child: Child) -> Explanation:
    """Return why a child has its sponsor, or none."""
    raise NotImplementedError


def what_if(session: Session, *, cycle: Cycle, child: Child, pledge: Pledge) -> WhatIf:
    """Return what giving a child to a pledge would cost, without changing anything."""
    raise NotImplementedError


def recruiting(session: Session, *, cycle: Cycle) -> list[Place]:
    """Return where one more place would be worth most, best first."""
    raise NotImplementedError
