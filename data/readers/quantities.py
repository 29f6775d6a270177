"""Cells that hold amounts: weights, lengths, money, counts, coordinates, lists of goods.

The limits are those of domain practice: a child under five weighs 1 to 30 kg and measures 40 to
125 cm; a newborn 0.5 to 6 kg and 20 to 65 cm. What a wrong unit explains is put right with a
warning, what nothing explains keeps the row out.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from data.readers.identity import as_plain_text
from data.readers.reading import Reading, doubtful, good, unreadable
from data.readers.records import PledgeItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from data.readers.records import Cell

__all__ = [
    "as_amount",
    "as_birth_length_mm",
    "as_birth_weight_g",
    "as_coordinate",
    "as_count",
    "as_goods",
    "as_height_mm",
    "as_item_quantity",
    "as_kg",
    "as_litres",
    "as_months",
    "as_muac_mm",
    "as_rupiah",
    "as_weight_g",
    "as_zscore",
]

EGGS_ON_A_TRAY = 30
_UNIT = re.compile(
    r"(?i)\s*(kg|kilogram|gram|gr|g|cm|mm|m|liter|ltr|lt|l|bulan|bln|anak|orang)\.?$"
)
_SENTINELS = (999.0, 999.9, 999.99, 9999.0)
_THOUSANDS = re.compile(r"^\d{1,3}([.,])\d{3}(\1\d{3})*$")
_WORDED = {"ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000}

# Unit as written → canonical word, base unit, how many of it.
_UNITS: dict[str, tuple[str, Literal["g", "ml", "piece"] | None, int]] = {
    **dict.fromkeys(("kg", "kilo", "kilogram", "kgs"), ("kg", "g", 1_000)),
    **dict.fromkeys(("g", "gr", "gram", "grm"), ("g", "g", 1)),
    **dict.fromkeys(("ons",), ("ons", "g", 100)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), ("liter", "ml", 1_000)),
    **dict.fromkeys(("ml", "cc"), ("ml", "ml", 1)),
    **dict.fromkeys(("butir", "btr"), ("butir", "piece", 1)),
    **dict.fromkeys(("buah", "bh", "biji", "pcs", "pc", "unit"), ("buah", "piece", 1)),
    **dict.fromkeys(("kotak", "ktk", "box"), ("kotak", "piece", 1)),
    **dict.fromkeys(("bungkus", "bks", "pak", "pack", "sachet", "saset"), ("bungkus", "piece", 1)),
    **dict.fromkeys(("botol", "btl"), ("botol", "piece", 1)),
    **dict.fromkeys(("kaleng", "klg"), ("kaleng", "piece", 1)),
    **dict.fromkeys(("lusin", "lsn"), ("lusin", "piece", 12)),
    **dict.fromkeys(("papan", "tray", "rak"), ("papan", None, 1)),
    **dict.fromkeys(
        ("dus", "karton", "kardus", "karung", "sak", "paket", "ikat"), ("dus", None, 1)
    ),
}
_QUANTITY_LAST = re.compile(
    r"^(?P<name>.*?[^\d\s,.])\s*[:x=]?\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[a-zA-Z]*)\.?$"
)
_QUANTITY_FIRST = re.compile(
    r"^(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[a-zA-Z]+)\.?\s+(?P<name>.+)$"
)


def _number(cell: Cell) -> float | None:
    """Return a cell as a number: decimal comma or point, a unit behind it allowed."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = _UNIT.sub("", as_plain_text(cell).lstrip("'")).replace(" ", "")
    if "," in text and "." in text:
        grouping = "." if text.rfind(",") > text.rfind(".") else ","
        text = text.replace(grouping, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text.replace("−", "-")):
        return None
    return float(text.replace("−", "-"))


def _is_missing(number: float) -> bool:
    return number == 0 or any(abs(number - sentinel) < 1e-6 for sentinel in _SENTINELS)


def _plain(number: float) -> str:
    return f"{number:.10g}"


