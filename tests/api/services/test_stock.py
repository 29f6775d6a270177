import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from api.services import package_goods, packing, stock
from api.services.errors import Invalid, Refused
from api.services.package_cancelling import cancel_package
from data.schema import PackageLine, PackageState, Role, StockItem, StockMoveKind
from tests.factories import NOW, make_account, make_approved_cycle, make_depot
from tests.factories_goods import give_stock, kits_in_stock, make_packed_cycle, packages_of


def test_what_comes_in_is_on_hand_and_the_same_receipt_twice_counts_once(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    for _ in range(2):
        stock.receive_stock(
            session, depot=depot, item_code="telur", quantity=60, move_uid="m1", by=by, now=NOW
        )
    assert [(row.item_code, row.on_hand) for row in stock.stock_list(session)] == [("telur", 60)]
    assert len(stock.stock_moves(session)) == 1


def test_other_goods_under_a_known_receipt_are_refused(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    stock.receive_stock(
        session, depot=depot, item_code="telur", quantity=60, move_uid="m1", by=by, now=NOW
    )
    with pytest.raises(Refused, match=r"stock\.other_content"):
        stock.receive_stock(
            session, depot=depot, item_code="telur", quantity=61, move_uid="m1", by=by, now=NOW
        )


def test_an_unknown_item_is_refused_by_name(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    with pytest.raises(Invalid) as refusal:
        stock.receive_stock(
            session, depot=depot, item_code="emas", quantity=1, move_uid="m", by=by, now=NOW
        )
    assert refusal.value.params["item"] == "emas"


def test_a_count_books_the_difference_and_only_with_a_reason(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    give_stock(session, depot, by, telur=60)
    with pytest.raises(Refused, match=r"stock\.note"):
        stock.correct_stock(
            session,
            depot=depot,
            item_code="telur",
            counted=55,
            move_uid="c1",
            by=by,
            now=NOW,
            note=" ",
        )
    move = stock.correct_stock(
        session,
        depot=depot,
        item_code="telur",
        counted=55,
        move_uid="c1",
        by=by,
        now=NOW,
        note="pecah",
    )
    assert move is not None
    assert move.quantity == -5
    assert stock.check_stock(session) == []


def test_a_count_below_what_was_promised_is_refused(session: Session) -> None:
    cycle, _ = make_approved_cycle(session, num_children=1)
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    kits_in_stock(session, depot, by, 1)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    with pytest.raises(Refused, match=r"stock\.below_reserved") as refusal:
        stock.correct_stock(
            session,
            depot=depot,
            item_code="telur",
            counted=29,
            move_uid="c",
            by=by,
            now=NOW,
            note="x",
        )
    assert refusal.value.params["reserved"] == 30


def test_more_than_is_free_cannot_be_reserved_and_nothing_changes(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    package = packages_of(session, cycle)[0]
    line = session.exec(select(PackageLine).where(PackageLine.item_code == "telur")).one()
    give_stock(session, depot, by, telur=29)
    with pytest.raises(Refused, match=r"stock\.short") as refusal:
        package_goods.reserve(
            session, depot_id=depot.id or 0, package=package, line=line, by=by, now=NOW
        )
    assert refusal.value.params["available"] == 29
    assert session.exec(select(StockItem).where(StockItem.item_code == "telur")).one().reserved == 0


def test_lost_and_spoiled_units_leave_the_books_and_returned_ones_come_back(
    session: Session,
) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    package = packages_of(session, cycle)[0]
    package_goods.return_packed(
        session, package=package, quantities={"beras": 5}, by=by, now=NOW, note=""
    )
    package_goods.spoil_packed(session, package=package, quantities={"telur": 4}, by=by, now=NOW)
    package_goods.lose_packed(session, package=package, quantities={"madu": 1}, by=by, now=NOW)
    on_hand = {row.item_code: row.on_hand for row in stock.stock_list(session)}
    assert (on_hand["beras"], on_hand["telur"], on_hand["madu"]) == (5, 0, 0)
    kinds = {move.kind for move in stock.stock_moves(session)}
    assert {StockMoveKind.RETURN, StockMoveKind.SPOIL, StockMoveKind.LOSE} <= kinds
    assert stock.check_stock(session) == []


def test_quantities_that_moves_do_not_explain_are_found(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    give_stock(session, depot, by, telur=60)
    row = session.exec(select(StockItem)).one()
    row.on_hand = 59
    session.add(row)
    session.flush()
    assert [(fault.on_hand, fault.moves_on_hand) for fault in stock.check_stock(session)] == [
        (59, 60)
    ]


STEPS = st.lists(st.sampled_from(["receive", "cancel", "pack", "correct"]), max_size=8)


@pytest.mark.stores("sqlite")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_sum_of_moves_is_what_is_on_hand_whatever_happens(
    session: Session, steps: list[str]
) -> None:
    session.rollback()
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=3)
    kits_in_stock(session, depot, by, 3)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    for number, step in enumerate(steps):
        left = [p for p in packages_of(session, cycle) if p.state != PackageState.CANCELLED]
        if step == "receive":
            give_stock(session, depot, by, telur=1000 + number)
        elif step == "cancel" and left:
            cancel_package(session, package=left[0], by=by, now=NOW, reason="uji")
        elif step == "pack" and left:
            packing.mark_packed(
                session, cycle=cycle, by=by, now=NOW, package_ids=[left[-1].id or 0]
            )
        elif step == "correct":
            stock.correct_stock(
                session,
                depot=depot,
                item_code="gula",
                counted=number,
                move_uid=f"c{number}",
                by=by,
                now=NOW,
                note="hitung",
            )
        assert stock.check_stock(session) == []
    session.rollback()
