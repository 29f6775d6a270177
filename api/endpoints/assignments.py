"""Pairs of a month under /api/v1/cycles/{month}: proposal, pins and bans, replacements."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, status
from sqlmodel import Session, select

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.kept_words import told
from api.schemas.children import Decision
from api.schemas.cycles import (
    AssignmentView,
    ChangeView,
    HoldCreate,
    HoldView,
    LotteryView,
    MatchingView,
    PledgeWorthView,
    RecruitmentView,
    ReplacementPropose,
    ReplacementView,
    RunView,
    UncoveredView,
    WhatIfAsk,
    WhatIfView,
)
from api.schemas.jobs import JobView
from api.schemas.seen import as_seen
from api.services import (
    children,
    cycles,
    holds,
    match_changes,
    match_questions,
    matching,
    pledges,
    replacements,
    what_if,
)
from api.services.errors import Refused
from data.schema import Account, Child, Hold, HoldKind, Pledge, Replacement

router = APIRouter(prefix="/cycles/{month}", tags=["assignments"])

REASON = frozenset({"reason"})
"""What is typed beside a pin, a ban or a repair, and may name the family."""

Reader = Annotated[Account, requires("assignment:read")]
Holder = Annotated[Account, requires("assignment:hold")]
Asker = Annotated[Account, requires("assignment:ask")]
Proposer = Annotated[Account, requires("replacement:propose")]
Decider = Annotated[Account, requires("replacement:decide")]


@router.get("/matching")
def read_matching(session: ReadSession, by: Reader, month: str) -> MatchingView:
    """Show the pairs of the current run, and why each uncovered child has none."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    run = matching.current_run(session, cycle=cycle)
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    return MatchingView(
        run=RunView.model_validate(run),
        pairs=[
            AssignmentView(
                child=child_codes[row.child_id],
                pledge=pledge_codes[row.pledge_id],
                state=row.state,
                is_pinned=row.is_pinned,
                is_kept=row.is_kept,
                distance_m=row.distance_m,
                why=row.why,
            )
            for row in matching.assignments(session, cycle=cycle)
        ],
        uncovered=[
            UncoveredView(
                child=child.code,
                reason=row.reason,
                params=row.params,
                remedies=_remedies(row.remedy),
            )
            for row, child in matching.unassigned(session, cycle=cycle)
        ],
    )


def _remedies(remedy: dict[str, object]) -> list[dict[str, object]]:
    found = remedy.get("remedies", [])
    return found if isinstance(found, list) else []


@router.get("/changes")
def list_changes(
    session: ReadSession,
    by: Reader,
    month: str,
    against: Literal["last_month", "previous_run"] = "last_month",
    run: int = 0,
) -> list[ChangeView]:
    """List every child whose sponsor differs, with what undoing it would cost.

    ``run`` names an earlier run of the month to compare with.
    """
    del by
    cycle = cycles.find_cycle(session, month=month)
    found = match_changes.changes(session, cycle=cycle, against=against, run_id=run)
    return [ChangeView.model_validate(one) for one in found]


@router.get("/what-if")
def ask_what_if(
    session: LookSession, by: Reader, now: Now, month: str, child: str, pledge: str
) -> WhatIfView:
    """Tell what giving a child to a pledge would cost; nothing is changed.

    Where only solving the month again tells, this refuses (`what_if.must_solve`) until the job
    that a POST here starts is done; what it found is then the answer.
    """
    answer = what_if.what_if(session, **_question(session, month, child, pledge, by, now))
    if answer is None:
        raise Refused("what_if.must_solve")
    return WhatIfView.model_validate(answer)


@router.post("/what-if", status_code=status.HTTP_202_ACCEPTED)
def solve_what_if(
    session: WriteSession, by: Asker, now: Now, month: str, body: WhatIfAsk
) -> JobView:
    """Solve the month again to find the least price of a pair, as a job; nothing is changed."""
    question = _question(session, month, body.child, body.pledge, by, now)
    return JobView.model_validate(what_if.solve_again(session, **question, by=by, now=now))


def _question(
    session: Session, month: str, child: str, pledge: str, by: Account, now: datetime
) -> dict[str, Any]:
    return {
        "cycle": cycles.find_cycle(session, month=month),
        "child": children.find_child(session, code=child, by=by, now=now),
        "pledge": pledges.find_pledge(session, code=pledge),
    }


@router.get("/recruiting")
def list_recruiting(session: ReadSession, by: Reader, month: str) -> list[RecruitmentView]:
    """List where new sponsors help most: kelurahan by kelurahan, place after place."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    found = match_questions.recruiting(session, cycle=cycle)
    return [RecruitmentView.model_validate(one) for one in found]


@router.get("/places")
def list_places(session: ReadSession, by: Reader, month: str) -> list[PledgeWorthView]:
    """List what one place more, and one less, at each pledge is worth, level by level."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    found = match_questions.worth_of_places(session, cycle=cycle)
    return [PledgeWorthView.model_validate(one) for one in found]


