"""A change of sponsor in words: what changed, and what keeping the earlier pair would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.i18n import Formats, sentence
from api.services.match_changes import BY_GOALS, BY_LOTTERY, GOAL_UNKNOWN, NO_LOSS

if TYPE_CHECKING:
    from api.services.match_changes import Change

__all__ = ["HM_PER_KM", "KINDS", "kind_of", "kind_words", "loss_words"]

HM_PER_KM = 10
KINDS = ("lost", "other", "new")
"""What can become of a child's sponsor, what hurts most first."""
WITHOUT_PRICE = {
    BY_LOTTERY: "change.loss_none",
    NO_LOSS: "change.loss_none",
    GOAL_UNKNOWN: "change.loss_unknown",
}


def kind_of(change: Change) -> str:
    """Return ``lost``, ``other`` or ``new``: what became of a child's sponsor."""
    return "new" if change.before is None else "lost" if change.after is None else "other"


def kind_words(change: Change, language: str) -> str:
    """Return whether a child got a sponsor, lost it, or has another one."""
    return sentence(f"change.kind_{kind_of(change)}", {}, language)


def loss_words(change: Change, language: str) -> str:
    """Return what keeping the earlier pair would cost at each goal that suffers.

    The lottery is no loss to anybody. Where a rule ended the pair nothing keeps it; a dash where
    there was none.
    """
    if change.before is None:
        return "–"
    if change.reason != BY_GOALS:
        return sentence(WITHOUT_PRICE.get(change.reason, "change.loss_rule"), {}, language)
    fmt = Formats(language)
    words = [
        sentence(
            f"price.{level}",
            {"n": fmt.number(price), "km": fmt.number(price / HM_PER_KM, decimals=1)},
            language,
        )
        for level, price in change.price.items()
        if price > 0 and level != "lottery"
    ]
    return sentence(f"bound.{change.bound}", {"price": "; ".join(words)}, language)
