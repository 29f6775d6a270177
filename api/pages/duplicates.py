"""Records that may be one: two cards side by side, the differences marked, one of three words."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, select

from api.dependencies import Keys, Now, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import FieldWords
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.security import may
from api.services import duplicates
from api.services.audit import record
from api.services.errors import Invalid
from data.schema import (
    Account,
    Child,
    DuplicatePair,
    Household,
    PairDecision,
    PairKind,
    Pledge,
    Sponsor,
)
from data.sealing import KeyRing

router = APIRouter()
NAVIGATION = [Entry(N_("Data ganda"), "/ganda", "duplicate:read")]

PER_PAGE = 10
CHILD_FIELDS = (
    "name",
    "born_on",
    "sex",
    "nik",
    "guardian_name",
    "phone",
    "address",
    "kelurahan_code",
    "posyandu",
    "state",
)
SPONSOR_FIELDS = (
    "name",
    "kind",
    "institution",
    "nik",
    "phone",
    "email",
    "address",
    "kelurahan_code",
    "pledge",
)
DECIDER_FIRST = (
    (PairKind.CHILD, PairDecision.OPEN),
    (PairKind.SPONSOR, PairDecision.OPEN),
    (PairKind.CHILD, PairDecision.ASKED),
)
"""Where staff begin: what nobody has looked at."""
MERGER_FIRST = ((PairKind.SPONSOR, PairDecision.ASKED), *DECIDER_FIRST)
"""Where approvers begin: the sponsors that staff handed over to be merged."""
HOUSEHOLD_FIELDS = frozenset(
    {"guardian_name", "phone", "address", "kelurahan_code", "posyandu"},
)


def _child_card(session: Session, child_id: int) -> dict[str, Any]:
    child = session.get_one(Child, child_id)
    home = session.get_one(Household, child.household_id)
    card: dict[str, Any] = {"id": child.id, "code": child.code, "nik": child.nik_masked}
    card["record"] = child
    for name in CHILD_FIELDS:
        if name not in card:
            card[name] = getattr(home if name in HOUSEHOLD_FIELDS else child, name)
    return card


def _sponsor_card(session: Session, sponsor_id: int) -> dict[str, Any]:
    sponsor = session.get_one(Sponsor, sponsor_id)
    pledges = session.exec(
        select(Pledge.code).where(Pledge.sponsor_id == sponsor_id).order_by(Pledge.code)
    ).all()
    card: dict[str, Any] = {"id": sponsor.id, "code": sponsor.code, "nik": sponsor.nik_masked}
    card["pledge"], card["record"] = list(pledges), sponsor
    for name in SPONSOR_FIELDS:
        if name not in card:
            card[name] = getattr(sponsor, name)
    return card


def _cards(
    session: Session, pair: DuplicatePair, words: FieldWords, keys: KeyRing
) -> dict[str, Any]:
    """Return both records field by field, with whether they differ.

    Of the NIK, whose middle stays hidden, the parts that differ are named.
    """
    is_child = pair.kind is PairKind.CHILD
    card = _child_card if is_child else _sponsor_card
    first, second = card(session, pair.first_id), card(session, pair.second_id)
    parts = duplicates.nik_parts_apart(first["record"], second["record"], keys=keys)
    rows = [
        (
            words.label(name),
            words.value(name, first[name]),
            words.value(name, second[name]),
            first[name] != second[name] or (name == "nik" and bool(parts)),
            parts if name == "nik" else None,
        )
        for name in (CHILD_FIELDS if is_child else SPONSOR_FIELDS)
    ]
    return {"pair": pair, "first": first, "second": second, "rows": rows}


@router.get("/ganda", include_in_schema=False)
def list_pairs(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("duplicate:read")],
    jenis: str = "",
    keputusan: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show pairs, the likeliest first; looking at people, and at their NIK, is written down.

    Unasked, the page opens where something waits for this person: staff begin with children that
    are open, approvers with sponsors that were handed to them.
    """
    kinds = {each.value: each for each in PairKind}
    decisions = {each.value: each for each in PairDecision}
    counts = duplicates.count_pairs(session)
    may_merge = may(by.role, "sponsor:merge")
    kind, decision = next(
        (
            (each_kind, each_decision)
            for each_kind, each_decision in (MERGER_FIRST if may_merge else DECIDER_FIRST)
            if counts[each_kind, each_decision]
            and jenis in ("", each_kind.value)
            and keputusan in ("", each_decision.value)
        ),
        (kinds.get(jenis, PairKind.CHILD), decisions.get(keputusan, PairDecision.OPEN)),
    )
    found = duplicates.list_pairs(session, kind=kind, decision=decision)
    page = Page(halaman, len(found), PER_PAGE)
    words = FieldWords(language_of(request))
    on_page = found[page.offset : page.offset + page.size]
    shown = [_cards(session, pair, words, keys) for pair in on_page]
    for code in sorted({each[side]["code"] for each in shown for side in ("first", "second")}):
        record(
            session, by=by, action=f"{kind.value}:compare", subject=kind.value, subject_id=code,
            now=now,
        )  # fmt: skip
    return render(
        request,
        "staff/duplicates.html",
        shown=shown,
        page=page,
        kind=kind.value,
        counts={
            each.value: sum(counts[each, state] for state in duplicates.UNDECIDED)
            for each in PairKind
        },
        decision=decision.value,
        decisions={each: counts[kind, PairDecision(each)] for each in decisions},
        may_merge=kind is PairKind.CHILD or may_merge,
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
    keys: Keys,
    by: Annotated[Account, requires("duplicate:decide")],
    pair_id: RowId,
    keputusan: Annotated[str, Form()] = "",
    simpan: Annotated[int, Form()] = 0,
    jumlahkan: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Say that a pair is distinct, the same (``simpan`` stays), or must be asked in the field."""
    pair = duplicates.find_pair(session, pair_id=pair_id)
    before = pair.decision
    known = {each.value: each for each in PairDecision if each is not PairDecision.OPEN}
    word = PairDecision.DUPLICATE.value if simpan else keputusan
    if word not in known:
        raise Invalid("duplicate.unknown_decision", fields={"keputusan": "field.choice"})
    duplicates.decide_pair(
        session,
        pair=pair,
        decision=known[word],
        by=by,
        now=now,
        note=catatan,
        kept_id=simpan or None,
        keys=keys,
        sum_pledges=bool(jumlahkan),
    )
    waiting = duplicates.count_pairs(session)[pair.kind, before]
    back = f"?jenis={pair.kind.value}&keputusan={before.value}" if waiting else ""
    return redirect(request, f"/ganda{back}", "duplicate.saved")
