"""Weighing policies on a month, as JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter, status

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.schemas.cycles import Weigh, WeighingView
from api.schemas.jobs import JobView
from api.services import cycles, weighing
from api.services.errors import NotFound
from data.schema import Account

router = APIRouter(prefix="/cycles/{month}/weighings", tags=["matching"])
Reader = Annotated[Account, requires("policy:read")]
Editor = Annotated[Account, requires("policy:edit")]


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def start_weighing(session: WriteSession, by: Editor, now: Now, month: str, body: Weigh) -> JobView:
    """Weigh policies on a locked month; the job has the result."""
    job = weighing.start_weighing(
        session,
        cycle=cycles.find_cycle(session, month=month),
        what=body.what,
        first=body.first,
        second=body.second,
        draft=weighing.Draft(content=body.draft) if body.draft is not None else None,
        by=by,
        now=now,
    )
    return JobView.model_validate(job)


@router.get("/{what}")
def last_weighing(
    session: ReadSession, by: Reader, month: str, what: Literal["compare", "switches", "breaks"]
) -> WeighingView:
    """Show the newest result of a kind."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    found = weighing.last_weighing(session, cycle=cycle, what=what)
    if found is None:
        raise NotFound("weigh.none", month=month)
    return WeighingView(what=what, is_stale=found.pop("is_stale"), result=found)
