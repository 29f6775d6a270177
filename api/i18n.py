"""Languages: Indonesian is the source, English comes from ``api/locale/en/*.po``.

Codes become sentences here. Babel is loaded at the first English text, not before: starting must
stay quick.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Protocol

import api.sentences
from api.documents.telephones import local_number
from api.measures import in_units
from api.services.clock import local_time
from data.reference.items import items
from data.reference.skills import skills

LANGUAGES = ("id", "en")
LOCALE = Path(__file__).parent / "locale"
MONEY = re.compile(r"\bRp (?=\d)")
NO_BREAK = "\N{NO-BREAK SPACE}"
FALLBACK = "Permintaan tidak dapat dipenuhi (kode %(code)s)."
MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
DAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
COUNTED = re.compile(r"(\d[\d.,]*) (more )?(\w+)\((s|es|ren|ies)\)|\((\w+)\|(\w+)\)")
CLOCK = re.compile(r"\d{2}:\d{2}(–\d{2}:\d{2})?")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NAMES_BY_NUMBER = {"batch", "node", "number", "row", "run"}
"""Parameters whose number names something; it is written as it stands there."""
GRAMS_PER_KILOGRAM = 1000
MOST_DECIMALS = 5
"""A metre in degrees; more is noise of binary fractions."""


class Translate(Protocol):
    """Turn an Indonesian text into the reader's language and fill its placeholders."""

    def __call__(self, text: str, /, **params: object) -> str:
        """Return the text; ``%(name)s`` placeholders are filled when parameters are given."""
        ...


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return Indonesian text → text in a language (empty for Indonesian itself)."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        texts |= read_catalogue(path)
    return texts


def read_catalogue(path: Path) -> dict[str, str]:
    """Read one ``.po`` file: msgid → msgstr, untranslated and fuzzy ones left out."""
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as file:
        found = read_po(file, abort_invalid=True)
    return {
        str(message.id): str(message.string)
        for message in found
        if message.id and message.string and not message.fuzzy
    }


def translator(language: str) -> Translate:
    """Return the function that turns Indonesian texts into a language."""
    texts = catalogue(language) if language != LANGUAGES[0] else {}

    def translate(text: str, /, **params: object) -> str:
        found = texts.get(text, text)
        return counted(found % params) if params else found

    return translate


def counted(text: str) -> str:
    """Let English nouns and their verbs follow numbers.

    ``1 package(s) (is|are)`` becomes one package is, ``2 child(ren)`` children, ``1 entr(ies)`` one
    entry; a verb follows the noun that was counted last.
    """
    is_one = False

    def as_many(hit: re.Match[str]) -> str:
        nonlocal is_one
        number, more, noun, plural, one, many = hit.groups("")
        if one:
            return one if is_one else many
        is_one = number == "1"
        ending = ("y" if plural == "ies" else "") if is_one else plural
        return f"{number} {more}{noun}{ending}"

    return COUNTED.sub(as_many, text)


@cache
def all_sentences() -> Mapping[str, str]:
    """Return code → Indonesian sentence, of every area."""
    sentences: dict[str, str] = {}
    for module in iter_modules(api.sentences.__path__):
        sentences |= import_module(f"api.sentences.{module.name}").SENTENCES
    return sentences


def sentence(code: str, params: Mapping[str, object], language: str) -> str:
    """Return the sentence of a code in a language.

    A parameter whose value is itself a word code (``word.<value>`` has a sentence) or the code of
    a sentence, alone or with its values (``{"code": …}``), is translated; of a text in both
    languages (``{"id": …, "en": …}``) the reader's is taken; months (``2026-12``), days and hours
    are written out, lists and the names of fields are joined by commas; counts take the separators
    of the language, amounts of routes their units (`api.measures`); a code without a sentence is
    named rather than hidden.
    """
    known, say = all_sentences(), translator(language)
    if code not in known:
        return say(FALLBACK, code=code)
    filled = _Shown(
        {
            name: str(value) if name in NAMES_BY_NUMBER else _shown(value, known, language)
            for name, value in in_units(code, params, Formats(language), say).items()
        }
    )
    return counted(say(known[code]) % filled)


def unbroken(text: str) -> str:
    """Return a text for a screen: no line ends between ``Rp`` and its amount."""
    return MONEY.sub(f"Rp{NO_BREAK}", text)


def kind_of(code: str) -> str:
    """Return the code of what a rule says without its values, where it has such a sentence."""
    area, _, rule = code.partition(".")
    kind = f"{area}_kind.{rule}"
    return kind if kind in all_sentences() else code


def word(value: str, language: str) -> str:
    """Return the word for a state, role or kind (``word.<value>``), else the value itself."""
    return _shown(value, all_sentences(), language)


