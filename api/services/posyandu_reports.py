"""What a kader tells the office of an own family: moved, left, wrong data, nothing came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.audit import record
from api.services.change_requests import request_move
from api.services.cycle_lock import hold_cycle
from api.services.editing import hold_rows
from api.services.errors import Invalid, NotFound, Refused
from api.services.exception_doubts import is_doubted, open_doubt
from api.services.family_answers import NOT_RECEIVED
from data.queries.companions import IN_PROGRAMME
from data.reference.regions import regions
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    Cycle,
    CycleState,
    DeliveryException,
    Package,
    PackageState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["KINDS", "MAX_TEXT", "report_change", "report_not_received"]

KINDS = ("move", "exit", "address")
"""The family moved; the child takes part no more; something in the data is wrong."""
MAX_TEXT = 400
RECEIVED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)


def report_change(
    session: Session,
    *,
    child_code: str,
    kind: str,
    text: str,
    to: Mapping[str, str | None] | None = None,
    by: Account,
    now: datetime,
) -> ChangeRequest:
    """Tell the office of a change; it stands under *Laporan lapangan* until somebody decides.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    text
        What is to be known; of a move it may be empty.
    to
        Of a move the new ``kelurahan_code`` and ``address`` (``rt``, ``rw``, ``landmark``).

    Raises
    ------
    NotFound
        ``child.not_found`` for a child that is not of the own posyandu.
    Invalid
        ``posyandu.kind``, ``posyandu.text``, ``child.move_incomplete``; as
        :func:`api.services.change_requests.request_move`.
    Refused
        ``posyandu.reported`` while the same report waits; ``child.state``.
    """
    child = _own_child(session, child_code)
    said = text.strip()
    if kind not in KINDS:
        raise Invalid("posyandu.kind", fields={"perihal": "posyandu.kind"})
    if len(said) > MAX_TEXT or (kind != "move" and not said):
        raise Invalid("posyandu.text", fields={"keterangan": "posyandu.text"}, most=MAX_TEXT)
    hold_rows(session, child)
    waiting = select(ChangeRequest.id).where(
        ChangeRequest.child_id == child.id,
        ChangeRequest.kind == kind,
        ChangeRequest.state == ChangeState.PENDING,
    )
    if session.exec(waiting).first() is not None:
        raise Refused("posyandu.reported", child=child.name)
    if kind == "move":
        request = request_move(session, child=child, to=_address(to or {}), by=by, now=now)
        request.payload = {**request.payload, **({"reason": said} if said else {})}
    else:
        request = ChangeRequest(
            child_id=child.id or 0,
            kind=kind,
            payload={"reason": said},
            asked_by=by.username,
            asked_at=now,
        )
    session.add(request)
    session.flush()
    record(
        session, by=by, action="change:report", subject="child", subject_id=child.code, now=now,
        after={"kind": kind},
    )  # fmt: skip
    return request


def report_not_received(
    session: Session, *, package_code: str, text: str, by: Account, now: datetime
) -> DeliveryException:
    """Tell the coordinator that a family says nothing came, though a package is recorded.

    Raises
    ------
    NotFound
        ``posyandu.package`` for one that is not of an own family.
    Refused
        ``posyandu.not_arrived`` where the record says so too; ``posyandu.doubted`` while the case
        waits; ``posyandu.month_closed``.
    Invalid
        ``posyandu.text``.
    """
    package = session.exec(select(Package).where(Package.code == package_code)).one_or_none()
    if package is None:
        raise NotFound("posyandu.package", package=package_code)
    said = text.strip()
    if len(said) > MAX_TEXT:
        raise Invalid("posyandu.text", fields={"keterangan": "posyandu.text"}, most=MAX_TEXT)
    cycle = session.get_one(Cycle, package.cycle_id)
    hold_cycle(session, cycle)
    if cycle.state is CycleState.CLOSED:
        raise Refused("posyandu.month_closed", month=cycle.month)
    session.refresh(package)
    if package.state not in RECEIVED:
        raise Refused("posyandu.not_arrived", package=package.code)
    if is_doubted(session, package=package, reason=NOT_RECEIVED):
        raise Refused("posyandu.doubted", package=package.code)
    return open_doubt(
        session, cycle=cycle, reason=NOT_RECEIVED, by=by, now=now, package=package, text=said
    )


def _own_child(session: Session, code: str) -> Child:
    child = session.exec(
        select(Child).where(Child.code == code, col(Child.state).in_(IN_PROGRAMME))
    ).one_or_none()
    if child is None:
        raise NotFound("child.not_found", child=code)
    return child


def _address(to: Mapping[str, str | None]) -> dict[str, object]:
    told = {name: (value or "").strip() or None for name, value in to.items()}
    wards = {each.code for each in regions().all_kelurahan}
    is_there = {
        "kelurahan_code": told.get("kelurahan_code") in wards,
        "address": bool(told.get("address")),
    }
    wrong = {name: "child.move_incomplete" for name, there in is_there.items() if not there}
    if wrong:
        raise Invalid("child.move_incomplete", fields=wrong)
    return dict(told)
