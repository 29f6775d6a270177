from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import packing, stock
from api.services.blockers import blockers
from api.services.carrying import carry_package
from api.services.errors import Forbidden, Refused
from api.services.package_cancelling import cancel_package
from api.services.package_list import list_packages
from api.services.packing_days import eligibility_day
from api.services.reconcile import judge_fulfilments
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Demand, Remedy, Signed, allocate
from data.queries.goods import num_packages
from data.schema import (
    Account,
    AssignmentState,
    Child,
    Cycle,
    CycleChild,
    CycleState,
    Depot,
    Household,
    Package,
    PackageLine,
    PackageState,
    PledgeReceipt,
    Role,
    Shortage,
    StockMove,
    StockMoveKind,
)
from tests.factories import (
    NOW,
    make_account,
    make_approved_cycle,
    make_assignment,
    make_child,
    make_cycle_child,
    make_depot,
    make_household,
    make_match_run,
    make_pledge,
    stored,
)
from tests.factories_goods import KIT, give_stock, kits_in_stock, make_packed_cycle, packages_of

pytestmark = pytest.mark.stores("sqlite")


def lines_of(session: Session, package: Package) -> dict[str, int]:
    rows = session.exec(select(PackageLine).where(PackageLine.package_id == package.id))
    return {row.item_code: row.quantity for row in rows}


def add_pair(session: Session, cycle: Cycle, **child_values: Any) -> None:
    child = make_child(session, **child_values)
    make_cycle_child(session, cycle, child)
    make_assignment(session, make_match_run(session, cycle), child, make_pledge(session))


def test_each_approved_pair_becomes_a_package_of_the_kit_of_its_age(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, pairs = make_approved_cycle(session, num_children=3)
    kits_in_stock(session, depot, by, 3)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (result.num_packages, result.num_reserved, result.is_reserved) == (3, 3, True)
    assert cycle.state == CycleState.PACKING
    assert {p.code for p in packages_of(session, cycle)} == {
        "P-2612-0001",
        "P-2612-0002",
        "P-2612-0003",
    }
    assert all(lines_of(session, package) == KIT for package in packages_of(session, cycle))
    assert {p.assignment_id for p in packages_of(session, cycle)} == {pair.id for pair in pairs}


def test_weight_volume_and_cost_are_those_of_the_lines(session: Session) -> None:
    cycle, _, _, _ = make_packed_cycle(session, num_children=1)
    package = packages_of(session, cycle)[0]
    assert package.weight_g == 30 * 60 + 5 * 1000 + 12 * 210 + 2 * 250 + 350
    assert package.cost_rp == 30 * 1900 + 5 * 15400 + 12 * 6000 + 2 * 8000 + 45000


def test_packing_takes_exactly_what_was_reserved_out_of_stock(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=3)
    kits_in_stock(session, depot, by, 4)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    first, *others = packages_of(session, cycle)
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW, package_ids=[first.id or 0])
    rows = {row.item_code: (row.on_hand, row.reserved) for row in stock.stock_list(session)}
    assert rows == {code: (3 * units, 2 * units) for code, units in KIT.items()}
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    rows = {row.item_code: (row.on_hand, row.reserved) for row in stock.stock_list(session)}
    assert rows == {code: (units, 0) for code, units in KIT.items()}
    moves = session.exec(
        select(StockMove.package_id, StockMove.item_code, StockMove.quantity).where(
            StockMove.kind == StockMoveKind.PACK
        )
    ).all()
    assert sorted(moves) == sorted(
        (package.id, code, -units) for package in (first, *others) for code, units in KIT.items()
    )


def test_siblings_get_a_package_each(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=0)
    home = make_household(session)
    for _ in range(2):
        add_pair(session, cycle, household_id=home.id)
    kits_in_stock(session, depot, by, 2)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert [package.household_id for package in packages_of(session, cycle)] == [home.id] * 2


def test_the_package_of_an_infant_is_for_the_mother(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=0)
    add_pair(session, cycle, born_on=date(2026, 8, 1))
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    [view] = list_packages(session, cycle=cycle)
    assert (view.kit_code, view.recipient) == ("ibu-0-5", "mother")


