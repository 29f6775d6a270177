"""Packing a month: making packages, signing what is short, the list of boxes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import sentence
from api.pages.months import facts_of
from api.pages.names import kelurahan_choices, names_of
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.road import download, find_package, language_for, purposes_of
from api.pages.shell import Page, language_of, redirect, render
from api.security import sees_names
from api.services import carrying, cycles, dispatch, packing
from api.services.errors import Invalid, NotFound, Refused, ServiceError
from api.services.moves import MAY_PACK
from api.services.package_cancelling import cancel_package
from api.services.package_list import list_packages
from api.services.package_states import FILLED, IN_DEPOT
from api.services.packing_days import default_delivery_day
from api.services.packing_views import PackingResult
from api.services.repack_plans import plan_repacking
from api.services.repacking import check_may_repack, repack_package
from api.services.shortage_signing import Signature, sign_shortages
from api.services.shortages import Remedy
from data.queries.goods import num_packages
from data.queries.routes import states_of_laden_routes
from data.schema import Account, Cycle, CycleState, Package, PackageState

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("package:read")]
Packer = Annotated[Account, requires("package:edit")]
Text = Annotated[str, Form(max_length=500)]


@router.get("/bulan/{month}/paket")
def packing_page(
    request: Request, session: ReadSession, now: Now, by: Reader, month: str
) -> HTMLResponse:
    """Show how packing stands: what is reserved, what is short and who would wait."""
    return _page(request, session, now, cycles.find_cycle(session, month=month))


def _page(
    request: Request,
    session: Session,
    now: datetime,
    cycle: Cycle,
    refusal: ServiceError | None = None,
    asked: Mapping[str, Signature] | None = None,
) -> HTMLResponse:
    result = _status(session, cycle)
    return render(
        request,
        "coordinator/packing.html",
        status=status_of(refusal),
        **facts_of(cycle),
        result=result,
        may_begin=cycle.state in MAY_PACK,
        is_late=cycle.state == CycleState.DISTRIBUTING,
        has_routes=bool(states_of_laden_routes(session, cycle_id=cycle.id or 0)),
        bare=packing.without_package(session, cycle=cycle) if result else (),
        day=result.deliver_on if result else default_delivery_day(cycle, now),
        to_unpack=carrying.boxes_to_unpack(session, cycle=cycle) if cycle.state in MAY_PACK else (),
        unpacked=carrying.unpacked_boxes(session, cycle=cycle),
        names=names_of(request),
        purposes=purposes_of(request),
        remedies=[
            (each.value, sentence(f"remedy.{each.value}", {}, language_of(request)))
            for each in Remedy
        ],
        asked=asked or {},
        may_sign=cycle.state in MAY_PACK,
        errors=texts_of(request, refusal),
    )


@router.post("/bulan/{month}/paket/kemas")
def pack(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Packer,
    month: str,
    hari: Annotated[date | None, Form()] = None,
) -> RedirectResponse:
    """Make the packages and reserve their goods, or say what is short."""
    cycle = cycles.find_cycle(session, month=month)
    begun = _status(session, cycle) is not None
    result = packing.pack_cycle(
        session, cycle=cycle, by=by, now=now, deliver_on=None if begun else hari
    )
    code = "packing.did.reserved" if result.is_reserved else "packing.did.short"
    return redirect(
        request, f"/bulan/{month}/paket", code, packages=result.num_going,
        items=sum(1 for line in result.shortages if not line.signed_by),
    )  # fmt: skip


@router.get("/bulan/{month}/paket/kekurangan/{item}")
def waiting_list(
    request: Request, session: ReadSession, by: Reader, month: str, item: str, halaman: int = 1
) -> HTMLResponse:
    """List the packages that a shortage touches, neediest first."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    result = _status(session, cycle)
    short = (
        next((row for row in result.shortages if row.item_code == item), None) if result else None
    )
    if short is None:
        raise NotFound("packing.no_shortage", item=names_of(request).item(item))
    page = Page(halaman, len(short.waiting))
    return render(
        request,
        "coordinator/shortage.html",
        **facts_of(cycle),
        short=short,
        rows=short.waiting[page.offset : page.offset + page.size],
        page=page,
        names=names_of(request),
    )


@router.post("/bulan/{month}/paket/kekurangan")
def sign(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("shortage:sign")],
    month: str,
    barang: Annotated[list[Text], Form()],
    tindakan: Annotated[list[Text], Form()],
    pengganti: Annotated[list[Text] | None, Form()] = None,
) -> Response:
    """Sign what is done about the items that are short: all that were chosen, or none."""
    cycle = cycles.find_cycle(session, month=month)
    chosen = _signatures(barang, tindakan, pengganti or [""] * len(barang))
    refusal = refusal_of(
        session,
        lambda: sign_shortages(session, cycle=cycle, signatures=chosen, by=by, now=now),
    )
    if refusal is not None:
        asked = {each.item_code: each for each in chosen}
        return _page(request, session, now, cycle, refusal, asked)
    return redirect(
        request, f"/bulan/{month}/paket#kekurangan",
        "packing.did.signed" if chosen else "packing.did.signed_none",
        items=[names_of(request).item(each.item_code) for each in chosen],
    )  # fmt: skip


