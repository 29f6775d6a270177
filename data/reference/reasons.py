"""Why a delivery, or one of its lines, did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DeliveryReason", "delivery_reasons", "is_confidential"]


@dataclass(frozen=True, slots=True)
class DeliveryReason:
    """A reason that a courier may choose.

    Attributes
    ----------
    applies_to
        ``stop`` when nobody received anything, ``line`` when only some goods were refused.
    topic
        What it is about: ``family``, ``place``, ``goods``, ``misconduct`` or ``other``.
    is_sensitive
        Whether only the approver may read it.
    needs_text
        Whether the courier must write a sentence.
    is_unusable
        Whether goods refused for it may go to no other family, and so not back on the shelf.
    """

    code: str
    name_id: str
    name_en: str
    applies_to: str
    topic: str
    is_sensitive: bool
    needs_text: bool
    is_unusable: bool


@cache
def delivery_reasons() -> Mapping[str, DeliveryReason]:
    """Return the reasons by code, in the order in which they are offered."""
    return {
        row["code"]: DeliveryReason(
            code=row["code"],
            name_id=row["name_id"],
            name_en=row["name_en"],
            applies_to=row["applies_to"],
            topic=row["topic"],
            is_sensitive=row["is_sensitive"] == "1",
            needs_text=row["needs_text"] == "1",
            is_unusable=row["is_unusable"] == "1",
        )
        for row in read_table("delivery_reasons")
    }


def is_confidential(code: str | None) -> bool:
    """Whether only the approver may read that something went wrong for this reason."""
    known = delivery_reasons().get(code or "")
    return known is not None and known.is_sensitive
