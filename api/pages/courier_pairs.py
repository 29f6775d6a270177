"""Households that must not share a courier: the list, one more, one less."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages.names import names_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import redirect, render
from api.services import courier_pairs
from api.services.errors import ServiceError
from data.schema import Account, CourierPair, Household

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, requires("route:edit")]
Code = Annotated[str, Form(max_length=20)]
PAGE = "/armada/terpisah"


@router.get(PAGE)
def pair_list(
    request: Request, session: ReadSession, by: Editor, keluarga: str = ""
) -> HTMLResponse:
    """Show the households that must not share a courier, and the form for two more."""
    del by
    return _page(request, session, {"satu": keluarga[:20], "lain": ""})


@router.post(PAGE)
def add(
    request: Request, session: WriteSession, now: Now, by: Editor, satu: Code = "", lain: Code = ""
) -> Response:
    """Part two households."""
    refusal = refusal_of(
        session, lambda: courier_pairs.add_pair(session, codes=(satu, lain), by=by, now=now)
    )
    if refusal is not None:
        return _page(request, session, {"satu": satu, "lain": lain}, refusal)
    codes = {"one": satu.strip().upper(), "other": lain.strip().upper()}
    return redirect(request, PAGE, "pair.did.added", **codes)


@router.post("/armada/terpisah/{uid}/akhiri")
def end(request: Request, session: WriteSession, now: Now, by: Editor, uid: str) -> Response:
    """Let two households share a courier again."""
    pair = courier_pairs.end_pair(session, uid=uid, by=by, now=now)
    return redirect(request, PAGE, "pair.did.ended", **_codes(session, pair))


def _codes(session: Session, pair: CourierPair) -> dict[str, str]:
    one = session.get_one(Household, pair.household_id)
    other = session.get_one(Household, pair.other_id)
    return {"one": one.code, "other": other.code}


def _page(
    request: Request,
    session: Session,
    typed: dict[str, str],
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "coordinator/courier_pairs.html",
        status=status_of(refusal),
        errors=texts_of(request, refusal),
        names=names_of(request),
        pairs=courier_pairs.list_pairs(session),
        typed=typed,
    )
