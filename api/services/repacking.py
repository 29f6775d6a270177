"""Packing a package again whose contents are wrong, while it is still here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.cycle_lock import hold_cycle_of
from api.services.errors import Forbidden, Refused
from api.services.moves import MAY_PACK, MOVES
from api.services.package_cancelling import empty_box, may_leave_its_route
from api.services.package_making import make_again
from api.services.package_states import FILLED, IN_DEPOT
from api.services.packing import reserve_planned
from api.services.repack_plans import plan_repacking
from api.services.reservations import (
    Draft,
    free_units,
    note_shortages,
    read_drafts,
    reserve_all,
    to_state,
)
from api.services.shortage_signing import check_substitute
from api.services.stale_routes import mark_stale_for_package
from api.services.stock_moves import hold_shelves
from data.schema import Cycle, Package, PackageState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.repack_plans import RepackPlan
    from api.services.shortage_signing import Signature
    from data.schema import Account

__all__ = ["check_may_repack", "repack_package"]

S = PackageState


def repack_package(
    session: Session,
    *,
    package: Package,
    by: Account,
    now: datetime,
    reason: str,
    is_spoiled: bool = False,
    signatures: Sequence[Signature] = (),
) -> Package:
    """Put a new package in place of one that is still here; returns the new one.

    The new one follows the child's age and allergies of today, has a number (and a label) of its
    own, and takes over the stop; a route that stop is on has to be confirmed again. Stock is looked
    at first, the old box's own goods counted: either the new one gets all its goods at once, or
    what was signed for those that lack, and the old one is cancelled; or nothing changes. A package
    that has no goods yet opens no box: the new one waits for goods in its place.

    Parameters
    ----------
    is_spoiled
        The goods of the old box are written off instead of going back on the shelf.
    signatures
        What is done about the items that lack, for this package alone. Waiting is no remedy here:
        the old box then stays as it is, or is left for next month.

    Raises
    ------
    Forbidden
        ``packing.role`` for anyone but a coordinator.
    Refused
        ``packing.not_here`` once it is loaded, handed over or cancelled;
        ``packing.too_late_to_repack`` when the month is not packed or distributed any more;
        ``packing.repack_reason`` without a reason; ``packing.no_contents`` when nothing may be
        given to the child; ``packing.repack_short`` with the goods that lack;
        ``packing.substitute`` as signing refuses it.
    """
    if by.role not in MOVES["pack"].roles:
        raise Forbidden("packing.role", role=by.role.value)
    cycle = hold_cycle_of(session, package)
    session.refresh(package, with_for_update=True)
    check_may_repack(cycle, package)
    if not reason.strip():
        raise Refused("packing.repack_reason", package=package.code)
    for each in signatures:
        check_substitute(each.item_code, each.remedy, each.substitute_code)
    plan = _checked_plan(session, cycle, package, now, is_spoiled=is_spoiled, signatures=signatures)
    is_filled = package.state in FILLED
    fresh, lines = make_again(
        session, package=package, contents=plan.contents, day=plan.day, now=now
    )
    empty_box(session, package=package, by=by, now=now, reason=reason, is_spoiled=is_spoiled)
    to_state(session, package, S.CANCELLED, now)
    if may_leave_its_route(session, package=package):
        package.stop_id, fresh.stop_id = None, package.stop_id
        session.add_all((package, fresh))
        session.flush()
        mark_stale_for_package(session, package_id=fresh.id or 0, by=by, now=now, reason="repacked")
    if not is_filled:
        reserve_planned(
            session,
            cycle=cycle,
            depot=plan.depot,
            day=plan.day,
            fresh={fresh.id or 0},
            by=by,
            now=now,
        )
    elif plan.has_stock_list:
        draft = Draft(fresh, plan.child, None, lines, None)
        _fill(session, cycle, plan, draft, signatures, by, now)
    audit.record(
        session,
        by=by,
        action="package:repack",
        subject="package",
        subject_id=fresh.code,
        now=now,
        before={"package": package.code},
        after={
            "state": fresh.state.value,
            "spoiled": is_spoiled,
            "signed": {each.item_code: each.remedy.value for each in signatures},
        },
        purpose=reason.strip(),
    )
    session.flush()
    return fresh


def check_may_repack(cycle: Cycle, package: Package) -> None:
    """Refuse a package that has left, and a month that is past packing."""
    if package.state not in IN_DEPOT:
        raise Refused("packing.not_here", package=package.code, found=package.state.value)
    if cycle.state not in MAY_PACK:
        raise Refused("packing.too_late_to_repack", month=cycle.month, package=package.code)


def _checked_plan(
    session: Session,
    cycle: Cycle,
    package: Package,
    now: datetime,
    *,
    is_spoiled: bool,
    signatures: Sequence[Signature],
) -> RepackPlan:
    """Return what packing again does, with the depot's stock held; refuse what cannot be filled."""
    plan = plan_repacking(session, cycle=cycle, package=package, now=now)
    if package.state not in FILLED or not plan.has_stock_list:
        return plan
    hold_shelves(session, depot_id=plan.depot.id or 0)
    plan = plan_repacking(session, cycle=cycle, package=package, now=now)
    if lacks := plan.lacking(is_spoiled=is_spoiled, signatures=signatures):
        raise Refused(
            "packing.repack_short",
            package=package.code,
            goods=[
                {
                    "code": "packing.lack",
                    "item": lack.item_code,
                    "missing": lack.missing,
                    "needed": lack.needed,
                    "available": lack.available,
                }
                for lack in lacks
            ],
        )
    return plan


def _fill(
    session: Session,
    cycle: Cycle,
    plan: RepackPlan,
    draft: Draft,
    signatures: Sequence[Signature],
    by: Account,
    now: datetime,
) -> None:
    """Reserve the new package's goods; shortages of other packages are counted anew."""
    free = free_units(session, plan.depot, plan.day)
    allocation = plan.allocation(draft.package.id or 0, free, signatures)
    reserve_all(session, [draft], allocation, plan.depot, plan.day, by, now)
    if drafts := read_drafts(session, cycle):
        note_shortages(session, cycle, drafts, plan.depot, plan.day)
