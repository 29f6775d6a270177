"""What in a child's measurements cannot be, or is so unlikely that a person should look."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

__all__ = ["Doubt", "Measured", "doubts"]

_WEIGHTS_G = (1_000, 30_000)
_HEIGHTS_MM = (400, 1_250)
_STATED_Z_TOLERANCE = 0.05
_Z_JUMP = 1.0
_DAYS_OF_A_JUMP = 31
# WHO's limits of what is believable, per index.
_BELIEVABLE = {"haz": (-6.0, 6.0), "waz": (-6.0, 5.0), "whz": (-5.0, 5.0), "baz": (-5.0, 5.0)}
_JUMPING = ("haz", "waz", "whz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measuring with its recomputed z-scores (None where there is none).

    ``height_mm`` is after the correction for position, so that two of them can be compared.
    """

    measured_on: dt.date
    weight_g: int | None = None
    height_mm: int | None = None
    haz: float | None = None
    waz: float | None = None
    whz: float | None = None
    baz: float | None = None
    stated_haz: float | None = None
    stated_waz: float | None = None
    stated_whz: float | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a measuring needs a look.

    ``code`` is one of ``measured_before_birth``, ``measured_in_future``, ``weight_out_of_range``,
    ``height_out_of_range``, ``haz_not_believable`` (``waz_``, ``whz_``, ``baz_``: BMI for age),
    ``stated_haz_differs`` (``waz_``, ``whz_``), ``height_decreased``, ``haz_jumped`` (``waz_``,
    ``whz_``). ``found`` and ``expected`` are what the sentence needs.
    """

    code: str
    measured_on: dt.date
    found: float | str
    expected: float | str


def doubts(*, born_on: dt.date, measured: Sequence[Measured], today: dt.date) -> tuple[Doubt, ...]:
    """Return every doubt about a child's measurements, oldest first; empty when all is well."""
    ordered = sorted(measured, key=lambda one: one.measured_on)
    found: list[Doubt] = []
    for one in ordered:
        found += _dates(one, born_on, today) + _ranges(one) + _scores(one)
    for before, after in pairwise(ordered):
        found += _jumps(before, after)
    found += _shrinking(ordered)
    return tuple(sorted(found, key=lambda doubt: doubt.measured_on))


def _dates(one: Measured, born_on: dt.date, today: dt.date) -> list[Doubt]:
    if one.measured_on < born_on:
        return [_doubt("measured_before_birth", one, str(one.measured_on), str(born_on))]
    if one.measured_on > today:
        return [_doubt("measured_in_future", one, str(one.measured_on), str(today))]
    return []


def _ranges(one: Measured) -> list[Doubt]:
    return [
        _doubt(code, one, value, least if value < least else most)
        for code, value, (least, most) in (
            ("weight_out_of_range", one.weight_g, _WEIGHTS_G),
            ("height_out_of_range", one.height_mm, _HEIGHTS_MM),
        )
        if value is not None and not least <= value <= most
    ]


def _scores(one: Measured) -> list[Doubt]:
    found = []
    for index, (least, most) in _BELIEVABLE.items():
        z: float | None = getattr(one, index)
        stated: float | None = getattr(one, f"stated_{index}", None)
        if z is None:
            continue
        if not least <= z <= most:
            found.append(_doubt(f"{index}_not_believable", one, z, least if z < least else most))
        if stated is not None and round(abs(stated - z), 6) > _STATED_Z_TOLERANCE:
            found.append(_doubt(f"stated_{index}_differs", one, stated, z))
    return found


def _jumps(before: Measured, after: Measured) -> list[Doubt]:
    if (after.measured_on - before.measured_on).days > _DAYS_OF_A_JUMP:
        return []
    found = []
    for index in _JUMPING:
        earlier: float | None = getattr(before, index)
        later: float | None = getattr(after, index)
        if earlier is None or later is None:
            continue
        if round(abs(later - earlier), 6) > _Z_JUMP:
            found.append(_doubt(f"{index}_jumped", after, later, earlier))
    return found


def _shrinking(ordered: Sequence[Measured]) -> list[Doubt]:
    found, tallest_mm = [], 0
    for one in ordered:
        if one.height_mm is None:
            continue
        if one.height_mm < tallest_mm:
            found.append(_doubt("height_decreased", one, one.height_mm, tallest_mm))
        tallest_mm = max(tallest_mm, one.height_mm)
    return found


def _doubt(code: str, one: Measured, found: float | str, expected: float | str) -> Doubt:
    return Doubt(code, one.measured_on, found, expected)
