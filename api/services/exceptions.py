"""The queue of what needs care, and what a coordinator does about each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import (
        Account,
        Cycle,
        DeliveryException,
        DropPoint,
        ExceptionAction,
        ExceptionState,
        Package,
    )

__all__ = [
    "ExceptionView",
    "allowed_actions",
    "choose_action",
    "close_exception",
    "finish_exception",
    "list_exceptions",
    "open_exception",
    "reopen_exception",
    "take_exception",
]


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A case of the queue as this person may see it."""

    id: int
    reason: str
    text: str
    is_sensitive: bool
    state: ExceptionState
    action: ExceptionAction | None
    owner: str | None
    attempts: int
    package_code: str | None
    package_id: int | None
    stop_uid: str | None
    route_code: str | None
    recipient: str
    kelurahan_code: str | None
    opened_by: str
    opened_at: datetime
    actions: tuple[ExceptionAction, ...]
    version: int


def list_exceptions(
    session: Session, *, cycle: Cycle, by: Account, include_closed: bool = False
) -> list[ExceptionView]:
    """Return the cases, oldest first; sensitive ones only to an approver."""
    raise NotImplementedError


def open_exception(
    session: Session,
    *,
    cycle: Cycle,
    reason: str,
    by: Account,
    now: datetime,
    package: Package | None = None,
    text: str = "",
) -> DeliveryException:
    """Open a case by hand; sensitive when its reason is."""
    raise NotImplementedError


def allowed_actions(session: Session, *, case: DeliveryException) -> tuple[ExceptionAction, ...]:
    """Return what may be done; after three failures only a data check, a return or an exit."""
    raise NotImplementedError


def take_exception(
    session: Session, *, case: DeliveryException, by: Account, now: datetime, base_version: int
) -> DeliveryException:
    """Become the owner of a case."""
    raise NotImplementedError


def choose_action(
    session: Session,
    *,
    case: DeliveryException,
    action: ExceptionAction,
    by: Account,
    now: datetime,
    base_version: int,
    day: date | None = None,
    drop_point: DropPoint | None = None,
    to_package: Package | None = None,
    text: str = "",
) -> DeliveryException:
    """Do something about a case.

    ``redeliver`` makes a linked stop for ``day``; ``pick_up`` one at ``drop_point`` (default: the
    kelurahan office); ``reassign`` gives the goods to ``to_package``; ``return`` puts them back
    into stock; ``spoil`` writes them off; ``data_change`` and ``exit_child`` ask the office;
    ``grievance`` hands the case to the approver.
    """
    raise NotImplementedError


def finish_exception(
    session: Session, *, case: DeliveryException, by: Account, now: datetime, base_version: int
) -> DeliveryException:
    """Say that what was chosen has been done."""
    raise NotImplementedError


def close_exception(
    session: Session,
    *,
    case: DeliveryException,
    by: Account,
    now: datetime,
    base_version: int,
    text: str = "",
) -> DeliveryException:
    """Close a case after looking at it; a sensitive one only by an approver."""
    raise NotImplementedError


def reopen_exception(
    session: Session,
    *,
    case: DeliveryException,
    by: Account,
    now: datetime,
    base_version: int,
    text: str,
) -> DeliveryException:
    """Open a closed case again."""
    raise NotImplementedError
