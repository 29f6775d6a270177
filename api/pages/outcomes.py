"""Where the list is heading, what others published, and whether support helps."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, Formats, translator
from api.pages.monitoring import sheet_page, ways
from api.pages.recording import Text
from api.pages.refusals import refusal_of
from api.pages.shell import Page, language_of, redirect, render
from api.security import holds
from api.services import effect_rows, target_line
from api.services.effect_answer import effect_answer
from api.services.effect_tables import NAMES, effect_sentence
from api.services.errors import Invalid, ServiceError
from api.services.support_effect import INDICES
from data.schema import Account, FigureKind, FigureUnit

router = APIRouter(include_in_schema=False)

KINDS = (
    ("target", N_("Target")),
    ("survey", N_("Survei (SSGI/SKI)")),
    ("register", N_("Pencatatan (e-PPGBM)")),
)
PART_NAMES = (
    ("pairs", N_("Berpasangan")),
    ("supported_alone", N_("Didampingi, tanpa pembanding")),
    ("others_alone", N_("Belum didampingi, tanpa pasangan")),
)
UNITS = (("percent", N_("persen")), ("children", N_("anak")))


@router.get("/monev/target")
def target_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
) -> HTMLResponse:
    """Show sources side by side, dated targets, the projection and the coverage it would take."""
    del by
    return _target(request, session, now)


@router.post("/monev/target")
def add_figure(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("published:edit")],
    jenis: Text = "",
    wilayah: Text = "",
    tanggal: Text = "",
    nilai: Text = "",
    satuan: Text = "",
    nama: Text = "",
    sumber: Text = "",
) -> Response:
    """Enter a published figure or a dated target."""
    typed = {
        "jenis": jenis, "wilayah": wilayah, "tanggal": tanggal, "nilai": nilai, "satuan": satuan,
        "nama": nama, "sumber": sumber,
    }  # fmt: skip

    def act() -> None:
        kind, unit, value, on = _read(typed)
        target_line.add_figure(
            session, kind=kind, unit=unit, value=value, on=on, area=wilayah, name=nama,
            source=sumber, by=by, now=now,
        )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _target(request, session, now, refusal, typed)
    return redirect(request, "/monev/target", "published.saved")


@router.post("/monev/target/{figure_id}/tarik")
def withdraw_figure(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("published:edit")],
    figure_id: RowId,
    alasan: Text = "",
) -> Response:
    """Take a figure that was entered wrongly out of the lists."""
    refusal = refusal_of(
        session,
        lambda: target_line.withdraw_figure(
            session, figure_id=figure_id, reason=alasan, by=by, now=now
        ),
    )
    if refusal is not None:
        return _target(request, session, now, refusal)
    return redirect(request, "/monev/target", "published.withdrawn")


def _read(typed: dict[str, str]) -> tuple[FigureKind, FigureUnit, float, date]:
    """Return the typed values as the use case wants them, or refuse at the field."""
    wrong, value, on = {}, 0.0, date.min
    if typed["jenis"] not in list(FigureKind):
        wrong["jenis"] = "field.choice"
    if typed["satuan"] not in list(FigureUnit):
        wrong["satuan"] = "field.choice"
    try:
        value = float(typed["nilai"].strip().replace(",", "."))
    except ValueError:
        wrong["nilai"] = "published.value"
    try:
        on = date.fromisoformat(typed["tanggal"].strip())
    except ValueError:
        wrong["tanggal"] = "field.date"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    return FigureKind(typed["jenis"]), FigureUnit(typed["satuan"]), value, on


def _target(
    request: Request,
    session: Session,
    now: datetime,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    say = translator(language_of(request))
    return sheet_page(
        request,
        session,
        now,
        "target",
        template="monev/target.html",
        refusal=refusal,
        has_months=False,
        typed=typed or {},
        kinds=[(code, say(name)) for code, name in KINDS],
        units=[(code, say(name)) for code, name in UNITS],
        own=[each for each in target_line.published(session) if each.id],
    )


@router.get("/monev/manfaat")
def effect_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
) -> HTMLResponse:
    """Say whether supported children grow better than comparable ones, or that it is not known."""
    language = language_of(request)
    say, formats = translator(language), Formats(language)
    found = effect_answer(session).effects
    intro = " ".join(effect_sentence(index, found[index], say, formats) for index in INDICES)
    opens = effect_rows.FIGURES if holds(by, "comparison:read") else frozenset[str]()
    return sheet_page(
        request, session, now, "manfaat", intro=intro, has_months=False, countable=opens
    )


@router.get("/monev/manfaat/baris")
def effect_rows_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("comparison:read")],
    indeks: str = "haz",
    bagian: str = "pairs",
    halaman: int = 1,
) -> HTMLResponse:
    """Show who was compared with whom, and who had no comparable partner; the look is noted."""
    behind = effect_rows.compared_children(
            session, index=indeks, part=bagian, by=by, now=now,
            shown=lambda num_rows: Page(halaman, num_rows).span,
        )  # fmt: skip
    say, formats = translator(language_of(request)), Formats(language_of(request))
    told, counts = behind.answer.effects[indeks], behind.counts
    return render(
        request,
        "monev/effect_rows.html",
        pages=ways(request),
        index=indeks,
        index_name=say(NAMES[indeks]),
        part=bagian,
        parts=[(code, say(name), counts[code]) for code, name in PART_NAMES],
        told=told,
        sentence_told=effect_sentence(indeks, told, say, formats),
        counts=(
            counts["pairs"] + counts["supported_alone"],
            counts["pairs"] + counts["others_alone"],
            counts["pairs"],
        ),
        mean=behind.mean_difference,
        rows=behind.rows,
        page=Page(halaman, counts[bagian]),
    )
