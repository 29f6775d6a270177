"""Who signs in, with which role, and their revocable sessions and one-time links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class Role(StrEnum):
    """What a person comes to do."""

    STAFF = "staff"
    APPROVER = "approver"
    COORDINATOR = "coordinator"
    COURIER = "courier"
    DONOR = "donor"
    AUDITOR = "auditor"
    ADMIN = "admin"
    KADER = "kader"


class Account(SQLModel, table=True):
    """A person who signs in. A donor's account points at a sponsor; a courier's at vehicles.

    ``area_code``, ``posyandu`` (names within the kelurahan of ``area_code``) and ``puskesmas`` are
    the place that the account is bound to; with none of them it works for the whole office
    (:mod:`data.place`). ``code_sealed`` is the secret of the second factor, ``code_step`` the last
    time step used.
    """

    __table_args__ = (
        CheckConstraint(
            "role <> 'kader' or (area_code is not null and cast(posyandu as text) <> '[]')",
            name="kader_has_posyandu",
        ),
        CheckConstraint(
            "role not in ('courier', 'donor', 'admin') or (area_code is null"
            " and puskesmas is null and cast(posyandu as text) = '[]')",
            name="role_without_place",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True, max_length=80)
    full_name: str = Field(max_length=120)
    role: Role = Field(sa_type=choice(Role, "role"))
    password_hash: str | None = Field(default=None, max_length=200)
    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    area_code: str | None = Field(default=None, max_length=13)
    posyandu: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    puskesmas: str | None = Field(default=None, max_length=120)
    language: str = Field(default="id", max_length=2)
    is_active: bool = True
    code_sealed: bytes | None = None
    code_step: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    version: int = 1


class SignIn(SQLModel, table=True):
    """A signed-in browser or phone; only the token's SHA-256 is stored."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    user_agent: str = Field(default="", max_length=200)


class OneTimeLink(SQLModel, table=True):
    """A link that signs in once (donor) or until midnight (courier); only its hash is stored."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: str = Field(max_length=20)
    created_by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class AttemptCount(SQLModel, table=True):
    """How often something was tried within a window; the same for known and unknown names.

    ``key`` is a keyed hash of what is counted (a user name, an address), never the thing itself.
    """

    key: str = Field(primary_key=True, max_length=64)
    attempts: int
    window_ends_at: datetime = Field(sa_type=UTCDateTime)
