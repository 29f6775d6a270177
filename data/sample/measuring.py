"""Measurings at the posyandu: believable growth, rounded as people round, z-scores as WHO's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.growth import tables
from data.growth.weight_gain import Weighing, monthly_gains
from data.growth.zscores import zscores
from data.sample.people import month_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from data.sample.people import Child

__all__ = ["Measuring", "measure"]

_WRONG_POSITION = 0.068
_HALF_CENTIMETRE, _HALF_KILOGRAM = 0.63, 0.24
_WASTED = 0.03
_MISSED = 0.12
_LAST_DAY_LYING, _FIRST_DAY_STANDING = 730, 274
_FIRST_VISIT, _LAST_DAY_OF_STANDARD = 5, 1826


@dataclass(slots=True)
class Measuring:
    """One visit. Heights are as read on the board, in the position that was used."""

    child: Child
    measured_on: dt.date
    weight_kg: float
    height_cm: float
    is_standing: bool
    muac_cm: float
    vitamin_a: int
    waz: float = field(default=float("nan"))
    haz: float = field(default=float("nan"))
    whz: float = field(default=float("nan"))
    gain: str = "B"

    @property
    def age_days(self) -> int:
        """Age on the day of the visit."""
        return (self.measured_on - self.child.born_on).days


def measure(random: Random, children: Sequence[Child], *, month_on: dt.date) -> list[Measuring]:
    """Return the visits of the last months, per child oldest first; each child has the latest."""
    visits: list[Measuring] = []
    for child in children:
        visits += _visits(random, child, month_on)
    _score(visits)
    _add_gains(visits)
    return visits


def _visits(random: Random, child: Child, month_on: dt.date) -> list[Measuring]:
    posyandu_day = 4 + sum(map(ord, child.household.posyandu + child.household.ward.code)) % 20
    months = range(-4 if child.is_stunted else -3, 0)
    days = [month_after(month_on, back) + dt.timedelta(days=posyandu_day) for back in months]
    possible = [
        on for on in days if _FIRST_VISIT <= (on - child.born_on).days <= _LAST_DAY_OF_STANDARD
    ]
    seen = [on for on in possible[:-1] if random.random() > _MISSED] + possible[-1:]
    haz = random.uniform(-3.7, -2.3) if child.is_stunted else random.triangular(-1.7, 2.0, -0.6)
    whz = -3.4 if random.random() < _WASTED else random.gauss(-0.5, 0.7)
    visits: list[Measuring] = []
    for on in seen:
        haz_then = haz + random.uniform(-0.05, 0.05)
        visits.append(
            _visit(random, child, on, haz_then, whz + random.uniform(-0.25, 0.25), visits)
        )
    return visits


def _visit(
    random: Random, child: Child, on: dt.date, haz: float, whz: float, before: list[Measuring]
) -> Measuring:
    age_days = (on - child.born_on).days
    row = age_days + (tables.DAYS if child.sex == "P" else 0)
    length = tables.by_day("lfa")
    true_cm = float(length.median[row] * (1 + haz * length.variation[row]))
    is_young = age_days <= _LAST_DAY_LYING
    swapped = random.random() < _WRONG_POSITION and age_days >= _FIRST_DAY_STANDING
    correction = (0.7 if is_young else -0.7) if swapped else 0.0
    height_cm = _rounded(random, true_cm - correction, _HALF_CENTIMETRE)
    if before:
        tallest = max(visit.height_cm for visit in before)
        height_cm = max(height_cm, tallest) if not swapped else height_cm
    weight_kg = _weight(child.sex, is_young, true_cm, whz)
    return Measuring(
        child=child,
        measured_on=on,
        weight_kg=_rounded(random, weight_kg, _HALF_KILOGRAM),
        height_cm=height_cm,
        is_standing=is_young == swapped,
        muac_cm=round(min(max(11.0 + age_days / 900 + 0.6 * whz, 9.5), 18.0), 1),
        vitamin_a=int(on.month in {2, 8} and age_days > 180),
    )


def _weight(sex: str, is_young: bool, height_cm: float, whz: float) -> float:
    table = tables.by_length()
    tenths = round(height_cm * 10)
    if is_young:
        at = min(max(tenths - tables.FIRST_LENGTH_MM, 0), tables.LENGTHS - 1)
        at += tables.LENGTHS if sex == "P" else 0
    else:
        at = min(max(tenths - tables.FIRST_HEIGHT_MM, 0), tables.HEIGHTS - 1)
        at += 2 * tables.LENGTHS + (tables.HEIGHTS if sex == "P" else 0)
    power, variation = float(table.power[at]), float(table.variation[at])
    return float(float(table.median[at]) * (1 + power * variation * whz) ** (1 / power))


def _rounded(random: Random, value: float, share_of_halves: float) -> float:
    if random.random() < share_of_halves:
        return round(value * 2) / 2
    return round(value, 1)


def _score(visits: list[Measuring]) -> None:
    scored = zscores(
        sex=[1 if visit.child.sex == "L" else 2 for visit in visits],
        age_days=[visit.age_days for visit in visits],
        weight_kg=[visit.weight_kg for visit in visits],
        lenhei_cm=[visit.height_cm for visit in visits],
        measure=["h" if visit.is_standing else "l" for visit in visits],
    )
    columns = (scored.zwei.tolist(), scored.zlen.tolist(), scored.zwfl.tolist())
    for visit, waz, haz, whz in zip(visits, *columns, strict=True):
        visit.waz, visit.haz, visit.whz = waz, haz, whz


def _add_gains(visits: list[Measuring]) -> None:
    of_child: dict[str, list[Measuring]] = {}
    for visit in visits:
        of_child.setdefault(visit.child.code, []).append(visit)
    for own in of_child.values():
        gains = monthly_gains(
            born_on=own[0].child.born_on,
            weighings=[
                Weighing(visit.measured_on, round(visit.weight_kg * 1000), visit.waz)
                for visit in own
            ],
        )
        for visit, gain in zip(own, gains, strict=True):
            visit.gain = gain.gain.value
