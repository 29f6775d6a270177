"""How far long work is: a page that refreshes itself without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.goals import LEVELS
from api.pages.shell import Entry, Page, local_path, redirect, render
from api.services import jobs
from data.schema import Account, Role

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Pekerjaan"), "/pekerjaan", "job:read", frozenset({Role.ADMIN, Role.AUDITOR}))
]
Reader = Annotated[Account, requires("job:read")]
Stopper = Annotated[Account, requires("job:cancel")]


@router.get("/pekerjaan")
def job_list(request: Request, session: ReadSession, by: Reader, halaman: int = 1) -> HTMLResponse:
    """List jobs, newest first."""
    del by
    _, total = jobs.list_jobs(session, limit=1)
    page = Page(halaman, total)
    rows, _ = jobs.list_jobs(session, offset=page.offset, limit=page.size)
    return render(request, "jobs.html", rows=rows, page=page)


@router.get("/pekerjaan/{job_id}")
def job_page(
    request: Request, session: ReadSession, by: Reader, job_id: RowId, kembali: str = ""
) -> HTMLResponse:
    """Show how far a job is; ``kembali`` is the page to go on to when it is done."""
    del by
    job = jobs.get_job(session, job_id=job_id)
    return render(
        request,
        "job.html",
        job=job,
        is_active=job.state in jobs.ACTIVE,
        onward=local_path(kembali, otherwise=""),
        levels=LEVELS,
    )


@router.post("/pekerjaan/{job_id}/batal")
def cancel_job(
    request: Request,
    session: WriteSession,
    by: Stopper,
    now: Now,
    job_id: RowId,
    kembali: str = "",
) -> Response:
    """Stop a job."""
    jobs.cancel_job(session, job=jobs.get_job(session, job_id=job_id), by=by, now=now)
    onward = local_path(kembali, otherwise="")
    back = f"/pekerjaan/{job_id}" + (f"?kembali={onward}" if onward else "")
    return redirect(request, back, "job.cancel_asked")
