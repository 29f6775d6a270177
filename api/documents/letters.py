"""letters.pdf: the letters of thanks to sponsors; children appear by alias only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line
from api.documents.loads import add_goods
from api.documents.reports import signatory_words
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.documents.models import Goods, Language
    from api.documents.report_models import DonorLetter, LetterChild

_WORDS = (
    *("page", "number", "letter_about", "letter_subject", "letter_to", "letter_greeting"),
    *("letter_closing", "name_time"),
)
_DECEMBER = 12
_EMPTY_NUMBER = "………………………"


def donor_letters_pdf(letters: Sequence[DonorLetter], *, language: Language = "id") -> bytes:
    """Print letters of thanks, each beginning on a front page.

    Raises
    ------
    ValueError
        If there is no letter to print.
    """
    if not letters:
        message = "There is no letter to print: give at least one."
        raise ValueError(message)
    first = letters[0]
    wording = Wording(language, first.imprint.timezone)
    data = {
        "title": (
            wording.say("letters_year", year=str(first.year))
            if first.year
            else wording.say("letters", month=wording.month(first.month))
        ),
        "organisation": printable(first.imprint.organisation),
        "language": language,
        "t": wording.all(_WORDS),
        "letters": [_letter(letter, f"s{at}", wording) for at, letter in enumerate(letters)],
    }
    return typeset("letters", data, imprint=first.imprint)


def _letter(letter: DonorLetter, key: str, wording: Wording) -> dict[str, Any]:
    say = wording.say
    thanks = "letter_thanks" if letter.children else "letter_none"
    if letter.num_hidden_packages and not letter.children:
        thanks = "letter_thanks_hidden"
    month = wording.month(letter.month)
    if not letter.children:
        month = str(letter.year) if letter.year else month
    elif letter.year and letter.month.month == _DECEMBER:
        thanks, month = "letter_thanks_year", str(letter.year)
    elif letter.year:
        thanks = "letter_thanks_year_so_far"
    place = printable(letter.imprint.place)
    shown = [name for name in _COLUMNS if name in _ALWAYS or _is_told(name, letter.children)]
    num_packages = sum(child.num_packages for child in letter.children)
    goods = add_goods(each for child in letter.children for each in child.contents)
    return {
        "key": key,
        "imprint": foot_line(letter.imprint, wording),
        "organisation": printable(letter.imprint.organisation),
        "number": printable(letter.number) or _EMPTY_NUMBER,
        "place": ", ".join(part for part in (place, wording.day(letter.dated_on)) if part),
        "sponsor": printable(letter.sponsor_name),
        "thanks": say(thanks, month=month),
        "head": [say(name) for name in shown],
        "widths": [_COLUMNS[name] for name in shown],
        "rows": [_child(child, wording, shown) for child in letter.children],
        "total": f"{say('total')}: {_boxes(num_packages, goods, ' – ', wording)}",
        "lines": _lines(letter, wording),
        "privacy": say("letter_privacy") if letter.children else "",
        "signatory": signatory_words(letter.signatory, wording),
    }


_COLUMNS = {
    "alias": 0,
    "age_sex": 1.1,
    "kecamatan": 1.1,
    "contents": 2,
    "status": 1.2,
    "trend": 1.4,
}
"""Column of a letter → its share of the width; 0: as wide as its longest word."""
_ALWAYS = ("alias", "contents", "status")


def _is_told(column: str, children: Sequence[LetterChild]) -> bool:
    """Whether anything is told of any child in a column: an empty one would ask questions."""
    told = {
        "age_sex": lambda child: child.age_band or child.sex,
        "kecamatan": lambda child: child.kecamatan,
        "trend": lambda child: child.trend,
    }[column]
    return any(map(told, children))


def _child(child: LetterChild, wording: Wording, shown: Sequence[str]) -> list[str]:
    months = _spans(child.months, wording)
    cells = {
        "alias": printable(child.alias),
        "age_sex": printable(", ".join(part for part in (child.age_band, child.sex) if part)),
        "kecamatan": printable(child.kecamatan),
        "contents": _boxes(child.num_packages, child.contents, ": ", wording, months),
        "status": wording.say(f"status_{child.status}"),
        "trend": printable(child.trend) or wording.say("none"),
    }
    return [cells[name] for name in shown]


def _boxes(
    count: int, goods: Sequence[Goods], joined: str, wording: Wording, months: str = ""
) -> str:
    """Say how many packages and what was in them; of a month kept elsewhere only the first."""
    contents = ", ".join(wording.goods(each) for each in goods)
    packages = wording.num_packages(count) + (f" ({months})" if months else "")
    return joined.join(part for part in (packages, contents) if part)


def _spans(months: Sequence[date], wording: Wording) -> str:
    """Write months of a year, those that follow one another together: ``Maret, Mei–Juli``."""
    spans: list[list[date]] = []
    for month in months:
        if spans and month.month == spans[-1][-1].month + 1:
            spans[-1].append(month)
        else:
            spans.append([month])
    ends = (dict.fromkeys((span[0], span[-1])) for span in spans)
    return ", ".join("–".join(map(wording.month_name, each)) for each in ends)


def _lines(letter: DonorLetter, wording: Wording) -> list[str]:
    say = wording.say
    lines = []
    if letter.num_hidden_packages:
        packages = wording.num_packages(letter.num_hidden_packages)
        told = "letter_hidden" if letter.children else "letter_only_hidden"
        lines.append(say(told, packages=packages))
    if letter.received_rp is not None:
        money = "letter_money_year" if letter.year else "letter_money"
        lines.append(say(money, amount=wording.rupiah(letter.received_rp)))
    if letter.next_delivery:
        lines.append(say("letter_next", when=printable(letter.next_delivery)))
    if letter.imprint.help_phone:
        lines.append(say("letter_help", phone=printable(letter.imprint.help_phone)))
    return lines
