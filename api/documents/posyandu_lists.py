"""posyandu.pdf: the kader's list for the day of the posyandu, to be filled in by pen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.documents.models import Imprint, Language

__all__ = ["PosyanduLine", "PosyanduList", "posyandu_list_pdf"]

_WORDS = ("page", "confidential", "posyandu_fill")
_HEAD = (
    *("child", "guardian", "posyandu_address", "posyandu_measured", "posyandu_care"),
    *("posyandu_package", "posyandu_weight", "posyandu_height", "posyandu_ate", "posyandu_codes"),
)


@dataclass(frozen=True, slots=True)
class PosyanduLine:
    """A child on the list; texts are in the language of the print, ready to read."""

    child_name: str
    age: str
    guardian_name: str
    address: str
    measured_on: date | None
    care: str
    """What to do about the child: to be referred, to be measured again."""
    package: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PosyanduList:
    """The children of a posyandu in a month; no numbers of cards, no telephones, no sponsors."""

    imprint: Imprint
    place: str
    month: date
    lines: tuple[PosyanduLine, ...]
    code_names: tuple[tuple[str, str], ...]


def posyandu_list_pdf(book: PosyanduList, *, language: Language = "id") -> bytes:
    """Print the list, one line per child with boxes for weight, height and what was given."""
    wording = Wording(language, book.imprint.timezone)
    return typeset("posyandu_list", _data(book, wording, language), imprint=book.imprint)


def _data(book: PosyanduList, wording: Wording, language: Language) -> dict[str, Any]:
    say = wording.say
    return {
        "title": say("posyandu_list", place=printable(book.place), month=wording.month(book.month)),
        "organisation": printable(book.imprint.organisation),
        "language": language,
        "t": wording.all(_WORDS),
        "imprint": foot_line(book.imprint, wording),
        "head": ["No.", *(say(key) for key in _HEAD)],
        "rows": _rows(book.lines, wording),
        "legend": " · ".join(f"{code} {name}" for code, name in book.code_names),
        "empty": say("posyandu_empty"),
    }


def _rows(lines: Sequence[PosyanduLine], wording: Wording) -> list[list[str]]:
    return [
        [
            str(number),
            f"{printable(line.child_name)}, {line.age}",
            printable(line.guardian_name),
            printable(line.address),
            wording.day(line.measured_on, short=True) if line.measured_on else wording.say("none"),
            printable(line.care),
            printable(line.package),
            ", ".join(map(str, line.codes)),
        ]
        for number, line in enumerate(lines, start=1)
    ]
