"""Records that may be one: two cards side by side, the differences marked, one of three words."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.dependencies import Now, WriteSession, requires
from api.i18n import N_
from api.pages.shell import Entry, Page, redirect, render
from api.services import duplicates
from api.services.audit import record
from api.services.errors import Invalid, NotFound
from data.schema import Account, Child, DuplicatePair, Household, PairDecision, PairKind, Sponsor

router = APIRouter()
NAVIGATION = [Entry(N_("Data ganda"), "/ganda", "duplicate:read")]

PER_PAGE = 10
CHILD_FIELDS = (
    ("code", N_("Kode")),
    ("name", N_("Nama")),
    ("born_on", N_("Tanggal lahir")),
    ("sex", N_("Jenis kelamin")),
    ("nik", N_("NIK")),
    ("guardian", N_("Orang tua")),
    ("address", N_("Alamat")),
    ("kelurahan", N_("Kelurahan")),
    ("posyandu", N_("Posyandu")),
)
SPONSOR_FIELDS = (
    ("code", N_("Kode")),
    ("name", N_("Nama")),
    ("kind", N_("Jenis")),
    ("institution", N_("Instansi")),
    ("nik", N_("NIK")),
    ("phone", N_("No HP")),
    ("address", N_("Alamat")),
)


def _child_card(session: Session, child_id: int) -> dict[str, Any]:
    child = session.get_one(Child, child_id)
    home = session.get_one(Household, child.household_id)
    return {
        "id": child.id,
        "code": child.code,
        "name": child.name,
        "born_on": child.born_on,
        "sex": child.sex.value,
        "nik": child.nik_masked,
        "guardian": home.guardian_name,
        "address": home.address,
        "kelurahan": home.kelurahan_code,
        "posyandu": home.posyandu,
    }


def _sponsor_card(session: Session, sponsor_id: int) -> dict[str, Any]:
    sponsor = session.get_one(Sponsor, sponsor_id)
    return {
        "id": sponsor.id,
        "code": sponsor.code,
        "name": sponsor.name,
        "kind": sponsor.kind.value,
        "institution": sponsor.institution,
        "nik": sponsor.nik_masked,
        "phone": sponsor.phone,
        "address": sponsor.address,
    }


def _cards(session: Session, pair: DuplicatePair) -> dict[str, Any]:
    """Return both records field by field, with whether they differ."""
    is_child = pair.kind is PairKind.CHILD
    card = _child_card if is_child else _sponsor_card
    first, second = card(session, pair.first_id), card(session, pair.second_id)
    rows = [
        (label, first[name], second[name], first[name] != second[name] and name != "code")
        for name, label in (CHILD_FIELDS if is_child else SPONSOR_FIELDS)
    ]
    return {"pair": pair, "first": first, "second": second, "rows": rows}


@router.get("/ganda", include_in_schema=False)
def list_pairs(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("duplicate:read")],
    jenis: str = PairKind.CHILD.value,
    keputusan: str = PairDecision.OPEN.value,
    halaman: int = 1,
) -> HTMLResponse:
    """Show pairs, the likeliest first; looking at children is written down."""
    kind = PairKind(jenis) if jenis in PairKind.__members__.values() else PairKind.CHILD
    known = {each.value: each for each in PairDecision}
    decision = known.get(keputusan, PairDecision.OPEN)
    found = duplicates.list_pairs(session, kind=kind, decision=decision)
    page = Page(halaman, len(found), PER_PAGE)
    shown = [_cards(session, pair) for pair in found[page.offset : page.offset + page.size]]
    if kind is PairKind.CHILD:
        for each in shown:
            for side in ("first", "second"):
                record(
                    session, by=by, action="child:compare", subject="child",
                    subject_id=each[side]["code"], now=now,
                )  # fmt: skip
    return render(
        request,
        "staff/duplicates.html",
        shown=shown,
        page=page,
        kind=kind.value,
        decision=decision.value,
        decisions=[each.value for each in PairDecision],
    )


@router.post("/ganda/cari", include_in_schema=False)
def find(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("duplicate:decide")],
) -> RedirectResponse:
    """Compare all records again."""
    found = [
        pair
        for kind in PairKind
        for pair in duplicates.find_duplicates(session, by=by, now=now, kind=kind)
    ]
    return redirect(request, "/ganda", "duplicate.compared", count=len(found))


@router.post("/ganda/{pair_id}", include_in_schema=False)
def decide(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("duplicate:decide")],
    pair_id: int,
    keputusan: Annotated[str, Form()],
    simpan: Annotated[int, Form()] = 0,
    jumlahkan: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Say that a pair is distinct, the same (``simpan`` stays), or must be asked in the field."""
    pair = session.get(DuplicatePair, pair_id)
    if pair is None:
        raise NotFound("duplicate.not_found", pair=pair_id)
    known = {each.value: each for each in PairDecision}
    if keputusan not in known:
        raise Invalid("duplicate.unknown_decision", fields={"keputusan": "field.choice"})
    duplicates.decide_pair(
        session,
        pair=pair,
        decision=known[keputusan],
        by=by,
        now=now,
        note=catatan,
        kept_id=simpan or None,
        sum_pledges=bool(jumlahkan),
    )
    return redirect(
        request, f"/ganda?jenis={pair.kind.value}", "duplicate.decided", decision=keputusan
    )
