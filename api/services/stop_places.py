"""Stops that copy their address, so that later edits do not rewrite the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.schema import Stop, StopKind

if TYPE_CHECKING:
    from data.schema import Cycle, DropPoint, Household

__all__ = ["stop_at"]


def stop_at(
    cycle: Cycle, *, home: Household | None = None, drop_point: DropPoint | None = None
) -> Stop:
    """Return a new stop at a drop point, else at a family's home.

    Raises
    ------
    ValueError
        When neither is given.
    """
    if drop_point is not None:
        return Stop(
            cycle_id=cycle.id or 0,
            kind=StopKind.DROP_POINT,
            drop_point_id=drop_point.id,
            label=drop_point.name,
            recipient=drop_point.name,
            address=drop_point.address,
            kelurahan_code=drop_point.kelurahan_code,
            lat=drop_point.lat,
            lon=drop_point.lon,
        )
    if home is None:
        msg = "a stop needs a home or a drop point"
        raise ValueError(msg)
    return Stop(
        cycle_id=cycle.id or 0,
        kind=StopKind.HOME,
        household_id=home.id,
        label=home.code,
        recipient=home.guardian_name,
        phone=home.phone,
        address=home.address,
        rt=home.rt,
        rw=home.rw,
        landmark=home.landmark,
        kelurahan_code=home.kelurahan_code,
        lat=home.lat,
        lon=home.lon,
    )