def as_weight_g(cell: Cell) -> Reading[int]:
    """Read a child's weight, kilograms unless only grams make sense."""
    kg = _number(cell)
    if kg is None:
        return unreadable("number_unreadable")
    if _is_missing(kg):
        return good(None)
    if 1 <= kg <= 30:
        return good(round(kg * 1_000))
    if 1_000 <= kg <= 30_000:
        return doubtful(round(kg), "grams_for_kilograms", grams=round(kg))
    shifted = next((_plain(kg / step) for step in (10, 100) if 2 <= kg / step <= 30), None)
    return unreadable("weight_implausible", suggestion=shifted, least=1, most=30)


def as_height_mm(cell: Cell) -> Reading[int]:
    """Read a child's height, centimetres unless only metres or millimetres make sense."""
    cm = _number(cell)
    if cm is None:
        return unreadable("number_unreadable")
    if _is_missing(cm):
        return good(None)
    if 40 <= cm <= 125:
        return good(round(cm * 10))
    if 0.4 <= cm <= 1.25:
        return doubtful(round(cm * 1_000), "metres_for_centimetres", cm=_plain(cm * 100))
    if 400 <= cm <= 1_250:
        return doubtful(round(cm), "millimetres_for_centimetres", cm=_plain(cm / 10))
    suggestion = _plain(cm * 10) if 40 <= cm * 10 <= 125 else None
    return unreadable("height_implausible", suggestion=suggestion, least=40, most=125)


def as_birth_weight_g(cell: Cell) -> Reading[int]:
    """Read a birth weight; kilograms and grams are both common."""
    number = _number(cell)
    if number is None:
        return doubtful(None, "birth_weight_unreadable")
    if _is_missing(number):
        return good(None)
    if 0.5 <= number <= 6:
        return good(round(number * 1_000))
    if 500 <= number <= 6_000:
        return doubtful(round(number), "grams_for_kilograms", grams=round(number))
    return doubtful(None, "birth_weight_implausible", least=0.5, most=6)


def as_birth_length_mm(cell: Cell) -> Reading[int]:
    """Read a birth length in centimetres."""
    cm = _number(cell)
    if cm is None:
        return doubtful(None, "birth_length_unreadable")
    if _is_missing(cm):
        return good(None)
    if 20 <= cm <= 65:
        return good(round(cm * 10))
    if 200 <= cm <= 650:
        return doubtful(round(cm), "millimetres_for_centimetres", cm=_plain(cm / 10))
    return doubtful(None, "birth_length_implausible", least=20, most=65)


def as_muac_mm(cell: Cell) -> Reading[int]:
    """Read the upper-arm circumference (LiLA) in centimetres; ``0`` means not measured."""
    cm = _number(cell)
    if cm is None:
        return doubtful(None, "muac_unreadable")
    if _is_missing(cm):
        return good(None)
    if 5 <= cm <= 30:
        return good(round(cm * 10))
    if 50 <= cm <= 300:
        return doubtful(round(cm), "millimetres_for_centimetres", cm=_plain(cm / 10))
    return doubtful(None, "muac_implausible", least=5, most=30)


def as_zscore(cell: Cell) -> Reading[float]:
    """Read a z-score as stated; 999.99 means that there is none. It is recomputed anyway."""
    number = _number(cell)
    if number is None:
        return doubtful(None, "zscore_unreadable")
    return good(None if abs(number) >= 99 else number)


def as_kg(cell: Cell) -> Reading[int]:
    """Read a positive weight in kilograms as grams."""
    kg = _number(cell)
    if kg is None or not 0 < kg <= 100_000:
        return unreadable("amount_unreadable")
    return good(round(kg * 1_000))


def as_litres(cell: Cell) -> Reading[int]:
    """Read a positive volume in litres as millilitres."""
    return as_kg(cell)


def as_count(cell: Cell) -> Reading[int]:
    """Read a whole number from 0 on."""
    number = _number(cell)
    if number is None or not number.is_integer() or not 0 <= number <= 1_000_000:
        return unreadable("count_unreadable")
    return good(int(number))


def as_amount(cell: Cell) -> Reading[float]:
    """Read a counted amount, such as ``2,5``; ``1.000`` is refused, for it may be one or 1000.

    Nought is a count like any other: the shelf is empty.
    """
    if isinstance(cell, str) and _THOUSANDS.match(cell.strip()):
        return unreadable("amount_two_readings", suggestion=re.sub(r"[.,]", "", cell.strip()))
    number = _number(cell)
    if number is None or not 0 <= number <= 10_000_000:
        return unreadable("counted_unreadable")
    return good(number)


