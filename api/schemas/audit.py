"""Wire models of the audit trail."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from api.security import seen_fields, seen_purpose
from data.schema import AuditEntry, Role


class AuditEntryView(BaseModel):
    """One entry; long numbers in it are masked already."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    by: str
    role: str
    action: str
    subject: str
    subject_id: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    purpose: str
    hash: str

    @classmethod
    def of(cls, entry: AuditEntry, role: Role) -> "AuditEntryView":
        """Read an entry as a role may see it."""
        view = cls.model_validate(entry)
        told = {
            side: seen_fields(fields, view.subject, role)
            for side, fields in (("before", view.before), ("after", view.after))
            if fields is not None
        }
        return view.model_copy(update={**told, "purpose": seen_purpose(entry, role)})


class AuditList(BaseModel):
    """A page of entries, newest first."""

    items: list[AuditEntryView]
    total: int


class ChainView(BaseModel):
    """What the walk along the chain found; keep ``head`` outside the system to compare later."""

    model_config = ConfigDict(from_attributes=True)

    is_sound: bool
    num_entries: int
    head: str
    broken_id: int | None
    fault: str
