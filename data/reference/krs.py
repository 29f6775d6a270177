"""What the codes of family lists (KRS) mean.

The same code means different things in different files: in the GENTING verification file 2 is a
problem, in SIGA lists 1 stands for yes as far as is known. So the meaning is a table per kind of
file, and a reader may be given another one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SPONSORED_CODE", "accompaniment_names", "code_meanings", "krs_file_kinds"]

SPONSORED_CODE = "6"
"""Code of "Bapak Asuh Anak Stunting" in the column of accompaniment received."""


@cache
def krs_file_kinds() -> tuple[str, ...]:
    """Return the kinds of family list that have a code table."""
    return tuple(dict.fromkeys(row["file_kind"] for row in read_table("krs_codes")))


@cache
def code_meanings(file_kind: str) -> Mapping[tuple[str, str], str]:
    """Return column and code → ``yes``, ``no`` or ``not_applicable`` for a kind of file.

    Raises KeyError for a kind that has no table.
    """
    meanings = {
        (row["column"], row["code"]): row["meaning"]
        for row in read_table("krs_codes")
        if row["file_kind"] == file_kind
    }
    if not meanings:
        raise KeyError(file_kind)
    return meanings


@cache
def accompaniment_names() -> Mapping[str, tuple[str, str]]:
    """Return accompaniment code → Indonesian and English name."""
    return {
        row["code"]: (row["name_id"], row["name_en"]) for row in read_table("accompaniment_codes")
    }
