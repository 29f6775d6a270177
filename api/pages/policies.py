"""Matching policies: which order of goals counts from when, who decided so and why."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, Formats
from api.pages.policy_forms import (
    MOVABLE,
    PolicyForm,
    content_of,
    form_of,
    form_of_draft,
    in_order,
    moved,
)
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Entry, language_of, redirect, render
from api.services import policies, weighing
from api.services.cycles import find_cycle, list_cycles
from api.services.errors import Refused, ServiceError
from api.services.months import later_month
from data.schema import Account, Job, MatchPolicy, Role

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Aturan pemasangan"), "/aturan", "policy:read", frozenset({Role.STAFF, Role.APPROVER}))
]
Reader = Annotated[Account, requires("policy:read")]
Editor = Annotated[Account, requires("policy:edit")]
BUDGETS = ("uniform", "classes", "free")
"""How pledges in rupiah may count (`matcher.policy.BudgetRule`)."""

PLACES = {
    "policy.name": "nama",
    "policy.reason": "alasan",
    "policy.nothing_locked": "pada",
    "weigh.same": "pada",
}
"""Where on the form a refusal stands that names no field."""


@router.get("/aturan")
def policy_page(
    request: Request,
    session: ReadSession,
    by: Reader,
    now: Now,
    dari: int = 0,
    rancangan: int = 0,
    putus: str = "",
) -> HTMLResponse:
    """Show all policies with their history, and a form for a new one.

    ``dari`` fills it from an adopted policy, ``rancangan`` from one that a job compared; ``putus``
    is the limit of broken pairs that somebody chose on the curve.
    """
    del by
    if rancangan:
        draft = weighing.compared_draft(session, job_id=rancangan)
        return _page(request, session, form_of_draft(asdict(draft)))
    base = policies.find_policy(session, policy_id=dari) if dari else None
    if base is None:
        base = policies.policy_in_force(session, month=f"{now:%Y-%m}")
    month = policies.first_unmatched_month(session, now=now)
    form = form_of(base, month=month)
    return _page(request, session, form.model_copy(update={"putus": putus or form.putus}))


def _page(
    request: Request, session: Session, form: PolicyForm, *, refusal: ServiceError | None = None
) -> HTMLResponse:
    rows, order = policies.list_policies(session), in_order(form)
    _, _, goal = form.tindakan.partition(":")
    return render(
        request,
        "staff/policies.html",
        status=status_of(refusal),
        errors=texts_of(
            request, refusal, names={"month": "bulan"}, at=PLACES.get(refusal.code, CONTENT)
        )
        if refusal
        else {},
        rows=[(row, policies.rules_of(row)) for row in rows],
        built_in=policies.rules_of(None),
        unused=[name for name in MOVABLE if name not in order],
        unfed=policies.unfed_levels(session),
        budgets=BUDGETS,
        usual_floor=policies.usual_floor_percent(),
        locked=_locked_months(session),
        beginnings=_months_to_begin(request, session, form.bulan),
        form=form,
        goals=order,
        moved_goal=goal,
    )


def _months_to_begin(request: Request, session: Session, wished: str) -> list[tuple[str, str]]:
    """Return a year of months that a policy may begin in; a wished one stays, however written."""
    first = policies.first_unmatched_month(session, now=request.app.state.clock())
    name = Formats(language_of(request)).month
    found = [(month, name(month)) for month in (later_month(first, on) for on in range(12))]
    return found if not wished or wished in dict(found) else [(wished, wished), *found]


def _locked_months(session: Session) -> list[str]:
    """Return the months that policies can be compared on, the latest first."""
    return [cycle.month for cycle in list_cycles(session) if cycle.snapshot_hash]


@router.get("/aturan/{policy_id}")
def one_policy(
    request: Request, session: ReadSession, by: Reader, policy_id: RowId
) -> HTMLResponse:
    """Show one policy whole."""
    del by
    row = policies.find_policy(session, policy_id=policy_id)
    return render(request, "staff/policy.html", row=row, rules=policies.rules_of(row))


@router.post("/aturan")
def send_policy(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    form: Annotated[PolicyForm, Form()],
) -> Response:
    """Adopt the policy that the form describes, compare it first, or move one of its goals."""
    if ":" in form.tindakan:
        order = moved(in_order(form), form.tindakan)
        return _page(request, session, form.model_copy(update={"urutan": order}))
    adopted: list[MatchPolicy] = []
    begun: list[Job] = []

    def adopt() -> None:
        adopted.append(
            policies.adopt_policy(
                session,
                name=form.nama,
                content=content_of(form),
                effective_from=form.bulan,
                reason=form.alasan,
                by=by,
                now=now,
            )
        )

    def compare() -> None:
        begun.append(_compared(session, form, by, now))

    refusal = refusal_of(session, compare if form.tindakan == "banding" else adopt)
    if refusal is not None:
        return _page(request, session, form, refusal=refusal)
    if begun:
        (month,) = {str(job.payload["month"]) for job in begun}
        back = f"/bulan/{month}/timbang"
        return RedirectResponse(f"/pekerjaan/{begun[0].id}?kembali={back}", status_code=303)
    return redirect(request, f"/aturan/{adopted[0].id}", "policy.adopted", name=adopted[0].name)


def _compared(session: Session, form: PolicyForm, by: Account, now: datetime) -> Job:
    """Queue the comparison of a draft with the policy of a locked month."""
    locked = _locked_months(session)
    if not locked:
        raise Refused("policy.nothing_locked")
    month = form.pada or locked[0]
    in_force = policies.policy_in_force(session, month=month)
    return weighing.start_weighing(
        session,
        cycle=find_cycle(session, month=month),
        what=weighing.COMPARE,
        first=in_force.id or 0 if in_force else 0,
        draft=weighing.Draft(
            content=content_of(form),
            name=form.nama.strip()[:120],
            effective_from=form.bulan.strip()[:7],
        ),
        by=by,
        now=now,
    )
