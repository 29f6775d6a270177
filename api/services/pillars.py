"""The five pillars of Perpres 72/2021 in a half year: our figures and the office's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.errors import Invalid
from data.reference import read_table, split_words
from data.schema import PillarText

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "Pillar",
    "pillar_texts",
    "pillars",
    "standing_texts",
    "write_pillar",
    "written_texts",
]

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar, and the figures of this list that tell something of it."""

    number: int
    name_id: str
    name_en: str
    figures: tuple[str, ...]


def pillars() -> tuple[Pillar, ...]:
    """Return the five pillars in their order."""
    return tuple(
        Pillar(int(row["pillar"]), row["name_id"], row["name_en"], split_words(row["figures"]))
        for row in read_table("pillars")
    )


def written_texts(session: Session, *, semester: str) -> list[PillarText]:
    """Return every text that was ever written of a half year's pillars, the first first."""
    rows = select(PillarText).where(PillarText.semester == semester)
    return list(session.exec(rows.order_by(col(PillarText.id))))


def standing_texts(rows: Iterable[PillarText]) -> dict[int, str]:
    """Return the last text of each pillar; none where it was taken away."""
    newest = {row.pillar: row.text for row in rows}
    return {pillar: text for pillar, text in newest.items() if text}


def pillar_texts(session: Session, *, semester: str) -> dict[int, str]:
    """Return what the office wrote of each pillar in a half year, as it stands now."""
    return standing_texts(written_texts(session, semester=semester))


def write_pillar(
    session: Session, *, semester: str, pillar: int, text: str, by: Account, now: datetime
) -> None:
    """Keep what the office writes of a pillar; an empty text takes it away, earlier ones stay.

    Raises
    ------
    Invalid
        ``semester.pillar`` for a pillar that is none, ``field.long``.
    """
    if pillar not in {each.number for each in pillars()}:
        raise Invalid("semester.pillar", fields={"pilar": "semester.pillar"})
    if len(text.strip()) > LONGEST:
        raise Invalid("field.long", fields={"uraian": "field.long"})
    if text.strip() == pillar_texts(session, semester=semester).get(pillar, ""):
        return
    session.add(
        PillarText(semester=semester, pillar=pillar, text=text.strip(), by=by.username, at=now)
    )
    session.flush()
    audit.record(
        session, by=by, action="semester:pillar", subject="semester", subject_id=semester, now=now,
        after={"pillar": pillar},
    )  # fmt: skip
