"""Growth: whom to look at, one child's curve in z-scores, and what a person decides."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, Formats, sentence, translator
from api.pages.monitoring import ways
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import purposes_of
from api.pages.shell import Page, language_of, redirect, render
from api.services import children, growth_reviews, growth_tasks
from api.services.children import ChildSheet
from api.services.clock import local_date
from api.services.errors import Forbidden, Invalid, ServiceError
from api.services.growth_series import growth_series
from api.services.report_counts import area_name
from data.growth.graduation import days_in_order, graduation_ground
from data.queries.growth import reviews_of
from data.reference.graduation import graduation_rule
from data.schema import Account, ReviewDecision

router = APIRouter(include_in_schema=False)

LINES = (
    ("haz", N_("TB/U")),
    ("waz", N_("BB/U")),
    ("whz", N_("BB/TB")),
    ("baz", N_("IMT/U")),
)


@router.get("/monev/pertumbuhan")
def tasks_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    sebab: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """List the children whose growth is to be looked at, the most urgent first."""
    del by
    today = local_date(now)
    tasks = growth_tasks.growth_tasks(session, today=today)
    counts = Counter(reason for task in tasks for reason in task.reasons)
    wanted = [task for task in tasks if not sebab or sebab in task.reasons]
    page = Page(halaman, len(wanted))
    shown = wanted[page.offset : page.offset + page.size]
    return render(
        request,
        "monev/growth.html",
        pages=ways(request),
        counts={reason: counts[reason] for reason in growth_tasks.REASONS},
        reason=sebab,
        tasks=[
            task._asdict() | known._asdict()
            for task, known in zip(
                shown, growth_tasks.growth_facts(session, tasks=shown, today=today), strict=True
            )
        ],
        page=page,
        purposes=purposes_of(request),
        ward=lambda code: area_name(code, "kelurahan"),
    )


@router.get("/monev/pertumbuhan/{code}")
def child_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    code: str,
) -> HTMLResponse:
    """Show one child's growth and the reviews; the look is written down."""
    return _child(request, session, by, now, code)


@router.post("/monev/pertumbuhan/{code}")
def review(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("growth:review")],
    code: str,
    keputusan: Annotated[str, Form()] = "",
    catatan: Text = "",
) -> Response:
    """Keep what a person decided about a child's growth."""
    child = children.find_child(session, code=code, by=by, now=now)

    def act() -> None:
        if keputusan not in list(ReviewDecision):
            raise Invalid("field.choice", fields={"keputusan": "field.choice"})
        growth_reviews.record_review(
            session, child=child, decision=ReviewDecision(keputusan), note=catatan, by=by, now=now
        )

    refusal = _refused(session, act)
    if refusal is not None:
        return _child(request, session, by, now, code, refusal, catatan, keputusan)
    return redirect(request, f"/monev/pertumbuhan/{child.code}", "review.saved")


@router.post("/monev/pertumbuhan/{code}/urungkan/{review_id}")
def undo(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("growth:review")],
    code: str,
    review_id: RowId,
    alasan: Text = "",
) -> Response:
    """Take the last review back, with what came of it."""
    child = children.find_child(session, code=code, by=by, now=now)
    refusal = _refused(
        session,
        lambda: growth_reviews.undo_review(
            session, child=child, review_id=review_id, by=by, now=now, reason=alasan
        ),
    )
    if refusal is not None:
        return _child(request, session, by, now, code, refusal)
    return redirect(request, f"/monev/pertumbuhan/{child.code}", "review.undone")


def _refused(session: Session, act: object) -> ServiceError | None:
    try:
        return refusal_of(session, act)  # type: ignore[arg-type]
    except Forbidden as refusal:
        session.expire_all()
        return refusal


def _child(
    request: Request,
    session: Session,
    by: Account,
    now: datetime,
    code: str,
    refusal: ServiceError | None = None,
    note: str = "",
    chosen: str = "",
) -> HTMLResponse:
    # z-scores come with numpy, which is slow to load: only who opens a child waits for it.
    from api.pages.z_chart import Line, z_chart  # noqa: PLC0415

    sheet = children.read_child(session, code=code, by=by, now=now, purpose="growth")
    series = growth_series(sheet.child, sheet.measurements, today=local_date(now))
    say, fmt = translator(language_of(request)), Formats(language_of(request))
    lines = [
        Line(
            say(name),
            index,
            tuple(
                (each.age_months, z) for each in series if (z := getattr(each, index)) is not None
            ),
        )
        for index, name in LINES
    ]
    task = growth_tasks.task_of(session, child=sheet.child, today=local_date(now))
    reviews = reviews_of(session, child_id=sheet.child.id or 0)
    standing = next((each for each in reviews if each.undone_at is None), None)
    return render(
        request,
        "monev/growth_child.html",
        status=status_of(refusal),
        pages=ways(request),
        child=sheet.child,
        series=series,
        chart=Markup(  # noqa: S704 - built from numbers, and every text in it is escaped
            z_chart(lines, name=say(N_("Skor-z menurut umur")), age_label=say(N_("umur (bulan)")),
                    written=lambda value: fmt.number(value, decimals=1))
        ),
        reviews=reviews,
        undoable=standing.id if standing and standing.decision is not ReviewDecision.READMIT
        else None,
        task=task,
        proposal=_proposal(request, sheet, local_date(now))
        if task and "graduation" in task.reasons
        else "",
        note=note,
        chosen=chosen,
        decisions=growth_reviews.open_decisions(sheet.child, by),
        errors=texts_of(request, refusal),
    )  # fmt: skip


def _proposal(request: Request, sheet: ChildSheet, today: date) -> str:
    """Return why graduation is proposed, with the rule and the days it rests on."""
    rule, fmt = graduation_rule(today), Formats(language_of(request))
    heights = [(one.measured_on, one.haz) for one in sheet.measurements if one.haz is not None]
    ground = graduation_ground(rule, born_on=sheet.child.born_on, heights=heights, on=today)
    good = days_in_order(rule, heights=heights)
    values: dict[str, object] = {
        "num": len(good),
        "first": fmt.day(good[0]) if good else "",
        "last": fmt.day(good[-1]) if good else "",
        "least": fmt.number(rule.least_haz),
        "asked": rule.num_measurements,
        "days": rule.days_between,
        "since": fmt.day(rule.from_on),
    }
    code = f"review.ground.{ground.value}" if ground else "review.ground.none"
    return sentence(code, values, language_of(request))
