"""Goods: how big, how heavy, how long they keep, what they cost and what people call them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table, split_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Item", "Price", "item", "items", "price_on", "resolve_item", "units_from"]

_GRAMS = {"g": 1, "gr": 1, "gram": 1, "ons": 100, "kg": 1000, "kilo": 1000, "kilogram": 1000}
_MILLILITRES = {"ml": 1, "cc": 1, "l": 1000, "lt": 1000, "ltr": 1000, "liter": 1000, "litre": 1000}
_PIECES = {
    "butir", "biji", "buah", "pcs", "pc", "kotak", "kardus kecil", "bungkus", "bks", "pak", "pack",
    "botol", "btl", "kaleng", "klg", "papan", "unit", "dus kecil", "egg", "carton", "bottle", "can",
}  # fmt: skip
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_NEAR = 88.0


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of goods.

    Attributes
    ----------
    unit_id, unit_en
        What one of it is called: an egg, a kilogram, a carton.
    grams_per_unit, millilitres_per_unit
        With its wrapping, as it lies in the box.
    shelf_life_days
        From purchase, unopened, at room temperature.
    max_days_before_delivery
        How long it may wait in the warehouse.
    max_heat_minutes
        How long it may be on the road without a cool box; None: as long as the day is.
    contains
        Tags that food rules and allergies look at, such as ``egg`` or ``honey``.
    """

    code: str
    name_id: str
    name_en: str
    unit_id: str
    unit_en: str
    grams_per_unit: int
    millilitres_per_unit: int
    shelf_life_days: int
    needs_cool_box: bool
    max_days_before_delivery: int
    max_heat_minutes: int | None
    contains: frozenset[str]
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs, from which day, and who said so."""

    item: str
    price_rp: int
    from_on: dt.date
    source: str
    certainty: str


@cache
def items() -> Mapping[str, Item]:
    """Return all items by code."""
    return {row["code"]: _item(row) for row in read_table("items")}


def item(code: str) -> Item:
    """Return the item with this code; raises KeyError when there is none."""
    return items()[code]


def price_on(code: str, on: dt.date) -> Price | None:
    """Return the latest price known on a day, or None when none was known by then."""
    known = [price for price in _prices() if price.item == code and price.from_on <= on]
    return max(known, key=lambda price: price.from_on, default=None)


def resolve_item(name: str) -> str | None:
    """Return the code of what a word stands for, or None: by code, name, synonym, near spelling."""
    squashed = _squash(name)
    if not squashed:
        return None
    if squashed not in _spellings():
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only misspelt names need it

        near = process.extractOne(
            squashed, list(_spellings()), scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        if near is None:
            return None
        squashed = near[0]
    return _spellings()[squashed]


def units_from(goods: Item, amount: float, unit: str) -> float | None:
    """Return an amount in the item's own unit, or None when the unit does not fit.

    Parameters
    ----------
    goods
        The item.
    amount
        As written.
    unit
        As written: ``butir``, ``kg``, ``liter``, ``bungkus`` …; blank means the item's own unit.

    Examples
    --------
    >>> units_from(item("kacang_hijau"), 1, "kg")
    4.0
    >>> units_from(item("telur"), 30, "butir")
    30.0
    """
    word = unit.strip().lower().rstrip(".")
    if word in {"", goods.unit_id, goods.unit_en}:
        return float(amount)
    if word in _GRAMS:
        return amount * _GRAMS[word] / _net_grams(goods)
    if word in _MILLILITRES and goods.unit_id in {"liter", "kotak"}:
        return amount * _MILLILITRES[word] / (1000 if goods.unit_id == "liter" else 200)
    if word in _PIECES and goods.unit_id not in {"kg", "liter"}:
        return float(amount)
    return None


def _net_grams(goods: Item) -> int:
    named = re.search(r"(\d+) g$", goods.name_id)
    return int(named[1]) if named else goods.grams_per_unit


@cache
def _prices() -> tuple[Price, ...]:
    return tuple(
        Price(
            item=row["item"],
            price_rp=int(row["price_rp"]),
            from_on=dt.date.fromisoformat(row["from_on"]),
            source=row["source"],
            certainty=row["certainty"],
        )
        for row in read_table("prices")
    )


@cache
def _spellings() -> Mapping[str, str]:
    spellings: dict[str, str] = {}
    for goods in items().values():
        for word in (goods.code, goods.name_id, goods.name_en, *goods.synonyms):
            spellings.setdefault(_squash(word), goods.code)
    return spellings


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        code=row["code"],
        name_id=row["name_id"],
        name_en=row["name_en"],
        unit_id=row["unit_id"],
        unit_en=row["unit_en"],
        grams_per_unit=int(row["grams_per_unit"]),
        millilitres_per_unit=int(row["millilitres_per_unit"]),
        shelf_life_days=int(row["shelf_life_days"]),
        needs_cool_box=row["needs_cool_box"] == "1",
        max_days_before_delivery=int(row["max_days_before_delivery"]),
        max_heat_minutes=int(row["max_heat_minutes"]) if row["max_heat_minutes"] else None,
        contains=frozenset(split_words(row["contains"])),
        synonyms=split_words(row["synonyms"]),
    )


def _squash(name: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", name.lower())
