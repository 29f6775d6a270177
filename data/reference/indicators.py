"""Figures that are reported. They are a table and not code, because regulations change them.

A definition holds from ``since`` to ``until``. A changed one is a further row of the same code, so
that months before it keep the one that they were reported by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from data.reference import read_table, split_words

__all__ = ["Indicator", "definitions", "indicators", "known_indicators"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure, with what is counted and what it is divided by.

    ``denominator`` is empty where the figure is a count. ``hits``, ``less`` and ``cases`` make a
    share of other figures: added-up ``hits`` without those in ``less``, of added-up ``cases``.
    ``counted_by`` names the function of ``api.services`` that counts it. ``unit`` is ``children``,
    ``sponsors``, ``packages``, ``pairs``, ``stops``, ``routes``, ``attempts``, ``rupiah``,
    ``grams``, ``days``, ``km``, ``percent``, ``z``, ``measurements``,
    ``months``, ``index``, ``visits``, ``families``, ``cases`` or ``code``.
    ``level`` is the smallest unit that it is counted for, ``period`` what it is counted over
    (``month``, ``months``, ``day``). ``direction`` is where better lies: ``up``, ``down`` or
    ``none``. ``since`` and ``until`` are the first and the last month of the definition (no
    ``until``: in force). ``missing`` is empty where the figure is counted, otherwise why it is
    not: ``on_targeting`` (that sheet counts it where a list is given) or ``referral``.
    ``report`` is where it is shown: ``monthly`` or ``monev``.
    """

    code: str
    group: str
    group_id: str
    group_en: str
    name_id: str
    name_en: str
    definition_id: str
    definition: str
    numerator_id: str
    numerator: str
    denominator_id: str
    denominator: str
    hits: str
    less: str
    cases: str
    counted_by: str
    unit: str
    level: str
    period: str
    direction: str
    since: str
    until: str
    missing: str
    report: str
    legal_basis: str
    source_id: str
    source: str
    as_of: str

    @property
    def is_share(self) -> bool:
        """Whether the figure is a share of figures in this table."""
        return bool(self.cases)

    def codes(self, part: str) -> tuple[str, ...]:
        """Return the figures of a part of a share: ``hits``, ``less`` or ``cases``."""
        return split_words(str(getattr(self, part)))


@cache
def definitions() -> tuple[Indicator, ...]:
    """Return every definition that ever held, in the order of the table."""
    return tuple(Indicator(**row) for row in read_table("indicators"))


def indicators(month: str | None = None) -> tuple[Indicator, ...]:
    """Return one definition of each figure: those of a month, without one those that hold last.

    A month before the first definition of a figure has the first; a figure that was given up is
    there up to its last month only.
    """
    return tuple(
        each
        for each in known_indicators(month)
        if not each.until or (month is not None and month <= each.until)
    )


def known_indicators(month: str | None = None) -> tuple[Indicator, ...]:
    """Return one definition of each figure as :func:`indicators` does, also of those given up."""
    chosen: dict[str, Indicator] = {}
    for each in definitions():
        before = chosen.get(each.code)
        holds = month is None or each.since <= month
        if before is None or (holds and each.since > before.since):
            chosen[each.code] = each
    return tuple(chosen.values())
