"""Telephone numbers as machines send them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from data.readers.words import as_phone

__all__ = ["PhoneNumber"]


def _as_files_are_read(text: str) -> str:
    """Return ``+62…``; what nobody could dial stays for the use case to refuse at its field."""
    reading = as_phone(text)
    return text if reading.code is not None or reading.value is None else reading.value


PhoneNumber = Annotated[str, Field(max_length=20), AfterValidator(_as_files_are_read)]