@router.get("/lottery")
def read_lottery(
    session: LookSession, by: Reader, now: Now, month: str, child: str, pledge: str
) -> LotteryView:
    """Show the lottery numbers of a child and of a pair, as anyone can work them out."""
    return LotteryView(
        **match_questions.lottery(
            session,
            cycle=cycles.find_cycle(session, month=month),
            child=children.find_child(session, code=child, by=by, now=now),
            pledge=pledges.find_pledge(session, code=pledge),
        )
    )


@router.get("/holds")
def list_holds(session: ReadSession, by: Reader, month: str) -> list[HoldView]:
    """List the pins and bans in force."""
    cycle = cycles.find_cycle(session, month=month)
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    views = [
        _hold_view(hold, child_codes[hold.child_id], pledge_codes[hold.pledge_id])
        for hold in holds.list_holds(session, cycle=cycle)
    ]
    return [as_seen(view, by.role, texts=REASON) for view in views]


def _hold_view(hold: Hold, child: str, pledge: str) -> HoldView:
    return HoldView(
        id=hold.id or 0,
        kind=hold.kind,
        child=child,
        pledge=pledge,
        reason=hold.reason,
        by=hold.by,
        at=hold.at,
    )


@router.post("/holds", status_code=status.HTTP_201_CREATED)
def add_hold(session: WriteSession, by: Holder, now: Now, month: str, body: HoldCreate) -> HoldView:
    """Pin or ban a pair; it counts in the next run."""
    act = holds.pin if body.kind is HoldKind.PIN else holds.ban
    child = children.find_child(session, code=body.child, by=by, now=now)
    hold = act(
        session,
        cycle=cycles.find_cycle(session, month=month),
        child=child,
        pledge=pledges.find_pledge(session, code=body.pledge),
        by=by,
        now=now,
        reason=body.reason,
    )
    return _hold_view(hold, child.code, body.pledge)


@router.delete("/holds/{hold_id}", status_code=status.HTTP_204_NO_CONTENT)
def release_hold(session: WriteSession, by: Holder, now: Now, month: str, hold_id: RowId) -> None:
    """Lift a pin or ban."""
    cycle = cycles.find_cycle(session, month=month)
    hold = holds.find_hold(session, cycle=cycle, hold_id=hold_id)
    holds.release_hold(session, hold=hold, by=by, now=now)


@router.get("/replacements")
def list_replacements(session: ReadSession, by: Reader, month: str) -> list[ReplacementView]:
    """List the proposed repairs of a month, the newest first."""
    cycle = cycles.find_cycle(session, month=month)
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    views = [
        _replacement_view(row, child_codes, pledge_codes)
        for row in replacements.list_replacements(session, cycle=cycle)
    ]
    return [as_seen(view, by.role, texts=REASON) for view in views]


def _replacement_view(
    row: Replacement, child_codes: dict[int | None, str], pledge_codes: dict[int | None, str]
) -> ReplacementView:
    return ReplacementView(
        id=row.id or 0,
        child=child_codes[row.child_id],
        pledge=pledge_codes[row.pledge_id] if row.pledge_id else None,
        is_bridge_fund=row.is_bridge_fund,
        state=row.state,
        reason=told(row.reason, "id"),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
    )


@router.post("/replacements", status_code=status.HTTP_201_CREATED)
def propose_replacements(
    session: WriteSession, by: Proposer, now: Now, month: str, body: ReplacementPropose
) -> list[ReplacementView]:
    """Propose who takes over when a pledge ends or a child leaves after approval."""
    pledge = pledges.find_pledge(session, code=body.code) if body.kind == "pledge" else None
    child = (
        children.find_child(session, code=body.code, by=by, now=now)
        if body.kind == "child"
        else None
    )
    rows = replacements.propose_replacements(
        session,
        cycle=cycles.find_cycle(session, month=month),
        by=by,
        now=now,
        reason=body.reason,
        pledge=pledge,
        child=child,
    )
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    return [_replacement_view(row, child_codes, pledge_codes) for row in rows]


@router.post("/replacements/{replacement_id}", status_code=status.HTTP_204_NO_CONTENT)
def decide_replacement(
    session: WriteSession,
    by: Decider,
    now: Now,
    month: str,
    replacement_id: RowId,
    body: Decision,
) -> None:
    """Approve or reject a proposed repair."""
    cycle = cycles.find_cycle(session, month=month)
    row = replacements.find_replacement(session, cycle=cycle, replacement_id=replacement_id)
    replacements.decide_replacement(
        session, replacement=row, accept=body.accept, by=by, now=now, reason=body.reason
    )