def as_months(cell: Cell) -> Reading[int]:
    """Read a duration such as ``6 bulan`` or ``1 tahun``, in months."""
    text = as_plain_text(cell).lower()
    years = re.fullmatch(r"(\d+)\s*(?:tahun|thn|th)", text)
    number = float(years[1]) * 12 if years else _number(cell)
    if number is None or not number.is_integer() or not 1 <= number <= 120:
        return unreadable("months_unreadable")
    return good(int(number))


def as_rupiah(cell: Cell) -> Reading[int]:
    """Read money: ``Rp 450.000,-``, ``450 ribu``, ``1,5 juta``, ``450000``."""
    if isinstance(cell, bool):
        return unreadable("rupiah_unreadable")
    if isinstance(cell, int | float):
        return _plausible_rupiah(float(cell))
    text = as_plain_text(cell).lower().lstrip("'")
    text = re.sub(r"^(rp|idr)\.?\s*|\s*(/|per)\s*(bulan|bln)$|,-+\s*$|\.-+\s*$", "", text)
    text = re.sub(r"^(rp|idr)\.?\s*|,-+\s*$|\.-+\s*$", "", text).strip()
    worded = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(ribu|rb|k|juta|jt)", text)
    if worded:
        amount = float(worded[1].replace(",", ".")) * _WORDED[worded[2]]
        return _plausible_rupiah(round(amount))
    text = re.sub(r"[.,]00$", "", text).replace(" ", "")
    if _THOUSANDS.match(text):
        text = re.sub(r"[.,]", "", text)
    if not text.isascii() or not text.isdigit():
        return unreadable("rupiah_unreadable")
    return _plausible_rupiah(float(text))


def _plausible_rupiah(amount: float) -> Reading[int]:
    if amount < 0 or not math.isfinite(amount) or amount > 1e12 or not float(amount).is_integer():
        return unreadable("rupiah_unreadable")
    if 0 < amount < 1_000:
        # "450.000" read by a program that takes the point for a decimal sign becomes 450.
        return unreadable("rupiah_too_small", suggestion=str(int(amount) * 1_000))
    return good(int(amount))


def as_coordinate(cell: Cell) -> Reading[float]:
    """Read a latitude or longitude in decimal degrees; ``0`` means not known."""
    degrees = _number(cell)
    if degrees is None:
        return unreadable("coordinate_unreadable")
    return good(degrees or None)


def as_item_quantity(
    name: str, quantity: Decimal, unit: str, resolve_item: Callable[[str], str | None]
) -> PledgeItem:
    """Return goods with their unit in canonical form and, where it has a size, in base units."""
    word, base_unit, factor = _UNITS.get(unit.lower().rstrip("."), (unit.lower(), None, 1))
    item_code = resolve_item(name)
    if word == "papan" and (item_code == "telur" or "telur" in name.lower()):
        base_unit, factor = "piece", EGGS_ON_A_TRAY
    base = round(quantity * factor) if base_unit else None
    return PledgeItem(
        item_code=item_code,
        name=name,
        quantity=quantity,
        unit=word,
        base_quantity=base,
        base_unit=base_unit,
    )


def as_goods(
    cell: Cell, resolve_item: Callable[[str], str | None]
) -> Reading[tuple[PledgeItem, ...]]:
    """Read a list of goods: ``telur 30 butir; beras 5 kg``; semicolons, lines or ``+`` between."""
    text = as_plain_text(cell) if not isinstance(cell, str) else cell
    parts = [part.strip(" .") for part in re.split(r"[;\n+]|,(?!\d)|\bdan\b", text)]
    found: list[PledgeItem] = []
    for part in filter(None, parts):
        match = _QUANTITY_LAST.match(part) or _QUANTITY_FIRST.match(part)
        if match is None:
            return unreadable("goods_unreadable", part=part)
        quantity = Decimal(match["number"].replace(",", "."))
        item = as_item_quantity(match["name"].strip(" :"), quantity, match["unit"], resolve_item)
        if quantity <= 0:
            return unreadable("goods_unreadable", part=part)
        if item.item_code is None:
            return unreadable("item_unknown", item=item.name)
        found.append(item)
    return good(tuple(found))
