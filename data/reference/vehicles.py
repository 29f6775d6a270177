"""Kinds of vehicle, and how much longer roads are than the straight line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table, split_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DetourBand", "VehicleKind", "detour_bands", "resolve_vehicle_kind", "vehicle_kinds"]

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class VehicleKind:
    """What a motorcycle or a pick-up carries, how fast it is and what it costs."""

    code: str
    name_id: str
    name_en: str
    capacity_g: int
    capacity_ml: int
    speed_m_per_h: int
    cost_rp_per_km: int
    cost_rp_per_hour: int
    cost_rp_per_day: int


@dataclass(frozen=True, slots=True)
class DetourBand:
    """Road over great circle for straight distances from ``from_m`` to below ``below_m``.

    ``below_m`` is None in the last band.
    """

    from_m: int
    below_m: int | None
    factor: Decimal


@cache
def vehicle_kinds() -> Mapping[str, VehicleKind]:
    """Return the kinds of vehicle by code."""
    return {
        row["code"]: VehicleKind(
            code=row["code"],
            name_id=row["name_id"],
            name_en=row["name_en"],
            capacity_g=int(row["capacity_g"]),
            capacity_ml=int(row["capacity_ml"]),
            speed_m_per_h=int(row["speed_m_per_h"]),
            cost_rp_per_km=int(row["cost_rp_per_km"]),
            cost_rp_per_hour=int(row["cost_rp_per_hour"]),
            cost_rp_per_day=int(row["cost_rp_per_day"]),
        )
        for row in read_table("vehicle_kinds")
    }


def resolve_vehicle_kind(name: str) -> VehicleKind | None:
    """Return the kind of vehicle that a word stands for, or None."""
    code = _spellings().get(_squash(name))
    return vehicle_kinds()[code] if code else None


@cache
def detour_bands(region: str = "pangkalpinang") -> tuple[DetourBand, ...]:
    """Return the detour bands of a region, shortest first.

    ``pangkalpinang`` holds working figures for a flat city; ``balikpapan`` was measured on a road
    graph. Raises KeyError for another region.
    """
    bands = tuple(
        DetourBand(
            from_m=int(row["from_m"]),
            below_m=int(row["below_m"]) if row["below_m"] else None,
            factor=Decimal(row["factor"]),
        )
        for row in read_table("detour_bands")
        if row["region"] == region
    )
    if not bands:
        raise KeyError(region)
    return bands


@cache
def _spellings() -> Mapping[str, str]:
    return {
        _squash(word): row["code"]
        for row in read_table("vehicle_kinds")
        for word in (row["code"], row["name_id"], row["name_en"], *split_words(row["synonyms"]))
    }


def _squash(name: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", name.lower())
