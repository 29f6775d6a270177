"""People who sign in: made and changed by an admin, signing in with a password or a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_
from sqlmodel import Session, col, select

from api.services.account_places import PLACE_FIELDS, place_faults
from api.services.attempts import count_attempt, forget_attempts
from api.services.audit import record
from api.services.editing import too_long
from api.services.errors import Invalid, NotFound, Refused, StaleVersion
from api.services.passwords import check_password, hash_password, needs_rehash, password_fits
from api.services.second_factor import use_code
from api.services.sign_ins import revoke_all, start_sign_in
from data.engine import read_session, write_session
from data.schema import Account, Role, Sponsor
from data.sealing import KeyRing

MAX_NAME = 80
WINDOW = timedelta(minutes=15)
MOST_PER_NAME = 5
MOST_PER_ADDRESS = 60
EDITABLE = ("full_name", "role", "sponsor_id", *PLACE_FIELDS, "language", "is_active")


@dataclass(frozen=True)
class SignInAnswer:
    """What became of an attempt to sign in: a token, or the code of a sentence."""

    account: Account | None = None
    token: str | None = None
    code: str = ""


def has_accounts(session: Session) -> bool:
    """Return whether anybody can sign in here: a new installation has no account yet."""
    return session.exec(select(Account.id).limit(1)).first() is not None


BY_LINK = frozenset({Role.DONOR, Role.COURIER, Role.KADER})
"""Who may come in by a one-time link; all others need a password."""


def sponsor_by_code(session: Session, *, code: str) -> Sponsor:
    """Return the sponsor whose code somebody wrote.

    Raises
    ------
    Invalid
        ``account.sponsor_unknown`` for the field ``sponsor_code``.
    """
    wanted = code.strip().upper()
    found = session.exec(select(Sponsor).where(Sponsor.code == wanted)).one_or_none()
    if found is None:
        raise Invalid("http.invalid", fields={"sponsor_code": "account.sponsor_unknown"})
    return found


def list_accounts(
    session: Session,
    *,
    role: Role | None = None,
    words: str = "",
    area_code: str = "",
    is_bound: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Account], int]:
    """Return a page of accounts by user name, and how many there are; ``words`` in either name.

    ``area_code`` asks for those of a kecamatan or kelurahan and of what lies in it, ``is_bound``
    for those that have any place.
    """
    wanted: list[ColumnElement[bool]] = [] if role is None else [col(Account.role) == role]
    area, puskesmas = col(Account.area_code), col(Account.puskesmas)
    if area_code:
        wanted.append(or_(area == area_code, area.startswith(f"{area_code}.", autoescape=True)))
    if is_bound:
        wanted.append(or_(area.is_not(None), puskesmas.is_not(None)))
    if words.strip():
        names = (col(Account.username), col(Account.full_name))
        wanted.append(or_(*(each.icontains(words.strip(), autoescape=True) for each in names)))
    total = session.exec(select(func.count()).select_from(Account).where(*wanted)).one()
    rows = session.exec(
        select(Account).where(*wanted).order_by(Account.username).offset(offset).limit(limit)
    )
    return list(rows), total


def get_account(session: Session, *, account_id: int) -> Account:
    """Return one account.

    Raises
    ------
    NotFound
        ``account.unknown``.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("account.unknown")
    return account


def find_account(session: Session, *, username: str) -> Account | None:
    """Return the account of a user name, however its letters are written."""
    return session.exec(select(Account).where(Account.username == _tidy(username))).one_or_none()


