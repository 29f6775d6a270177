"""What if a child went to another pledge: what an answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.eligibility import Refusal

if TYPE_CHECKING:
    from matcher.policy import LevelName


@dataclass(frozen=True)
class WhatIf:
    """What would change if a child went to a pledge: allowed or refused, price, who moves.

    The price is by how much each level costs more, equal levels left out; `is_exact` tells whether
    it is the least price (else it is one that certainly suffices, and solving again tells).
    """

    child_id: str
    pledge_id: str
    refusals: tuple[str, ...]
    price: dict[LevelName, int]
    moves: tuple[tuple[str, str | None, str | None], ...]
    is_exact: bool = True


STAFF_MAY_ASK = (Refusal.PINNED_ELSEWHERE, Refusal.STANDBY)
"""A pin asks for standby pledges too, and takes the place of an earlier pin."""
