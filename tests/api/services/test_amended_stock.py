"""Corrections of a closed month move its goods in the stock books: once, and back again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import reconcile, stock, stock_moves
from api.services.amended_goods import whereabouts
from api.services.carrying import carry_package, unpack_carried
from api.services.errors import Refused
from data.queries.goods import boxed_goods
from data.schema import (
    Account,
    Amendment,
    Cycle,
    Depot,
    Package,
    PackageState,
    Role,
    StockItem,
    StockMove,
    StockMoveKind,
)
from tests.api.services.test_amendments import BOX, Closed
from tests.api.services.test_reconcile import LATER, answer_all, closed_month
from tests.factories import NOW, make_account, make_cycle
from tests.factories_routes import make_dispatched_cycle, package_at

pytestmark = pytest.mark.stores("sqlite")
K = StockMoveKind
NEXT_DAY = LATER + timedelta(days=1)


class Shelf(Closed):
    """A closed month whose first package is corrected, and the shelf that it was packed from."""

    def __init__(self, session: Session, cycle: Cycle, approver: Account) -> None:
        super().__init__(session, cycle, approver)
        self.books_before = self.on_hand()

    def on_hand(self) -> dict[str, int]:
        return {row.item_code: row.on_hand for row in self.session.exec(select(StockItem))}

    def gained(self) -> dict[str, int]:
        now = self.on_hand()
        return {
            code: now[code] - units
            for code, units in self.books_before.items()
            if now[code] != units
        }

    def count(self, code: str, units: int) -> None:
        depot = self.session.exec(select(Depot)).one()
        stock.correct_stock(
            self.session, depot=depot, item_code=code, counted=units, move_uid=f"count:{units}",
            by=self.approver, now=NEXT_DAY, note="stok opname",
        )  # fmt: skip

    def kinds(self, entry: Amendment) -> dict[tuple[str, StockMoveKind], int]:
        rows = select(StockMove).where(StockMove.amendment_id == entry.id)
        return {(row.item_code, row.kind): row.quantity for row in self.session.exec(rows)}

    @property
    def package(self) -> Package:
        assert self.row is not None
        pair = Package.assignment_id == self.row.assignment_id
        return self.session.exec(select(Package).where(pair)).one()


@pytest.fixture
def shelf(session: Session) -> Shelf:
    cycle, approver, _ = closed_month(session)
    return Shelf(session, cycle, approver)


def test_goods_that_came_back_are_on_the_shelf_and_leave_it_when_that_is_undone(
    shelf: Shelf,
) -> None:
    first = shelf.amend(state="unfulfilled", moved_to="returned")
    assert shelf.gained() == BOX
    assert shelf.kinds(first) == {(code, K.RETURN): units for code, units in BOX.items()}
    with pytest.raises(Refused, match=r"amend\.nothing"):
        shelf.amend(state="unfulfilled", moved_to="returned")
    second = shelf.amend(state="fulfilled", moved_to="returned", delivered_on="2026-12-01")
    assert shelf.gained() == {}
    assert shelf.kinds(second) == {(code, K.RETURN): -units for code, units in BOX.items()}
    assert stock.check_stock(shelf.session) == []
    assert reconcile.reconciliation(shelf.session, cycle=shelf.cycle).is_balanced


@pytest.mark.parametrize(("where", "kind"), [("spoiled", K.SPOIL), ("lost", K.LOSE)])
def test_goods_written_off_pass_the_books_and_stay_off_the_shelf(
    shelf: Shelf, where: str, kind: StockMoveKind
) -> None:
    entry = shelf.amend(items={"telur": 20}, moved_to=where)
    assert shelf.kinds(entry) == {("telur", K.RETURN): 10, ("telur", kind): -10}
    assert shelf.gained() == {}
    assert stock.check_stock(shelf.session) == []


def test_the_rest_of_a_box_kept_in_part_moves_on_item_by_item(shelf: Shelf) -> None:
    shelf.amend(items={"telur": 20, "beras": 0}, moved_to="returned")
    given: dict[str, Any] = {"given": shelf.package.id, "moved_from": "returned"}
    entry = shelf.amend("package", **given, moved_to="spoiled", items={"telur": 4})
    assert shelf.kinds(entry) == {("telur", K.SPOIL): -4}
    assert shelf.gained() == {"telur": 6, "beras": 5}
    shelf.amend("package", **given, moved_to="lost")
    found = whereabouts(shelf.session, package=shelf.package)
    assert (found.left("returned"), found.left("lost")) == ({}, {"telur": 6, "beras": 5})
    assert shelf.gained() == {}
    shelf.amend("package", given=shelf.package.id, moved_from="lost", moved_to="returned")
    assert shelf.gained() == {"telur": 6, "beras": 5}
    for wrong in (
        {"moved_from": "carried", "moved_to": "lost"},
        {"moved_from": "returned", "moved_to": "carried"},
        {"moved_from": "returned", "moved_to": "returned"},
    ):
        with pytest.raises(Refused, match=r"amend\.moved_to"):
            shelf.amend("package", given=shelf.package.id, **wrong)
    with pytest.raises(Refused, match=r"amend\.value"):
        shelf.amend("package", **given, moved_to="lost", items={"telur": 7})


def test_after_a_count_a_person_says_whether_it_saw_the_goods(shelf: Shelf) -> None:
    shelf.count("telur", shelf.books_before["telur"] + 30)
    with pytest.raises(Refused, match=r"amend\.counted") as asked, shelf.session.begin_nested():
        shelf.amend(state="unfulfilled", moved_to="returned")
    assert asked.value.params["items"] == ["telur"]
    entry = shelf.amend(state="unfulfilled", moved_to="returned", is_counted=True)
    assert shelf.kinds(entry)["telur", K.RETURN] == 30
    assert shelf.kinds(entry)["telur", K.CORRECT] == -30
    assert shelf.gained() == BOX, "the eggs by the count, everything else by the correction"
    shelf.amend(state="fulfilled", moved_to="returned", delivered_on="2026-12-01", is_counted=True)
    assert shelf.gained() == {"telur": 30}, "what was counted stays as counted"
    assert stock.check_stock(shelf.session) == []


def test_goods_that_came_after_the_count_are_booked_on_top_of_it(shelf: Shelf) -> None:
    shelf.count("telur", shelf.books_before["telur"])
    shelf.amend(items={"telur": 0}, moved_to="returned", is_counted=False)
    assert shelf.gained() == {"telur": 30}
    shelf.amend(items={"telur": 10}, moved_to="returned", is_counted=False)
    assert shelf.gained() == {"telur": 20}


def test_a_write_off_needs_no_answer_about_a_count(shelf: Shelf) -> None:
    shelf.count("telur", shelf.books_before["telur"])
    shelf.amend(items={"telur": 0}, moved_to="lost")
    assert shelf.gained() == {}


def test_goods_that_are_not_free_on_the_shelf_cannot_leave_it(shelf: Shelf) -> None:
    shelf.amend(items={"telur": 0}, moved_to="returned")
    row = shelf.session.exec(select(StockItem).where(StockItem.item_code == "telur")).one()
    row.reserved = row.on_hand - 29
    shelf.session.flush()
    with pytest.raises(Refused, match=r"amend\.stock_short") as short, shelf.session.begin_nested():
        shelf.amend(items={"telur": 30}, moved_to="returned")
    assert (short.value.params["needed"], short.value.params["available"]) == (30, 29)


def test_corrections_from_before_stock_moved_with_them_are_not_booked_twice(shelf: Shelf) -> None:
    """An entry of an older version moved no stock: undoing it moves none either."""
    entry = shelf.amend(items={"telur": 0}, moved_to="returned")
    for move in shelf.session.exec(select(StockMove).where(StockMove.amendment_id == entry.id)):
        row = shelf.session.exec(select(StockItem).where(StockItem.item_code == "telur")).one()
        row.on_hand -= move.quantity
        shelf.session.delete(move)
    shelf.session.flush()
    undone = shelf.amend(items={"telur": 30}, moved_to="returned")
    assert (shelf.kinds(undone), shelf.gained()) == ({}, {})


@pytest.fixture
def carried(session: Session) -> Shelf:
    """A box that stayed in the depot over the end of its month, closed."""
    cycle, _, stops, coordinator, _ = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    package.state = PackageState.PACKED
    session.add(package)
    carry_package(session, package=package, by=coordinator, now=NOW)
    stops[0].state = "cancelled"  # type: ignore[assignment]
    session.flush()
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    return Shelf(session, cycle, approver)


def test_a_carried_box_is_corrected_before_and_after_it_is_unpacked(carried: Shelf) -> None:
    january = make_cycle(carried.session, month="2027-01")
    given: dict[str, Any] = {"moved_to": "carried", "delivered_on": "2026-12-02"}
    with pytest.raises(Refused, match=r"amend\.by_item"):
        carried.amend(accepted_items=10, **given)
    carried.amend(items={"telur": 10}, **given)
    carried.amend(
        "package", given=carried.package.id, moved_from="carried", moved_to="spoiled",
        items={"madu": 1},
    )  # fmt: skip
    assert carried.gained() == {}, "it stands in its box, off the books"
    for _ in range(2):
        unpack_carried(carried.session, cycle=january, by=carried.approver, now=LATER)
        assert carried.gained() == {
            "telur": 20, "beras": 5, "susu_uht": 12, "kacang_hijau": 2,
        }  # fmt: skip
        assert boxed_goods(carried.session) == {}, "no box stands there any more"
    carried.amend(items={"telur": 0}, moved_to="carried")
    assert carried.gained()["telur"] == 30
    carried.amend(items={"telur": 30}, **given)
    unpack_carried(carried.session, cycle=january, by=carried.approver, now=LATER)
    assert "telur" not in carried.gained()
    assert stock.check_stock(carried.session) == []


def packed_again(shelf: Shelf) -> Package:
    """Let the corrected package have been packed in place of another; returns that one."""
    fresh = shelf.package
    left_out = {"id", "code", "state", "stop_id"}
    old = Package(**fresh.model_dump(exclude=left_out), code="P-LAMA", state=PackageState.CANCELLED)
    shelf.session.add(old)
    shelf.session.flush()
    depot = shelf.session.exec(select(Depot)).one()
    for kind, units in ((K.RESERVE, 30), (K.PACK, -30), (K.RETURN, 30)):
        stock_moves.book_move(
            shelf.session, depot_id=depot.id or 0, item_code="telur", kind=kind, quantity=units,
            by=shelf.approver, now=NOW, package_id=old.id,
        )  # fmt: skip
    shelf.session.flush()
    return old


def test_what_is_said_of_a_package_is_not_said_of_the_one_before_it(shelf: Shelf) -> None:
    old = packed_again(shelf)
    shelf.amend(items={"telur": 20}, moved_to="returned")
    assert whereabouts(shelf.session, package=old).left("returned") == {"telur": 30}
    gone: dict[str, Any] = {"given": old.id, "moved_from": "returned", "moved_to": "lost"}
    shelf.amend("package", **gone, items={"telur": 4})
    assert shelf.gained() == {"telur": 10 - 4}
    assert stock.check_stock(shelf.session) == []
