"""Growth of a month's children by area, from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from api.services.months import first_day, last_day, later_month
from api.services.report_counts import UNKNOWN, area_name
from data.queries.growth import referral_days
from data.queries.records import present_records
from data.queries.reports import (
    EVERYWHERE,
    Within,
    children_of_cycle,
    first_served_months,
    measurements_until,
)
from data.queries.targeting import served_children

if TYPE_CHECKING:
    import pandas as pd
    from sqlmodel import Session

    from data.growth.monthly import AreaGrowth
    from data.schema import Cycle

__all__ = ["Growth", "grown_children", "growth_of_month"]


@dataclass(frozen=True, slots=True)
class Growth:
    """Level → area's name → figure → value; the city's only area has no name."""

    by_level: dict[str, dict[str, dict[str, float | None]]]


def growth_of_month(session: Session, *, cycle: Cycle) -> Growth:
    """Count the growth of the children with a sponsor this month, and all who need referral."""
    from data.growth.monthly import growth_by_area

    grown = grown_children(session, cycle=cycle)
    levels = ("kelurahan", "kecamatan", "city")
    return Growth(
        {
            level: {
                name: _figures(area)
                for name, area in growth_by_area(
                    grown, name=partial(area_name, level=level)
                ).items()
            }
            for level in levels
        }
    )


def grown_children(session: Session, *, cycle: Cycle, within: Within = EVERYWHERE) -> pd.DataFrame:
    """Return the growth of each child of a month; columns as in :mod:`data.growth.monthly`."""
    # Data frames take long to load: only who asks for a report waits for them.
    from data.growth.monthly import Measured, Supported, child_growth

    cycle_id = cycle.id or 0
    supported = served_children(session, cycle_id=cycle_id)
    present = present_records(session, cycle)
    frozen_children = children_of_cycle(session, cycle_id=cycle_id, within=within)
    few = None if within is EVERYWHERE else {present[each.child_id] for each, _ in frozen_children}
    served = first_served_months(session, among=few)
    begins, answered_until = first_day(cycle.month), last_day(later_month(cycle.month, 1))
    referred = referral_days(session, first=begins, last=answered_until)
    taken_over = {number for own, number in present.items() if own != number}
    children = [
        Supported(
            child=number,
            area=frozen.kelurahan_code or UNKNOWN,
            born_on=child.born_on,
            started_on=first_day(served[number]) if number in served else None,
            is_supported=number in supported,
            referred_on=referred.get(number),
        )
        for frozen, child in frozen_children
        if (number := present[frozen.child_id]) != frozen.child_id or number not in taken_over
    ]
    found = measurements_until(
        session, cycle_id=cycle_id, last=last_day(cycle.month), within=within
    )
    rows = [Measured(*row) for row in found]
    return child_growth(children, rows, month_on=first_day(cycle.month))


def _figures(area: AreaGrowth) -> dict[str, float | None]:
    weight = area.mean_weight_change_g
    return {
        "nutrition_supported": area.num_supported,
        "nutrition_measured": area.num_measured,
        "nutrition_measured_share": area.measured_share,
        **{f"nutrition_gain_{gain.lower()}": num for gain, num in area.num_by_gain.items()},
        "nutrition_two_t": area.num_two_t,
        "nutrition_severe": area.num_severe,
        "nutrition_severe_referred": area.num_referred,
        "nutrition_weight_children": area.num_weight_change,
        "nutrition_mean_weight_gain": None if weight is None else round(weight),
        "nutrition_haz_children": area.num_haz_change,
        "nutrition_mean_haz_change": area.mean_haz_change,
        **{f"nutrition_status_{move}": num for move, num in area.num_by_move.items()},
    }
