"""What a person sees first of a city, area or team: its last month in figures, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.monitoring import (
    SMALLER,
    closed_figures,
    figures_by_level,
    find_ratio,
    levels_of,
    lies_in,
)
from api.services.own_units import units_of
from api.services.report_columns import is_unknown
from data.monitoring.shares import share_parts
from data.place import place_of
from data.reference.indicators import indicators
from data.schema import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from api.services.monitoring import Level
    from data.reference.indicators import Indicator
    from data.schema import Account

__all__ = ["MonthFigure", "UnitMonth", "UnitPart", "home_unit", "unit_month", "unit_parts"]

FIGURES: Mapping[str, tuple[str, ...]] = {
    "target": ("target_known", "target_eligible", "target_new", "target_graduated"),
    "matching": ("matching_matched", "matching_unmatched"),
    "delivery": (
        "delivery_planned", "delivery_delivered", "delivery_partial", "delivery_failed",
        "delivery_late", "delivery_evidenced",
    ),
    "nutrition": (
        "nutrition_measured", "nutrition_gain_n", "nutrition_gain_t", "nutrition_two_t",
        "nutrition_severe", "nutrition_severe_referred",
    ),
    "team": ("team_measured", "team_families", "team_accompanied", "team_cases"),
}  # fmt: skip
"""What is told, by what it is about."""
ORDER: Mapping[Role, tuple[str, ...]] = {
    Role.STAFF: ("target", "matching", "nutrition", "delivery", "team"),
    Role.APPROVER: ("matching", "delivery", "target", "nutrition", "team"),
    Role.COORDINATOR: ("delivery", "team", "matching", "target", "nutrition"),
    Role.AUDITOR: ("delivery", "matching", "target", "team", "nutrition"),
}
"""What each role looks at first: whom to serve, what to sign, what to bring, what to check."""
AREAS = ("city", "kecamatan", "kelurahan")
PART_SHARES = ("served", "arrived", "first_attempt", "measured_on_time")
"""Shares by which the parts of a unit are told; all are known down to the posyandu."""


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A figure of the last closed month and of the one before; None: not counted then."""

    indicator: Indicator
    now: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """The last closed month of a unit; ``before`` is the closed month before it, or empty."""

    month: str
    before: str
    figures: tuple[MonthFigure, ...]


@dataclass(frozen=True, slots=True)
class UnitPart:
    """A part of a unit with hits and cases of the shares that it is told by, in their order."""

    name: str
    shares: tuple[tuple[int, int], ...]


def home_unit(*, by: Account) -> tuple[Level, str]:
    """Return the level and name of what a person's dashboard opens with.

    That is the largest unit that lies in the place of the account; else the city.
    """
    place = place_of(by)
    return units_of(place, frozenset()).first if place else ("city", "")


def unit_month(
    session: Session,
    *,
    level: Level,
    unit: str,
    role: Role | None = None,
    first_month: str | None = None,
    last_month: str | None = None,
) -> UnitMonth | None:
    """Return a unit's last closed month beside the one before; None without a closed month.

    What a role looks at first stands first; without a role, as reports have them. Figures that the
    level is not counted for are left out.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``monitoring.months``.
    """
    months = closed_figures(session, first_month, last_month)[-2:]
    if not months:
        return None
    rows = [figures_by_level(figures)[level].get(unit, {}) for _, figures in months]
    now, before = rows[-1], rows[0] if len(rows) > 1 else {}
    known = {each.code: each for each in indicators(months[-1][0])}
    order = ORDER.get(role, tuple(FIGURES)) if role else tuple(FIGURES)
    codes = [code for group in order for code in FIGURES[group]]
    return UnitMonth(
        months[-1][0],
        months[0][0] if len(months) > 1 else "",
        tuple(
            MonthFigure(known[code], _value(now, code), _value(before, code))
            for code in codes
            if code in known and (level in AREAS or code in now or code in before)
        ),
    )


def _value(row: Mapping[str, float | None], code: str) -> float | None:
    """Return a figure: nought where it never happened, None where nobody could count it."""
    if not row or is_unknown(code, row):
        return None
    return row.get(code) or 0


def unit_parts(
    session: Session,
    *,
    level: Level,
    unit: str,
    first_month: str | None = None,
    last_month: str | None = None,
    also: str = "",
) -> tuple[tuple[Indicator, ...], tuple[UnitPart, ...]]:
    """Return the shares that parts are told by, and the parts of a unit by name; nobody is ranked.

    ``also`` is one more share to tell them by, where it is known for them.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``monitoring.months``.
    """
    smaller = SMALLER.get(level)
    if smaller is None:
        return (), ()
    codes = dict.fromkeys((*PART_SHARES, *([also] if also else [])))
    told = tuple(ratio for code in codes if smaller in levels_of(ratio := find_ratio(code)))
    sums: dict[str, list[tuple[int, int]]] = {}
    for month, figures in closed_figures(session, first_month, last_month):
        defined = [find_ratio(ratio.code, month=month) for ratio in told]
        for name, row in figures_by_level(figures)[smaller].items():
            if level != "city" and not lies_in(name, smaller, unit):
                continue
            before = sums.get(name, [(0, 0)] * len(told))
            own = [share_parts(ratio, row) for ratio in defined]
            sums[name] = [
                (hits + more, cases + all_more)
                for (hits, cases), (more, all_more) in zip(before, own, strict=True)
            ]
    return told, tuple(UnitPart(name, tuple(sums[name])) for name in sorted(sums))
