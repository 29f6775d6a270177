"""Jobs under /api/v1/jobs: how far long work is, and a way to stop it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import sentence
from api.pages.shell import language_of
from api.schemas.jobs import JobList, JobView
from api.services import jobs
from data.schema import Account, Job

router = APIRouter(prefix="/jobs", tags=["jobs"])

Reader = Annotated[Account, requires("job:read")]
Stopper = Annotated[Account, requires("job:cancel")]


def job_view(job: Job, *, by: Account, language: str) -> JobView:
    """Show a job, without its result to a role that may not read such results."""
    view = JobView.model_validate(job)
    if not jobs.may_read_result(job, by=by):
        view = view.model_copy(update={"result": None})
    if job.error is None:
        return view
    params = job.error.get("params")
    known = params if isinstance(params, dict) else {}
    message = sentence(str(job.error["code"]), known, language)
    return view.model_copy(update={"message": message})


@router.get("")
def list_jobs(
    request: Request,
    session: ReadSession,
    by: Reader,
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobList:
    """List jobs, newest first."""
    rows, total = jobs.list_jobs(session, offset=offset, limit=limit)
    language = language_of(request)
    return JobList(items=[job_view(row, by=by, language=language) for row in rows], total=total)


@router.get("/{job_id}")
def read_job(request: Request, session: ReadSession, by: Reader, job_id: RowId) -> JobView:
    """Show how far a job is."""
    return job_view(jobs.get_job(session, job_id=job_id), by=by, language=language_of(request))


@router.post("/{job_id}/cancel")
def cancel_job(
    request: Request, session: WriteSession, by: Stopper, now: Now, job_id: RowId
) -> JobView:
    """Stop a job: a waiting one at once, a running one at its next look."""
    job = jobs.get_job(session, job_id=job_id)
    return job_view(
        jobs.cancel_job(session, job=job, by=by, now=now), by=by, language=language_of(request)
    )
