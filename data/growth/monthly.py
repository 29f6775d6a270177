"""Growth of the children of a month by area: letters, mean changes, moves between statuses.

Means are given with how many children they stand on, and not at all below three: a mean of two
children says more about two children than about an area. Imported only where a report is made,
because it brings data frames.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from data.growth.categories import HeightForAge, is_severely_wasted, status_tbu
from data.growth.weight_gain import (
    Gain,
    MonthlyGain,
    Weighing,
    has_two_t,
    month_before,
    monthly_gains,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["AreaGrowth", "Measured", "Supported", "child_growth", "growth_by_area"]

SMALLEST_MEAN = 3
"""A mean of fewer children is not given."""
LARGEST_HAZ = 6.0
"""Beyond this a height is taken for a mistake (WHO Anthro flag)."""
_RANK = {
    HeightForAge.SEVERELY_STUNTED: 0,
    HeightForAge.STUNTED: 1,
    HeightForAge.NORMAL: 2,
    HeightForAge.TALL: 2,
}
_MOVES = {1: "up", 0: "same", -1: "down"}


class Measured(NamedTuple):
    """A child measured on a day; ``posyandu_gain`` is the letter in the file, where it had one.

    A tuple, because a report reads all of them.
    """

    child: int
    measured_on: dt.date
    weight_g: int | None = None
    haz: float | None = None
    waz: float | None = None
    whz: float | None = None
    has_oedema: bool = False
    posyandu_gain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported:
    """A child of the month.

    Parameters
    ----------
    area
        Code of the kelurahan; empty when unknown.
    started_on
        First day of the first month in which the child was served; None if never.
    is_supported
        Whether the child has a sponsor this month. Without one it counts only when it has to be
        referred.
    referred_on
        The last day until the end of the next month on which it was referred; None if never.
    """

    child: int
    area: str
    born_on: dt.date
    started_on: dt.date | None = None
    is_supported: bool = True
    referred_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaGrowth:
    """The figures of an area; a mean is None below three children.

    ``num_by_gain`` counts N, T, O and B; ``num_by_move`` counts ``up``, ``same`` and ``down``
    between severely stunted, stunted and normal since the first served month. ``num_severe``
    and ``num_referred`` count all children of the month, the others those under support.
    """

    num_supported: int
    num_measured: int
    num_by_gain: dict[str, int]
    num_two_t: int
    num_weight_change: int
    mean_weight_change_g: float | None
    num_haz_change: int
    mean_haz_change: float | None
    num_by_move: dict[str, int]
    num_severe: int
    num_referred: int

    @property
    def measured_share(self) -> float | None:
        """The share of the children under support who were measured, or None without any."""
        return self.num_measured / self.num_supported if self.num_supported else None


def child_growth(
    children: Iterable[Supported], measurements: Iterable[Measured], *, month_on: dt.date
) -> pd.DataFrame:
    """Return a row per child, indexed by child.

    Columns: ``area``, ``is_supported``, ``is_measured``, ``gain`` (N, T, O, B or missing),
    ``is_two_t``, ``weight_change_g``, ``haz_change``, ``move`` (``up``, ``same``, ``down`` or
    missing), ``is_severe`` and, of those, ``is_referred`` since that measurement. Measurements
    after the month are not looked at; the last of a month counts. The letter is computed where this
    and the month before are known; otherwise the posyandu's own letter stands, because it knows
    weighings that were never handed in. The first HAZ is the last plausible one up to the end of
    the first served month.
    """
    month_ends_on = _month_end(month_on)
    by_child: dict[int, list[Measured]] = defaultdict(list)
    for row in sorted(measurements, key=lambda row: row.measured_on):
        if row.measured_on <= month_ends_on:
            by_child[row.child].append(row)
    rows = [_grown(child, by_child[child.child], month_on) for child in children]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    return frame.set_index("child")


def growth_by_area(
    grown: pd.DataFrame, *, name: Callable[[str], str] = lambda code: code
) -> dict[str, AreaGrowth]:
    """Return the figures of each area that has children of the month.

    ``name`` tells the area that a kelurahan's code belongs to: itself, its kecamatan, the city.
    """
    areas = grown["area"].map(name)
    return {str(area): _figures(own) for area, own in grown.groupby(areas, sort=True)}


_COLUMNS = {
    "child": "int64",
    "area": "object",
    "is_supported": "bool",
    "is_measured": "bool",
    "gain": "object",
    "is_two_t": "bool",
    "weight_change_g": "float64",
    "haz_change": "float64",
    "move": "object",
    "is_severe": "bool",
    "is_referred": "bool",
}


def _grown(child: Supported, rows: Sequence[Measured], month_on: dt.date) -> dict[str, object]:
    now = [row for row in rows if row.measured_on >= month_on]
    last = now[-1] if now else None
    gains = _letters(child, rows, month_on)
    this = gains[-1] if gains and gains[-1].month_on == month_on else None
    before, after = _heights(child, rows, month_on)
    is_severe = last is not None and is_severely_wasted(last.whz, has_oedema=last.has_oedema)
    referred_on = child.referred_on
    return {
        "child": child.child,
        "area": child.area,
        "is_supported": child.is_supported,
        "is_measured": last is not None,
        "gain": this.gain.value if this else None,
        "is_two_t": this is not None and has_two_t(gains),
        "weight_change_g": this.gain_g if this else None,
        "haz_change": None if before is None or after is None else after - before,
        "move": _move(before, after),
        "is_severe": is_severe,
        "is_referred": is_severe
        and last is not None
        and referred_on is not None
        and referred_on >= last.measured_on,
    }


def _letters(child: Supported, rows: Sequence[Measured], month_on: dt.date) -> list[MonthlyGain]:
    """Return letters whose last two are those of all months; the posyandu's where there is no rule.

    Of the weighings before the two months that the letters compare the very first one says all.
    """
    weighed = [row for row in rows if row.weight_g is not None]
    since = month_before(month_before(month_on))
    weighed = weighed[:1] + [row for row in weighed[1:] if row.measured_on >= since]
    weighings = [Weighing(row.measured_on, row.weight_g or 0, row.waz) for row in weighed]
    told = {row.measured_on.replace(day=1): row.posyandu_gain for row in weighed if row.weight_g}
    return [
        MonthlyGain(gain.month_on, Gain(letter), gain.gain_g)
        if gain.gain_g is None and (letter := told.get(gain.month_on))
        else gain
        for gain in monthly_gains(born_on=child.born_on, weighings=weighings)
    ]


def _heights(
    child: Supported, rows: Sequence[Measured], month_on: dt.date
) -> tuple[float | None, float | None]:
    """Return the HAZ at the start and now; None where there is none that can be believed."""
    if child.started_on is None or child.started_on >= month_on:
        return None, None
    start_ends_on = _month_end(child.started_on)
    start = now = None
    for row in rows:
        if row.haz is None or abs(row.haz) > LARGEST_HAZ:
            continue
        if row.measured_on <= start_ends_on:
            start = row.haz
        if row.measured_on >= month_on:
            now = row.haz
    return start, now


def _move(before: float | None, after: float | None) -> str | None:
    first, last = status_tbu(before), status_tbu(after)
    if first is None or last is None:
        return None
    steps = _RANK[last] - _RANK[first]
    return _MOVES[(steps > 0) - (steps < 0)]


def _figures(own: pd.DataFrame) -> AreaGrowth:
    supported = own[own["is_supported"]]
    gains, moves = supported["gain"].value_counts(), supported["move"].value_counts()
    return AreaGrowth(
        num_supported=len(supported),
        num_measured=int(supported["is_measured"].sum()),
        num_by_gain={gain.value: int(gains.get(gain.value, 0)) for gain in Gain},
        num_two_t=int(supported["is_two_t"].sum()),
        num_weight_change=int(supported["weight_change_g"].count()),
        mean_weight_change_g=_mean(supported["weight_change_g"]),
        num_haz_change=int(supported["haz_change"].count()),
        mean_haz_change=_mean(supported["haz_change"]),
        num_by_move={move: int(moves.get(move, 0)) for move in _MOVES.values()},
        num_severe=int(own["is_severe"].sum()),
        num_referred=int(own["is_referred"].sum()),
    )


def _mean(values: pd.Series[float]) -> float | None:
    if values.count() < SMALLEST_MEAN:
        return None
    # Six decimals: the order of the children must not show in the figure.
    return round(float(values.mean()), 6)


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
