"""What a package holds at which age, and the food rules that change it.

Kits are versioned: a package of March stays the kit of March when the kit changes in April. The
hard food rules (no honey below twelve months, breast milk only below six …) are applied to every
line, with a substitute where one is allowed and the reason for each change.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table, split_words
from data.reference.items import Item, item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "FoodRule",
    "Kit",
    "KitLine",
    "KitLines",
    "Substitution",
    "completed_months",
    "exchanged",
    "food_rules",
    "forbidding_rule",
    "kit_for",
    "kits",
    "resolve_allergies",
]


@dataclass(frozen=True, slots=True)
class KitLine:
    """So many units of one item."""

    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Kit:
    """The standard package of one age band, ``from_month`` to below ``below_month``.

    ``recipient`` is ``mother`` below six months, when the infant gets breast milk only.
    """

    code: str
    version: int
    name_id: str
    name_en: str
    from_month: int
    below_month: int
    recipient: str
    from_on: dt.date
    until_on: dt.date | None
    lines: tuple[KitLine, ...]


@dataclass(frozen=True, slots=True)
class FoodRule:
    """What may not be given to whom.

    ``contains`` is a tag of the item (``*`` for all food); ``item`` narrows it to one item;
    ``allergy`` makes the rule hold only for a child who has it; ``recipient`` is ``child`` when a
    mother may have the item, ``any`` when it may not enter the package at all.
    """

    code: str
    contains: str
    item: str
    from_month: int
    below_month: int
    allergy: str
    recipient: str
    substitute: str
    substitute_quantity: int
    per_quantity: int
    source: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A line that a rule changed. ``substitute`` is None when the item is left out."""

    item: str
    quantity: int
    rule: str
    substitute: str | None
    substitute_quantity: int


@dataclass(frozen=True, slots=True)
class KitLines:
    """The package for one child: the kit, its lines after the rules, and what was changed."""

    kit: str
    version: int
    recipient: str
    lines: tuple[KitLine, ...]
    substitutions: tuple[Substitution, ...]


def completed_months(born_on: dt.date, on: dt.date) -> int:
    """Return the whole months of age on a day, by the calendar.

    A month is complete on the day of birth's number; one born on the 31st completes it on the 1st
    where the month is shorter, which errs on the side of the younger child.

    Examples
    --------
    >>> completed_months(dt.date(2023, 6, 1), dt.date(2024, 5, 31))
    11
    """
    months = (on.year - born_on.year) * 12 + on.month - born_on.month
    return months - (on.day < born_on.day)


def kit_for(age_days: int, allergies: Iterable[str], on: dt.date) -> KitLines | None:
    """Return the package for a child on a day, or None from 60 months on or before birth.

    Parameters
    ----------
    age_days
        Age on that day. Months are decided by the calendar, not by days.
    allergies
        Codes of :func:`resolve_allergies`; unknown codes are refused.
    on
        The day on which the package is given; decides the kit's version too.

    Raises
    ------
    ValueError
        For an allergy that no rule knows.
    """
    known = _checked_allergies(allergies)
    age_months = completed_months(on - dt.timedelta(days=age_days), on)
    kit = _kit_at(age_months, on)
    if kit is None:
        return None
    lines: dict[str, int] = {}
    changed: list[Substitution] = []
    for line in kit.lines:
        given = _apply_rules(line, age_months, known, kit.recipient, changed)
        if given is not None:
            lines[given.item] = lines.get(given.item, 0) + given.quantity
    return KitLines(
        kit=kit.code,
        version=kit.version,
        recipient=kit.recipient,
        lines=tuple(KitLine(code, quantity) for code, quantity in lines.items()),
        substitutions=tuple(changed),
    )


def forbidding_rule(
    item_code: str, *, age_months: int, allergies: Iterable[str] = (), recipient: str = "child"
) -> FoodRule | None:
    """Return the first rule that keeps an item from a child (or mother), or None if allowed."""
    goods, suffered = item(item_code), frozenset(allergies)
    for rule in food_rules():
        if _applies(rule, goods, age_months, suffered, recipient):
            return rule
    return None


def replacement_by(line: KitLine, rule: FoodRule) -> KitLine | None:
    """Return what a rule gives instead of a line; None when it leaves the item out."""
    if not rule.substitute:
        return None
    units = exchanged(line.quantity, rule.substitute_quantity, rule.per_quantity)
    return KitLine(rule.substitute, units)


