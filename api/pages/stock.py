"""Stock on hand, goods that come in, and corrections after a count."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.names import names_of
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Entry, redirect, render
from api.pages.typed_fields import day_or_none, units_of
from api.services import stock
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound, ServiceError
from data.queries.goods import boxed_goods
from data.schema import Account, Depot, Role
from data.schema.base import new_uid

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Stok"), "/stok", "stock:read", frozenset({Role.COORDINATOR, Role.AUDITOR}))]

Reader = Annotated[Account, requires("stock:read")]
Keeper = Annotated[Account, requires("stock:edit")]
Text = Annotated[str, Form(max_length=300)]
NUM_MOVES = 25


@router.get("/stok")
def stock_page(
    request: Request, session: ReadSession, by: Reader, barang: str = "", sebelum: int = 0
) -> HTMLResponse:
    """Show what is on hand, what is promised, and the moves that brought it there."""
    return _page(request, session, item_code=barang, before_id=sebelum or None)


@router.post("/stok/masuk")
def receive(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Keeper,
    uid: Text,
    gudang: Annotated[int, Form(ge=1, lt=2**31)],
    barang: Text = "",
    jumlah: Text = "",
    kedaluwarsa: Text = "",
    catatan: Text = "",
) -> Response:
    """Book goods that came in; the form sent twice changes nothing."""
    wished = {"uid": uid, "barang": barang, "jumlah": jumlah, "kedaluwarsa": kedaluwarsa,
              "catatan": catatan}  # fmt: skip
    try:
        stock.receive_stock(
            session, depot=_depot(session, gudang), item_code=barang, quantity=units_of(jumlah),
            move_uid=f"page:{uid}"[:64], by=by, now=now, note=catatan,
            expires_on=day_or_none(kedaluwarsa, "kedaluwarsa"),
        )  # fmt: skip
    except Invalid as error:
        refusal = _renamed(error, "jumlah")
        return _page(request, session, wished=wished, refusal=refusal)
    item = names_of(request).goods(barang, units_of(jumlah))
    return redirect(request, "/stok", "stock.did.received", item=item)


@router.post("/stok/hitung")
def count(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Keeper,
    uid: Text,
    gudang: Annotated[int, Form(ge=1, lt=2**31)],
    barang: Text = "",
    dihitung: Text = "",
    alasan: Text = "",
) -> Response:
    """Book the difference between a count and the books."""
    wished = {"uid": uid, "barang": barang, "dihitung": dihitung, "alasan": alasan}
    booked: list[object] = []
    refusal = refusal_of(
        session,
        lambda: booked.append(
            stock.correct_stock(
                session, depot=_depot(session, gudang), item_code=barang,
                counted=units_of(dihitung), move_uid=f"page:{uid}"[:64], by=by, now=now,
                note=alasan,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        refusal = _renamed(refusal, "dihitung") if isinstance(refusal, Invalid) else refusal
        return _page(request, session, wished=wished, refusal=refusal)
    code = "stock.did.corrected" if booked[0] else "stock.did.agrees"
    units, boxes = boxed_goods(session).get((gudang, barang), (0, 0))
    if booked[0] and units:
        code = "stock.did.corrected_beside_boxes"
    return redirect(
        request, "/stok", code, item=names_of(request).item(barang), packed=units, n=boxes
    )


def _page(
    request: Request,
    session: Session,
    *,
    item_code: str = "",
    before_id: int | None = None,
    wished: dict[str, str] | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    moves = stock.stock_moves(
        session, item_code=item_code or None, before_id=before_id, limit=NUM_MOVES + 1
    )
    where = {"stock.note": "alasan", "stock.below_reserved": "dihitung"}
    at = where.get(refusal.code, CONTENT) if refusal else CONTENT
    return render(
        request,
        "coordinator/stock.html",
        status=status_of(refusal),
        rows=stock.stock_list(session),
        today=local_date(request.app.state.clock()),
        moves=moves[:NUM_MOVES],
        has_more=len(moves) > NUM_MOVES,
        packages=stock.package_codes(session, moves=moves[:NUM_MOVES]),
        corrected=stock.corrected_months(session, moves=moves[:NUM_MOVES]),
        item_code=item_code,
        depots=session.exec(select(Depot).order_by(col(Depot.id))).all(),
        names=names_of(request),
        uid=(wished or {}).get("uid") or new_uid(),
        wished=wished or {},
        boxed=boxed_goods(session),
        errors=texts_of(request, refusal, at=at),
    )


def _depot(session: Session, depot_id: int) -> Depot:
    depot = session.get(Depot, depot_id)
    if depot is None:
        raise NotFound("stock.depot")
    return depot


def _renamed(error: Invalid, quantity: str) -> Invalid:
    """Name the fields as this page's forms do."""
    fields = error.params.get("fields")
    names = {"quantity": quantity, "counted": quantity, "item_code": "barang"}
    known = fields if isinstance(fields, dict) else {}
    params = {name: value for name, value in error.params.items() if name != "fields"}
    return Invalid(error.code, fields={names.get(k, k): v for k, v in known.items()}, **params)
