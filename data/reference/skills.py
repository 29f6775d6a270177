"""What a courier or a vehicle may have to be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Skill", "skills"]


@dataclass(frozen=True, slots=True)
class Skill:
    """One thing that some families need: a boat, a female courier, a language."""

    code: str
    name_id: str
    name_en: str


@cache
def skills() -> Mapping[str, Skill]:
    """Return all skills by code."""
    return {
        row["code"]: Skill(row["code"], row["name_id"], row["name_en"])
        for row in read_table("skills")
    }
