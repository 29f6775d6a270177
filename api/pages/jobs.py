"""How far long work is: a page that refreshes itself without JavaScript."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, Formats, sentence, word
from api.pages.shell import Entry, Page, language_of, local_path, redirect, render
from api.services import jobs
from data.schema import Account, Job, JobState, Role

router = APIRouter(include_in_schema=False)
RESULT_PAGES = {
    "match": "/bulan/{month}",
    "weigh": "/bulan/{month}/timbang",
    "what_if": "/bulan/{month}/anak/{child}?janji={pledge}",
    "plan": "/bulan/{month}/rute",
    "replan": "/bulan/{month}/papan?hari={day}",
    "goals": "/bulan/{month}/rute/tujuan",
    "closing": "/bulan/{month}/tutup",
    "recount": "/bulan/{month}/laporan/perbedaan",
    "hiding": "/monev",
}
"""Kind of job → where its result stands, filled from the payload."""
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


def to_job(job: Job | None, back: str) -> Response:
    """Lead to how far a job is, and from there back; at once where there is nothing to do."""
    where = f"/pekerjaan/{job.id}?kembali={quote(back)}" if job else back
    return RedirectResponse(where, status_code=303)


@router.get("/pekerjaan/{job_id}")
def job_page(
    request: Request, session: ReadSession, by: Reader, now: Now, job_id: RowId, kembali: str = ""
) -> HTMLResponse:
    """Show how far a job is, and what came of it; ``kembali`` is the page it was asked on."""
    job = jobs.get_job(session, job_id=job_id)
    may_look = jobs.may_read_result(job, by=by)
    result_page = RESULT_PAGES[job.kind].format(**job.payload) if may_look else ""
    return render(
        request,
        "job.html",
        job=job,
        is_active=job.state in jobs.ACTIVE,
        onward=local_path(kembali, otherwise=result_page),
        done=_done(request, job) if may_look else "",
        since=_since(job, now, language_of(request)),
        step=_step(job, language_of(request)),
    )


def _since(job: Job, now: datetime, language: str) -> str:
    """Return when work began on a job that waits or runs, how long ago, and if it began anew."""
    if job.state is not JobState.RUNNING or job.started_at is None:
        return ""
    minutes = max(0, int((now - job.started_at).total_seconds() // 60))
    values = {"clock": Formats(language).clock(job.started_at), "minutes": minutes}
    told = sentence("job.since" if minutes else "job.since_now", values, language)
    if job.attempt > 1:
        told += " " + sentence("job.again", {"attempt": job.attempt}, language)
    return told


def _step(job: Job, language: str) -> str:
    """Return what a running job is working on, in words; empty where it has not said so."""
    step = str(job.progress_note.get("step") or "")
    if step.isdigit():
        return word("level_cheaper", language)
    if step.startswith("kept."):
        return sentence("job.step_kept", {"place": int(step.removeprefix("kept.")) + 1}, language)
    found = word(step if step.startswith("switch.") else f"level_{step}", language)
    return "" if found == f"level_{step}" else found


def _done(request: Request, job: Job) -> str:
    """Return what a finished job did, empty while it is not done."""
    if job.state is not JobState.DONE:
        return ""
    language = language_of(request)
    found: dict[str, Any] = job.result or {}
    saved_m = int(found.get("saved_m", 0))
    told = sentence(f"job.did.{job.kind}", found, language)
    if saved_m:
        way = Formats(language).kilometres(abs(saved_m))
        told += " " + sentence(
            "job.shorter" if saved_m > 0 else "job.longer", {"way": way}, language
        )
    return told


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
