"""Pairs of a month: the table, why this pair, who is left out and why, pins, bans, what changed."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages.deed_words import DeedWords
from api.pages.field_words import area_choices, area_names
from api.pages.goals import goals_of, policy_words, price_words
from api.pages.jobs import to_job
from api.pages.months import facts_of, onward_from_pairs
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Page, language_of, redirect, render
from api.security import sees_names
from api.services import cycles, holds, looks, match_changes, match_questions, what_if
from api.services.change_words import KINDS, kind_of, kind_words, loss_words
from api.services.children import find_child
from api.services.errors import ServiceError
from api.services.pledges import find_pledge
from data.age import months_of_days
from data.queries import assignments as queries
from data.queries.to_do import active_job
from data.schema import Account, Child, Cycle, CyclePledge, MatchRun, Pledge, Sponsor

router = APIRouter()
PLACES_SHOWN = 5


def _run(session: Session, cycle: Cycle) -> MatchRun | None:
    return session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None


@router.get("/bulan/{month}/pasangan", include_in_schema=False)
def list_pairs(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    cari: str = "",
    wilayah: str = "",
    tingkat: str = "",
    urut: Literal["child", "need", "sponsor", "farthest", "kelurahan"] = "child",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the pairs in an order, a page at a time, found by words, area and need."""
    cycle = cycles.find_cycle(session, month=month)
    tier = int(tingkat) if tingkat.isdigit() else None
    wanted: dict[str, Any] = {
        "words": cari,
        "by_child_name": sees_names(by.role),
        "area_code": wilayah,
        "tier": tier,
    }
    _, total = queries.pairs(session, cycle=cycle, **wanted, limit=0)
    page = Page(halaman, total)
    rows, _ = queries.pairs(
        session, cycle=cycle, **wanted, offset=page.offset, limit=page.size, order=urut
    )
    run = _run(session, cycle)
    return render(
        request,
        "staff/assignments.html",
        **facts_of(cycle),
        matching=active_job(session, kind="match", month=month),
        rows=rows,
        page=page,
        words=cari,
        area=wilayah,
        tier=tingkat,
        order=urut,
        orders=[
            (name, sentence(f"order.{name}", {}, language_of(request)))
            for name in queries.PAIR_ORDERS
        ],
        areas=area_choices(),
        kelurahan=area_names(),
        run=run,
        goals=goals_of(run, language_of(request)) if run else [],
        holds=queries.holds_with_names(session, cycle=cycle),
        onward=onward_from_pairs(session, cycle, by),
    )


