"""Children as the office sees them: the register, the sheet of one child, its household."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.i18n import N_, Formats, translator
from api.pages.child_fields import CHILD, HOME, WISHES, HomeEdit, texts_of_form
from api.pages.field_words import (
    FieldWords,
    allergy_names,
    area_choices,
    area_names,
    skill_names,
)
from api.pages.names import kelurahan_choices
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.pages.typed_fields import changes, shown, texts_read
from api.security import holds, sees_names
from api.services import children
from api.services.child_states import EXIT_REASONS
from api.services.clock import local_date
from api.services.consents import answer_of
from api.services.donor_aliases import aliases_of_child
from api.services.errors import ServiceError, StaleVersion
from data.growth.categories import status_tbu
from data.growth.weight_gain import Weighing, monthly_gains
from data.place import place_of
from data.queries import registers
from data.queries.histories import Look, looks_at, months_of_child
from data.reference.kits import completed_months
from data.schema import Account, ChildState, ConsentPurpose, Sex

router = APIRouter()
LOOKS_SHOWN = 20
CHART_TEXT = N_(
    "Garis kurva WHO 2006 pada -3, -2, 0, +2, dan +3 simpangan baku; angkanya ada di tabel."
)
NAVIGATION = [Entry(N_("Anak"), "/anak", "child:read")]


@router.get("/anak", include_in_schema=False)
def list_children(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("child:read")],
    cari: str = "",
    keadaan: str = "",
    wilayah: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the register of children."""
    known = {each.value: each for each in ChildState}
    wanted: dict[str, Any] = {
        "words": cari,
        "by_name": sees_names(by.role),
        "state": known.get(keadaan),
        "area_code": wilayah,
    }
    _, total = registers.children(session, **wanted, limit=0)
    page = Page(halaman, total)
    rows, _ = registers.children(session, **wanted, offset=page.offset, limit=page.size)
    return render(
        request,
        "staff/children.html",
        rows=rows,
        page=page,
        words=cari,
        state=keadaan,
        area=wilayah,
        states=list(known),
        areas=area_choices(place_of(by)),
        kelurahan=area_names(),
    )


@dataclass(frozen=True)
class Typed:
    """A refused form of the sheet: which one, what was typed, what it was filled with, and why.

    ``names`` and ``at`` say where on the form it stands, as :func:`api.pages.refusals.texts_of`.
    """

    form: str
    texts: Mapping[str, str]
    read: Mapping[str, str]
    refusal: ServiceError
    names: Mapping[str, str] = field(default_factory=dict)
    at: str = CONTENT

    @property
    def stale(self) -> StaleVersion | None:
        """What two people saved, when that is why."""
        return self.refusal if isinstance(self.refusal, StaleVersion) else None

    def filled(self, current: Mapping[str, str]) -> dict[str, str]:
        """Return the form's texts: what was typed; onto a newer version only what was changed."""
        if self.stale is None:
            return {**current, **self.texts}
        touched = {
            n: t for n, t in self.texts.items() if n in current and t != self.read.get(n, "")
        }
        return {**current, **touched}


def sheet_page(
    request: Request,
    session: Session,
    by: Account,
    now: datetime,
    code: str,
    *,
    typed: Typed | None = None,
) -> HTMLResponse:
    """Render one child's sheet; ``typed`` keeps a refused form and says what is wrong with it."""
    sheet = children.read_child(session, code=code, by=by, now=now)
    today, language = local_date(now), language_of(request)
    current = {"child": shown(CHILD, sheet.child), "home": shown(HOME, sheet.household)}
    errors = (
        {}
        if typed is None or typed.stale
        else texts_of(request, typed.refusal, names=typed.names, at=typed.at)
    )
    return render(
        request,
        "staff/child.html",
        status=status_of(typed.refusal if typed else None),
        errors=errors,
        sheet=sheet,
        months=completed_months(sheet.child.born_on, today),
        today=today,
        height_for_age=status_tbu,
        consents={
            purpose: answer_of([one for one in sheet.consents if one.purpose is purpose], today)
            for purpose in ConsentPurpose
        },
        wrong=typed.form if typed else "",
        stale=typed.stale if typed else None,
        current=current,
        filled={
            name: typed.filled(texts) if typed and typed.form == name else texts
            for name, texts in current.items()
        },
        measured=typed.texts if typed and typed.form == "measurement" else {},
        kept=typed.texts if typed else {},
        read={name: json.dumps(texts) for name, texts in current.items()},
        words=FieldWords(language),
        allergies=allergy_names(language),
        skills=skill_names(language),
        wishes=WISHES,
        kelurahan=area_names(),
        choices=kelurahan_choices(place_of(by)),
        all_wards=kelurahan_choices(),
        exit_reasons=EXIT_REASONS,
        gains=_gains(sheet),
        corrections=_corrections(sheet),
        charts=_charts(request, sheet),
        history=months_of_child(
            session,
            child_id=sheet.child.id or 0,
            with_sponsors=holds(by, "sponsor:read"),
        ),
        known_as=aliases_of_child(session, sheet.child) if holds(by, "sponsor:read") else [],
        who_looked=_who_looked(session, sheet.child.code) if holds(by, "audit:read") else [],
    )


