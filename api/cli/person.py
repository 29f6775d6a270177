"""The account under which a command acts (``--as``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Account


def acting_account(session: Session, username: str) -> Account:
    """Return the account that a command acts under.

    Raises
    ------
    NotFound
        ``account.unknown`` also for one that was switched off: who left takes no steps here.
    """
    from api.services.accounts import find_account
    from api.services.errors import NotFound

    by = find_account(session, username=username)
    if by is None or not by.is_active:
        raise NotFound("account.unknown")
    return by
