"""One-time links: a donor's works once, a courier's and kader's until midnight; a button confirms.

Mail and chat programs fetch links to preview them, so opening one changes nothing: only the button
on its page redeems it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from api.services.accounts import create_account, sponsor_by_code
from api.services.audit import record
from api.services.clock import next_midnight
from api.services.couriers import assign_courier, list_vehicles
from api.services.errors import Forbidden, Invalid, Refused
from api.services.sign_ins import end_links, new_token, revoke_all, start_sign_in, token_hash
from data.schema import Account, OneTimeLink, Role, Sponsor, SponsorState, Vehicle

DONOR_LIFETIME = timedelta(days=3)
PURPOSES = {Role.DONOR: "donor", Role.COURIER: "courier", Role.KADER: "kader"}
INVITERS = {
    Role.DONOR: frozenset({Role.STAFF, Role.ADMIN}),
    Role.COURIER: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Role.KADER: frozenset({Role.STAFF, Role.ADMIN}),
}
"""Who sends links to whom: the office to donors and kader, the coordinator to couriers."""
OF_THE_DAY = ("courier", "kader")
"""Links that work until midnight, as often as they are opened."""


def create_link(session: Session, *, account: Account, by: Account, now: datetime) -> str:
    """Make a link's token for a donor, courier or kader; older links of the account stop working.

    Raises
    ------
    Refused
        ``link.role`` for any other role, ``link.inactive`` for an account out of use,
        ``link.code`` for one that signs in with codes: a link would go around them.
    Forbidden
        ``link.inviter`` when this person does not look after such accounts.
    """
    purpose = PURPOSES.get(account.role)
    if purpose is None:
        raise Refused("link.role", role=account.role.value)
    _check_inviter(by, account.role)
    if not account.is_active:
        raise Refused("link.inactive")
    if account.role is Role.KADER and account.code_sealed is not None:
        raise Refused("link.code")
    end_links(session, account=account, now=now)
    token = new_token()
    expires_at = next_midnight(now) if purpose in OF_THE_DAY else now + DONOR_LIFETIME
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


def phone_of(session: Session, account: Account) -> str:
    """Return the telephone of a donor's sponsor or a courier's vehicle, or an empty text."""
    if account.role is Role.COURIER:
        driven = select(Vehicle.courier_phone).where(Vehicle.courier_account_id == account.id)
        return next((phone for phone in session.exec(driven.order_by(Vehicle.name)) if phone), "")
    sponsor = session.get(Sponsor, account.sponsor_id) if account.sponsor_id else None
    return (sponsor.phone or "") if sponsor else ""


def revoke_links(session: Session, *, account: Account, by: Account, now: datetime) -> int:
    """End an account's links and sign-ins at once; return how many sign-ins ended.

    Raises
    ------
    Refused
        ``link.role`` for an account that does not come in by links.
    Forbidden
        ``link.inviter`` when this person does not look after such accounts.
    """
    if account.role not in PURPOSES:
        raise Refused("link.role", role=account.role.value)
    _check_inviter(by, account.role)
    ended = revoke_all(session, account=account, now=now)
    record(
        session,
        by=by,
        action="link:revoke",
        subject="account",
        subject_id=account.username,
        now=now,
        after={"sign_ins": ended},
    )
    return ended


def invited_roles(by: Account) -> list[Role]:
    """Return the roles whose people this person invites."""
    return [role for role, inviters in INVITERS.items() if by.role in inviters]


def list_invited(
    session: Session, *, by: Account, offset: int = 0, limit: int = 50
) -> tuple[list[Account], int]:
    """Return a page of the accounts in use that this person invites, and how many there are."""
    fits = (col(Account.role).in_(invited_roles(by)), col(Account.is_active))
    total = session.exec(select(func.count()).select_from(Account).where(*fits)).one()
    rows = session.exec(
        select(Account).where(*fits).order_by(Account.full_name).offset(offset).limit(limit)
    )
    return list(rows), total


def invite_donor(session: Session, *, sponsor_code: str, by: Account, now: datetime) -> Account:
    """Return the donor's account of a sponsor, made now when there is none.

    Raises
    ------
    Invalid
        ``account.sponsor_unknown`` for the field ``sponsor_code``.
    Forbidden
        ``link.inviter``
    """
    _check_inviter(by, Role.DONOR)
    sponsor = sponsor_by_code(session, code=sponsor_code)
    if sponsor.state is not SponsorState.ACTIVE:
        raise Invalid("http.invalid", fields={"sponsor_code": "account.sponsor_unknown"})
    known = session.exec(
        select(Account).where(Account.sponsor_id == sponsor.id, Account.role == Role.DONOR)
    ).first()
    if known is not None:
        return known
    return create_account(
        session,
        username=sponsor.code,
        full_name=sponsor.name[:120],
        role=Role.DONOR,
        sponsor_id=sponsor.id,
        by=by,
        now=now,
    )


def invite_courier(
    session: Session,
    *,
    username: str,
    full_name: str,
    by: Account,
    now: datetime,
    vehicle_ids: Collection[int] = (),
) -> Account:
    """Make a courier's account; it sees the routes of these vehicles, which have no other yet.

    Raises
    ------
    Invalid
        By field, as in ``create_account``; ``courier.taken`` for a vehicle that has an account.
    Forbidden
        ``link.inviter``, or as in :func:`api.services.couriers.assign_courier`.
    NotFound
        ``vehicle.unknown``.
    """
    _check_inviter(by, Role.COURIER)
    account = create_account(
        session, username=username, full_name=full_name, role=Role.COURIER, by=by, now=now
    )
    driven = {each.vehicle.id: each.vehicle.name for each in list_vehicles(session) if each.courier}
    for vehicle_id in sorted(set(vehicle_ids)):
        if vehicle_id in driven:
            fault = ("courier.taken", {"vehicle": driven[vehicle_id]})
            raise Invalid("http.invalid", fields={"kendaraan": fault})
        assign_courier(session, vehicle_id=vehicle_id, username=account.username, by=by, now=now)
    return account


def find_link(
    session: Session, *, token: str, now: datetime, lock: bool = False
) -> tuple[OneTimeLink, Account] | None:
    """Return a link that still works and whose it is; looking changes nothing.

    It is for the role that it was made for, and for a kader only as long as no code is asked for.
    """
    of_role = case(PURPOSES, value=col(Account.role), else_="")
    query = (
        select(OneTimeLink, Account)
        .join(Account, col(Account.id) == col(OneTimeLink.account_id))
        .where(
            OneTimeLink.token_hash == token_hash(token),
            col(OneTimeLink.expires_at) > now,
            col(Account.is_active),
            col(OneTimeLink.purpose).in_(OF_THE_DAY) | col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.purpose) == of_role,
            (col(Account.role) != Role.KADER) | col(Account.code_sealed).is_(None),
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


def _check_inviter(by: Account, role: Role) -> None:
    if by.role not in INVITERS[role]:
        raise Forbidden("link.inviter", role=role.value)