def test_a_page_of_the_list_is_counted_and_cut_by_the_store(session: Session) -> None:
    cycle, *_ = make_packed_cycle(session, num_children=5)
    whole = list_packages(session, cycle=cycle)
    assert [view.code for view in list_packages(session, cycle=cycle, offset=2, limit=2)] == [
        view.code for view in whole[2:4]
    ]
    assert list_packages(session, cycle=cycle, offset=2, limit=2) == whole[2:4]
    assert num_packages(session, cycle_id=cycle.id or 0) == 5
    home = session.exec(select(Household).order_by(col(Household.id))).first()
    assert home
    home.kelurahan_code = "19.71.01.1004"
    place = "19.71.01.1004"
    found = list_packages(session, cycle=cycle, kelurahan_code=place)
    assert len(found) >= 1
    assert num_packages(session, cycle_id=cycle.id or 0, kelurahan_code=place) == len(found)
    assert num_packages(session, cycle_id=cycle.id or 0, state=PackageState.LOST) == 0


def test_no_honey_or_milk_below_twelve_months_and_no_eggs_for_an_allergic_child(
    session: Session,
) -> None:
    by = make_account(session, Role.COORDINATOR)
    make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=0)
    add_pair(session, cycle, born_on=date(2026, 1, 15))
    add_pair(session, cycle, allergies=["egg"])
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    infant, allergic = sorted(
        list_packages(session, cycle=cycle), key=lambda view: view.kit_code, reverse=True
    )
    assert infant.kit_code == "anak-6-11"
    assert not {"madu", "susu_uht"} & {line.item_code for line in infant.lines}
    assert "telur" not in {line.item_code for line in allergic.lines}
    [fish] = [line for line in allergic.lines if line.item_code == "ikan_kaleng"]
    assert (fish.quantity, fish.substitutes) == (5, "telur")
    assert allergic.changes[0]["rule"] == "allergy_egg"


def test_a_child_of_five_years_gets_none_and_is_named(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=0)
    add_pair(session, cycle, born_on=date(2021, 11, 30))
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert [nokit.reason for nokit in result.no_kit] == ["too_old"]


def test_a_child_that_turns_five_before_the_box_leaves_keeps_its_place(session: Session) -> None:
    """Matching and packing ask one day: the planned one; a later box takes nobody's place."""
    by = make_account(session, Role.COORDINATOR)
    depot = make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=0)
    judged_on = eligibility_day(session, cycle=cycle)
    just_four, five = date(2021, judged_on.month, judged_on.day + 1), judged_on.replace(year=2021)
    add_pair(session, cycle, born_on=just_four)
    add_pair(session, cycle, born_on=five)
    kits_in_stock(session, depot, by, 2)
    later = judged_on + timedelta(days=9)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW, deliver_on=later)
    assert [nokit.reason for nokit in result.no_kit] == ["too_old"]
    [package] = packages_of(session, cycle)
    assert (package.kit_code, package.deliver_on) == ("anak-24-59", later)


def test_packing_that_has_not_begun_has_no_status(session: Session) -> None:
    cycle, _ = make_approved_cycle(session, num_children=1)
    with pytest.raises(Refused, match=r"packing\.not_begun"):
        packing.packing_status(session, cycle=cycle)


def test_without_a_stock_list_there_is_a_purchase_list_and_packing_books_the_purchase(
    session: Session,
) -> None:
    by = make_account(session, Role.COORDINATOR)
    make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=2)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (result.has_stock_list, result.is_reserved, result.shortages) == (False, True, ())
    bought = {line.item_code: (line.quantity, line.cost_rp) for line in result.purchases}
    assert bought["telur"] == (60, 60 * 1900)
    assert packing.mark_packed(session, cycle=cycle, by=by, now=NOW) == 2
    assert {row.on_hand for row in stock.stock_list(session)} == {0}
    assert stock.check_stock(session) == []