def _who_looked(session: Session, code: str) -> list[Look]:
    return looks_at(session, subject="child", subject_id=code, limit=LOOKS_SHOWN)


def _gains(sheet: children.ChildSheet) -> dict[date, str]:
    """Return month → N, T, O or B, from the weights themselves."""
    weighings = [
        Weighing(one.measured_on, one.weight_g, one.waz)
        for one in sheet.measurements
        if one.weight_g
    ]
    found = monthly_gains(born_on=sheet.child.born_on, weighings=weighings)
    return {each.month_on: each.gain.value for each in found}


def _corrections(sheet: children.ChildSheet) -> dict[date, int]:
    """Return day → millimetres added to the length for the position, where any are."""
    from data.growth.zscores import position_correction_mm  # noqa: PLC0415 - numpy comes with it

    found = {
        one.measured_on: position_correction_mm(
            age_days=(one.measured_on - sheet.child.born_on).days, position=one.position
        )
        for one in sheet.measurements
        if one.lenhei_mm
    }
    return {day: by for day, by in found.items() if by}


def _charts(request: Request, sheet: children.ChildSheet) -> list[str]:
    """Return the child's length and weight on the WHO curves."""
    # The curves come with numpy, which is slow to load: only who opens a child waits for it.
    from api.pages.growth_chart import Point, growth_chart  # noqa: PLC0415

    fmt, say = Formats(language_of(request)), translator(language_of(request))
    child, gains, corrections = sheet.child, _gains(sheet), _corrections(sheet)
    heights = [
        Point(
            (one.measured_on - child.born_on).days,
            (one.lenhei_mm + corrections.get(one.measured_on, 0)) / 10,
            f"{fmt.day(one.measured_on)}: {fmt.number(one.lenhei_mm / 10, decimals=1)} cm",
            is_doubtful="haz_implausible" in one.flags,
        )
        for one in sheet.measurements
        if one.lenhei_mm
    ]
    weights = [
        Point(
            (one.measured_on - child.born_on).days,
            one.weight_g / 1000,
            f"{fmt.day(one.measured_on)}: {fmt.kilograms(one.weight_g)}",
            gains.get(one.measured_on.replace(day=1), ""),
            is_doubtful="waz_implausible" in one.flags,
        )
        for one in sheet.measurements
        if one.weight_g
    ]
    drawings = (
        ("lfa", heights, N_("Tinggi atau panjang menurut umur"), "cm"),
        ("wfa", weights, N_("Berat menurut umur"), "kg"),
    )
    return [
        Markup(  # noqa: S704 - built from numbers, and every text in it is escaped
            growth_chart(
                points,
                indicator=indicator,  # type: ignore[arg-type]
                is_boy=child.sex is Sex.MALE,
                name=say(name),
                description=say(CHART_TEXT),
                age_label=say(N_("umur (bulan)")),
                unit=unit,
                id_prefix=indicator,
            )
        )
        for indicator, points, name, unit in drawings
        if points
    ]


@router.get("/anak/{code}", include_in_schema=False)
def show_child(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    code: str,
) -> HTMLResponse:
    """Show one child's sheet; the look is written down."""
    return sheet_page(request, session, by, now, code)


@router.post("/anak/{code}/rumah", include_in_schema=False)
def edit_household(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("household:edit")],
    code: str,
    form: Annotated[HomeEdit, Form()],
) -> Response:
    """Save the household; when somebody saved in between, show both and let the person merge."""
    household = children.read_child(session, code=code, by=by, now=now, purpose="edit").household
    typed = texts_of_form(form)
    read = texts_read(form.semula) or shown(HOME, household)
    refusal = refusal_of(
        session,
        lambda: children.edit_household(
            session,
            household=household,
            base_version=form.version,
            changes=changes(HOME, read, typed),
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        kept = Typed("home", typed, read, refusal)
        return sheet_page(request, session, by, now, code, typed=kept)
    return redirect(request, f"/anak/{code}", "child.saved")
