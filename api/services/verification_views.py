"""Families that are asked whether the package came, as pages and the API show them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import Household, Package, Stop, VerificationCall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["CallView", "call_view", "calls_of_cases", "list_calls"]


@dataclass(frozen=True, slots=True)
class CallView:
    """A family to be asked: of the sample, or along a route where another received nothing."""

    id: int
    package_code: str
    guardian_name: str
    phone: str | None
    address: str
    """Where to ask at home; with ``rt``, ``rw`` and what stands near."""
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    answer: str | None
    """``received``, ``received_partly``, ``not_received`` or ``not_reached``."""
    note: str
    way: str | None
    """``phone`` or ``visit``, None before it was asked."""
    called_by: str | None
    called_at: datetime | None


def list_calls(session: Session, *, cycle: Cycle) -> list[CallView]:
    """Return the sample with its answers."""
    rows = session.exec(
        select(VerificationCall, Package, Household)
        .join(Package, col(Package.id) == VerificationCall.package_id)
        .join(Household, col(Household.id) == Package.household_id)
        .where(VerificationCall.cycle_id == cycle.id, col(VerificationCall.case_id).is_(None))
        .order_by(col(VerificationCall.id))
    )
    return [_view(call, package, home) for call, package, home in rows]


def calls_of_cases(session: Session, *, case_ids: Sequence[int]) -> dict[int, list[CallView]]:
    """Return by case the families that cases of routes have asked, in the order of the route."""
    rows = session.exec(
        select(VerificationCall, Package, Household)
        .join(Package, col(Package.id) == VerificationCall.package_id)
        .join(Household, col(Household.id) == Package.household_id)
        .outerjoin(Stop, col(Stop.id) == Package.stop_id)
        .where(col(VerificationCall.case_id).in_(case_ids))
        .order_by(col(Stop.sequence), col(Package.code))
    )
    found: dict[int, list[CallView]] = defaultdict(list)
    for call, package, home in rows:
        found[call.case_id or 0].append(_view(call, package, home))
    return found


def call_view(session: Session, *, call: VerificationCall) -> CallView:
    """Return one call."""
    package = session.get_one(Package, call.package_id)
    return _view(call, package, session.get_one(Household, package.household_id))


def _view(call: VerificationCall, package: Package, home: Household) -> CallView:
    return CallView(
        id=call.id or 0,
        package_code=package.code,
        guardian_name=home.guardian_name,
        phone=home.phone,
        address=home.address,
        rt=home.rt,
        rw=home.rw,
        landmark=home.landmark,
        kelurahan_code=home.kelurahan_code,
        answer=call.answer,
        note=call.note,
        way=call.way,
        called_by=call.called_by,
        called_at=call.called_at,
    )
