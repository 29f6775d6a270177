"""Fields of records as they are typed.

Each is read from text, with the error at its field, and compared with what the form showed, so
that only what a person changed is saved.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from api.documents.telephones import local_number
from api.services.errors import Invalid
from data.readers.words import as_phone

LARGEST_SEED = 2**31 - 1

REQUIRED = "field.required"


@dataclass(frozen=True)
class TypedField:
    """One field of a form.

    Parameters
    ----------
    read
        Text → value; raises ``ValueError`` for what cannot be read.
    show
        Value → text of the input.
    error
        Sentence code for text that cannot be read; a reader whose error has a ``code`` says it.
    blank
        Value of an empty input.
    """

    name: str
    read: Callable[[str], Any] = str
    show: Callable[[Any], str] = str
    error: str = "field.unreadable"
    is_required: bool = False
    blank: Any = None

    def value(self, text: str) -> Any:
        """Return the value of a text.

        Raises
        ------
        ValueError
            With the code of the sentence that says what is wrong.
        """
        text = text.strip()
        if not text:
            if self.is_required:
                raise ValueError(REQUIRED)
            return self.blank
        try:
            return self.read(text)
        except (ValueError, KeyError) as error:
            raise ValueError(getattr(error, "code", self.error)) from None


Fields = Sequence[TypedField]


def shown(fields: Fields, row: object) -> dict[str, str]:
    """Return a row's fields as the form shows them."""
    found = {}
    for each in fields:
        value = getattr(row, each.name)
        found[each.name] = "" if value in (None, [], "") else each.show(value)
    return found


def values(fields: Fields, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return all values of a form.

    Raises
    ------
    Invalid
        Naming every field that is missing or cannot be read.
    """
    found, wrong = {}, {}
    for each in fields:
        try:
            found[each.name] = each.value(typed.get(each.name, ""))
        except ValueError as error:
            wrong[each.name] = str(error)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    return found


def changes(fields: Fields, read: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of what a person changed since the form was shown (``read``).

    Raises
    ------
    Invalid
        As :func:`values`, for the changed fields.
    """
    touched = [
        each for each in fields if typed.get(each.name, "").strip() != read.get(each.name, "")
    ]
    return values(touched, typed)


def values_read(fields: Fields, read: Mapping[str, str], row: object) -> dict[str, Any]:
    """Return the values that a form was filled with: the row's own where it still shows them."""
    now = shown(fields, row)
    return {
        each.name: getattr(row, each.name)
        if now[each.name] == read.get(each.name, "")
        else each.value(read.get(each.name, ""))
        for each in fields
        if each.name in read
    }


def texts_read(text: str) -> dict[str, str] | None:
    """Return the texts that a form was filled with, or None when they cannot be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): str(value) for name, value in found.items()}


# --- readers and writers that several forms share ---------------------------------------------


def ticked(name: str) -> TypedField:
    """Return the field of a box that is ticked (``ya``) or not."""
    return TypedField(
        name, lambda text: text == "ya", lambda is_so: "ya" if is_so else "", blank=False
    )


def whole(most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 0, with dots or spaces between thousands."""

    def read(text: str) -> int:
        digits = text.replace(".", "").replace(" ", "").removeprefix("Rp")
        number = int(digits)
        if not digits.isascii() or not digits.isdigit() or number > most:
            raise ValueError(text)
        return number

    return read


def decimal(scale: int, least: int, most: int) -> Callable[[str], int]:
    """Return a reader of ``12,4`` in a unit as a whole number of its ``scale``-th part."""

    def read(text: str) -> int:
        if not all(each in "0123456789.," for each in text):
            raise ValueError(text)
        number = float(text.replace(",", ".")) * scale
        if not least <= number <= most:
            raise ValueError(text)
        return round(number)

    return read


def scaled(scale: int) -> Callable[[int], str]:
    """Return a writer of whole numbers as ``12,4`` of the larger unit."""

    def show(value: int) -> str:
        return f"{value / scale:.3f}".rstrip("0").rstrip(".").replace(".", ",")

    return show


def degrees(most: int) -> Callable[[str], float]:
    """Return a reader of a latitude (90) or longitude (180) in degrees, as maps write them."""

    def read(text: str) -> float:
        number = float(text.replace(",", "."))
        if not -most <= number <= most:
            raise ValueError(text)
        return number

    return read


def show_degrees(value: float) -> str:
    """Write a latitude or longitude to a metre."""
    return f"{value:.5f}"


def telephone(name: str) -> TypedField:
    """Return the field of one telephone number, read as files are and shown as people dial it."""

    def read(text: str) -> str:
        reading = as_phone(text)
        if reading.code is not None or reading.value is None:
            raise ValueError(text)
        return reading.value

    return TypedField(name, read, local_number, error="field.phone")


def clock(text: str) -> str:
    """Read a time of day as ``15:00``, ``15.00`` or ``15``."""
    hours, _, minutes = text.replace(".", ":").partition(":")
    return time(int(hours), int(minutes or 0)).strftime("%H:%M")


def one_of(known: Callable[[], Sequence[str]]) -> Callable[[str], str]:
    """Return a reader of codes out of a list."""

    def read(text: str) -> str:
        if text not in known():
            raise ValueError(text)
        return text

    return read


def several_of(known: Callable[[], Sequence[str]]) -> Callable[[str], list[str]]:
    """Return a reader of codes out of a list, separated by commas."""

    def read(text: str) -> list[str]:
        codes = [each for each in text.split(",") if each]
        if set(codes) - set(known()):
            raise ValueError(text)
        return codes

    return read


def day(text: str) -> date:
    """Read a day as a browser's calendar sends it."""
    return date.fromisoformat(text)


def units_of(text: str) -> int:
    """Return a whole number as people write it (``1.200``), -1 for anything else."""
    digits = text.strip().replace(".", "").replace(" ", "")
    return int(digits) if digits.isdecimal() and len(digits) < 9 else -1


def day_of(text: str, field: str) -> date:
    """Return the day of a date field; anything else is said at that field."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("field.date", fields={field: "field.date"}) from None


def day_or_none(text: str, field: str) -> date | None:
    """Return the day of a date field that may stay empty."""
    return day_of(text, field) if text.strip() else None


def seed_of(text: str) -> int:
    """Return the number that breaks ties and begins a search; else say so at its field."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or int(digits[:11]) > LARGEST_SEED:
        raise Invalid("month.seed", fields={"undian": "month.seed"})
    return int(digits)
