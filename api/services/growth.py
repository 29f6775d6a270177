"""z-scores of stored measurements: from WHO's tables, compared with the file, flagged."""

from collections.abc import Sequence

import numpy as np

from data.growth.zscores import zscores
from data.schema import Child, Measurement, Sex

FILE_TOLERANCE = 0.05
"""More than this between our z-score and the file's is worth a look."""


def compute_growth(pairs: Sequence[tuple[Child, Measurement]]) -> None:
    """Set ``haz``, ``waz``, ``whz`` and ``flags`` of measurements, all at once.

    Flags: ``haz_implausible``, ``waz_implausible``, ``whz_implausible`` (WHO's limits),
    ``haz_differs`` (from the file by more than 0.05), ``severe_wasting`` (BB/TB below -3 or
    oedema: refer to the puskesmas, not only a package).
    """
    if not pairs:
        return
    scores = zscores(
        sex=np.array([1 if child.sex is Sex.MALE else 2 for child, _ in pairs]),
        age_days=np.array([float((one.measured_on - child.born_on).days) for child, one in pairs]),
        weight_kg=np.array([_scaled(one.weight_g) for _, one in pairs]),
        lenhei_cm=np.array([_scaled(one.lenhei_mm, 10) for _, one in pairs]),
        measure=np.array([one.position or "" for _, one in pairs]),
        oedema=np.array([one.has_oedema for _, one in pairs]),
    )
    columns = (scores.zlen, scores.zwei, scores.zwfl, scores.flen, scores.fwei, scores.fwfl)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for (_, one), (haz, waz, whz, *flagged) in zip(pairs, rows, strict=True):
        one.haz, one.waz, one.whz = _known(haz), _known(waz), _known(whz)
        one.flags = _flags(one, flagged)


def _scaled(value: int | None, per_unit: int = 1000) -> float:
    return float("nan") if value is None else value / per_unit


def _known(z: float) -> float | None:
    return None if z != z else round(z, 2)


def _flags(one: Measurement, flagged: Sequence[bool]) -> list[str]:
    names = ("haz_implausible", "waz_implausible", "whz_implausible")
    flags = [name for name, is_set in zip(names, flagged, strict=True) if is_set]
    if one.haz is not None and one.file_haz is not None and _differ(one.haz, one.file_haz):
        flags.append("haz_differs")
    if one.has_oedema or (one.whz is not None and one.whz < -3):
        flags.append("severe_wasting")
    return flags


def _differ(ours: float, theirs: float) -> bool:
    """Compare in hundredths: 0.05 itself is no difference, whatever binary fractions say."""
    return abs(round(ours * 100) - round(theirs * 100)) > round(FILE_TOLERANCE * 100)
