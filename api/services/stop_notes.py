"""What a courier must know of a stop beside where and when: for the sheet and the route's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.i18n import sentence
from api.services.fleet import clock, seconds
from data.reference.items import item
from data.reference.skills import skills

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.services.goods_limits import Limits
    from api.services.route_views import RouteView, StopView

__all__ = ["notes_of"]

MINUTE_S = 60


def notes_of(
    view: RouteView, stop: StopView, limits: Mapping[str, Limits], language: str
) -> list[str]:
    """Return sentences: hours in between, skills, cool box, and by when before the heat spoils it.

    The last only where it falls before the vehicle is back: else no order of stops can break it.
    """
    codes = {code for package in stop.load for code, _ in package.contents}
    found: list[tuple[str, dict[str, object]]] = []
    if stop.day_of_month:
        found.append(("stop_note.posyandu_day", {"n": stop.day_of_month}))
    if stop.gap_from and stop.gap_until:
        found.append(("stop_note.gap", {"starts": stop.gap_from, "ends": stop.gap_until}))
    if stop.needs_skills:
        found.append(("stop_note.skills", {"skills": _skills(stop, language)}))
    if any(item(code).needs_cool_box for code in codes):
        found.append(("stop_note.cool_box", {}))
    deadline_s = _deadline_s(view, codes, limits)
    if deadline_s is not None and deadline_s < seconds(view.returns_at):
        found.append(("stop_note.heat", {"at": clock(deadline_s)}))
    return [sentence(code, params, language) for code, params in found]


def _deadline_s(view: RouteView, codes: set[str], limits: Mapping[str, Limits]) -> int | None:
    """Return by when goods must be handed over from a vehicle without a cool box."""
    minutes = [limits[code].max_heat_minutes for code in codes if code in limits]
    tightest = min((each for each in minutes if each is not None), default=None)
    if view.has_cool_box or tightest is None:
        return None
    return seconds(view.leaves_at) + tightest * MINUTE_S


def _skills(stop: StopView, language: str) -> str:
    known = skills()
    return ", ".join(
        known[code].name_en if language == "en" else known[code].name_id
        for code in stop.needs_skills
        if code in known
    )