def test_goods_that_a_sponsor_brought_count_once(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    make_depot(session)
    cycle, pairs = make_approved_cycle(session, num_children=2)
    stored(
        session,
        PledgeReceipt(
            receipt_uid="r1",
            pledge_id=pairs[0].pledge_id,
            month="2026-12",
            received_on=date(2026, 12, 1),
            goods=[{"item_code": "telur", "quantity": 40, "unit": "butir"}],
            recorded_by="x",
            recorded_at=NOW,
        ),
    )
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert [p.quantity for p in result.purchases if p.item_code == "telur"] == [20]
    assert result.num_packages == 2


def short_of_eggs(session: Session) -> tuple[Cycle, Account, Depot]:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=3)
    kits_in_stock(session, depot, by, 3, telur=60)
    rows = list(session.exec(select(CycleChild).where(CycleChild.cycle_id == cycle.id)))
    for row, (tier, points) in zip(rows, [(3, 100), (1, 50), (3, 900)], strict=True):
        row.tier, row.points = tier, points
        session.add(row)
    session.flush()
    return cycle, by, depot


def test_a_shortage_stops_packing_names_item_and_who_waits_and_reserves_nothing(
    session: Session,
) -> None:
    cycle, by, _ = short_of_eggs(session)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    [short] = result.shortages
    assert (short.item_code, short.needed, short.available, short.missing) == ("telur", 90, 60, 30)
    [waits] = short.waiting
    assert (waits.tier, waits.points) == (3, 100)
    assert (result.is_reserved, result.num_reserved) == (False, 0)
    assert cycle.state == CycleState.APPROVED
    assert all(line.reserved == 0 for line in stock.stock_list(session))


