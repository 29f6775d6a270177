"""One-time links: a donor's works once, a courier's until midnight; a button confirms them.

Mail and chat programs fetch links to preview them, so opening one changes nothing: only the button
on its page redeems it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.clock import next_midnight
from api.services.errors import Refused
from api.services.sign_ins import new_token, start_sign_in, token_hash
from data.schema import Account, OneTimeLink, Role

DONOR_LIFETIME = timedelta(days=3)
PURPOSES = {Role.DONOR: "donor", Role.COURIER: "courier"}


def create_link(session: Session, *, account: Account, by: Account, now: datetime) -> str:
    """Make a link's token for a donor or courier; older links of the account stop working.

    Raises
    ------
    Refused
        ``link.role`` for any other role, ``link.inactive`` for an account out of use.
    """
    purpose = PURPOSES.get(account.role)
    if purpose is None:
        raise Refused("link.role", role=account.role.value)
    if not account.is_active:
        raise Refused("link.inactive")
    older_links = select(OneTimeLink).where(
        OneTimeLink.account_id == account.id, col(OneTimeLink.expires_at) > now
    )
    for older in session.exec(older_links):
        older.expires_at = now
    token = new_token()
    expires_at = next_midnight(now) if purpose == "courier" else now + DONOR_LIFETIME
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            account_id=account.id or 0,
            purpose=purpose,
            created_by=by.username,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    record(
        session,
        by=by,
        action=f"link:{purpose}",
        subject="account",
        subject_id=account.username,
        now=now,
    )
    return token


def find_link(
    session: Session, *, token: str, now: datetime, lock: bool = False
) -> tuple[OneTimeLink, Account] | None:
    """Return a link that still works and whose it is; looking changes nothing."""
    query = (
        select(OneTimeLink, Account)
        .join(Account, col(Account.id) == col(OneTimeLink.account_id))
        .where(
            OneTimeLink.token_hash == token_hash(token),
            col(OneTimeLink.expires_at) > now,
            col(Account.is_active),
            (col(OneTimeLink.purpose) == "courier") | col(OneTimeLink.used_at).is_(None),
        )
    )
    if lock:
        query = query.with_for_update(of=OneTimeLink)
    return session.exec(query).one_or_none()


def redeem_link(
    session: Session, *, token: str, now: datetime, user_agent: str = ""
) -> tuple[Account, str]:
    """Sign in by a link; return the account and the sign-in token.

    Raises
    ------
    Refused
        ``link.dead`` when it is unknown, used, or over.
    """
    found = find_link(session, token=token, now=now, lock=True)
    if found is None:
        raise Refused("link.dead")
    link, account = found
    link.used_at = now
    sign_in_token = start_sign_in(session, account=account, now=now, user_agent=user_agent)
    record(
        session,
        by=account,
        action="sign_in:link",
        subject="account",
        subject_id=account.username,
        now=now,
    )
    session.flush()
    return account, sign_in_token
