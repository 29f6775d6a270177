"""What guardians agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.readers.records import ConsentRecord
from data.readers.words import as_flag
from data.reference.kits import resolve_allergies

if TYPE_CHECKING:
    from data.readers.rows import Body, Row

__all__ = ["read"]


def read(body: Body) -> tuple[list[ConsentRecord], int]:
    """Read all consents; each row is a statement of its own day, so nothing is merged."""
    return [record for row in body.rows() if (record := _record(row)) is not None], 0


def _record(row: Row) -> ConsentRecord | None:
    nik = row.nik("nik")
    child_name = row.text("child_name")
    born_on = row.day("born_on")
    if nik is None and (child_name is None or born_on is None) and not row.is_rejected:
        row.refuse("nik", "child_not_named")
    guardian_name = row.text("guardian_name", required=True)
    programme = row.take("programme", as_flag, required=True)
    consented_on = row.day("consented_on", required=True)
    if consented_on is not None and consented_on > row.body.context.today:
        row.refuse("consented_on", "date_in_future")
    display, photo = row.take("display", as_flag), row.take("photo", as_flag)
    allergies, other_allergies = _allergies(row)
    if row.is_rejected or guardian_name is None or programme is None or consented_on is None:
        return None
    return ConsentRecord(
        row=row.number,
        nik=nik,
        child_name=child_name,
        born_on=born_on,
        guardian_name=guardian_name,
        programme=programme,
        display=display,
        photo=photo,
        consented_on=consented_on,
        evidence=row.text("evidence"),
        allergies=allergies,
        other_allergies=other_allergies,
    )


def _allergies(row: Row) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return codes and the words without code; a word that is not understood is not dropped."""
    text = row.text("allergies")
    if text is None:
        return None, ()
    if as_flag(text).value is False:
        return (), ()
    codes, words = resolve_allergies(text)
    if words:
        row.warn("allergies", "allergy_unknown", words=", ".join(words))
    return codes, words
