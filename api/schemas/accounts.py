"""Wire models of accounts and sign-ins; a password goes in and never comes out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data.schema import Role

PosyanduName = Annotated[str, Field(min_length=1, max_length=120)]


class AccountView(BaseModel):
    """An account as an admin sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    full_name: str
    role: Role
    sponsor_id: int | None
    area_code: str | None
    posyandu: list[str]
    puskesmas: str | None
    language: str
    is_active: bool
    created_at: datetime
    version: int


class AccountList(BaseModel):
    """A page of accounts."""

    items: list[AccountView]
    total: int


class AccountCreate(BaseModel):
    """What a new account needs; without a password it comes in by one-time links."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=80)
    full_name: str = Field(min_length=1, max_length=120)
    role: Role
    password: str | None = Field(default=None, max_length=400)
    sponsor_id: int | None = Field(default=None, ge=1, lt=2**31)
    area_code: str | None = Field(default=None, max_length=13, pattern=r"^[0-9.]*$")
    posyandu: list[PosyanduName] = Field(default=[], max_length=20)
    puskesmas: str | None = Field(default=None, max_length=120)


class AccountEdit(BaseModel):
    """What changes; fields that are left out stay."""

    model_config = ConfigDict(extra="forbid")

    base_version: int
    full_name: str | None = Field(default=None, min_length=1, max_length=120)
    role: Role | None = None
    sponsor_id: int | None = Field(default=None, ge=1, lt=2**31)
    area_code: str | None = Field(default=None, max_length=13, pattern=r"^[0-9.]*$")
    posyandu: list[PosyanduName] | None = Field(default=None, max_length=20)
    puskesmas: str | None = Field(default=None, max_length=120)
    language: str | None = Field(default=None, pattern="^(id|en)$")
    is_active: bool | None = None


class PasswordSet(BaseModel):
    """A new password, given by an admin."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=400)


class PasswordChange(BaseModel):
    """One's own new password, with the current one."""

    model_config = ConfigDict(extra="forbid")

    current: str = Field(max_length=400)
    new: str = Field(max_length=400)


class LinkView(BaseModel):
    """A one-time link: shown once, stored nowhere."""

    url: str


class Credentials(BaseModel):
    """User name and password."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(max_length=400)
    password: str = Field(max_length=400)
    second_code: str = Field(default="", max_length=20)


class TokenView(BaseModel):
    """A sign-in's token, for ``Authorization: Bearer …``."""

    token: str
    account: AccountView


class SignInView(BaseModel):
    """One of one's own sign-ins."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    is_this_one: bool = False
