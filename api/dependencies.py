"""What an endpoint or page asks for in its signature: a session, the person, the clock.

The session of a request is one transaction, committed *before* the answer leaves: hence
``scope="function"`` — with the default scope a failing commit would still answer 200.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from sqlalchemy import Engine
from sqlmodel import Session

from api.defences import IN_TEXT
from api.security import PERMISSIONS
from api.services.access import must_hold
from api.services.errors import Invalid, ServiceError
from api.services.looks import looking
from api.services.sign_ins import find_sign_in, needs_touch, touch_sign_in
from api.settings import Settings
from data.engine import read_session, write_session
from data.place import place_of
from data.place_scope import narrowed
from data.schema import Account
from data.sealing import KeyRing

COOKIE = "asuh"
BEARER = "bearer "
MULTIPART = "multipart/form-data"


class NotSignedIn(ServiceError):
    """Nobody is signed in; pages lead to the sign-in page."""

    status = 401


def cookie_name(settings: Settings) -> str:
    """Return the sign-in cookie's name; over HTTPS browsers bind ``__Host-`` to this host."""
    return f"__Host-{COOKIE}" if settings.secure_cookies else COOKIE


def sign_in_token(request: Request) -> str | None:
    """Return the token that a request carries, from its cookie or as a bearer."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith(BEARER):
        return authorization[len(BEARER) :].strip()
    return request.cookies.get(cookie_name(request.app.state.settings))


def signed_in(request: Request) -> Account | None:
    """Return who is signed in, asking the store once per request."""
    if not hasattr(request.state, "account"):
        request.state.account, request.state.sign_in_id = _look_up(request)
    account: Account | None = request.state.account
    return account


def _look_up(request: Request) -> tuple[Account | None, int | None]:
    token = sign_in_token(request)
    if not token:
        return None, None
    engine, now = request.app.state.engine, request.app.state.clock()
    with read_session(engine) as session:
        found = find_sign_in(session, token=token, now=now)
    if found is None:
        return None, None
    sign_in, account = found
    if sign_in.id is not None and needs_touch(sign_in, now):
        with write_session(engine) as session:
            touch_sign_in(session, sign_in_id=sign_in.id, now=now)
    return account, sign_in.id


def store_of(request: Request) -> Engine:
    """Return the store as far as who asks may see it: all of it, or one place (ADR 0023)."""
    account = signed_in(request)
    engine: Engine = request.app.state.engine
    return engine if account is None else narrowed(engine, place_of(account))


def _read(request: Request) -> Iterator[Session]:
    with read_session(store_of(request)) as session:
        yield session


def _look(request: Request) -> Iterator[Session]:
    with looking(store_of(request)) as session:
        yield session


def _write(request: Request) -> Iterator[Session]:
    with write_session(store_of(request)) as session:
        yield session


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


def _keys(request: Request) -> KeyRing:
    keys: KeyRing = request.app.state.keys
    return keys


ReadSession = Annotated[Session, Depends(_read, scope="function")]
"""Sees one moment of the store; cannot write."""
LookSession = Annotated[Session, Depends(_look, scope="function")]
"""Reads alike, and who looked (:func:`api.services.looks.note`) is committed before the answer."""
WriteSession = Annotated[Session, Depends(_write, scope="function")]
"""One transaction, committed before the answer; while it is open nobody else writes."""
Store = Annotated[Engine, Depends(store_of)]
"""The store itself, for what solves between reading and writing (:mod:`api.services.solves`)."""
Now = Annotated[datetime, Depends(_now)]
"""This instant in UTC; tests set their own."""
Keys = Annotated[KeyRing, Depends(_keys)]
"""The key ring for sealing and searching citizen numbers."""
RowId = Annotated[int, Path(ge=1, lt=2**31)]
"""A row's id in an address; anything larger than the stores hold is refused, not looked up."""


class Requirement:
    """The door of a route: a permission that the signed-in person must hold."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            msg = f"{permission} is not in api.security.PERMISSIONS"
            raise KeyError(msg)
        self.permission = permission

    def __call__(self, request: Request) -> Account:
        """Give the person, or refuse."""
        account = signed_in(request)
        if account is None:
            raise NotSignedIn("access.not_signed_in")
        must_hold(account, self.permission)
        return account


class Anyone:
    """The open door of a public route; gives the person if someone is signed in."""

    def __call__(self, request: Request) -> Account | None:
        """Give the person or ``None``."""
        return signed_in(request)


def requires(permission: str) -> Any:
    """Ask for a permission: ``by: Annotated[Account, requires("cycle:approve")]``."""
    return Depends(Requirement(permission))


Visitor = Annotated[Account | None, Depends(Anyone())]
"""Marks a route as public; every route has either this or ``requires``."""


async def refuse_control_characters(request: Request) -> None:
    """Refuse control characters in the fields and file names of a form that brings files.

    Such a body is read part by part, the files to disk; its texts are held to what other forms are.

    Raises
    ------
    Invalid
        ``http.control``.
    """
    if not request.headers.get("content-type", "").lower().startswith(MULTIPART):
        return
    for name, value in (await request.form()).multi_items():
        texts = (name, value if isinstance(value, str) else value.filename or "")
        if any(IN_TEXT.search(text) for text in texts):
            raise Invalid("http.control")
