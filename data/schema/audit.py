"""Who read and who changed what: append-only, each row bound to the one before by a keyed hash."""

from datetime import datetime

from sqlalchemy import DDL, JSON, event
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class AuditEntry(SQLModel, table=True):
    """One read of a child's record, change, export, refused attempt or sign-in."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    by: str = Field(max_length=80, index=True)
    role: str = Field(default="", max_length=20)
    action: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=40, index=True)
    subject_id: str = Field(default="", max_length=40, index=True)
    before: dict[str, object] | None = Field(default=None, sa_type=JSON)
    after: dict[str, object] | None = Field(default=None, sa_type=JSON)
    purpose: str = Field(default="", max_length=300)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(unique=True, max_length=64)


class AuditHead(SQLModel, table=True):
    """The end of the chain: how many entries, the last hash, and a keyed hash over both.

    Its single row is what writers lock to append one after another, and what tells that the last
    entries were cut off.
    """

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    num_entries: int
    hash: str = Field(max_length=64)
    seal: str = Field(max_length=64)


SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER auditentry_no_{verb} BEFORE {verb.upper()} ON auditentry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
    for verb in ("update", "delete")
)
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''audit entries are append-only''; END'",
    "CREATE TRIGGER auditentry_no_change BEFORE UPDATE OR DELETE ON auditentry "
    "FOR EACH ROW EXECUTE FUNCTION auditentry_append_only()",
    "CREATE TRIGGER auditentry_no_truncate BEFORE TRUNCATE ON auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION auditentry_append_only()",
)

for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRESQL_GUARDS)):
    for _guard in _guards:
        event.listen(
            SQLModel.metadata.tables["auditentry"],
            "after_create",
            DDL(_guard).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
event.listen(
    SQLModel.metadata.tables["auditentry"],
    "after_drop",
    DDL("DROP FUNCTION IF EXISTS auditentry_append_only()").execute_if(  # type: ignore[no-untyped-call]
        dialect="postgresql"
    ),
)
