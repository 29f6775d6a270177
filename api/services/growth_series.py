"""One child's growth, measuring by measuring: z-scores, letters, moves and doubts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.age import DAYS_PER_MONTH
from data.growth.categories import status_tbu
from data.growth.weight_gain import Weighing, has_two_t, monthly_gains
from data.schema import Sex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.growth.categories import HeightForAge
    from data.schema import Child, Measurement

__all__ = ["GrowthPoint", "growth_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPoint:
    """A measuring in the light of those before it.

    ``letter`` is N, T, O or B of its month (of the last measuring there), ``is_two_t`` whether it
    is the second T in a row; ``move`` is ``up`` or ``down`` where the status of TB/U changed since
    the measuring before; ``doubts`` are codes of :mod:`data.growth.plausibility`.
    """

    measured_on: date
    age_months: float
    weight_g: int | None
    lenhei_mm: int | None
    haz: float | None
    waz: float | None
    whz: float | None
    baz: float | None
    status: HeightForAge | None
    letter: str
    is_two_t: bool
    move: str
    doubts: tuple[str, ...]
    source: str


def growth_series(
    child: Child, measurements: Sequence[Measurement], *, today: date
) -> list[GrowthPoint]:
    """Return a child's measurements, oldest first, with what each says."""
    ordered = sorted(measurements, key=lambda one: one.measured_on)
    bmi = _bmi_scores(child, ordered)
    letters = _letters(child, ordered)
    doubts = _doubts(child, ordered, bmi, today)
    points = []
    before: HeightForAge | None = None
    for one, baz in zip(ordered, bmi, strict=True):
        status = status_tbu(one.haz)
        letter, is_two_t = letters.get(one.measured_on, ("", False))
        points.append(
            GrowthPoint(
                measured_on=one.measured_on,
                age_months=(one.measured_on - child.born_on).days / DAYS_PER_MONTH,
                weight_g=one.weight_g,
                lenhei_mm=one.lenhei_mm,
                haz=one.haz,
                waz=one.waz,
                whz=one.whz,
                baz=baz,
                status=status,
                letter=letter,
                is_two_t=is_two_t,
                move=_move(before, status),
                doubts=doubts.get(one.measured_on, ()),
                source=one.source,
            )
        )
        before = status or before
    return points


_ORDER = ("severely_stunted", "stunted", "normal", "tall")


def _move(before: HeightForAge | None, now: HeightForAge | None) -> str:
    if before is None or now is None or before is now:
        return ""
    return "up" if _ORDER.index(now.value) > _ORDER.index(before.value) else "down"


def _letters(child: Child, ordered: Sequence[Measurement]) -> dict[date, tuple[str, bool]]:
    weighings = [
        Weighing(one.measured_on, one.weight_g, one.waz) for one in ordered if one.weight_g
    ]
    gains = monthly_gains(born_on=child.born_on, weighings=weighings)
    last_of_month = {each.weighed_on.replace(day=1): each.weighed_on for each in weighings}
    return {
        last_of_month[gain.month_on]: (gain.gain.value, has_two_t(gains[: number + 1]))
        for number, gain in enumerate(gains)
    }


def _bmi_scores(child: Child, ordered: Sequence[Measurement]) -> list[float | None]:
    import numpy as np

    from data.growth.zscores import zscores

    if not ordered:
        return []
    nothing = float("nan")
    scores = zscores(
        sex=np.full(len(ordered), 1 if child.sex is Sex.MALE else 2),
        age_days=np.array([float((one.measured_on - child.born_on).days) for one in ordered]),
        weight_kg=np.array([one.weight_g / 1000 if one.weight_g else nothing for one in ordered]),
        lenhei_cm=np.array([one.lenhei_mm / 10 if one.lenhei_mm else nothing for one in ordered]),
        measure=np.array([one.position or "" for one in ordered]),
        oedema=np.array([one.has_oedema for one in ordered]),
    )
    return [None if z != z else float(z) for z in scores.zbmi.tolist()]


def _doubts(
    child: Child, ordered: Sequence[Measurement], bmi: Sequence[float | None], today: date
) -> dict[date, tuple[str, ...]]:
    from data.growth.plausibility import Measured, doubts

    found: dict[date, tuple[str, ...]] = {}
    for doubt in doubts(
        born_on=child.born_on,
        measured=[
            Measured(
                measured_on=one.measured_on,
                weight_g=one.weight_g,
                height_mm=one.lenhei_mm,
                haz=one.haz,
                waz=one.waz,
                whz=one.whz,
                baz=baz,
                stated_haz=one.file_haz,
            )
            for one, baz in zip(ordered, bmi, strict=True)
        ],
        today=today,
    ):
        found[doubt.measured_on] = (*found.get(doubt.measured_on, ()), doubt.code)
    return found
