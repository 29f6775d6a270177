"""Pairs of a month: the table, why this pair, who is left out and why, pins, bans, what changed."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages.months import facts_of
from api.pages.shell import Page, redirect, render
from api.services import cycles, matching
from api.services.children import find_child
from api.services.errors import NotFound
from api.services.pledges import find_pledge
from data.queries import assignments as queries
from data.reference.regions import regions
from data.schema import Account, Hold, MatchRun

router = APIRouter()


def areas() -> list[tuple[str, str]]:
    """Return kecamatan and kelurahan as choices, kelurahan under their kecamatan."""
    known = regions()
    return [
        choice
        for kecamatan in known.all_kecamatan
        for choice in (
            (kecamatan.code, kecamatan.name),
            *(
                (each.code, f"– {each.name}")
                for each in known.all_kelurahan
                if each.kecamatan_code == kecamatan.code
            ),
        )
    ]


def kelurahan_names() -> dict[str, str]:
    """Return kelurahan code → name."""
    return {each.code: each.name for each in regions().all_kelurahan}


@router.get("/bulan/{month}/pasangan", include_in_schema=False)
def list_pairs(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    cari: str = "",
    wilayah: str = "",
    tingkat: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the pairs, a page at a time, found by words, area and need."""
    cycle = cycles.find_cycle(session, month=month)
    tier = int(tingkat) if tingkat.isdigit() else None
    wanted: dict[str, Any] = {"words": cari, "area_code": wilayah, "tier": tier}
    _, total = queries.pairs(session, cycle=cycle, **wanted, limit=0)
    page = Page(halaman, total)
    rows, _ = queries.pairs(session, cycle=cycle, **wanted, offset=page.offset, limit=page.size)
    return render(
        request,
        "staff/assignments.html",
        **facts_of(cycle),
        rows=rows,
        page=page,
        words=cari,
        area=wilayah,
        tier=tingkat,
        areas=areas(),
        kelurahan=kelurahan_names(),
        run=session.get(MatchRun, cycle.match_run_id or 0),
        holds=queries.holds_with_names(session, cycle=cycle),
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
    return render(
        request,
        "staff/uncovered.html",
        **facts_of(cycle),
        rows=rows,
        page=page,
        area=wilayah,
        areas=areas(),
        kelurahan=kelurahan_names(),
        places=matching.recruiting(session, cycle=cycle)[:10] if cycle.match_run_id else [],
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
    halaman: int = 1,
) -> HTMLResponse:
    """Show what changed against last month or the run before, each with its price."""
    cycle = cycles.find_cycle(session, month=month)
    found = matching.changes(session, cycle=cycle, against=terhadap)
    page = Page(halaman, len(found))
    return render(
        request,
        "staff/changes.html",
        **facts_of(cycle),
        rows=found[page.offset : page.offset + page.size],
        page=page,
        against=terhadap,
    )


@router.get("/bulan/{month}/anak/{code}", include_in_schema=False)
def explain(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
    code: str,
    janji: str = "",
) -> HTMLResponse:
    """Show why a child has this sponsor (or none), and what another one would change."""
    cycle = cycles.find_cycle(session, month=month)
    child = find_child(session, code=code, by=by, now=now)
    what_if = None
    if janji:
        pledge = find_pledge(session, code=janji)
        what_if = matching.what_if(session, cycle=cycle, child=child, pledge=pledge)
    return render(
        request,
        "staff/explanation.html",
        **facts_of(cycle),
        child=child,
        explanation=matching.explain_child(session, cycle=cycle, child=child),
        places=queries.open_places(session, cycle=cycle),
        pledge_code=janji,
        what_if=what_if,
        holds=[
            row for row in queries.holds_with_names(session, cycle=cycle) if row[1].id == child.id
        ],
    )


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
) -> RedirectResponse:
    """Pin a child to a pledge, or forbid the pair; the next run keeps it."""
    cycle = cycles.find_cycle(session, month=month)
    child = find_child(session, code=code, by=by, now=now)
    pledge = find_pledge(session, code=janji)
    use_case = matching.pin if kind == "sematkan" else matching.ban
    use_case(session, cycle=cycle, child=child, pledge=pledge, by=by, now=now, reason=alasan)
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
    hold_id: int,
) -> RedirectResponse:
    """Release a pin or ban; the next run is free again."""
    found = _hold_of(session, month, hold_id)
    matching.release_hold(session, hold=found, by=by, now=now)
    return redirect(request, f"/bulan/{month}/pasangan", "hold.released")


def _hold_of(session: Session, month: str, hold_id: int) -> Hold:
    cycle = cycles.find_cycle(session, month=month)
    found = session.get(Hold, hold_id)
    if found is None or found.cycle_id != cycle.id:
        raise NotFound("hold.not_found", hold=hold_id)
    return found
