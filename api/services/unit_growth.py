"""How tall the children of a kelurahan or posyandu are, one by one; who looked is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.security import holds
from api.services import looks
from data.queries.heights import last_heights
from data.reference.regions import regions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.services.monitoring import Level
    from data.queries.heights import LastHeight
    from data.schema import Account

__all__ = ["heights_of_unit"]


def heights_of_unit(
    session: Session, *, level: Level, unit: str, by: Account, now: datetime
) -> list[LastHeight]:
    """Return the last height of each child in the programme of a kelurahan or posyandu.

    Nobody for larger units, where points would hide each other, and for who may not read children.
    """
    if level not in ("kelurahan", "posyandu") or not holds(by, "child:read"):
        return []
    name, _, ward_of_posyandu = unit.rpartition(" · ")
    ward = ward_of_posyandu if level == "posyandu" else unit
    code = next((each.code for each in regions().all_kelurahan if each.name == ward), None)
    if code is None:
        return []
    found = last_heights(
        session, kelurahan_code=code, posyandu=name if level == "posyandu" else None
    )
    if found:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id="height_for_age",
            now=now, after={"level": level, "unit": unit, "rows": len(found)},
        )  # fmt: skip
    return found
