"""Packages under /api/v1: packing a month, shortages, and what is in each box."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.schemas.packages import (
    LackOut,
    PackageStateOut,
    PackageViewOut,
    PackedIn,
    PackedOut,
    PackIn,
    PackingResultOut,
    ReasonIn,
    RepackIn,
    RepackLineOut,
    RepackPlanOut,
    ShortageSignIn,
)
from api.schemas.seen import as_seen
from api.services import (
    carrying,
    looks,
    package_cancelling,
    package_list,
    packing,
    repack_plans,
    repacking,
    shortage_signing,
)
from api.services.cycles import find_cycle
from api.services.finding import find_depot, find_package
from data.schema import Account, Cycle, PackageState

router = APIRouter(tags=["packages"])

Reader = Annotated[Account, requires("package:read")]
Packer = Annotated[Account, requires("package:pack")]
Signer = Annotated[Account, requires("shortage:sign")]


@router.get("/cycles/{month}/packages")
def list_packages(
    session: LookSession,
    by: Reader,
    now: Now,
    month: str,
    state: PackageState | None = None,
    kelurahan_code: Annotated[str | None, Query(max_length=13)] = None,
) -> list[PackageViewOut]:
    """List a month's packages with their families; the reading is noted."""
    cycle = find_cycle(session, month=month)
    views = package_list.list_packages(
        session, cycle=cycle, state=state, kelurahan_code=kelurahan_code
    )
    looks.note(session, by=by, action="package:read", subject="cycle", subject_id=month, now=now)
    return [as_seen(PackageViewOut.model_validate(view), by.role) for view in views]


@router.get("/cycles/{month}/packing")
def read_packing(session: ReadSession, by: Reader, month: str) -> PackingResultOut:
    """Show how packing stands: reserved, short, waiting, to be bought."""
    del by
    cycle = find_cycle(session, month=month)
    return PackingResultOut.model_validate(packing.packing_status(session, cycle=cycle))


@router.post("/cycles/{month}/pack")
def pack(
    session: WriteSession, by: Packer, now: Now, month: str, wanted: PackIn
) -> PackingResultOut:
    """Make the packages and reserve their goods; ``is_reserved`` is false while goods are short."""
    depot = find_depot(session, number=wanted.depot_id) if wanted.depot_id else None
    result = packing.pack_cycle(
        session,
        cycle=find_cycle(session, month=month),
        by=by,
        now=now,
        deliver_on=wanted.deliver_on,
        depot=depot,
    )
    return PackingResultOut.model_validate(result)


@router.post("/cycles/{month}/shortages/{item_code}/sign")
def sign_shortage(
    session: WriteSession,
    by: Signer,
    now: Now,
    month: str,
    item_code: str,
    signed: ShortageSignIn,
) -> PackingResultOut:
    """Sign what is done about a short item; pack again afterwards."""
    cycle = find_cycle(session, month=month)
    shortage_signing.sign_shortage(
        session,
        cycle=cycle,
        item_code=item_code,
        remedy=signed.remedy,
        substitute_code=signed.substitute_code,
        by=by,
        now=now,
    )
    return PackingResultOut.model_validate(packing.packing_status(session, cycle=cycle))


@router.post("/cycles/{month}/packed")
def mark_packed(
    session: WriteSession, by: Packer, now: Now, month: str, packed: PackedIn
) -> PackedOut:
    """Book packages as packed."""
    count = packing.mark_packed(
        session,
        cycle=find_cycle(session, month=month),
        by=by,
        now=now,
        package_ids=packed.package_ids,
    )
    return PackedOut(num_packed=count)


@router.post("/packages/{code}/cancel")
def cancel_package(
    session: WriteSession, by: Packer, now: Now, code: str, why: ReasonIn
) -> PackageStateOut:
    """Take a package out of the month; its goods go back to stock."""
    package = find_package(session, code=code)
    package_cancelling.cancel_package(session, package=package, by=by, now=now, reason=why.reason)
    return PackageStateOut.model_validate(package)


@router.get("/packages/{code}/repacking")
def read_repacking(session: ReadSession, by: Packer, now: Now, code: str) -> RepackPlanOut:
    """Show what packing a package again would take out and put in; nothing is changed."""
    del by
    package = find_package(session, code=code)
    cycle = session.get_one(Cycle, package.cycle_id)
    repacking.check_may_repack(cycle, package)
    plan = repack_plans.plan_repacking(session, cycle=cycle, package=package, now=now)
    return RepackPlanOut(
        package=package.code,
        day=plan.day,
        depot_id=plan.depot.id or 0,
        lines=[RepackLineOut.model_validate(line) for line in plan.lines],
        lacking=[LackOut.model_validate(lack) for lack in plan.lacking()],
        lacking_if_spoiled=[LackOut.model_validate(lack) for lack in plan.lacking(is_spoiled=True)],
    )


@router.post("/packages/{code}/repack")
def repack_package(
    session: WriteSession, by: Packer, now: Now, code: str, why: RepackIn
) -> PackageStateOut:
    """Put a new package in place of one that is still here; returns the new one."""
    package = find_package(session, code=code)
    fresh = repacking.repack_package(
        session,
        package=package,
        by=by,
        now=now,
        reason=why.reason,
        is_spoiled=why.is_spoiled,
        signatures=[
            shortage_signing.Signature(each.item_code, each.remedy, each.substitute_code)
            for each in why.signatures
        ],
    )
    return PackageStateOut.model_validate(fresh)


@router.post("/packages/{code}/carry")
def carry_package(session: WriteSession, by: Packer, now: Now, code: str) -> PackageStateOut:
    """Leave a package in the depot for next month."""
    package = find_package(session, code=code)
    carrying.carry_package(session, package=package, by=by, now=now)
    return PackageStateOut.model_validate(package)