def _signatures(
    item_codes: list[str], remedies: list[str], substitutes: list[str]
) -> list[Signature]:
    """Read the rows in which somebody chose what is done."""
    if not len(item_codes) == len(remedies) == len(substitutes):
        raise Invalid("packing.rows", fields={"tindakan": "packing.rows"})
    known = {remedy.value: remedy for remedy in Remedy}
    return [
        Signature(code, known[remedy], substitute or None)
        for code, remedy, substitute in zip(item_codes, remedies, substitutes, strict=True)
        if remedy in known
    ]


@router.post("/bulan/{month}/paket/tandai")
def mark(
    request: Request, session: WriteSession, now: Now, by: Packer, month: str
) -> RedirectResponse:
    """Book every reserved package as packed."""
    cycle = cycles.find_cycle(session, month=month)
    count = packing.mark_packed(session, cycle=cycle, by=by, now=now)
    return redirect(request, f"/bulan/{month}/paket", "packing.did.packed", count=count)


@router.post("/bulan/{month}/paket/label")
def labels(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("route:dispatch")],
    month: str,
    keperluan: Text = "",
) -> Response:
    """Give the labels of all boxes as one file; they may be printed before planning."""
    cycle = cycles.find_cycle(session, month=month)
    made: list[dispatch.Export] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            dispatch.export_routes(
                session, cycle=cycle, kind=dispatch.ExportKind.LABELS_PDF, by=by, now=now,
                purpose=keperluan, language=language_for(request),
            )
        ),
    )  # fmt: skip
    return _page(request, session, now, cycle, refusal) if refusal else download(made[0])


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the list of packages shows, as its address says: state, kelurahan, words, page."""

    keadaan: str = ""
    kelurahan: str = ""
    cari: str = ""
    halaman: int = 1

    def query(self, **changed: object) -> str:
        """Return the query of an address, from ``?`` on; empty for the whole list."""
        wanted = asdict(self) | changed
        kept = {name: value for name, value in wanted.items() if value not in ("", 1)}
        return f"?{urlencode(kept)}" if kept else ""


Sieved = Annotated[Sieve, Depends()]


@router.get("/bulan/{month}/paket/daftar")
def package_list(
    request: Request, session: ReadSession, by: Reader, month: str, sieve: Sieved
) -> HTMLResponse:
    """List the packages of a month, by state, kelurahan and words in codes and names."""
    return _list(request, session, by, cycles.find_cycle(session, month=month), sieve)


def _list(
    request: Request,
    session: Session,
    by: Account,
    cycle: Cycle,
    sieve: Sieve,
    *,
    refusal: ServiceError | None = None,
    at: str = CONTENT,
    typed: str = "",
    ticked: Collection[str] = (),
) -> HTMLResponse:
    """Show packages; with a refusal what was refused, and what was typed and ticked for it."""
    state = PackageState(sieve.keadaan) if sieve.keadaan in list(PackageState) else None
    wanted: dict[str, Any] = {"state": state, "kelurahan_code": sieve.kelurahan or None}
    wanted |= {"words": sieve.cari, "by_name": sees_names(by.role)}
    page = Page(sieve.halaman, num_packages(session, cycle_id=cycle.id or 0, **wanted))
    rows = list_packages(session, cycle=cycle, **wanted, offset=page.offset, limit=page.size)
    address = f"/bulan/{cycle.month}/paket/daftar"
    return render(
        request,
        "coordinator/packages.html",
        status=status_of(refusal),
        errors=texts_of(request, refusal, at=at),
        typed=typed,
        ticked=ticked,
        address=address,
        sieved=sieve.query(halaman=page.number),
        page_url=lambda number, *_: address + sieve.query(halaman=number),
        **facts_of(cycle),
        rows=rows,
        page=page,
        state=sieve.keadaan,
        states=list(PackageState),
        place=sieve.kelurahan,
        words=sieve.cari,
        places=kelurahan_choices(),
        names=names_of(request),
        cancellable=IN_DEPOT,
        may_repack=cycle.state in MAY_PACK,
    )


@router.post("/bulan/{month}/paket/bawa")
def carry_all(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Packer,
    month: str,
    sieve: Sieved,
    kode: Annotated[list[Text] | None, Form()] = None,
) -> Response:
    """Leave the packages that were ticked for next month: all of them, or none."""
    cycle = cycles.find_cycle(session, month=month)
    packages = [find_package(session, code, cycle=cycle) for code in kode or []]
    refusal = refusal_of(
        session,
        lambda: carrying.carry_packages(session, packages=packages, by=by, now=now),
    )
    if refusal is not None:
        return _list(request, session, by, cycle, sieve, refusal=refusal, ticked=kode or ())
    did = "packing.did.carried" if packages else "packing.did.carried_none"
    back = f"/bulan/{month}/paket/daftar{sieve.query()}"
    return redirect(request, back, did, n=len(packages))


@router.get("/bulan/{month}/paket/{code}/ulang")
def repacking_page(
    request: Request, session: ReadSession, now: Now, by: Packer, month: str, code: str
) -> HTMLResponse:
    """Show what packing a package again takes out and puts in, and what lacks for it."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    return _repacking(request, session, now, cycle, find_package(session, code, cycle=cycle))