@router.get("/bulan/{month}/belum", include_in_schema=False)
def list_uncovered(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    wilayah: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the children without a sponsor, why, what would cover them, and where to recruit."""
    cycle = cycles.find_cycle(session, month=month)
    _, total = queries.uncovered(session, cycle=cycle, area_code=wilayah, limit=0)
    page = Page(halaman, total)
    rows, _ = queries.uncovered(
        session, cycle=cycle, area_code=wilayah, offset=page.offset, limit=page.size
    )
    kept_off, num_kept_off = queries.kept_off(session, cycle=cycle)
    run = _run(session, cycle)
    places = match_questions.recruiting(session, cycle=cycle) if run else []
    return render(
        request,
        "staff/uncovered.html",
        **facts_of(cycle),
        matching=active_job(session, kind="match", month=month),
        rows=rows,
        page=page,
        area=wilayah,
        areas=area_choices(),
        kelurahan=area_names(),
        run=run,
        places=places[:PLACES_SHOWN],
        are_alike=match_questions.cover_mostly_the_same(places),
        num_more_places=max(0, len(places) - PLACES_SHOWN),
        kept_off=kept_off,
        num_kept_off=num_kept_off,
    )


@router.get("/bulan/{month}/perubahan", include_in_schema=False)
def list_changes(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    terhadap: Literal["last_month", "previous_run"] = "last_month",
    pemasangan: int = 0,
    jenis: Literal["", "lost", "other", "new"] = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show what changed against last month or an earlier run, each with its price."""
    cycle = cycles.find_cycle(session, month=month)
    run, language = _run(session, cycle), language_of(request)
    found = (
        match_changes.changes(session, cycle=cycle, against=terhadap, run_id=pemasangan)
        if run and run.result_json
        else []
    )
    runs = match_changes.earlier_runs(session, cycle=cycle, before=run) if run else []
    other = next((each for each in runs if pemasangan in (0, each.id)), None)
    counts = Counter(map(kind_of, found))
    found = [row for row in found if jenis in ("", kind_of(row))]
    page = Page(halaman, len(found))
    shown = found[page.offset : page.offset + page.size]
    return render(
        request,
        "staff/changes.html",
        **facts_of(cycle),
        matching=active_job(session, kind="match", month=month),
        run=run,
        rows=[(row, kind_words(row, language), loss_words(row, language)) for row in shown],
        names=queries.child_names(session, codes=[row.child_code for row in shown]),
        sponsors=queries.sponsor_names(session, cycle=cycle),
        page=page,
        counts=[(kind, counts[kind]) for kind in KINDS if counts[kind]],
        kind=jenis,
        run_id=pemasangan,
        against=terhadap,
        runs=[(each.id, _run_label(each, language)) for each in runs],
        other=other,
        goals=goals_of(run, language) if run else [],
        other_goals={goal.label: goal for goal in goals_of(other, language)} if other else {},
    )


def _run_label(run: MatchRun, language: str) -> str:
    """Return when a run was made, by whom, under which policy and draw."""
    version = policy_words(str(run.policy.get("version", "")), language)
    when, who = Formats(language).moment(run.started_at), DeedWords(language).who(run.by)
    return f"{when} · {who} · {version} · {run.seed}"


def _looked_at(session: Session, *, code: str, by: Account, now: datetime) -> Child:
    """Return a child by its code; that somebody looked at it is noted."""
    child = find_child(session, code=code, by=by, now=now)
    looks.note(
        session, by=by, action="child:read", subject="child", subject_id=child.code, now=now,
        purpose="matching",
    )  # fmt: skip
    return child


@router.get("/bulan/{month}/anak/{code}", include_in_schema=False)
def explain(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    code: str,
    janji: str = "",
) -> HTMLResponse:
    """Show why a child has this sponsor (or none), and what another one would change."""
    child = _looked_at(session, code=code, by=by, now=now)
    cycle = cycles.find_cycle(session, month=month)
    return _explained(request, session, cycle, child, janji)


def _explained(
    request: Request,
    session: Session,
    cycle: Cycle,
    child: Child,
    janji: str,
    *,
    refused: ServiceError | None = None,
    typed: str = "",
) -> HTMLResponse:
    language = language_of(request)
    answer, solving, is_solved = None, None, False
    if janji:
        asked: dict[str, Any] = {
            "cycle": cycle,
            "child": child,
            "pledge": find_pledge(session, code=janji),
        }
        answer = what_if.what_if(session, **asked)
        solving, is_solved = what_if.solving_again(session, **asked)
    explanation = match_questions.explain_child(session, cycle=cycle, child=child)
    others = [move for move in answer.moves if move[0] != child.code] if answer else []
    frozen = queries.frozen_child(session, cycle=cycle, child=child)
    home = (frozen.kelurahan_code if frozen else None) or ""
    places = queries.open_places(session, cycle=cycle)
    return render(
        request,
        "staff/explanation.html",
        status=status_of(refused),
        errors=texts_of(request, refused, at="alasan"),
        typed=typed,
        **facts_of(cycle),
        child=child,
        explanation=explanation,
        next_price=price_words(explanation.price, language),
        price=price_words(answer.price, language) if answer else "",
        sponsors=queries.sponsor_names(session, cycle=cycle),
        frozen=frozen,
        age_months=months_of_days(frozen.age_days) if frozen else None,
        kelurahan=area_names().get(home, ""),
        places=_grouped(places, home, language),
        sponsor_codes={pledge.code: sponsor.code for pledge, sponsor, _, _ in places},
        pledge_code=janji,
        what_if=answer,
        may_be_solved=bool(janji) and not is_solved and not (answer and answer.is_exact),
        solving=solving,
        here=_question_page(cycle, child, janji),
        losing=[other for other, _, after in others if after is None],
        moving=[move for move in others if move[2] is not None],
        names=queries.child_names(session, codes=[other for other, _, _ in others]),
        holds=[
            row for row in queries.holds_with_names(session, cycle=cycle) if row[1].id == child.id
        ],
    )


def _grouped(
    places: Sequence[tuple[Pledge, Sponsor, CyclePledge, int]], home: str, language: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the pledges to ask about: with a free place, full, and for other areas only.

    A choice tells how many places of how many are taken.
    """
    groups: dict[str, list[tuple[str, str]]] = {"free": [], "full": [], "elsewhere": []}
    for pledge, sponsor, locked, taken in places:
        areas = locked.area_codes
        is_open = not areas or any(f"{home}.".startswith(f"{area}.") for area in areas)
        group = "elsewhere" if not is_open else "free" if taken < locked.capacity else "full"
        label = f"{pledge.code} {sponsor.name} ({taken}/{locked.capacity})"
        groups[group].append((pledge.code, label))
    return [
        (sentence(f"places.{group}", {}, language), choices)
        for group, choices in groups.items()
        if choices
    ]


@router.post("/bulan/{month}/anak/{code}/hitung", include_in_schema=False)
def solve_again(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("assignment:ask")],
    month: str,
    code: str,
    janji: Annotated[str, Form()],
) -> Response:
    """Solve the month again as a job, to find what giving a child to a pledge really costs."""
    cycle = cycles.find_cycle(session, month=month)
    child = find_child(session, code=code, by=by, now=now)
    job = what_if.solve_again(
        session,
        cycle=cycle,
        child=child,
        pledge=find_pledge(session, code=janji),
        by=by,
        now=now,
    )
    return to_job(job, _question_page(cycle, child, janji))


def _question_page(cycle: Cycle, child: Child, pledge_code: str) -> str:
    return f"/bulan/{cycle.month}/anak/{child.code}?{urlencode({'janji': pledge_code})}"


@router.post("/bulan/{month}/anak/{code}/{kind}", include_in_schema=False)
def hold(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("assignment:hold")],
    month: str,
    code: str,
    kind: Literal["sematkan", "larang"],
    janji: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
) -> Response:
    """Pin a child to a pledge, or forbid the pair; the next run keeps it."""
    cycle = cycles.find_cycle(session, month=month)
    child = find_child(session, code=code, by=by, now=now)
    pledge = find_pledge(session, code=janji)
    use_case = holds.pin if kind == "sematkan" else holds.ban
    refused = refusal_of(
        session,
        lambda: use_case(
            session, cycle=cycle, child=child, pledge=pledge, by=by, now=now, reason=alasan
        ),
    )
    if refused is not None:
        session.rollback()  # what the pair would cost takes the solver's time: nobody waits for it
        with looks.looking(request.app.state.engine) as reading:
            cycle = cycles.find_cycle(reading, month=month)
            child = _looked_at(reading, code=code, by=by, now=now)
            return _explained(request, reading, cycle, child, janji, refused=refused, typed=alasan)
    return redirect(
        request,
        f"/bulan/{month}/anak/{code}",
        "hold.pinned" if kind == "sematkan" else "hold.banned",
        child=child.code,
        pledge=pledge.code,
    )


@router.post("/bulan/{month}/lepas/{hold_id}", include_in_schema=False)
def release(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("assignment:hold")],
    month: str,
    hold_id: RowId,
) -> RedirectResponse:
    """Release a pin or ban; the next run is free again."""
    cycle = cycles.find_cycle(session, month=month)
    found = holds.find_hold(session, cycle=cycle, hold_id=hold_id)
    holds.release_hold(session, hold=found, by=by, now=now)
    return redirect(request, f"/bulan/{month}/pasangan", "hold.released")
