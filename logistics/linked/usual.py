"""What a client counts on another route than the one that a plan had it on, compiled."""

from __future__ import annotations

from logistics.compiled import inlined


@inlined
def strangeness(usual: int, mine: int, price: int) -> int:
    """Return the price on a strange route; nothing for whoever has no usual one (-1)."""
    return price if usual >= 0 and usual != mine else 0
