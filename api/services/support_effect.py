"""Does support help? Children from start to half a year on, with support or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from api.services.months import first_day, last_day
from api.services.report_counts import area_name
from data.age import DAYS_PER_MONTH
from data.queries import effect as rows

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.monitoring.effect import Effect, Stretch

__all__ = ["INDICES", "effects", "effects_until", "stretches"]

INDICES = ("haz", "waz")
START_DAYS = 60
"""A start is measured at most so many days before the month in which support begins."""
END_DAYS = (150, 240)
"""The end is measured so many days after the start: about six months."""
BEFORE_DAYS = (60, 180)
"""Growth before the start is looked at over so many days."""
FEWEST_SERVED = 3
"""A supported child was served in at least so many months up to the end."""
LARGEST_Z = 6.0
STUNTED_Z = -2.0

_kept: dict[tuple[object, ...], dict[str, Effect]] = {}
"""The last answer, by what the rows were: comparing 10,000 children takes seconds."""

Series = list[tuple[date, float]]


Scores = Sequence[tuple[date, float | None, float | None]]


class _Child(NamedTuple):
    """A child with all it measured (day, HAZ, WAZ) and the months in which it was served."""

    number: int
    stratum: str
    born_on: date
    scores: Scores
    served: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A child with its series of one index, its heights and the months in which it was served."""

    child: _Child
    series: Series
    heights: Series

    @property
    def served(self) -> Sequence[str]:
        """The months in which it was served, in order."""
        return self.child.served


def effects_until(session: Session, *, month: str) -> dict[str, Effect]:
    """Return the comparison for each index from what happened up to the end of a month."""
    return _compared(_children(session, until=month))


def effects(session: Session) -> dict[str, Effect]:
    """Return what comes of the comparison for each index (HAZ, WAZ) from all that is known now."""
    signature = rows.effect_signature(session)
    found = _kept.get(signature)
    if found is None:
        found = _compared(_children(session))
        _kept.clear()  # another thread may do so at the same moment: read nothing back
        _kept[signature] = found
    return found


def stretches(session: Session, *, index: str, until: str | None = None) -> list[Stretch]:
    """Return each child's stretch under support and its stretch without, where it has them.

    Only children that were stunted at the start take part. The stretch without support ends before
    the child was first served: those supported later are partners of those supported earlier.
    ``until`` leaves out what came after the end of a month.
    """
    return _stretches(_children(session, until=until), index)


def _compared(children: Sequence[_Child]) -> dict[str, Effect]:
    from data.monitoring.effect import effect

    return {index: effect(_stretches(children, index)) for index in INDICES}


def _children(session: Session, *, until: str | None = None) -> list[_Child]:
    served = rows.served_months(session, until=until)
    scores = rows.scores(session, until=last_day(until) if until else None)
    return [
        _Child(
            number,
            f"{area_name(ward, 'kecamatan')} {sex}",
            born_on,
            scores.get(number, ()),
            served.get(number, ()),
        )
        for number, sex, born_on, ward in rows.children_known(session)
    ]


def _stretches(children: Sequence[_Child], index: str) -> list[Stretch]:
    column = 1 + INDICES.index(index)
    found = []
    for child in children:
        heights = _believable(child.scores, 1)
        series = heights if column == 1 else _believable(child.scores, column)
        known = _Known(child=child, series=series, heights=heights)
        found += [one for one in (_supported(known), _unsupported(known)) if one is not None]
    return found


def _believable(own: Scores, column: int) -> Series:
    pairs = [(each[0], each[column]) for each in own]
    return [(day, z) for day, z in pairs if isinstance(z, float) and abs(z) <= LARGEST_Z]


def _supported(known: _Known) -> Stretch | None:
    if not known.served:
        return None
    begins, closes = first_day(known.served[0]), last_day(known.served[0])
    starts = [
        each for each in known.series if begins - timedelta(days=START_DAYS) <= each[0] <= closes
    ]
    if not starts:
        return None
    start = starts[-1]
    end = _end(known, start[0], until=None)
    if end is None:
        return None
    months = sum(first_day(month) <= end[0] for month in known.served)
    return _stretch(known, start, end, is_supported=True) if months >= FEWEST_SERVED else None


def _unsupported(known: _Known) -> Stretch | None:
    until = first_day(known.served[0]) if known.served else None
    for start in known.series:
        if until is not None and start[0] + timedelta(days=END_DAYS[0]) >= until:
            return None  # neither this one nor a later one can end before support begins
        end = _end(known, start[0], until=until)
        if end is not None and _is_stunted(known, start[0]):
            return _stretch(known, start, end, is_supported=False)
    return None


def _end(known: _Known, start_on: date, *, until: date | None) -> tuple[date, float] | None:
    """Return the measuring nearest to six months after a start, before support begins."""
    least, most = (start_on + timedelta(days=days) for days in END_DAYS)
    fitting = [
        each
        for each in known.series
        if least <= each[0] <= most and (until is None or each[0] < until)
    ]
    middle = start_on + timedelta(days=183)
    return min(fitting, key=lambda each: abs((each[0] - middle).days), default=None)


def _is_stunted(known: _Known, on: date) -> bool:
    heights = [z for day, z in known.heights if day <= on]
    return bool(heights) and heights[-1] < STUNTED_Z


def _stretch(
    known: _Known, start: tuple[date, float], end: tuple[date, float], *, is_supported: bool
) -> Stretch | None:
    from data.monitoring.effect import Stretch

    if not _is_stunted(known, start[0]):
        return None
    least, most = (start[0] - timedelta(days=days) for days in reversed(BEFORE_DAYS))
    earlier = [z for day, z in known.series if least <= day <= most]
    return Stretch(
        child=known.child.number,
        stratum=known.child.stratum,
        age_months=(start[0] - known.child.born_on).days / DAYS_PER_MONTH,
        start_z=start[1],
        end_z=end[1],
        is_supported=is_supported,
        change_before=start[1] - earlier[0] if earlier else None,
    )