@router.post("/bulan/{month}/paket/{code}/ulang")
def repack(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Packer,
    month: str,
    code: str,
    alasan: Text = "",
    rusak: Text = "",
    barang: Annotated[list[Text] | None, Form()] = None,
    tindakan: Annotated[list[Text] | None, Form()] = None,
    pengganti: Annotated[list[Text] | None, Form()] = None,
) -> Response:
    """Pack a package again: the new one gets its goods, or nothing changes and what lacks shows."""
    cycle = cycles.find_cycle(session, month=month)
    package = find_package(session, code, cycle=cycle)
    goods = barang or []
    chosen = _signatures(goods, tindakan or [], pengganti or [""] * len(goods))
    made: list[Package] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            repack_package(
                session, package=package, by=by, now=now, reason=alasan,
                is_spoiled=rusak == "ya", signatures=chosen,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        typed = {"alasan": alasan, "rusak": rusak}
        return _repacking(request, session, now, cycle, package, refusal, typed, chosen)
    did = "packing.did.repacked"
    if made[0].state == PackageState.PLANNED and _is_short(session, cycle):
        did = "packing.did.repacked_short"
    return redirect(request, f"/bulan/{month}/paket", did, package=code, fresh=made[0].code)


def _repacking(
    request: Request,
    session: Session,
    now: datetime,
    cycle: Cycle,
    package: Package,
    refusal: ServiceError | None = None,
    typed: Mapping[str, str] | None = None,
    chosen: Sequence[Signature] = (),
) -> HTMLResponse:
    check_may_repack(cycle, package)
    plan = plan_repacking(session, cycle=cycle, package=package, now=now)
    is_filled = package.state in FILLED
    asked = {each.item_code: each for each in chosen}
    spoilt = plan.lacking(is_spoiled=True) if is_filled else ()
    return render(
        request,
        "coordinator/repacking.html",
        status=status_of(refusal),
        **facts_of(cycle),
        package=package,
        plan=plan,
        is_filled=is_filled,
        lacking=plan.lacking() if is_filled else (),
        spoilt=spoilt,
        names=names_of(request),
        remedies=[
            (each.value, sentence(f"remedy.{each.value}", {}, language_of(request)))
            for each in Remedy
            if each is not Remedy.WAIT
        ],
        asked=asked,
        typed=typed or {},
        errors=texts_of(request, refusal),
    )


@router.post("/bulan/{month}/paket/{code}/{verb}")
def take_out(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Packer,
    month: str,
    code: str,
    verb: str,
    sieve: Sieved,
    alasan: Text = "",
) -> Response:
    """Take a package out of the month, or leave it for the next; the list stays as it was."""
    cycle = cycles.find_cycle(session, month=month)
    package = find_package(session, code, cycle=cycle)
    if verb == "batal":
        refusal = refusal_of(
            session,
            lambda: cancel_package(session, package=package, by=by, now=now, reason=alasan),
        )
    elif verb == "bawa":
        refusal = refusal_of(
            session, lambda: carrying.carry_package(session, package=package, by=by, now=now)
        )
    else:
        raise Refused("packing.verb", verb=verb[:20])
    if refusal is not None:
        is_at_field = verb == "batal" and package.state in IN_DEPOT
        at = f"alasan-{package.code}" if is_at_field else CONTENT
        return _list(request, session, by, cycle, sieve, refusal=refusal, at=at, typed=alasan)
    back = f"/bulan/{month}/paket/daftar{sieve.query()}"
    return redirect(request, back, f"packing.did.{verb}", package=package.code)


def _is_short(session: Session, cycle: Cycle) -> bool:
    """Whether a shortage of the month waits for a signature."""
    result = _status(session, cycle)
    return result is not None and any(not line.signed_by for line in result.shortages)


def _status(session: Session, cycle: Cycle) -> PackingResult | None:
    """Return how packing stands, or None before it began."""
    try:
        return packing.packing_status(session, cycle=cycle)
    except Refused as refusal:
        if refusal.code != "packing.not_begun":
            raise
        return None
