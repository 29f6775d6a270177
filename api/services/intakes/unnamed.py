"""Rows that name no one child of the register: which child is missing, or which ones fit."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlmodel import col, select

from api.services.import_details import open_content
from api.services.intakes.plan import Plan, Rejection
from data.duplicates.names import can_be_one_name
from data.queries.people import squashed
from data.readers.identity import NIK_LENGTH, as_plain_text, masked
from data.readers.rejects import REASON_HEADERS
from data.schema import Child, ImportBatch, ImportState

LATEST_FILES = 5
"""So many files of children, the newest first, are searched for a refused row."""
MOST_NAMED = 5
"""So many codes or row numbers stand in one sentence."""
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, kw_only=True)
class NamedChild:
    """What one row says about its child."""

    row: int
    name: str
    born_on: date | None = None
    nik: str | None = None
    code: str | None = None


@dataclass
class Unnamed:
    """Says why rows name no one child; refused rows of earlier files are read when first needed.

    ``key`` is the column in which such a list names a child for certain.
    """

    plan: Plan
    key: str
    _refused: "_RefusedRows | None" = None

    def reject(
        self, said: NamedChild, fitting: Sequence[Child], alike: Iterable[Child] = ()
    ) -> None:
        """Refuse a row that fits none or several children.

        Parameters
        ----------
        fitting
            The children that the row names, when several.
        alike
            Children among whom the row's may be; a single one that can bear the name is suggested.
        """
        value = said.nik or said.code or said.name
        rejection = Rejection(
            (said.row,),
            "intake.child_unknown",
            {"child": said.name},
            column="NIK" if said.nik else "Kode Anak" if said.code else "Nama Anak",
            value=masked(value, is_identity=bool(said.nik)),
        )
        if fitting:
            rejection.code = "intake.child_ambiguous"
            codes = sorted(child.code for child in fitting)
            rejection.params.update(n=len(codes), codes=listed(codes), key=self.key)
        elif refused := self._refused_rows().find(said):
            file, rows = refused
            rejection.code = "intake.child_row_rejected"
            rejection.params.update(file=file, rows=listed(rows))
        elif said.nik:
            rejection.code = "intake.child_nik_unknown"
            rejection.params["nik"] = rejection.value
        if rejection.code in {"intake.child_unknown", "intake.child_nik_unknown"}:
            likely = {one.code: one for one in alike if can_be_one_name(one.name, said.name)}
            if len(likely) == 1:
                ((code, child),) = likely.items()
                rejection.suggestion = f"{code} {child.name}, {child.born_on:%d/%m/%Y}?"
        self.plan.rejections.append(rejection)

    def _refused_rows(self) -> "_RefusedRows":
        if self._refused is None:
            self._refused = _RefusedRows(self.plan)
        return self._refused


class _RefusedRows:
    """Rows of files of children that were refused and are still kept, by what they say."""

    def __init__(self, plan: Plan) -> None:
        self._by_nik: dict[str, dict[str, list[int]]] = {}
        self._by_name: dict[tuple[str, date], dict[str, list[int]]] = {}
        batches = plan.session.exec(
            select(ImportBatch)
            .where(
                ImportBatch.kind == "children",
                col(ImportBatch.content).is_not(None),
                col(ImportBatch.state).in_((ImportState.APPLIED, ImportState.PREVIEWED)),
            )
            .order_by(col(ImportBatch.id).desc())
            .limit(LATEST_FILES)
        ).all()
        newest = {batch.file_name: batch for batch in reversed(batches)}
        for batch in sorted(newest.values(), key=batches.index):
            self._take(batch.file_name, open_content(plan.keys, batch)["rejected"])

    def find(self, said: NamedChild) -> tuple[str, list[int]] | None:
        """Return the newest file with refused rows of this child, and their numbers there."""
        found = self._by_nik.get(said.nik or "", {})
        if not found and said.born_on is not None:
            found = self._by_name.get((squashed(said.name), said.born_on), {})
        return next(iter(found.items()), None)

    def _take(self, file: str, content: bytes) -> None:
        if not content:
            return
        from openpyxl import load_workbook

        rows: Any = load_workbook(io.BytesIO(content), read_only=True).worksheets[0].values
        for number, *cells in list(rows)[1:]:
            own = cells[len(REASON_HEADERS) - 1 :]
            texts = {as_plain_text(cell).strip("' ") for cell in own}
            for nik in {text for text in texts if len(text) == NIK_LENGTH and text.isdigit()}:
                self._by_nik.setdefault(nik, {}).setdefault(file, []).append(number)
            names = {squashed(text) for text in texts if not any(map(str.isdigit, text))} - {""}
            for name, day in product(names, {day for cell in own if (day := _day(cell))}):
                self._by_name.setdefault((name, day), {}).setdefault(file, []).append(number)


def _day(cell: object) -> date | None:
    """Return the day that a cell as it was uploaded writes for certain."""
    if isinstance(cell, datetime):
        return cell.date()
    written = _DAY.fullmatch(str(cell).strip())
    try:
        return date(*map(int, reversed(written.groups()))) if written else None
    except ValueError:
        return None


def listed(values: Sequence[object]) -> str:
    """Return the first values for a sentence, and a sign when there are more."""
    more = ", …" if len(values) > MOST_NAMED else ""
    return ", ".join(map(str, values[:MOST_NAMED])) + more
