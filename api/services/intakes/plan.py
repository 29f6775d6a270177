"""The plan of one file: rows to add, fields to change, and what a person is shown of it."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlmodel import Session

from api.services.clock import local_date
from api.services.codes import CodeBook
from api.services.editing import confirmed_after
from data.schema import Child, Household, Pledge, Sponsor
from data.sealing import KeyRing

Action = Literal["new", "changed", "same", "merged"]
NOT_LINKED = "family_not_linked"
"""Note of a row that names nobody whom we know for certain; it changes nothing."""
GIVES_NO_MORE = "sponsor_gives_no_more"
"""Note of a sponsor who is not willing any more while a pledge runs: a person must end it."""


@dataclass
class RowPlan:
    """What one record of the file does: ``fields`` maps a field to before and after.

    ``warnings`` are sentences (``code`` and ``params``, ``column`` and ``value`` where they are
    about a cell) to weigh before the row is applied.
    """

    row: int
    subject: str
    label: str
    action: Action = "same"
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether a person has to see the row before it is applied."""
        return self.action != "same" or bool(self.conflicts) or GIVES_NO_MORE in self.notes

    def to_json(self) -> dict[str, object]:
        """Return the row as it is stored with the batch."""
        return {
            "row": self.row,
            "subject": self.subject,
            "label": self.label,
            "action": self.action,
            "fields": shown(self.fields),
            "conflicts": shown(self.conflicts),
            "notes": self.notes,
            "warnings": shown(self.warnings),
        }


@dataclass
class Rejection:
    """Rows that cannot be used for what the register holds, with the code of the reason.

    ``column`` and ``value`` (long numbers masked) say which cell it is about, where it is one.
    """

    rows: tuple[int, ...]
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    column: str | None = None
    value: str = ""
    suggestion: str | None = None


@dataclass
class Plan:
    """All that one file would do; nothing is written while it is made."""

    session: Session
    keys: KeyRing
    now: datetime
    by: str
    options: dict[str, Any]
    rows: list[RowPlan] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stages: list[list[Any]] = field(default_factory=lambda: [[], [], [], []])
    links: list[tuple[Any, str, Any]] = field(default_factory=list)
    back_links: list[tuple[Any, str, Any]] = field(default_factory=list)
    updates: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    codes: CodeBook = field(init=False)
    _updates_of: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = CodeBook(self.session)

    @property
    def today(self) -> date:
        """The local day of the import."""
        return local_date(self.now)

    @property
    def as_of(self) -> date | None:
        """The day that the file speaks of, when a person said it."""
        said = self.options.get("as_of")
        return date.fromisoformat(str(said)) if said else None

    def add(self, stage: int, row: Any) -> None:
        """Plan a new row; stages are stored in their order."""
        self.stages[stage].append(row)

    def link(self, row: Any, name: str, target: Any) -> None:
        """Let a new row point at another that may not have its id yet."""
        if target.id is None:
            self.links.append((row, name, target))
        else:
            setattr(row, name, target.id)

    def back_link(self, row: Any, name: str, target: Any) -> None:
        """Let a row of an earlier stage point at one of a later stage, once both are stored."""
        self.back_links.append((row, name, target))

    def change(self, row: Any, values: dict[str, Any]) -> None:
        """Plan new values of a stored row."""
        if not values:
            return
        planned = self._updates_of.get(id(row))
        if planned is None:
            planned = self._updates_of[id(row)] = {}
            self.updates.append((row, planned))
        planned.update(values)

    def value(self, row: Any, name: str) -> Any:
        """Return the value that a stored row will have."""
        planned = self._updates_of.get(id(row), {})
        return planned.get(name, getattr(row, name))

    def compare(
        self,
        shown_row: RowPlan,
        row: Any,
        values: dict[str, Any],
        *,
        as_of: date | None,
        is_older: bool = False,
    ) -> None:
        """Plan the fields in which a file differs; field truth stays and is listed as conflict.

        Parameters
        ----------
        as_of
            The day that the file speaks of; unknown counts as older than any confirmation.
        is_older
            Whether the register knows something later than this record.
        """
        taken = {str(name) for name in self.options.get("take", [])}
        wanted: dict[str, Any] = {}
        for name, value in values.items():
            current = self.value(row, name)
            if value is None or current == value:
                continue
            confirmed = isinstance(row, (Child, Household, Sponsor, Pledge)) and confirmed_after(
                row, name, as_of
            )
            keeps = confirmed or (is_older and current not in {None, ""})
            if keeps and f"{shown_row.row}:{name}" not in taken:
                conflict = {"field": name, "kept": current, "file": value}
                conflict["confirmed_on"] = row.confirmed_fields.get(name) if confirmed else None
                shown_row.conflicts.append(conflict)
                continue
            wanted[name] = value
            shown_row.fields[name] = {"before": current, "after": value}
        if wanted:
            self.change(row, wanted)
            if shown_row.action == "same":
                shown_row.action = "changed"

    def counts(self, *, total: int, merged: int, rejected: int) -> dict[str, int]:
        """Return where every row of the file goes; the five kinds add up to the total."""
        found = Counter(row.action for row in self.rows)
        lost = sum(len(one.rows) for one in self.rejections)
        beside = sum(len(one.rows) - 1 for one in self.rejections)
        return {
            "total": total,
            "new": found["new"],
            "changed": found["changed"],
            "same": found["same"],
            "merged": found["merged"] + merged - beside,
            "rejected": rejected + lost,
            "conflicts": sum(bool(row.conflicts) for row in self.rows),
        }

    def digest(self) -> str:
        """Return a hash of what would change, whatever codes new rows get."""
        content = [[row.row, row.action, shown(row.fields)] for row in self.rows]
        text = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def shown(value: Any) -> Any:
    """Return a value as JSON keeps it."""
    if isinstance(value, dict):
        return {str(name): shown(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(one) for one in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(getattr(value, "value", value))
