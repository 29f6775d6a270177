"""Supervision: visits that the figures ask for, checklists, findings and what became of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, translator
from api.pages.monitoring import sheet_page, ways
from api.pages.names import kelurahan_choices
from api.pages.recording import Text
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Page, language_of, redirect, render
from api.pages.typed_fields import day_of
from api.services import supervision, visit_findings, visit_proposals
from api.services.clock import local_date
from api.services.errors import Forbidden, Invalid, ServiceError
from api.services.report_counts import area_name
from api.services.supervision_tables import FIGURES
from api.services.visit_route import visit_days
from data.schema import Account, SupervisionFinding

router = APIRouter(include_in_schema=False)

Editor = Annotated[Account, requires("supervision:edit")]
HERE = "/monev/pengawasan"
IN_WORDS = ("supervision.answer", "supervision.reason")
"""What is refused for want of words."""


class VisitForm(BaseModel):
    """What was seen at a visit; each item of the checklist comes as its code and ya or tidak.

    Something found comes along where any of its fields is filled in.
    """

    versi: int
    tanggal: str = Field(default="", max_length=500)
    butir: list[Annotated[str, Field(max_length=500)]] = []
    catatan: str = Field(default="", max_length=2000)
    temuan: str = Field(default="", max_length=500)
    tindakan: str = Field(default="", max_length=500)
    penanggung: str = Field(default="", max_length=500)
    tenggat: str = Field(default="", max_length=500)

    @property
    def has_finding(self) -> bool:
        """Whether something found was filled in."""
        return any(each.strip() for each in (self.temuan, self.tindakan, self.tenggat))

    @property
    def is_finding_alone(self) -> bool:
        """Whether nothing is said of the visit: who may not correct it may add what was found."""
        return self.has_finding and not (self.tanggal or self.butir or self.catatan)

    def looked(self) -> dict[str, str]:
        """Return the word by code of the items that were looked at."""
        parted = (each.partition(" ") for each in self.butir)
        return {code: word for code, _, word in parted if word in {"ya", "tidak"}}

    def typed(self) -> dict[str, str]:
        """Return the form's texts as its page shows them again."""
        return self.model_dump(exclude={"versi", "butir"}) | self.looked()


@router.get("/monev/pengawasan")
def supervision_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("supervision:read")],
    halaman: int = 1,
) -> HTMLResponse:
    """Show my open findings, the visits that the figures ask for, and all visits and findings."""
    return _page(request, session, now, by, number=halaman)


@router.post("/monev/pengawasan")
def plan(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    kelurahan: Text = "",
    posyandu: Text = "",
    tanggal: Text = "",
    pengunjung: Text = "",
) -> Response:
    """Plan a visit, with the reasons that the figures give at this moment."""

    def act() -> None:
        reasons = next(
            (
                each.reasons
                for each in visit_proposals.proposals(session, now=now)
                if (each.place.kelurahan_code, each.place.posyandu) == (kelurahan, posyandu)
            ),
            {},
        )
        supervision.plan_visit(
            session, kelurahan_code=kelurahan, posyandu=posyandu,
            planned_on=day_of(tanggal, "tanggal"), visitor=pengunjung, reasons=reasons, by=by,
            now=now,
        )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        typed = {"kelurahan": kelurahan, "posyandu": posyandu, "tanggal": tanggal,
                 "pengunjung": pengunjung}  # fmt: skip
        return _page(request, session, now, by, refusal, typed)
    return redirect(request, HERE, "supervision.planned")


@router.get("/monev/rute-kunjungan")
def route_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("supervision:read")],
    tanggal: str = "",
    pengunjung: str = "",
) -> HTMLResponse:
    """Show one person's visits of a day in the order that the engine plans, to be printed."""
    refusal: ServiceError | None = None
    day = local_date(now)
    try:
        day = day_of(tanggal, "tanggal") if tanggal else day
    except Invalid as unreadable:
        refusal = unreadable
    asked = {"day": day, "visitor": pengunjung or by.username}
    return sheet_page(
        request,
        session,
        now,
        "rute-kunjungan",
        refusal=refusal,
        asked=asked,
        has_months=False,
        is_inside=True,
        fields={"tanggal": day.isoformat(), "pengunjung": asked["visitor"]},
        intro=translator(language_of(request))(
            N_("Urutan terpendek yang ditemukan dari kantor dan kembali, pada jam kerja.")
        ),
    )


@router.get("/monev/pengawasan/{visit_id}")
def visit_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("supervision:read")],
    visit_id: RowId,
) -> HTMLResponse:
    """Show one visit with its checklist and findings."""
    return _visit(request, session, now, by, visit_id)


@router.post("/monev/pengawasan/{visit_id}")
def record(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    visit_id: RowId,
    seen: Annotated[VisitForm, Form()],
) -> Response:
    """Keep what was seen at a visit, and what was found: to be done, by whom and until when."""
    visit = supervision.find_visit(session, visit_id=visit_id)

    def keep() -> None:
        if not seen.is_finding_alone or supervision.may_record(visit, by):
            supervision.record_visit(
                session, visit=visit, visited_on=day_of(seen.tanggal, "tanggal"),
                answers={code: word == "ya" for code, word in seen.looked().items()},
                notes=seen.catatan, by=by, now=now, base_version=seen.versi,
            )  # fmt: skip
        if seen.has_finding:
            visit_findings.add_finding(
                session, visit=visit, text=seen.temuan, action=seen.tindakan,
                owner=seen.penanggung, due_on=day_of(seen.tenggat, "tenggat"), by=by, now=now,
            )  # fmt: skip

    refusal = refusal_of(session, keep)
    done = "supervision.found" if seen.has_finding else "supervision.recorded"
    return _after(request, session, now, by, visit_id, refusal, done, seen.typed())


