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
    month = wording.month(letter.month)
    if letter.year and letter.month.month == _DECEMBER:
        thanks, month = "letter_thanks_year", str(letter.year)
    elif letter.year:
        thanks = "letter_thanks_year_so_far"
    place = printable(letter.imprint.place)
    has_trend = any(child.trend for child in letter.children)
    heads = ["alias", "age_sex", "kecamatan", "contents", "status", *(["trend"] * has_trend)]
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
        "head": [say(head) for head in heads],
        "widths": [1, 1.1, 1.1, 2, 1.2, *([1.4] * has_trend)],
        "rows": [_child(child, wording, has_trend=has_trend) for child in letter.children],
        "total": f"{say('total')}: {_boxes(num_packages, goods, ' – ', wording)}",
        "lines": _lines(letter, wording),
        "privacy": say("letter_privacy"),
        "signatory": signatory_words(letter.signatory, wording),
    }


def _child(child: LetterChild, wording: Wording, *, has_trend: bool) -> list[str]:
    return [
        printable(child.alias),
        printable(", ".join(part for part in (child.age_band, child.sex) if part)),
        printable(child.kecamatan),
        _boxes(child.num_packages, child.contents, ": ", wording, _spans(child.months, wording)),
        wording.say(f"status_{child.status}"),
        *([printable(child.trend) or wording.say("none")] if has_trend else []),
    ]


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
    if letter.received_rp is not None:
        money = "letter_money_year" if letter.year else "letter_money"
        lines.append(say(money, amount=wording.rupiah(letter.received_rp)))
    if letter.next_delivery:
        lines.append(say("letter_next", when=printable(letter.next_delivery)))
    if letter.imprint.help_phone:
        lines.append(say("letter_help", phone=printable(letter.imprint.help_phone)))
    return lines
