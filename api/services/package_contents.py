"""What goes into the package of one child, and what it weighs, takes up and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.eligibility import is_too_old
from data.reference.items import item, price_on
from data.reference.kits import (
    KitLine,
    completed_months,
    exchanged,
    food_rules,
    forbidding_rule,
    kit_for,
    kits,
    replacement_by,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from data.schema import Child

__all__ = [
    "Contents",
    "Measures",
    "contents_for",
    "forbidden_items",
    "kit_name",
    "kit_recipient",
    "measures_of",
    "missing_kit",
    "substitute_line",
]


@dataclass(frozen=True, slots=True)
class Contents:
    """The lines of a package, whose kit it is, and the rules that changed it."""

    kit_code: str
    kit_version: int
    lines: tuple[KitLine, ...]
    changes: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """What a package weighs, takes up and costs; ``cost_rp`` adds the prices that are known."""

    weight_g: int
    volume_ml: int
    cost_rp: int
    needs_cool_box: bool


def contents_for(child: Child, on: date, *, eligible_on: date | None = None) -> Contents | None:
    """Return what a child is given on a day; None when it is too old, or when nothing is allowed.

    A child that takes part because it was young enough on ``eligible_on`` keeps its place when the
    box leaves later: it then gets the kit of its age on that day.
    """
    aged_on = _aged_on(child, on, eligible_on)
    kit = kit_for((aged_on - child.born_on).days, child.allergies, on)
    if kit is None or not kit.lines:
        return None
    changes: tuple[dict[str, object], ...] = tuple(
        {
            "item": change.item,
            "quantity": change.quantity,
            "rule": change.rule,
            "substitute": change.substitute,
            "substitute_quantity": change.substitute_quantity,
        }
        for change in kit.substitutions
    )
    return Contents(kit.kit, kit.version, kit.lines, changes)


def _aged_on(child: Child, on: date, eligible_on: date | None) -> date:
    return min(on, eligible_on) if eligible_on and is_too_old(child.born_on, on) else on


def missing_kit(child: Child, on: date, *, eligible_on: date | None = None) -> str | None:
    """Return why no package can be made for a child on a day: ``too_old``, ``no_allowed_food``."""
    if contents_for(child, on, eligible_on=eligible_on) is not None:
        return None
    aged_on = _aged_on(child, on, eligible_on)
    return "too_old" if is_too_old(child.born_on, aged_on) else "no_allowed_food"


def measures_of(lines: Iterable[tuple[str, int]], on: date) -> Measures:
    """Add up items and units; prices are those known on the day."""
    weight_g = volume_ml = cost_rp = 0
    cool = False
    for code, quantity in lines:
        goods, price = item(code), price_on(code, on)
        weight_g += goods.grams_per_unit * quantity
        volume_ml += goods.millilitres_per_unit * quantity
        cost_rp += price.price_rp * quantity if price else 0
        cool = cool or goods.needs_cool_box
    return Measures(weight_g, volume_ml, cost_rp, cool)


def forbidden_items(child: Child, kit_code: str, codes: Iterable[str], on: date) -> list[str]:
    """Return which of a package's items a food rule keeps from this child (or mother) on a day."""
    months, recipient = completed_months(child.born_on, on), kit_recipient(kit_code)
    return [
        code
        for code in codes
        if forbidding_rule(code, age_months=months, allergies=child.allergies, recipient=recipient)
    ]


def substitute_line(child: Child, line: KitLine, substitute: str, on: date) -> KitLine | None:
    """Return what a child gets instead of a line; None when a food rule forbids it.

    The quantity is that of the food rule which names this substitute; without one, the same worth
    in rupiah; without prices, as many units.
    """
    months = completed_months(child.born_on, on)
    recipient = "mother" if months < min(kit.below_month for kit in kits()) else "child"
    if forbidding_rule(
        substitute, age_months=months, allergies=child.allergies, recipient=recipient
    ):
        return None
    contains = item(line.item).contains
    for rule in food_rules():
        speaks = rule.contains in contains and rule.item in {"", line.item}
        if speaks and rule.substitute == substitute:
            return replacement_by(line, rule)
    old, new = price_on(line.item, on), price_on(substitute, on)
    if old is None or new is None:
        return KitLine(substitute, line.quantity)
    return KitLine(substitute, exchanged(line.quantity, old.price_rp, new.price_rp))


def kit_recipient(kit_code: str) -> str:
    """Return ``child`` or ``mother``."""
    return next((kit.recipient for kit in kits() if kit.code == kit_code), "child")


def kit_name(kit_code: str, language: str = "id") -> str:
    """Return what a kit is called."""
    found = [kit for kit in kits() if kit.code == kit_code]
    if not found:
        return kit_code
    return found[-1].name_en if language == "en" else found[-1].name_id
