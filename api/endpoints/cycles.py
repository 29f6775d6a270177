"""Months under /api/v1/cycles, from opening to approval."""

from typing import Annotated

from fastapi import APIRouter, Response, status

from api.dependencies import Now, ReadSession, Store, WriteSession, requires
from api.schemas.children import Reason
from api.schemas.cycles import (
    CarriedOverView,
    CycleLock,
    CycleOpen,
    CycleView,
    MoveView,
    Propose,
    ReadinessView,
    RunView,
)
from api.services import cycles, matching, month_before, solves
from api.services.errors import Invalid
from data.schema import Account

router = APIRouter(prefix="/cycles", tags=["cycles"])

Reader = Annotated[Account, requires("cycle:read")]
Opener = Annotated[Account, requires("cycle:open")]
Locker = Annotated[Account, requires("cycle:lock")]
Unlocker = Annotated[Account, requires("cycle:unlock")]
Proposer = Annotated[Account, requires("cycle:propose")]
Submitter = Annotated[Account, requires("cycle:submit")]
Approver = Annotated[Account, requires("cycle:approve")]
Rejecter = Annotated[Account, requires("cycle:reject")]
Canceller = Annotated[Account, requires("cycle:cancel")]
Reopener = Annotated[Account, requires("cycle:reopen")]


@router.get("")
def list_cycles(session: ReadSession, by: Reader) -> list[CycleView]:
    """List all months, the latest first."""
    del by
    return [CycleView.model_validate(row) for row in cycles.list_cycles(session)]


@router.post("", status_code=status.HTTP_201_CREATED)
def open_cycle(session: WriteSession, by: Opener, now: Now, body: CycleOpen) -> CycleView:
    """Open a month."""
    return CycleView.model_validate(
        cycles.open_cycle(session, month=body.month, by=by, now=now, is_sure=body.is_sure)
    )


@router.get("/{month}")
def read_cycle(session: ReadSession, by: Reader, month: str) -> CycleView:
    """Show a month."""
    del by
    return CycleView.model_validate(cycles.find_cycle(session, month=month))


@router.get("/{month}/readiness")
def readiness(session: ReadSession, by: Reader, now: Now, month: str) -> ReadinessView:
    """Show where a month stands, what comes next and what blocks it."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    return ReadinessView.of(cycles.readiness(session, cycle=cycle, now=now))


@router.get("/{month}/carried-over")
def carried_over(session: ReadSession, by: Reader, month: str) -> CarriedOverView:
    """Show last month's pairs, unmet children and pledges to renew."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    return CarriedOverView.of(month_before.carried_over(session, cycle=cycle))


@router.get("/{month}/history")
def history(session: ReadSession, by: Reader, month: str) -> list[MoveView]:
    """List every step of a month, with who, when and why."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    return [MoveView.model_validate(row) for row in cycles.cycle_history(session, cycle=cycle)]


@router.post("/{month}/lock")
def lock_cycle(
    session: WriteSession, by: Locker, now: Now, month: str, body: CycleLock
) -> CycleView:
    """Freeze children and pledges as they stand."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(
        cycles.lock_cycle(
            session,
            cycle=cycle,
            by=by,
            now=now,
            require_consent=body.require_consent,
            reason=body.reason,
        )
    )


@router.post("/{month}/unlock")
def unlock_cycle(
    session: WriteSession, by: Unlocker, now: Now, month: str, body: Reason
) -> CycleView:
    """Go back to draft before approval."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(
        cycles.unlock_cycle(session, cycle=cycle, by=by, now=now, reason=body.reason)
    )


@router.post("/{month}/propose")
def propose(store: Store, by: Proposer, now: Now, month: str, body: Propose) -> RunView:
    """Match the month at once (a city takes seconds); long runs are jobs."""
    policy = None
    if body.policy is not None:
        from matcher.policy import Policy  # noqa: PLC0415 - loads numpy's neighbours

        try:
            policy = Policy.from_json(body.policy)
        except ValueError:
            fields = {"policy": "matching.policy"}
            raise Invalid("matching.policy", fields=fields) from None
    run = solves.match_month(store, month=month, by=by, now=now, seed=body.seed, policy=policy)
    return RunView.model_validate(run)


@router.get("/{month}/result")
def result_file(session: ReadSession, by: Proposer, month: str) -> Response:
    """Download the result with its problem: ``asuh check`` verifies it without us."""
    del by
    from api.services.match_store import result_file as stored  # noqa: PLC0415 - loads numpy

    run = matching.current_run(session, cycle=cycles.find_cycle(session, month=month))
    name = f'attachment; filename="pasangan-{month}.json"'
    return Response(
        stored(run), media_type="application/json", headers={"Content-Disposition": name}
    )


@router.post("/{month}/submit")
def submit_cycle(session: WriteSession, by: Submitter, now: Now, month: str) -> CycleView:
    """Hand the proposal to the approver."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(cycles.submit_cycle(session, cycle=cycle, by=by, now=now))


@router.post("/{month}/approve")
def approve_cycle(session: WriteSession, by: Approver, now: Now, month: str) -> CycleView:
    """Approve the proposal; another person than the one who proposed."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(cycles.approve_cycle(session, cycle=cycle, by=by, now=now))


@router.post("/{month}/reject")
def reject_cycle(
    session: WriteSession, by: Rejecter, now: Now, month: str, body: Reason
) -> CycleView:
    """Give the proposal back with a comment."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(
        cycles.reject_cycle(session, cycle=cycle, by=by, now=now, reason=body.reason)
    )


@router.post("/{month}/cancel")
def cancel_cycle(
    session: WriteSession, by: Canceller, now: Now, month: str, body: Reason
) -> CycleView:
    """Give the month up before it is packed."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(
        cycles.cancel_cycle(session, cycle=cycle, by=by, now=now, reason=body.reason)
    )


@router.post("/{month}/reopen")
def reopen_cycle(
    session: WriteSession, by: Reopener, now: Now, month: str, body: Reason
) -> CycleView:
    """Begin a cancelled month anew, as a draft."""
    cycle = cycles.find_cycle(session, month=month)
    return CycleView.model_validate(
        cycles.reopen_cycle(session, cycle=cycle, by=by, now=now, reason=body.reason)
    )
