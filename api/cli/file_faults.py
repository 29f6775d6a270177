"""What is wrong with a file that a core could not read, in the language asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from api.i18n import all_sentences, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


WITH_VALUES = {
    "file_fault.expected_number": ("word", "file_fault.word_for_number"),
    "file_fault.expected_whole_number": ("word", "file_fault.word_for_whole_number"),
    "file_fault.too_large": ("value", "file_fault.value_too_large"),
    "file_fault.wrong_number_of_values": ("found", "file_fault.other_number_of_values"),
}
"""Codes that are told otherwise where a value is known."""


class FileFault(Protocol):
    """What the readers of both cores raise: the place, a code, and its values."""

    @property
    def where(self) -> str:
        """The place in the file."""

    @property
    def what(self) -> str:
        """The code of what is wrong."""

    @property
    def params(self) -> Mapping[str, object]:
        """The values of the code."""


def fault_text(file: Path, error: FileFault, language: str) -> str:
    """Return one sentence: the file, the place in it, what is wrong there, and what to do."""
    code = f"file_fault.{error.what}"
    if code not in all_sentences():
        code = "file_fault.unreadable"
    if code in WITH_VALUES and WITH_VALUES[code][0] in error.params:
        code = WITH_VALUES[code][1]
    params = {"file": str(file), "where": _place(error.where, language)}
    what = sentence(code, dict(error.params), language)
    return sentence("cli.file_fault", params | {"what": what}, language)


def _place(where: str, language: str) -> str:
    """Write a place for a reader: ``line 9`` in the reader's words, a JSON pointer as it is."""
    name, _, number = where.partition(" ")
    if name == "line" and number.isdigit():
        return sentence("cli.file_line", {"number": number}, language)
    return where or "/"
