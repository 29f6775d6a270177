"""When a family or a drop point receives: from, until, and the hours in between at which not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.fleet import seconds

if TYPE_CHECKING:
    from data.schema import DropPoint, Household
    from logistics import problem as shapes

__all__ = ["hours_of_home", "hours_of_point"]

MINUTE_S = 60


def hours_of_home(home: Household | None) -> tuple[shapes.Window, ...]:
    """Return the hours in which a family is at home; none: any."""
    if home is None:
        return ()
    gap = (home.away_from, home.away_until)
    if not (home.receives_from or home.receives_until or all(gap)):
        return ()
    return _windows(home.receives_from or "00:00", home.receives_until or "23:59", gap)


def hours_of_point(point: DropPoint) -> tuple[shapes.Window, ...]:
    """Return the hours in which a drop point is open."""
    return _windows(point.opens, point.closes, (point.pause_from, point.pause_until))


def _windows(
    opens: str, closes: str, gap: tuple[str | None, str | None]
) -> tuple[shapes.Window, ...]:
    """Return one stretch of hours, or the two beside a gap: nobody comes from its first minute.

    Hours may have come from a file since the gap was written down: a gap may reach beyond them, and
    one that leaves nothing of them is not known of these hours.
    """
    from logistics.problem import Window

    first, last = seconds(opens), seconds(closes)
    if not all(gap):
        return (Window(opens_s=first, closes_s=last),)
    starts, ends = (seconds(each or "") for each in gap)
    stretches = ((first, min(last, starts - MINUTE_S)), (max(first, ends), last))
    left = [stretch for stretch in stretches if stretch[0] <= stretch[1]] or [(first, last)]
    return tuple(Window(opens_s=one, closes_s=other) for one, other in left)