def create_account(
    session: Session,
    *,
    username: str,
    full_name: str,
    role: Role,
    by: Account | str,
    now: datetime,
    password: str | None = None,
    profile: str = "production",
    sponsor_id: int | None = None,
    area_code: str | None = None,
    posyandu: Sequence[str] = (),
    puskesmas: str | None = None,
) -> Account:
    """Make an account; without a password a donor or courier comes in by a one-time link only.

    Raises
    ------
    Invalid
        By field: ``account.username_form``, ``account.username_taken``, ``account.name_missing``,
        ``account.sponsor_missing``, ``account.sponsor_unknown``, what
        :func:`api.services.account_places.place_faults` finds, ``account.password_missing`` for
        whom no link lets in, or a password code.
    """
    name = _tidy(username)
    place: dict[str, Any] = {
        "area_code": area_code or None,
        "posyandu": sorted(set(posyandu)),
        "puskesmas": puskesmas or None,
    }
    faults = _faults(session, full_name=full_name, role=role, sponsor_id=sponsor_id, place=place)
    if not (name and len(name) <= MAX_NAME and all(c.isalnum() or c in "._-@" for c in name)):
        faults["username"] = "account.username_form"
    elif find_account(session, username=name) is not None:
        faults["username"] = "account.username_taken"
    if password is None and role not in BY_LINK:
        faults["password"] = "account.password_missing"  # noqa: S105 - the code of a sentence
    if faults:
        raise Invalid("http.invalid", fields=faults)
    if password is not None:
        check_password(password, username=name)
    account = Account(
        username=name,
        full_name=full_name.strip(),
        role=role,
        password_hash=None if password is None else hash_password(password, profile=profile),
        sponsor_id=sponsor_id,
        created_at=now,
        **place,
    )
    session.add(account)
    session.flush()
    told = {name: value for name, value in place.items() if value}
    after = {"role": role.value, **told}
    _note(session, account, by=by, action="account:create", now=now, after=after)
    return account


def edit_account(
    session: Session,
    *,
    account: Account,
    changes: dict[str, Any],
    base_version: int,
    by: Account,
    now: datetime,
) -> Account:
    """Change name, role, sponsor, place, language or whether it is in use.

    A new role or an account out of use ends its sign-ins and links.

    Raises
    ------
    StaleVersion
        When someone else saved in between.
    Refused
        ``account.own_role`` when an admin would shut herself out.
    Invalid
        By field, as in ``create_account``.
    """
    if base_version != account.version:
        fields = {
            name: {"yours": value, "theirs": getattr(account, name), "base": None}
            for name, value in changes.items()
            if getattr(account, name) != value
        }
        raise StaleVersion("account.stale", fields=fields, version=account.version)
    before = {
        name: getattr(account, name)
        for name in EDITABLE
        if name in changes and getattr(account, name) != changes[name]
    }
    if account.id == by.id and ({"role", "is_active"} & set(before)):
        raise Refused("account.own_role")
    after = {name: changes[name] for name in before}
    wished = {name: getattr(account, name) for name in EDITABLE} | after
    faults = _faults(
        session,
        full_name=wished["full_name"],
        role=wished["role"],
        sponsor_id=wished["sponsor_id"],
        place={name: wished[name] for name in PLACE_FIELDS},
    )
    if faults:
        raise Invalid("http.invalid", fields=faults)
    for name, value in after.items():
        setattr(account, name, value)
    if after:
        account.version += 1
        session.add(account)
        session.flush()
        _note(session, account, by=by, action="account:edit", now=now, before=before, after=after)
    if {"role", "is_active"} & set(after):
        revoke_all(session, account=account, now=now)
    return account


def set_password(
    session: Session, *, account: Account, password: str, by: Account, now: datetime, profile: str
) -> None:
    """Give an account a password (an admin does) and end its sign-ins and links."""
    check_password(password, username=account.username)
    account.password_hash = hash_password(password, profile=profile)
    account.version += 1
    revoke_all(session, account=account, now=now)
    session.add(account)
    session.flush()
    _note(session, account, by=by, action="account:password", now=now)


