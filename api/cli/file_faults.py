"""What is wrong with a file that a core could not read, in the language asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from api.i18n import all_sentences, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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
    params = {"file": str(file), "where": error.where or "/"}
    what = sentence(code, dict(error.params), language)
    return sentence("cli.file_fault", params | {"what": what}, language)
