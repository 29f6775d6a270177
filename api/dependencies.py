"""What an endpoint or page asks for in its signature: a session, the person, the clock.

The session of a request is one transaction, committed *before* the answer leaves: hence
``scope="function"`` — with the default scope a failing commit would still answer 200.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session

from api.security import PERMISSIONS, may
from api.services.errors import Forbidden, ServiceError
from data.engine import read_session, write_session
from data.schema import Account
from data.sealing import KeyRing


class NotSignedIn(ServiceError):
    """Nobody is signed in; pages lead to the sign-in page."""

    status = 401


def _read(request: Request) -> Iterator[Session]:
    with read_session(request.app.state.engine) as session:
        yield session


def _write(request: Request) -> Iterator[Session]:
    with write_session(request.app.state.engine) as session:
        yield session


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


def _keys(request: Request) -> KeyRing:
    keys: KeyRing = request.app.state.keys
    return keys


ReadSession = Annotated[Session, Depends(_read, scope="function")]
"""Sees one moment of the store; cannot write."""
WriteSession = Annotated[Session, Depends(_write, scope="function")]
"""One transaction, committed before the answer. Reading a child's record writes an audit row, so
it needs this kind too."""
Now = Annotated[datetime, Depends(_now)]
"""This instant in UTC; tests set their own."""
Keys = Annotated[KeyRing, Depends(_keys)]
"""The key ring for sealing and searching citizen numbers."""


class Requirement:
    """The door of a route: a permission that the signed-in person must hold."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            msg = f"{permission} is not in api.security.PERMISSIONS"
            raise KeyError(msg)
        self.permission = permission

    def __call__(self, request: Request) -> Account:
        """Give the person, or refuse."""
        account: Account | None = request.state.account
        if account is None:
            raise NotSignedIn("access.not_signed_in")
        if not may(account.role, self.permission):
            raise Forbidden("access.role", permission=self.permission, role=account.role.value)
        return account


class Anyone:
    """The open door of a public route; gives the person if someone is signed in."""

    def __call__(self, request: Request) -> Account | None:
        """Give the person or ``None``."""
        account: Account | None = request.state.account
        return account


def requires(permission: str) -> Any:
    """Ask for a permission: ``by: Annotated[Account, requires("cycle:approve")]``."""
    return Depends(Requirement(permission))


Visitor = Annotated[Account | None, Depends(Anyone())]
"""Marks a route as public; every route has either this or ``requires``."""
