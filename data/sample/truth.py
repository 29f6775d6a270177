"""What the sample really holds, so that readers and finders can be measured against it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

__all__ = ["Fault", "SampleTruth", "TrueDuplicate", "TruePerson"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that was put into a file on purpose.

    Attributes
    ----------
    file, row, column
        Where; ``row`` counts as a spreadsheet does, the header included.
    kind
        What was done, such as ``nik_short`` or ``birth_weight_in_grams``.
    code
        Whose row it is: a child's or sponsor's code in this truth.
    truth
        What the cell would have held; never an identity number.
    """

    file: str
    row: int
    column: str
    kind: str
    code: str
    truth: str = ""


@dataclass(frozen=True, slots=True)
class TrueDuplicate:
    """One person in two places of one file, with the row numbers of both entries."""

    file: str
    code: str
    rows: tuple[int, ...]
    again_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TruePerson:
    """A registered child as it really is."""

    code: str
    name: str
    sex: str
    born_on: dt.date
    parent_name: str
    kelurahan_code: str
    is_eligible: bool
    has_consent: bool
    has_coordinates: bool
    has_kelurahan: bool
    allergies: tuple[str, ...]
    rows: tuple[int, ...]
    """Rows in the first e-PPGBM file, the child's own entry only."""


@dataclass(frozen=True, slots=True)
class SampleTruth:
    """The whole truth of one sample.

    ``num_places`` is how many children the active sponsors promise to take.
    """

    month: str
    seed: int
    files: tuple[str, ...]
    num_rows: dict[str, int]
    num_eligible: int
    num_places: int
    children: tuple[TruePerson, ...] = field(repr=False)
    faults: tuple[Fault, ...] = field(repr=False)
    duplicates: tuple[TrueDuplicate, ...] = field(repr=False)

    def faults_of(self, kind: str) -> tuple[Fault, ...]:
        """Return the faults of one kind."""
        return tuple(fault for fault in self.faults if fault.kind == kind)

    def write_json(self, path: Path) -> None:
        """Write the truth beside the files; the same sample gives the same bytes."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str)
        path.write_text(text + "\n", encoding="utf-8")