def change_own_password(
    session: Session,
    *,
    by: Account,
    current: str,
    new: str,
    now: datetime,
    profile: str,
    sign_in_id: int | None = None,
) -> None:
    """Change one's own password, knowing the old one; other sign-ins and links end.

    Raises
    ------
    Invalid
        ``password.wrong`` for the old one, or what ``check_password`` says of the new one.
    """
    account = get_account(session, account_id=by.id or 0)
    if not password_fits(account.password_hash, current, profile=profile):
        raise Invalid("http.invalid", fields={"current": "password.wrong"})
    check_password(new, username=account.username, field="new")
    account.password_hash = hash_password(new, profile=profile)
    account.version += 1
    revoke_all(session, account=account, now=now, keep_id=sign_in_id)
    session.flush()
    _note(session, account, by=by, action="account:password", now=now)


def sign_in(
    engine: Engine,
    *,
    username: str,
    password: str,
    address: str,
    now: datetime,
    keys: KeyRing,
    profile: str,
    user_agent: str = "",
    second_code: str = "",
) -> SignInAnswer:
    """Sign in with a password.

    It takes the engine, not a session: attempts are counted and committed first, the slow
    comparison runs outside any transaction, and only then is the outcome written. Known and
    unknown names take the same way.
    """
    name = _tidy(username)[:MAX_NAME]
    with write_session(engine) as session:
        allowed = count_attempt(
            session, keys=keys, kind="from", what=address, now=now,
            most=MOST_PER_ADDRESS, within=WINDOW,
        ) and count_attempt(
            session, keys=keys, kind="name", what=name, now=now, most=MOST_PER_NAME, within=WINDOW
        )  # fmt: skip
    if not allowed:
        return SignInAnswer(code="sign_in.too_many")
    with read_session(engine) as session:
        account = find_account(session, username=name)
    stored = account.password_hash if account is not None else None
    fits = password_fits(stored, password, profile=profile)
    if account is None or stored is None or not fits or not account.is_active:
        with write_session(engine) as session:
            _note_failure(session, account, now=now)
        return SignInAnswer(code="sign_in.failed")
    fresh = (
        hash_password(password, profile=profile) if needs_rehash(stored, profile=profile) else ""
    )
    if account.code_sealed is not None:
        if not second_code.strip():
            return SignInAnswer(code="sign_in.code_needed")
        with write_session(engine) as session:
            if not use_code(session, account=account, code=second_code, keys=keys, now=now):
                _note_failure(session, account, now=now)
                return SignInAnswer(code="sign_in.code_wrong")
    with write_session(engine) as session:
        forget_attempts(session, keys=keys, kind="name", what=name)
        current = get_account(session, account_id=account.id or 0)
        current.password_hash = fresh or current.password_hash
        token = start_sign_in(session, account=current, now=now, user_agent=user_agent)
        _note(session, current, by=current, action="sign_in", now=now)
    return SignInAnswer(account=current, token=token)


def _tidy(username: str) -> str:
    return username.strip().lower()


def _faults(
    session: Session,
    *,
    full_name: str,
    role: Role,
    sponsor_id: int | None,
    place: dict[str, Any],
) -> dict[str, str]:
    faults = {}
    if not full_name.strip():
        faults["full_name"] = "account.name_missing"
    if role is Role.DONOR and sponsor_id is None:
        faults["sponsor_id"] = "account.sponsor_missing"
    elif sponsor_id is not None and session.get(Sponsor, sponsor_id) is None:
        faults["sponsor_id"] = "account.sponsor_unknown"
    faults |= place_faults(session, role=role, **place)
    return faults | too_long(Account, {"full_name": full_name, "area_code": place["area_code"]})


def _note(
    session: Session,
    account: Account,
    *,
    by: Account | str,
    action: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(
        session,
        by=by,
        action=action,
        subject="account",
        subject_id=account.username,
        now=now,
        before=before,
        after=after,
    )


def _note_failure(session: Session, account: Account | None, *, now: datetime) -> None:
    """Note a failed attempt; of an unknown name not even the name: it may be a password."""
    record(
        session,
        by="anonymous",
        action="sign_in:failed",
        subject="account",
        subject_id=account.username if account is not None else "",
        now=now,
    )
