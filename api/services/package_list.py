"""The packages of a month as coordinators look through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.package_contents import kit_recipient
from api.services.packing_views import PackageLineView, PackageView
from data.queries.goods import (
    lines_by_package,
    lines_of_packages,
    packages_with_families,
    route_codes,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle, PackageState

__all__ = ["list_packages"]


def list_packages(
    session: Session,
    *,
    cycle: Cycle,
    state: PackageState | None = None,
    kelurahan_code: str | None = None,
    words: str = "",
    by_name: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[PackageView]:
    """Return the packages of a month by code, all of them or one page.

    ``words`` are looked for in codes, and in the names of child and guardian with ``by_name``.
    """
    rows = packages_with_families(
        session,
        cycle_id=cycle.id or 0,
        state=state,
        kelurahan_code=kelurahan_code,
        words=words,
        by_name=by_name,
        offset=offset,
        limit=limit,
    )
    if limit is None:
        lines = lines_by_package(session, cycle_id=cycle.id or 0)
    else:
        shown = [package.id or 0 for package, _, _ in rows]
        lines = lines_of_packages(session, package_ids=shown)
    codes = route_codes(session, stop_ids=[p.stop_id for p, _, _ in rows if p.stop_id])
    return [
        PackageView(
            id=package.id or 0,
            code=package.code,
            state=package.state,
            kit_code=package.kit_code,
            kit_version=package.kit_version,
            recipient=kit_recipient(package.kit_code),
            child_code=child.code,
            household_code=household.code,
            guardian_name=household.guardian_name,
            kelurahan_code=household.kelurahan_code,
            lines=tuple(
                PackageLineView(
                    uid=line.uid,
                    item_code=line.item_code,
                    quantity=line.quantity,
                    substitutes=line.substitutes,
                    accepted=line.accepted,
                    rejected=line.rejected,
                )
                for line in lines.get(package.id or 0, [])
            ),
            changes=tuple(package.changes),
            weight_g=package.weight_g,
            volume_ml=package.volume_ml,
            cost_rp=package.cost_rp,
            needs_cool_box=package.needs_cool_box,
            deliver_on=package.deliver_on,
            stop_id=package.stop_id,
            route_code=codes.get(package.stop_id or 0),
        )
        for package, child, household in rows
    ]