class _Shown(dict[str, str]):
    """Parameters as people read them; a missing one shows as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"


def _shown(value: object, known: Mapping[str, str], language: str) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(
            " ".join(_shown(part, known, language) for part in item)
            if isinstance(item, list)
            else _shown(item, known, language)
            for item in value
        )
    if isinstance(value, Mapping):
        if "code" in value:
            return _nested(str(value["code"]), value, language)
        if language in value:
            return str(value[language])
        return ", ".join(str(name) for name in value)
    word = known.get(f"word.{value}")
    if word is not None:
        return translator(language)(word)
    if isinstance(value, int | float):
        return Formats(language).number(value, decimals=_decimals(value))
    text = str(value)
    if "." in text and text in known:
        return _nested(kind_of(text), {}, language)
    listed = items().get(text) or skills().get(text)
    if listed is not None:
        return listed.name_en if language == "en" else listed.name_id
    if MONTH.fullmatch(text):
        return Formats(language).month(text)
    if CLOCK.fullmatch(text):
        return Formats(language).hour(text)
    if MOMENT.fullmatch(text):
        day, hour = text.split()
        return f"{_written_day(day, language)} {Formats(language).hour(hour)}"
    return _written_day(text, language) if DAY.fullmatch(text) else text


def _decimals(value: float) -> int:
    """How many digits a number has after its point, at most `MOST_DECIMALS`."""
    digits = f"{value:.{MOST_DECIMALS}f}".rstrip("0")
    return len(digits.partition(".")[2])


def _nested(code: str, params: Mapping[str, object], language: str) -> str:
    """Return a sentence that stands within another: without its full stop."""
    return sentence(code, params, language).removesuffix(".")


def _written_day(text: str, language: str) -> str:
    try:
        return Formats(language).day(date.fromisoformat(text))
    except ValueError:
        return text


def choose_language(account: str | None, cookie: str | None, accepted: str | None) -> str:
    """Choose by the account, then the cookie, then what the browser accepts, else Indonesian."""
    for wish in (account, cookie):
        if wish in LANGUAGES:
            return str(wish)
    for part in (accepted or "").split(","):
        wish = part.split(";")[0].strip().lower().split("-")[0]
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]


class Formats:
    """Numbers, money, weights, days and instants as a language writes them."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._months = MONTHS[language].split()
        self._days = DAYS[language].split()

    def number(self, value: float, *, decimals: int = 0) -> str:
        """Write ``1.234,5`` (English ``1,234.5``)."""
        text = f"{round(value, decimals) + 0:,.{decimals}f}"  # + 0: no minus before nought
        return text if self.language == "en" else text.translate(str.maketrans(",.", ".,"))

    def rupiah(self, amount_rp: int) -> str:
        """Write ``Rp 1.250.000``, as one word that no line breaks."""
        return f"Rp{NO_BREAK}{self.number(amount_rp)}"

    def phone(self, number: str) -> str:
        """Write a telephone number as people dial it: ``0813-0000-0004``."""
        return local_number(number)

    def kilograms(self, weight_g: int) -> str:
        """Write grams as kilograms to a tenth."""
        return f"{self.number(weight_g / GRAMS_PER_KILOGRAM, decimals=1)} kg"

    def kilometres(self, distance_m: int) -> str:
        """Write metres as kilometres to a tenth."""
        return f"{self.number(distance_m / GRAMS_PER_KILOGRAM, decimals=1)} km"

    def percent(self, share: float) -> str:
        """Write a share of one as per cent."""
        return f"{self.number(100 * share)} %"

    def day(self, value: date) -> str:
        """Write ``3 Desember 2026``."""
        return f"{value.day} {self._months[value.month - 1]} {value.year}"

    def weekday(self, value: date) -> str:
        """Write ``Kamis, 3 Desember 2026``."""
        return f"{self._days[value.weekday()]}, {self.day(value)}"

    def weekday_name(self, weekday: int) -> str:
        """Write a day of the week, Monday being 0."""
        return self._days[weekday]

    def month(self, value: str) -> str:
        """Write the month ``2026-12`` as ``Desember 2026``."""
        year, month = value.split("-")
        return f"{self._months[int(month) - 1]} {year}"

    def moment(self, value: datetime) -> str:
        """Write an instant by the local wall clock: ``3 Desember 2026 08.15``."""
        local = local_time(value)
        return f"{self.day(local.date())} {self.clock(value)}"

    def clock(self, value: datetime) -> str:
        """Write the local clock time of an instant: ``08.15`` (English ``08:15``)."""
        return self.hour(local_time(value).strftime("%H:%M"))

    def hour(self, value: str | None, *, unknown: str = "–") -> str:
        """Write a time of day, stored as ``08:15``: ``08.15`` (English ``08:15``)."""
        if not value:
            return unknown
        return value if self.language == "en" else value.replace(":", ".")

    def hours(self, starts: str | None, ends: str | None) -> str:
        """Write from when to when: ``08.15–10.20``; an open end is ``…``."""
        return "–".join(self.hour(each, unknown="…") for each in (starts, ends))


Sentence = Callable[[str, Mapping[str, Any]], str]
"""Code and parameters to a sentence, the language already chosen."""
