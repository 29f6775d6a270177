"""A second factor at sign-in: six digits from an app (TOTP, RFC 6238), each usable once."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from api.services.audit import record
from api.services.errors import Invalid
from api.services.sign_ins import end_links
from data.schema import Account
from data.sealing import KeyRing, seal, unseal

SECRET_BYTES = 20
STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""


def new_secret() -> str:
    """Draw a secret in the form that apps read (base 32)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the six digits of a time step (RFC 4226)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, ``None`` when it is none of the recent ones."""
    current = int(now.timestamp()) // STEP_S
    bare = code.replace(" ", "")
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), bare.encode()):
            return step
    return None


def address_for_app(secret: str, username: str) -> str:
    """Return the ``otpauth`` address that a QR code holds."""
    return f"otpauth://totp/Asuh:{username}?secret={secret}&issuer=Asuh"


def enrol(
    session: Session, *, by: Account, secret: str, code: str, keys: KeyRing, now: datetime
) -> None:
    """Ask for codes at this person's sign-ins from now on; the first code proves the app works.

    Links of the account end: they would go around the codes.

    Raises
    ------
    Invalid
        ``second_factor.wrong`` when secret and code do not go together.
    """
    account = session.get(Account, by.id)
    step = step_of(secret, code, now) if _is_secret(secret) else None
    if account is None or step is None:
        raise Invalid("http.invalid", fields={"code": "second_factor.wrong"})
    account.code_sealed = seal(keys, secret, place=_place(account))
    account.code_step = step
    account.version += 1
    end_links(session, account=account, now=now)
    _note(session, account, by=by, action="account:second_factor", now=now)


def remove(session: Session, *, account: Account, by: Account, now: datetime) -> None:
    """Ask for no codes any more (an admin does, when a phone is lost)."""
    account.code_sealed = None
    account.version += 1
    session.add(account)
    session.flush()
    _note(session, account, by=by, action="account:second_factor_removed", now=now)


def use_code(
    session: Session, *, account: Account, code: str, keys: KeyRing, now: datetime
) -> bool:
    """Whether this is a code of the account's app that was not used before; it is used up now."""
    secret = unseal(keys, account.code_sealed or b"", place=_place(account))
    step = step_of(secret, code, now)
    if step is None:
        return False
    used = session.execute(
        update(Account)
        .where(col(Account.id) == account.id, col(Account.code_step) < step)
        .values(code_step=step)
        .returning(col(Account.id))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return used is not None


def _is_secret(text: str) -> bool:
    try:
        return len(base64.b32decode(text)) == SECRET_BYTES
    except ValueError:
        return False


def _place(account: Account) -> str:
    return f"account:code:{account.id}"


def _note(session: Session, account: Account, *, by: Account, action: str, now: datetime) -> None:
    record(session, by=by, action=action, subject="account", subject_id=account.username, now=now)
