"""Signed-in browsers and phones: random tokens of which only the hash is stored, revocable."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.services.clock import next_midnight
from api.services.errors import NotFound
from data.schema import Account, OneTimeLink, Role, SignIn

TOKEN_BYTES = 32
LIFETIME = timedelta(hours=12)
DONOR_LIFETIME = timedelta(days=7)
IDLE = timedelta(hours=4)
WITHOUT_IDLE = frozenset({Role.DONOR, Role.COURIER})
"""A donor's lasts a week; a courier's ends with the day, after hours without signal."""
SEEN_EVERY = timedelta(minutes=5)
MAX_USER_AGENT = 200


def new_token() -> str:
    """Draw 256 random bits as text for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def expiry(role: Role, now: datetime) -> datetime:
    """Return when a sign-in of a role ends: a courier's with the day, a donor's after a week."""
    if role is Role.COURIER:
        return next_midnight(now)
    return now + (DONOR_LIFETIME if role is Role.DONOR else LIFETIME)


def start_sign_in(
    session: Session, *, account: Account, now: datetime, user_agent: str = ""
) -> str:
    """Sign a browser in and return its token, which is stored nowhere."""
    assert account.id is not None  # noqa: S101 - a stored account
    token = new_token()
    session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=now,
            expires_at=expiry(account.role, now),
            last_seen_at=now,
            user_agent=user_agent[:MAX_USER_AGENT],
        )
    )
    session.flush()
    return token


def find_sign_in(session: Session, *, token: str, now: datetime) -> tuple[SignIn, Account] | None:
    """Return the sign-in of a token and its account while both are in force."""
    found = session.exec(
        select(SignIn, Account)
        .join(Account, col(Account.id) == col(SignIn.account_id))
        .where(
            SignIn.token_hash == token_hash(token),
            col(SignIn.revoked_at).is_(None),
            col(SignIn.expires_at) > now,
            col(Account.is_active),
        )
    ).one_or_none()
    if found is None:
        return None
    sign_in, account = found
    if account.role not in WITHOUT_IDLE and sign_in.last_seen_at < now - IDLE:
        return None
    return sign_in, account


def needs_touch(sign_in: SignIn, now: datetime) -> bool:
    """Whether ``last_seen_at`` is old enough to be written again."""
    return sign_in.last_seen_at < now - SEEN_EVERY


def touch_sign_in(session: Session, *, sign_in_id: int, now: datetime) -> None:
    """Note that a sign-in is in use."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is not None:
        sign_in.last_seen_at = now
        session.flush()


def list_sign_ins(session: Session, *, account: Account, now: datetime) -> list[SignIn]:
    """Return the sign-ins of a person that are in force, newest first."""
    return list(
        session.exec(
            select(SignIn)
            .where(
                SignIn.account_id == account.id,
                col(SignIn.revoked_at).is_(None),
                col(SignIn.expires_at) > now,
            )
            .order_by(col(SignIn.created_at).desc(), col(SignIn.id).desc())
        )
    )


def revoke_sign_in(session: Session, *, sign_in_id: int, by: Account, now: datetime) -> None:
    """End one of one's own sign-ins.

    Raises
    ------
    NotFound
        ``sign_in.unknown``; someone else's looks the same as none.
    """
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.account_id != by.id:
        raise NotFound("sign_in.unknown")
    sign_in.revoked_at = sign_in.revoked_at or now
    session.flush()


def revoke_all(
    session: Session, *, account: Account, now: datetime, keep_id: int | None = None
) -> int:
    """End an account's links and every sign-in (but one); return how many sign-ins ended."""
    end_links(session, account=account, now=now)  # first: who redeems one just now is waited for
    ended = 0
    for sign_in in list_sign_ins(session, account=account, now=now):
        if sign_in.id != keep_id:
            sign_in.revoked_at = now
            ended += 1
    session.flush()
    return ended


def end_links(session: Session, *, account: Account, now: datetime) -> None:
    """End the one-time links of an account that still work."""
    living = select(OneTimeLink).where(
        OneTimeLink.account_id == account.id, col(OneTimeLink.expires_at) > now
    )
    for link in session.exec(living):
        link.expires_at = now
    session.flush()