def exchanged(quantity: int, given: int, per: int) -> int:
    """Return how many units stand for ``quantity`` at ``given`` for ``per``: half up, at least one.

    Examples
    --------
    >>> exchanged(10, 1, 4)
    3
    """
    return max(1, (2 * quantity * given + per) // (2 * per))


@cache
def kits() -> tuple[Kit, ...]:
    """Return every version of every kit."""
    grouped: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in read_table("kits"):
        grouped.setdefault((row["kit"], row["version"]), []).append(row)
    return tuple(_kit(rows) for rows in grouped.values())


@cache
def food_rules() -> tuple[FoodRule, ...]:
    """Return the food rules in the order in which they are applied."""
    return tuple(
        FoodRule(
            code=row["code"],
            contains=row["contains"],
            item=row["item"],
            from_month=int(row["from_month"]),
            below_month=int(row["below_month"]),
            allergy=row["allergy"],
            recipient=row["recipient"],
            substitute=row["substitute"],
            substitute_quantity=int(row["substitute_quantity"]),
            per_quantity=int(row["per_quantity"]),
            source=row["source"],
        )
        for row in read_table("food_rules")
    )


def resolve_allergies(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the allergy codes that a cell names, and the words that no code is known for.

    Examples
    --------
    >>> resolve_allergies("telur, udang; debu")
    (('egg', 'shellfish'), ('debu',))
    """
    spellings = _allergy_spellings()
    words = [word.strip().lower() for word in text.replace(";", ",").split(",")]
    words = [word.removeprefix("alergi ").strip() for word in words]
    meant = [word for word in words if word not in {"", "-", "tidak ada", "tidak", "none", "nihil"}]
    codes = dict.fromkeys(spellings[word] for word in meant if word in spellings)
    return tuple(codes), tuple(word for word in meant if word not in spellings)


@cache
def _allergy_spellings() -> Mapping[str, str]:
    return {
        word.lower(): row["code"]
        for row in read_table("allergies")
        for word in (row["code"], row["name_id"], row["name_en"], *split_words(row["synonyms"]))
    }


def _checked_allergies(allergies: Iterable[str]) -> frozenset[str]:
    known = {rule.allergy for rule in food_rules() if rule.allergy}
    given = frozenset(allergies)
    if given - known:
        msg = f"unknown allergy codes {sorted(given - known)}; known are {sorted(known)}"
        raise ValueError(msg)
    return given


def _kit_at(age_months: int, on: dt.date) -> Kit | None:
    for kit in kits():
        in_force = kit.from_on <= on and (kit.until_on is None or on <= kit.until_on)
        if in_force and kit.from_month <= age_months < kit.below_month:
            return kit
    return None


def _apply_rules(
    line: KitLine,
    age_months: int,
    allergies: frozenset[str],
    recipient: str,
    changed: list[Substitution],
) -> KitLine | None:
    """Follow substitutes until one is allowed; None when the chain ends or comes round again."""
    tried: set[str] = set()
    current: KitLine | None = line
    while current is not None:
        rule = forbidding_rule(
            current.item, age_months=age_months, allergies=allergies, recipient=recipient
        )
        if rule is None:
            return current
        tried.add(current.item)
        replacement = replacement_by(current, rule) if rule.substitute not in tried else None
        changed.append(
            Substitution(
                item=current.item,
                quantity=current.quantity,
                rule=rule.code,
                substitute=replacement.item if replacement else None,
                substitute_quantity=replacement.quantity if replacement else 0,
            )
        )
        current = replacement
    return None


def _applies(
    rule: FoodRule, goods: Item, age_months: int, allergies: frozenset[str], recipient: str
) -> bool:
    return (
        rule.from_month <= age_months < rule.below_month
        and (rule.contains == "*" or rule.contains in goods.contains)
        and rule.item in {"", goods.code}
        and (not rule.allergy or rule.allergy in allergies)
        and rule.recipient in {"any", recipient}
    )


def _kit(rows: list[Mapping[str, str]]) -> Kit:
    first = rows[0]
    return Kit(
        code=first["kit"],
        version=int(first["version"]),
        name_id=first["name_id"],
        name_en=first["name_en"],
        from_month=int(first["from_month"]),
        below_month=int(first["below_month"]),
        recipient=first["recipient"],
        from_on=dt.date.fromisoformat(first["from_on"]),
        until_on=dt.date.fromisoformat(first["until_on"]) if first["until_on"] else None,
        lines=tuple(KitLine(row["item"], int(row["quantity"])) for row in rows),
    )