@pytest.mark.parametrize(
    ("remedy", "substitute", "waiting", "eggs"),
    [
        (Remedy.WAIT, None, 1, [30, 30]),
        (Remedy.LEAVE_OUT, None, 0, [0, 30, 30]),
        (Remedy.PURCHASE, None, 0, [30, 30, 30]),
        (Remedy.SUBSTITUTE, "ikan_kaleng", 0, [0, 30, 30]),
    ],
)
def test_a_signed_shortage_is_done_as_signed(
    session: Session, remedy: Remedy, substitute: str | None, waiting: int, eggs: list[int]
) -> None:
    cycle, by, depot = short_of_eggs(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    give_stock(session, depot, by, ikan_kaleng=10)
    sign_shortage(
        session,
        cycle=cycle,
        item_code="telur",
        remedy=remedy,
        substitute_code=substitute,
        by=by,
        now=NOW,
    )
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (result.is_reserved, result.num_waiting) == (True, waiting)
    assert cycle.state == CycleState.PACKING
    going = packages_of(session, cycle, PackageState.RESERVED)
    assert sorted(lines_of(session, package).get("telur", 0) for package in going) == eggs
    if substitute:
        assert sorted(lines_of(session, p).get(substitute, 0) for p in going) == [0, 0, 5]
    assert stock.check_stock(session) == []


def test_goods_that_came_in_end_an_unsigned_shortage(session: Session) -> None:
    cycle, by, depot = short_of_eggs(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    give_stock(session, depot, by, telur=30)
    assert packing.pack_cycle(session, cycle=cycle, by=by, now=NOW).is_reserved
    assert session.exec(select(Shortage)).all() == []


def test_only_coordinator_or_approver_signs_and_only_what_is_short(session: Session) -> None:
    cycle, by, _ = short_of_eggs(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    with pytest.raises(Forbidden, match=r"packing\.role"):
        sign_shortage(
            session,
            cycle=cycle,
            item_code="telur",
            remedy=Remedy.WAIT,
            by=make_account(session, Role.COURIER),
            now=NOW,
        )
    with pytest.raises(Refused, match=r"packing\.no_shortage"):
        sign_shortage(
            session,
            cycle=cycle,
            item_code="beras",
            remedy=Remedy.WAIT,
            by=by,
            now=NOW,
        )


def test_nothing_is_packed_before_approval(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    cycle, _ = make_approved_cycle(session, num_children=1)
    cycle.state = CycleState.IN_APPROVAL
    with pytest.raises(Refused, match=r"packing\.state"):
        packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)


def test_a_replaced_pair_keeps_its_package(session: Session) -> None:
    cycle, pairs, by, _ = make_packed_cycle(session, num_children=1)
    child_id = pairs[0].child_id
    pairs[0].state = AssignmentState.REPLACED
    fresh = make_assignment(
        session,
        make_match_run(session, cycle),
        session.get_one(Child, child_id),
        make_pledge(session),
    )
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    [package] = packages_of(session, cycle)
    assert package.assignment_id == fresh.id


def test_a_cancelled_package_gives_its_goods_back(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    cancel_package(session, package=packages_of(session, cycle)[0], by=by, now=NOW, reason="keluar")
    assert {row.item_code: row.on_hand for row in stock.stock_list(session)} == KIT
    assert stock.check_stock(session) == []


def test_one_who_waits_leaves_its_other_goods_to_those_after_it() -> None:
    demands = [Demand(1, {"a": 2, "b": 1}), Demand(2, {"b": 1})]
    result = allocate(demands, {"a": 1, "b": 1}, {}, lambda *_: None)
    assert result.waiting == [1]
    assert result.served == {2: {"b": 1}}


def test_a_forbidden_substitute_is_left_out() -> None:
    demands = [Demand(1, {"a": 2, "b": 1})]
    signed = {"a": Signed(Remedy.SUBSTITUTE, "c")}
    result = allocate(demands, {"b": 1, "c": 9}, signed, lambda *_: None)
    assert result.served == {1: {"b": 1}}
    assert result.replaced == {(1, "a"): None}


def short_of_everything(session: Session) -> tuple[Cycle, Account, Depot]:
    """Eggs for one of three, rice for two."""
    cycle, by, depot = short_of_eggs(session)
    for code, units in (("telur", -30), ("beras", -KIT["beras"])):
        stock.correct_stock(
            session, depot=depot, item_code=code, counted=stock_of(session, code) + units,
            note="hitung", move_uid=f"c-{code}", by=by, now=NOW,
        )  # fmt: skip
    return cycle, by, depot


def stock_of(session: Session, code: str) -> int:
    return next(line.on_hand for line in stock.stock_list(session) if line.item_code == code)


def sign(
    session: Session, cycle: Cycle, by: Account, code: str, remedy: Remedy, **more: Any
) -> None:
    sign_shortage(session, cycle=cycle, item_code=code, remedy=remedy, by=by, now=NOW, **more)


@pytest.mark.parametrize("remedy", list(Remedy))
def test_all_shortages_are_named_at_once_and_signed_in_one_go(
    session: Session, remedy: Remedy
) -> None:
    """With eggs waited for, rice is enough; with eggs bought it is not: both are asked for."""
    cycle, by, depot = short_of_everything(session)
    first = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert {s.item_code: (s.missing, len(s.waiting)) for s in first.shortages} == {
        "telur": (60, 2), "beras": (5, 1),
    }  # fmt: skip
    give_stock(session, depot, by, ikan_kaleng=10, kacang_hijau=20)
    other = {"telur": "ikan_kaleng", "beras": "kacang_hijau"}
    for code in ("telur", "beras"):
        more = {"substitute_code": other[code]} if remedy is Remedy.SUBSTITUTE else {}
        if code in {row.item_code for row in session.exec(select(Shortage))}:
            sign(session, cycle, by, code, remedy, **more)
    second = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert second.is_reserved
    assert second.num_waiting == (2 if remedy is Remedy.WAIT else 0)
    assert stock.check_stock(session) == []


def test_a_shortage_that_a_signature_ends_needs_no_second_one(session: Session) -> None:
    cycle, by, _ = short_of_everything(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    sign(session, cycle, by, "telur", Remedy.WAIT)
    assert packing.pack_cycle(session, cycle=cycle, by=by, now=NOW).is_reserved
    assert [row.item_code for row in session.exec(select(Shortage))] == ["telur"]


def test_a_substitute_that_is_short_itself_is_named_with_the_signature(session: Session) -> None:
    cycle, by, depot = short_of_everything(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    give_stock(session, depot, by, ikan_kaleng=4)
    sign(session, cycle, by, "telur", Remedy.SUBSTITUTE, substitute_code="ikan_kaleng")
    named = {row.item_code for row in session.exec(select(Shortage))}
    assert named == {"telur", "beras", "ikan_kaleng"}


def test_a_substitute_is_packed_although_its_own_item_is_left_out(session: Session) -> None:
    """Beans stand in for rice and are left out themselves: the signed beans stay in the box."""
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=1)
    kits_in_stock(session, depot, by, 1, beras=0, kacang_hijau=10)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    sign(session, cycle, by, "beras", Remedy.SUBSTITUTE, substitute_code="kacang_hijau")
    sign(session, cycle, by, "kacang_hijau", Remedy.LEAVE_OUT)
    assert packing.pack_cycle(session, cycle=cycle, by=by, now=NOW).is_reserved
    [package] = packages_of(session, cycle)
    given = next(row for row in package.changes if row["item"] == "beras")
    assert (given["substitute"], given["substitute_quantity"]) == ("kacang_hijau", 10)
    assert lines_of(session, package) == {
        "telur": 30, "susu_uht": 12, "madu": 1, "kacang_hijau": 10,
    }  # fmt: skip
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    assert stock_of(session, "kacang_hijau") == 0
    assert stock.check_stock(session) == []


def test_a_child_without_a_possible_package_has_its_own_state(session: Session) -> None:
    """Packing again helps the late pair, never the child of five."""
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    add_pair(session, cycle, born_on=date(2021, 11, 30))
    add_pair(session, cycle)
    found = {one.code: one.count for one in blockers(session, cycle=cycle, now=NOW)}
    assert (found["blocker.no_package"], found["blocker.no_kit"]) == (1, 1)
    kits_in_stock(session, depot, by, 1)
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert [one.reason for one in result.no_kit] == ["too_old"]
    assert packing.packing_status(session, cycle=cycle).no_kit == result.no_kit
    found = {one.code: one.count for one in blockers(session, cycle=cycle, now=NOW)}
    assert ("blocker.no_package" in found, found["blocker.no_kit"]) == (False, 1)
    judged = {row.child_id: row.reason for row in judge_fulfilments(session, cycle=cycle, now=NOW)}
    assert [judged[one.child_id] for one in result.no_kit] == ["too_old"]


def test_a_carried_box_that_is_cancelled_gives_its_goods_back(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    package = packages_of(session, cycle)[0]
    carry_package(session, package=package, by=by, now=NOW)
    cancel_package(session, package=package, by=by, now=NOW, reason="keluar")
    assert {row.item_code: row.on_hand for row in stock.stock_list(session)} == KIT
    assert stock.check_stock(session) == []


def test_a_closed_month_loses_no_package(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    package = packages_of(session, cycle)[0]
    carry_package(session, package=package, by=by, now=NOW)
    cycle.state = CycleState.CLOSED
    session.flush()
    with pytest.raises(Refused, match=r"packing\.state"):
        cancel_package(session, package=package, by=by, now=NOW, reason="keluar")


@pytest.mark.parametrize(
    ("remedy", "taken", "bought"),
    [
        (Remedy.PURCHASE, {"b": 1, "c": 3}, {"c": 1}),
        (Remedy.LEAVE_OUT, {"b": 1}, {}),
        (Remedy.WAIT, None, {}),
    ],
)
def test_a_short_substitute_follows_its_own_signature(
    remedy: Remedy, taken: dict[str, int] | None, bought: dict[str, int]
) -> None:
    signed = {"a": Signed(Remedy.SUBSTITUTE, "c"), "c": Signed(remedy)}
    result = allocate([Demand(1, {"a": 2, "b": 1})], {"b": 1, "c": 2}, signed, lambda *_: ("c", 3))
    assert (result.served.get(1), result.bought) == (taken, bought)
    assert result.affected == {"a": [1], "c": [1]}


def test_an_item_wanted_twice_is_bought_once() -> None:
    """The substitute of one line is another line of the same box."""
    signed = {"a": Signed(Remedy.SUBSTITUTE, "c"), "c": Signed(Remedy.PURCHASE)}
    result = allocate([Demand(1, {"a": 2, "c": 4})], {"c": 1}, signed, lambda *_: ("c", 3))
    assert (result.served[1], result.bought) == ({"c": 7}, {"c": 6})
