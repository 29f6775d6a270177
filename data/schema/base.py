"""Column types and conventions that every table shares."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy import Enum as SAEnum
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


RUPIAH: Any = BigInteger().with_variant(Integer(), "sqlite")
"""Column type of money in whole rupiah: a company's pledge or a country's plan passes four bytes.

SQLite's whole numbers grow by themselves."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, always gives back aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC (naive for SQLite, which keeps no zone)."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs a time zone"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back as aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], name: str) -> Any:
    """Column type of an enum: stored by value as text with a CHECK, on every store alike.

    Native PostgreSQL enums outlive a downgrade, so they are not used.
    """
    return SAEnum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def new_uid() -> str:
    """Return a random 128-bit identifier as 32 hexadecimal digits."""
    return uuid4().hex
