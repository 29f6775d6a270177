"""Jobs under /api/v1/jobs: how far long work is, and a way to stop it."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.schemas.jobs import JobList, JobView
from api.services import jobs
from data.schema import Account, Job

router = APIRouter(prefix="/jobs", tags=["jobs"])

Reader = Annotated[Account, requires("job:read")]
Stopper = Annotated[Account, requires("job:cancel")]


def job_view(job: Job, *, by: Account) -> JobView:
    """Show a job, without its result to a role that may not read such results."""
    view = JobView.model_validate(job)
    return view if jobs.may_read_result(job, by=by) else view.model_copy(update={"result": None})


@router.get("")
def list_jobs(
    session: ReadSession,
    by: Reader,
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobList:
    """List jobs, newest first."""
    rows, total = jobs.list_jobs(session, offset=offset, limit=limit)
    return JobList(items=[job_view(row, by=by) for row in rows], total=total)


@router.get("/{job_id}")
def read_job(session: ReadSession, by: Reader, job_id: RowId) -> JobView:
    """Show how far a job is."""
    return job_view(jobs.get_job(session, job_id=job_id), by=by)


@router.post("/{job_id}/cancel")
def cancel_job(session: WriteSession, by: Stopper, now: Now, job_id: RowId) -> JobView:
    """Stop a job: a waiting one at once, a running one at its next look."""
    job = jobs.get_job(session, job_id=job_id)
    return job_view(jobs.cancel_job(session, job=job, by=by, now=now), by=by)
