"""WHO z-scores of many children at once, as WHO's own package computes them.

Rules (WHO Child Growth Standards, Methods and development, 2006, chapter 7, and the behaviour of
WHO's ``anthro`` package, with which the tests compare 10,000 rows):

1. Age is in whole days, half a day up; only below 60 months (of 30.4375 days, unrounded).
2. A standing height below nine months is treated as "position unknown".
3. Lying from 731 days on: 0.7 cm off. Standing below 731 days: 0.7 cm on.
4. Weight-for-length below 731 days (45-110 cm), weight-for-height from then on (65-120 cm); L, M, S
   are interpolated between steps of 0.1 cm. Without an age the position decides, and without a
   position 87 cm does.
5. Length/height-for-age is plain LMS. The weight indicators continue in a straight line beyond
   3 SD, with the distance between 2 and 3 SD as the unit.
6. With oedema there is no weight indicator.
7. z is rounded to two decimals, and flags look at the rounded value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.age import DAYS_PER_MONTH
from data.growth import tables

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["ZScores", "position_correction_mm", "zscores"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Rows = NDArray[np.intp]

_MONTHS_OF_STANDARD = 60
_MONTHS_OF_STANDING = 9
_DAYS_OF_LYING = 731
_CM_OF_LYING = 87.0
_POSITION_CM = 0.7
_BOY, _GIRL = 1, 2
_LEAST_MEASURED = np.nextafter(0.0, 1.0)
# Small enough for the working arrays of one block to stay in the processor's cache.
_BLOCK = 16384


@dataclass(frozen=True, slots=True)
class ZScores:
    """z-scores of n children; NaN where there is none, and then its flag is False.

    Attributes
    ----------
    zlen, zwei, zwfl, zbmi
        Length/height-for-age (TB/U), weight-for-age (BB/U), weight-for-length/height (BB/TB) and
        BMI-for-age (IMT/U), rounded to two decimals. Shape ``(n,)``.
    flen, fwei, fwfl, fbmi
        Whether the value is not believable: zlen beyond 6 either way, zwei below -6 or above 5,
        zwfl or zbmi beyond 5 either way.
    clenhei
        Length or height in centimetres after rule 3.
    """

    zlen: Floats
    flen: Booleans
    zwei: Floats
    fwei: Booleans
    zwfl: Floats
    fwfl: Booleans
    zbmi: Floats
    fbmi: Booleans
    clenhei: Floats


class _Columns(NamedTuple):
    """The measurements of n children, or of one block of them."""

    sex: NDArray[np.generic]
    age_days: Floats
    weight_kg: Floats
    lenhei_cm: Floats
    is_lying: Booleans
    is_standing: Booleans
    has_oedema: Booleans

    def part(self, rows: slice) -> _Columns:
        """Return some rows, with NaN for what cannot have been measured."""
        return _Columns(
            sex=self.sex[rows],
            age_days=_measured(self.age_days[rows], least=0.0),
            weight_kg=_measured(self.weight_kg[rows], least=_LEAST_MEASURED),
            lenhei_cm=_measured(self.lenhei_cm[rows], least=_LEAST_MEASURED),
            is_lying=self.is_lying[rows],
            is_standing=self.is_standing[rows],
            has_oedema=self.has_oedema[rows],
        )


def zscores(
    *,
    sex: ArrayLike,
    age_days: ArrayLike,
    weight_kg: ArrayLike,
    lenhei_cm: ArrayLike,
    measure: ArrayLike | None = None,
    oedema: ArrayLike | None = None,
) -> ZScores:
    """Return the z-scores of n children.

    Parameters
    ----------
    sex
        1 boy, 2 girl; anything else is unknown and gives no z-score.
    age_days
        May have decimals; NaN when unknown.
    weight_kg, lenhei_cm
        NaN when unknown; zero and less count as unknown.
    measure
        ``l`` lying, ``h`` standing, anything else unknown. Omitted: all unknown.
    oedema
        Truth values, or ``y``/``n``. Omitted: nobody.

    Raises
    ------
    ValueError
        If the columns differ in length.
    """
    given = np.atleast_1d(np.asarray(sex))
    size = len(given)
    position = np.zeros(size, dtype="U1") if measure is None else _letters(measure)
    columns = _Columns(
        sex=given,
        age_days=_floats(age_days),
        weight_kg=_floats(weight_kg),
        lenhei_cm=_floats(lenhei_cm),
        is_lying=_is_one_of(position, "lL"),
        is_standing=_is_one_of(position, "hH"),
        has_oedema=np.zeros(size, dtype=np.bool_) if oedema is None else _truths(oedema),
    )
    lengths = {len(column) for column in columns}
    if lengths != {size}:
        msg = f"all columns must have the same length, got {sorted(lengths)}"
        raise ValueError(msg)
    result = _empty(size)
    with np.errstate(invalid="ignore"):
        for start in range(0, size, _BLOCK):
            rows = slice(start, start + _BLOCK)
            _fill(result, rows, columns.part(rows))
    return result


def _fill(result: ZScores, rows: slice, block: _Columns) -> None:
    girl = (block.sex == _GIRL).astype(np.intp)
    known = (block.sex == _BOY) | (block.sex == _GIRL)
    months = block.age_days / DAYS_PER_MONTH
    of_age = known & (months < _MONTHS_OF_STANDARD)
    standing = block.is_standing & ~(months < _MONTHS_OF_STANDING)
    days = np.floor(block.age_days + 0.5)
    height_cm = _as_standard_position(block, standing, days)
    day_row = np.where(of_age, days, 0.0).astype(np.intp) + girl * tables.DAYS

    weight_kg = np.where(known & ~block.has_oedema, block.weight_kg, np.nan)
    height_of_age = np.where(of_age, height_cm, np.nan)
    metres = height_of_age / 100.0

    result.clenhei[rows] = height_cm
    result.zlen[rows] = _length_for_age(height_of_age, day_row)
    result.zwei[rows] = _by_day("wfa", np.where(of_age, weight_kg, np.nan), day_row)
    result.zbmi[rows] = _by_day("bmifa", weight_kg / (metres * metres), day_row)
    by_length = _takes_length_table(block, standing, days, height_cm)
    eligible = of_age | (known & np.isnan(days))
    result.zwfl[rows] = _weight_for_length(weight_kg, height_cm, girl, by_length, eligible)
    _flag(result, rows)


def _flag(result: ZScores, rows: slice) -> None:
    """Mark what is not believable; comparisons with NaN are False."""
    result.flen[rows] = np.abs(result.zlen[rows]) > 6
    result.fwei[rows] = (result.zwei[rows] < -6) | (result.zwei[rows] > 5)
    result.fwfl[rows] = np.abs(result.zwfl[rows]) > 5
    result.fbmi[rows] = np.abs(result.zbmi[rows]) > 5


def position_correction_mm(*, age_days: int, position: str | None) -> int:
    """Return what is added to one measured length before it is scored: 7, -7 or 0 mm.

    Standing (``h``) below 731 days is shorter than lying would have been, lying (``l``) from then
    on longer than standing; a standing height below nine months is no position (WHO anthro).
    """
    by = round(_POSITION_CM * 10)
    if (
        position == "h"
        and age_days < _DAYS_OF_LYING
        and (age_days / DAYS_PER_MONTH >= _MONTHS_OF_STANDING)
    ):
        return by
    return -by if position == "l" and age_days >= _DAYS_OF_LYING else 0


def _as_standard_position(block: _Columns, standing: Booleans, days: Floats) -> Floats:
    longer = standing & (days < _DAYS_OF_LYING)
    shorter = block.is_lying & (days >= _DAYS_OF_LYING)
    # Truth values are 1 and 0: exactly one addition per child, as WHO's package has it.
    corrected: Floats = block.lenhei_cm + _POSITION_CM * longer - _POSITION_CM * shorter
    return corrected


def _takes_length_table(
    block: _Columns, standing: Booleans, days: Floats, height_cm: Floats
) -> Booleans:
    young: Booleans = days < _DAYS_OF_LYING
    ageless = np.isnan(days)
    if not ageless.any():
        return young
    unknown = ~(block.is_lying | standing)
    return young | (ageless & (block.is_lying | (unknown & (height_cm < _CM_OF_LYING))))


def _weight_for_length(
    weight_kg: Floats, height_cm: Floats, girl: Rows, by_length: Booleans, eligible: Booleans
) -> Floats:
    least_cm = np.where(by_length, 45.0, 65.0)
    inside = eligible & (height_cm >= least_cm) & (height_cm <= np.where(by_length, 110.0, 120.0))
    first_row = np.where(
        by_length,
        girl * tables.LENGTHS - tables.FIRST_LENGTH_MM,
        girl * tables.HEIGHTS + (2 * tables.LENGTHS - tables.FIRST_HEIGHT_MM),
    )
    power, median, variation = _interpolate(np.where(inside, height_cm, least_cm), first_row)
    return _straightened(np.where(inside, weight_kg, np.nan), power, median, variation)


def _interpolate(height_cm: Floats, first_row: Rows) -> tuple[Floats, Floats, Floats]:
    """Return L, M, S between two steps of 0.1 cm.

    The upper step is truncated from ``10 * height + 1`` and not taken as the lower one plus one:
    at 103.1 - 0.7 cm the two differ in the last bit, and WHO's package does the former. On the last
    step of a table the share is zero, so that the row after it does not count.
    """
    tenths = height_cm * 10
    low = np.trunc(tenths)
    low_row = low.astype(np.intp) + first_row
    high_row = (tenths + 1).astype(np.intp) + first_row
    share = (height_cm - low / 10) / 0.1
    table = tables.by_length()
    power, median, variation = (
        (below := column.take(low_row, mode="clip"))
        + share * (column.take(high_row, mode="clip") - below)
        for column in (table.power, table.median, table.variation)
    )
    return power, median, variation


def _by_day(name: str, value: Floats, day_row: Rows) -> Floats:
    table = tables.by_day(name)
    return _straightened(
        value,
        table.power.take(day_row, mode="clip"),
        table.median.take(day_row, mode="clip"),
        table.variation.take(day_row, mode="clip"),
    )


def _length_for_age(height_cm: Floats, day_row: Rows) -> Floats:
    """Return rounded z; L is 1 on every day of the length tables, which leaves plain division."""
    table = tables.by_day("lfa")
    median = table.median.take(day_row, mode="clip")
    return _two_decimals((height_cm / median - 1.0) / table.variation.take(day_row, mode="clip"))


def _straightened(value: Floats, power: Floats, median: Floats, variation: Floats) -> Floats:
    """Return rounded LMS z, in a straight line beyond 3 SD."""
    z = (np.exp(power * np.log(value / median)) - 1.0) / (power * variation)
    beyond = np.flatnonzero(np.abs(z) > 3)
    if beyond.size:
        lms = power[beyond], median[beyond], variation[beyond]
        side = np.sign(z[beyond])
        at_two, at_three = _value_at(2 * side, *lms), _value_at(3 * side, *lms)
        z[beyond] = 3 * side + (value[beyond] - at_three) / np.abs(at_three - at_two)
    return _two_decimals(z)


def _value_at(z: Floats, power: Floats, median: Floats, variation: Floats) -> Floats:
    value: Floats = median * (1.0 + power * variation * z) ** (1.0 / power)
    return value


def _two_decimals(z: Floats) -> Floats:
    # Adding zero turns -0.0 into 0.0.
    rounded: Floats = np.rint(z * 100.0) / 100.0 + 0.0
    return rounded


def _floats(values: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _measured(column: Floats, *, least: float) -> Floats:
    possible = (column >= least) & (column < np.inf)
    return column if possible.all() else np.where(possible, column, np.nan)


def _letters(words: ArrayLike) -> NDArray[np.str_]:
    return np.atleast_1d(np.asarray(words).astype("U1"))


def _is_one_of(letters: NDArray[np.str_], either: str) -> Booleans:
    # One letter is one 32-bit code point; whole numbers compare ten times faster than strings.
    codes = np.ascontiguousarray(letters).view(np.uint32)
    return np.asarray((codes == ord(either[0])) | (codes == ord(either[1])))


def _truths(oedema: ArrayLike) -> Booleans:
    answers = np.atleast_1d(np.asarray(oedema))
    if answers.dtype.kind not in "OU":
        return answers.astype(np.bool_)
    letters = _letters(answers)
    return _is_one_of(letters, "yY") | _is_one_of(letters, "1T")


def _empty(size: int) -> ZScores:
    def floats() -> Floats:
        return np.empty(size)

    def booleans() -> Booleans:
        return np.zeros(size, dtype=np.bool_)

    return ZScores(
        zlen=floats(),
        flen=booleans(),
        zwei=floats(),
        fwei=booleans(),
        zwfl=floats(),
        fwfl=booleans(),
        zbmi=floats(),
        fbmi=booleans(),
        clenhei=floats(),
    )
