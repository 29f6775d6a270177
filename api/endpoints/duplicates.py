"""Records that may be one, under /api/v1/duplicates."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session

from api.dependencies import Keys, Now, ReadSession, RowId, WriteSession, requires
from api.schemas.imports import PairDecide, PairView
from api.services import duplicates
from data.schema import Account, Child, DuplicatePair, PairDecision, PairKind, Sponsor

router = APIRouter(prefix="/duplicates", tags=["duplicates"])

Reader = Annotated[Account, requires("duplicate:read")]
Decider = Annotated[Account, requires("duplicate:decide")]


def _codes(session: Session, pair: DuplicatePair) -> tuple[str, str]:
    def code(row_id: int) -> str:
        if pair.kind is PairKind.CHILD:
            return session.get_one(Child, row_id).code
        return session.get_one(Sponsor, row_id).code

    return code(pair.first_id), code(pair.second_id)


def _view(session: Session, pair: DuplicatePair) -> PairView:
    first, second = _codes(session, pair)
    return PairView(
        id=pair.id or 0,
        kind=pair.kind,
        first=first,
        second=second,
        score=pair.score,
        reasons=pair.reasons,
        decision=pair.decision,
        decided_by=pair.decided_by,
        note=pair.note,
    )


@router.get("")
def list_pairs(
    session: ReadSession,
    by: Reader,
    kind: PairKind | None = None,
    decision: PairDecision | None = None,
) -> list[PairView]:
    """List pairs, the likeliest first."""
    del by
    pairs = duplicates.list_pairs(session, kind=kind, decisions=[decision] if decision else ())
    return [_view(session, pair) for pair in pairs]


@router.post("/find")
def find_duplicates(
    session: WriteSession, by: Decider, now: Now, kind: PairKind = PairKind.CHILD
) -> list[PairView]:
    """Compare all records of a kind; gives the new pairs."""
    pairs = duplicates.find_duplicates(session, by=by, now=now, kind=kind)
    return [_view(session, pair) for pair in pairs]


@router.post("/{pair_id}")
def decide_pair(
    session: WriteSession, by: Decider, now: Now, keys: Keys, pair_id: RowId, body: PairDecide
) -> PairView:
    """Say that two records are distinct or one, or ask the field."""
    pair = duplicates.find_pair(session, pair_id=pair_id)
    first, second = _codes(session, pair)
    kept_id = {first: pair.first_id, second: pair.second_id}.get(body.kept or "")
    duplicates.decide_pair(
        session,
        pair=pair,
        decision=body.decision,
        by=by,
        now=now,
        note=body.note,
        kept_id=kept_id,
        keys=keys,
        sum_pledges=body.sum_pledges,
    )
    return _view(session, pair)
