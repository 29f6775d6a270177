"""Records that may be one: two cards side by side, the differences marked, one of three words."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, select

from api.dependencies import Keys, LookSession, Now, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import FieldWords
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.security import holds
from api.services import duplicates, looks
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

PER_PAGE = 5
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
WAITING = "waiting"
"""All pairs that nobody has decided, asked about or not: those that a month counts."""
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
    session: LookSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("duplicate:read")],
    jenis: str = "",
    keputusan: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show pairs, the likeliest first; looking at people, and at their NIK, is written down.

    Unasked, the page opens with what is undecided: for staff the children, and what nobody has
    looked at first; for approvers the sponsors, once some were handed to them, and those first.
    """
    counts = duplicates.count_pairs(session)
    may_merge = holds(by, "sponsor:merge")
    decisions = _decisions(keputusan)
    kind = _kind(jenis, counts, decisions, may_merge=may_merge)
    found = duplicates.list_pairs(session, kind=kind, decisions=decisions)
    mine = PairDecision.ASKED if may_merge and kind is PairKind.SPONSOR else PairDecision.OPEN
    found.sort(key=lambda pair: pair.decision is not mine)
    page = Page(halaman, len(found), PER_PAGE)
    words = FieldWords(language_of(request))
    on_page = found[page.offset : page.offset + page.size]
    shown = [_cards(session, pair, words, keys) for pair in on_page]
    for code in sorted({each[side]["code"] for each in shown for side in ("first", "second")}):
        looks.note(
            session, by=by, action=f"{kind.value}:compare", subject=kind.value, subject_id=code,
            now=now,
        )  # fmt: skip
    return render(
        request,
        "staff/duplicates.html",
        shown=shown,
        page=page,
        kind=kind.value,
        counts={each.value: _num(counts, each, duplicates.UNDECIDED) for each in PairKind},
        decision=keputusan if len(decisions) == 1 else WAITING,
        decisions={each: _num(counts, kind, _decisions(each)) for each in (WAITING, *PairDecision)},
        may_merge=kind is PairKind.CHILD or may_merge,
    )


def _decisions(wanted: str) -> Sequence[PairDecision]:
    """Return the decisions of the list that an address names; the undecided when it names none."""
    return [each for each in PairDecision if each.value == wanted] or duplicates.UNDECIDED


def _num(
    counts: Counter[tuple[PairKind, PairDecision]],
    kind: PairKind,
    decisions: Sequence[PairDecision],
) -> int:
    return sum(counts[kind, each] for each in decisions)


def _kind(
    wanted: str,
    counts: Counter[tuple[PairKind, PairDecision]],
    decisions: Sequence[PairDecision],
    *,
    may_merge: bool,
) -> PairKind:
    """Return the kind that an address names, else the one where something waits for the reader."""
    named = [each for each in PairKind if each.value == wanted]
    if named:
        return named[0]
    if (
        may_merge
        and PairDecision.ASKED in decisions
        and counts[PairKind.SPONSOR, PairDecision.ASKED]
    ):
        return PairKind.SPONSOR
    return next((each for each in PairKind if _num(counts, each, decisions)), PairKind.CHILD)


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
    dari: Annotated[str, Query()] = WAITING,
    halaman: int = 1,
) -> RedirectResponse:
    """Say that a pair is distinct, the same (``simpan`` stays), or must be asked in the field.

    It leads back to the list it was decided in (``dari``, ``halaman``), while something is there.
    """
    pair = duplicates.find_pair(session, pair_id=pair_id)
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
    left = _num(duplicates.count_pairs(session), pair.kind, _decisions(dari))
    here = {"jenis": pair.kind.value, "keputusan": dari, "halaman": halaman}
    return redirect(
        request,
        f"/ganda?{urlencode(here)}" if left else "/ganda",
        "duplicate.saved",
        pair=" / ".join(_codes(session, pair)),
        decision={"code": f"pair_decision.{_word(pair)}"},
    )


@router.post("/ganda/{pair_id}/buka", include_in_schema=False)
def reopen(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("duplicate:decide")],
    pair_id: RowId,
) -> RedirectResponse:
    """Take back that a pair is distinct; it waits for a decision again."""
    pair = duplicates.find_pair(session, pair_id=pair_id)
    duplicates.reopen_pair(session, pair=pair, by=by, now=now)
    here = {"jenis": pair.kind.value}
    return redirect(
        request, f"/ganda?{urlencode(here)}", "duplicate.reopened",
        pair=" / ".join(_codes(session, pair)),
    )  # fmt: skip


def _codes(session: Session, pair: DuplicatePair) -> list[str]:
    ids = (pair.first_id, pair.second_id)
    if pair.kind is PairKind.CHILD:
        return [session.get_one(Child, at).code for at in ids]
    return [session.get_one(Sponsor, at).code for at in ids]


def _word(pair: DuplicatePair) -> str:
    """Return what a decision is called: staff ask the field of children, and hand sponsors over."""
    is_handed = pair.kind is PairKind.SPONSOR and pair.decision is PairDecision.ASKED
    return "handed_over" if is_handed else pair.decision.value