@router.post("/monev/pengawasan/{visit_id}/batal")
def cancel(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    visit_id: RowId,
    versi: Annotated[int, Form()],
    alasan: Text = "",
) -> Response:
    """Cancel a visit that was not made."""
    visit = supervision.find_visit(session, visit_id=visit_id)
    refusal = refusal_of(
        session,
        lambda: supervision.cancel_visit(
            session, visit=visit, reason=alasan, by=by, now=now, base_version=versi
        ),
    )
    typed = {"alasan": alasan}
    return _after(
        request,
        session,
        now,
        by,
        visit_id,
        refusal,
        "supervision.cancelled_now",
        typed,
        at="alasan",
    )


@router.post("/monev/temuan/{finding_id}")
def act_on_finding(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    finding_id: RowId,
    langkah: Annotated[str, Form()] = "",
    jawaban: Text = "",
    penanggung: Text = "",
    tenggat: Text = "",
) -> Response:
    """Answer, close, reopen or hand on a finding."""
    acting = {"finding_id": finding_id, "by": by, "now": now}
    made: list[SupervisionFinding] = []

    def act() -> None:
        match langkah:
            case "jawab":
                done = visit_findings.answer_finding(session, **acting, answer=jawaban)  # type: ignore[arg-type]
            case "tutup":
                done = visit_findings.close_finding(session, **acting)  # type: ignore[arg-type]
            case "buka":
                done = visit_findings.reopen_finding(session, **acting, reason=jawaban)  # type: ignore[arg-type]
            case "serah":
                done = visit_findings.hand_on_finding(
                    session, **acting, owner=penanggung, due_on=day_of(tenggat, "tenggat"),  # type: ignore[arg-type]
                    reason=jawaban,
                )  # fmt: skip
            case _:
                raise Invalid("field.choice", fields={"langkah": "field.choice"})
        made.append(done)

    refusal: ServiceError | None
    try:
        refusal = refusal_of(session, act)
    except Forbidden as forbidden:
        refusal = forbidden
    if refusal is None:
        return redirect(request, f"{HERE}/{made[0].visit_id}", "supervision.kept")
    finding = session.get(SupervisionFinding, finding_id)
    if finding is None:
        return _page(request, session, now, by, refusal)
    words = "alasan" if langkah == "serah" else "jawaban"
    typed = {words: jawaban, "penanggung": penanggung, "tenggat": tenggat}
    of_finding = {f"{name}-{finding_id}": text for name, text in typed.items()}
    return _visit(
        request, session, now, by, finding.visit_id, refusal, of_finding,
        names={name: f"{name}-{finding_id}" for name in typed},
        at=f"{words}-{finding_id}" if refusal.code in IN_WORDS else CONTENT,
    )  # fmt: skip


def _after(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    visit_id: int,
    refusal: ServiceError | None,
    message: str,
    typed: dict[str, str],
    at: str = CONTENT,
) -> Response:
    if refusal is not None:
        return _visit(request, session, now, by, visit_id, refusal, typed, at=at)
    return redirect(request, f"{HERE}/{visit_id}", message)


def limits() -> dict[str, int]:
    """Return from where on the figures ask for a visit, for the words on the page."""
    from data.monitoring.supervision import (  # noqa: PLC0415 - as where it is asked
        FEWEST_ANSWERS,
        FEWEST_UNMEASURED,
        REST_DAYS,
    )

    return {"answers": FEWEST_ANSWERS, "unmeasured": FEWEST_UNMEASURED, "rest_days": REST_DAYS}


def _page(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
    number: int = 1,
) -> HTMLResponse:
    found = visit_proposals.proposals(session, now=now)
    page = Page(number, len(found))
    return sheet_page(
        request,
        session,
        now,
        "pengawasan",
        template="monev/supervision.html",
        refusal=refusal,
        has_months=False,
        is_inside=True,
        countable=FIGURES,
        proposals=found[page.offset : page.offset + page.size],
        page=page,
        limits=limits(),
        mine=visit_findings.open_findings(session, waiting_for=by),
        my_visits=supervision.planned_visits(session, visitor=by.username),
        waiting=visit_findings.open_findings(session),
        ward=lambda code: area_name(code, "kelurahan"),
        wards=kelurahan_choices(),
        people=[(each.username, each.full_name) for each in supervision.supervisors(session)],
        me=by.username,
        typed=typed or {"pengunjung": by.username},
        today=local_date(now),
        days=visit_days(session, now=now),
        intro=translator(language_of(request))(
            N_("Usulan kunjungan berasal dari angka, dengan sebabnya. Yang merencanakan orang.")
        ),
    )


def _visit(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    visit_id: int,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    at: str = CONTENT,
) -> HTMLResponse:
    visit = supervision.find_visit(session, visit_id=visit_id)
    is_english = language_of(request) == "en"
    findings = session.exec(
        select(SupervisionFinding)
        .where(SupervisionFinding.visit_id == visit_id)
        .order_by(col(SupervisionFinding.id))
    ).all()
    return render(
        request,
        "monev/visit.html",
        status=status_of(refusal),
        pages=ways(request),
        visit=visit,
        may_record=supervision.may_record(visit, by),
        ward=area_name(visit.kelurahan_code, "kelurahan"),
        items=[
            (row["code"], row["name_en"] if is_english else row["name_id"])
            for row in supervision.checklist()
        ],
        findings=findings,
        people=[
            (each.username, each.full_name)
            for each in visit_findings.finding_owners(session, visit=visit)
        ],
        me=by.username,
        typed=typed or {},
        today=local_date(now),
        errors=texts_of(request, refusal, names=names, at=at),
    )
