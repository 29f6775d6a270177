"""One child twice: numbers, packages, stops and next month's file follow the kept record."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import packing, stock
from api.services.child_merges import merge_children
from api.services.donor import has_consent
from api.services.duplicates import decide_pair, find_duplicates
from api.services.errors import Forbidden, Refused
from api.services.growth_reviews import record_review
from api.services.match_questions import explain_child
from api.services.report_counts import count_month
from api.services.report_growth import growth_of_month
from data.queries.records import frozen_by_record
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    ConsumptionCheck,
    Cycle,
    CycleState,
    DeliveryException,
    DuplicatePair,
    Eaten,
    GrowthReview,
    Household,
    Package,
    PackageState,
    PairDecision,
    Replacement,
    ReviewDecision,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
)
from data.sealing import blind_index, mask, seal, unseal
from tests.api.services.test_matching import Month
from tests.api.services.test_routes import planned_month
from tests.factories import (
    NOW,
    make_account,
    make_assignment,
    make_child,
    make_consent,
    make_cycle,
    make_household,
    make_match_run,
    make_pledge,
)
from tests.factories_goods import kits_in_stock, make_packed_cycle, packages_of
from tests.intake_desk import Desk, child_row, children_file
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
NIK = "1971014106240001"


def number(child: Child, nik: str = NIK) -> None:
    child.nik_sealed = seal(KEYS, nik, place=f"child:nik:{child.uid}")
    child.nik_index, child.nik_masked = blind_index(KEYS, nik), mask(nik)


def nik_of(child: Child) -> str:
    return unseal(KEYS, child.nik_sealed or b"", place=f"child:nik:{child.uid}")


def merge(session: Session, kept: Child, dropped: Child, role: Role = Role.APPROVER) -> None:
    session.flush()
    by = make_account(session, role)
    merge_children(session, kept=kept, dropped=dropped, by=by, now=NOW, keys=KEYS)


def test_the_only_number_is_sealed_anew_for_the_kept_record(session: Session) -> None:
    kept, dropped = make_child(session), make_child(session)
    number(dropped)
    merge(session, kept, dropped, Role.STAFF)
    assert (nik_of(kept), kept.nik_index, kept.nik_masked) == (
        NIK, blind_index(KEYS, NIK), mask(NIK),
    )  # fmt: skip
    assert (dropped.nik_sealed, dropped.nik_index, dropped.nik_masked) == (None, None, None)
    assert kept.review_reasons == []


def test_a_number_of_its_own_stays(session: Session) -> None:
    kept, dropped = make_child(session), make_child(session)
    other = NIK[:-1] + "2"
    number(kept)
    number(dropped, other)
    merge(session, kept, dropped)
    assert (nik_of(kept), nik_of(dropped)) == (NIK, other)


def test_only_an_approver_merges_a_record_with_a_sponsor(session: Session) -> None:
    kept, dropped = make_child(session), make_child(session)
    run = make_match_run(session, make_cycle(session, "2026-11", state=CycleState.CLOSED))
    make_assignment(session, run, dropped, make_pledge(session), state=AssignmentState.FULFILLED)
    with pytest.raises(Forbidden, match=r"duplicate\.approver_only"):
        merge(session, kept, dropped, Role.STAFF)
    assert dropped.state is not ChildState.DUPLICATE


@pytest.mark.parametrize("state", [CycleState.LOCKED, CycleState.PROPOSED, CycleState.IN_APPROVAL])
def test_a_proposal_under_way_is_unlocked_first(session: Session, state: CycleState) -> None:
    kept, dropped = make_child(session), make_child(session)
    run = make_match_run(session, make_cycle(session, state=state))
    make_assignment(session, run, dropped, make_pledge(session), state=AssignmentState.PROPOSED)
    with pytest.raises(Refused, match=r"duplicate\.unlock_first"):
        merge(session, kept, dropped)


def test_a_month_in_which_both_received_stays_as_it_was_and_is_named(session: Session) -> None:
    kept, dropped = make_child(session), make_child(session)
    run = make_match_run(session, make_cycle(session, "2026-11", state=CycleState.CLOSED))
    for child in (kept, dropped):
        make_assignment(session, run, child, make_pledge(session), state=AssignmentState.FULFILLED)
    merge(session, kept, dropped)
    pairs = session.exec(select(Assignment).order_by(col(Assignment.id))).all()
    assert [pair.child_id for pair in pairs] == [kept.id, dropped.id]
    entries = session.exec(select(AuditEntry).where(AuditEntry.action == "child:merge")).all()
    assert [entry.after["both_in"] for entry in entries if entry.after] == [["2026-11"]]


@pytest.mark.parametrize("who", ["kept", "dropped"])
@pytest.mark.parametrize(
    ("granted_on", "holds"),
    [(date(2026, 10, 1), False), (date(2026, 11, 20), False), (date(2026, 11, 21), True)],
)
def test_a_withdrawal_in_either_record_ends_the_others_earlier_grant(
    session: Session, who: str, granted_on: date, holds: bool
) -> None:
    pair = {"kept": make_child(session), "dropped": make_child(session)}
    other = pair["dropped" if who == "kept" else "kept"]
    said_no = datetime(2026, 11, 20, 3, tzinfo=UTC)
    make_consent(session, pair[who], ConsentPurpose.PHOTO, withdrawn_at=said_no)
    make_consent(session, other, ConsentPurpose.PHOTO, granted_on=granted_on)
    make_consent(session, other, ConsentPurpose.DISPLAY)
    merge(session, pair["kept"], pair["dropped"])
    kept_id = pair["kept"].id or 0
    assert has_consent(session, kept_id, ConsentPurpose.PHOTO, date(2026, 12, 1)) is holds
    assert has_consent(session, kept_id, ConsentPurpose.DISPLAY, date(2026, 12, 1))
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "child:merge")).one()
    assert (entry.after or {})["consents_withdrawn"] == ([] if holds else ["photo"])


def test_a_new_grant_after_the_own_withdrawal_stays(session: Session) -> None:
    kept, dropped = make_child(session), make_child(session)
    said_no = datetime(2026, 11, 20, 3, tzinfo=UTC)
    make_consent(session, kept, ConsentPurpose.PHOTO, withdrawn_at=said_no)
    make_consent(session, kept, ConsentPurpose.PHOTO, granted_on=date(2026, 11, 20))
    make_consent(session, dropped, ConsentPurpose.PHOTO)
    merge(session, kept, dropped)
    photo = select(Consent).where(Consent.purpose == ConsentPurpose.PHOTO)
    rows = session.exec(photo.order_by(col(Consent.id))).all()
    assert [row.withdrawn_at for row in rows] == [said_no, None, said_no]


def packed_pair(session: Session) -> tuple[Cycle, Child, Child, Account]:
    cycle, pairs, by, _ = make_packed_cycle(session, num_children=2)
    kept, dropped = (session.get_one(Child, pair.child_id) for pair in pairs)
    return cycle, kept, dropped, by


def package_of(session: Session, child: Child) -> Package:
    return session.exec(select(Package).where(Package.child_id == child.id)).one()


@pytest.mark.parametrize(
    ("dropped_left", "kept_left", "leaves"),
    [(False, False, "dropped"), (False, True, "dropped"), (True, False, "kept"), (True, True, "")],
)
def test_of_two_sponsored_records_the_one_whose_package_is_here_gives_way(
    session: Session, dropped_left: bool, kept_left: bool, leaves: str
) -> None:
    cycle, kept, dropped, _ = packed_pair(session)
    for child, has_left in ((dropped, dropped_left), (kept, kept_left)):
        if has_left:
            package_of(session, child).state = PackageState.LOADED
    before = {row.item_code: row.on_hand for row in stock.stock_list(session)}
    merge(session, kept, dropped)
    states = {
        name: package_of(session, child).state is PackageState.CANCELLED
        for name, child in (("kept", kept), ("dropped", dropped))
    }
    assert states == {"kept": leaves == "kept", "dropped": leaves == "dropped"}
    pairs = session.exec(select(Assignment).where(Assignment.cycle_id == cycle.id)).all()
    withdrawn = [pair.child_id for pair in pairs if pair.state is AssignmentState.WITHDRAWN]
    assert withdrawn == {"kept": [kept.id], "dropped": [dropped.id], "": []}[leaves]
    after = {row.item_code: row.on_hand for row in stock.stock_list(session)}
    assert (after != before) == bool(leaves)
    assert stock.check_stock(session) == []


def test_the_place_of_a_double_goes_to_the_next_child(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=3, places=(1, 1)).lock()
    month.propose()
    month.submit()
    from api.services.cycles import approve_cycle

    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    covered = [child for child in month.children if child.code in month.pairs()]
    [left_out] = [child for child in month.children if child.code not in month.pairs()]
    merge(session, covered[0], covered[1])
    [proposal] = session.exec(select(Replacement).where(Replacement.state == "proposed")).all()
    assert proposal.child_id == left_out.id


def test_a_merged_child_keeps_the_need_it_was_locked_with(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=3, places=(2, 1)).lock()
    month.propose()
    month.submit()
    from api.services.cycles import approve_cycle

    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    dropped = month.children[0]
    frozen = frozen_by_record(session, month.cycle)[dropped.id or 0]
    before = count_month(session, cycle=month.cycle)
    grown = growth_of_month(session, cycle=month.cycle)
    kept = make_child(session, household_id=dropped.household_id)
    merge(session, kept, dropped)
    assert frozen_by_record(session, month.cycle)[kept.id or 0] is frozen
    after = count_month(session, cycle=month.cycle)
    for figure in ("matching_matched", "matching_unmatched", "target_with_consent"):
        assert [area[figure] for area in after.areas.values()] == [
            area[figure] for area in before.areas.values()
        ]
    assert sum(area["matching_matched"] for area in after.areas.values()) == 3
    assert after.city["matching_changes"] == before.city["matching_changes"]
    assert growth_of_month(session, cycle=month.cycle) == grown
    found = explain_child(session, cycle=month.cycle, child=kept)
    assert found.pledge_code is not None


def routed(session: Session) -> tuple[Cycle, Account, Child, Package, Route]:
    """A planned month, and the child of its first stop, whose double was not in it."""
    cycle, by, [route] = planned_month(session)
    route.state = RouteState.CONFIRMED
    session.flush()
    stop = session.exec(
        select(Stop).where(Stop.route_id == route.id).order_by(col(Stop.sequence))
    ).first()
    assert stop is not None
    package = session.exec(select(Package).where(Package.stop_id == stop.id)).one()
    return cycle, by, session.get_one(Child, package.child_id), package, route


def twin(session: Session, **values: Any) -> Child:
    home = make_household(session, address="Jl. Lain 7")
    home.lat, home.lon = -2.12, 106.11
    return make_child(session, household_id=home.id, **values)


def test_a_package_on_a_route_follows_to_the_kept_records_door(session: Session) -> None:
    _, _, dropped, package, route = routed(session)
    old = session.get_one(Stop, package.stop_id)
    kept = twin(session)
    merge(session, kept, dropped)
    assert (package.child_id, package.household_id) == (kept.id, kept.household_id)
    assert route.state is RouteState.STALE
    assert old.state is StopState.CANCELLED
    fresh = session.get_one(Stop, package.stop_id)
    assert fresh.address == session.get_one(Household, kept.household_id).address


def test_a_package_at_the_same_door_stays_on_its_route(session: Session) -> None:
    _, _, dropped, package, route = routed(session)
    kept = make_child(session, household_id=dropped.household_id)
    stop_id = package.stop_id
    merge(session, kept, dropped)
    assert (package.child_id, package.stop_id) == (kept.id, stop_id)
    assert route.state is RouteState.CONFIRMED


def test_what_either_record_may_not_eat_is_not_sent(session: Session) -> None:
    cycle, by, dropped, package, route = routed(session)
    kept = twin(session, allergies=["egg"])
    merge(session, kept, dropped)
    assert package.state is PackageState.CANCELLED
    assert route.state is RouteState.STALE
    from api.services.blockers import blockers

    codes = {one.code for one in blockers(session, cycle=cycle, now=NOW)}
    assert "blocker.no_package" in codes
    depot = stock.stock_list(session)[0].depot_id
    from data.schema import Depot

    kits_in_stock(session, session.get_one(Depot, depot), by, 1, ikan_kaleng=5)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    mine = session.exec(
        select(Package).where(Package.child_id == kept.id, Package.state != PackageState.CANCELLED)
    ).all()
    assert len(mine) == 1


def test_a_forbidden_package_on_its_way_becomes_a_case(session: Session) -> None:
    _, _, dropped, package, _ = routed(session)
    package.state = PackageState.LOADED
    merge(session, twin(session, allergies=["egg"]), dropped)
    [case] = session.exec(select(DeliveryException)).all()
    assert (case.package_id, package.state) == (package.id, PackageState.LOADED)


def test_next_months_file_with_both_rows_brings_nobody_back(session: Session) -> None:
    """The export still holds both records: the dropped one's row leads to the kept child."""
    desk = Desk(session, KEYS, NOW)
    there = {"Desa/Kel": "Kacang Pedang", "Alamat": "Jl. B 2"}
    rows = [
        child_row(1, Nama="Muh. Rizky Pratama", **{"Nama Ortu": "Siti Aminah"}),
        child_row(
            2, NIK=None, Nama="M Rizki Pratama", born_on=date(2024, 6, 2),
            **{"Nama Ortu": "Siti Aminah"}, **there,
        ),
    ]  # fmt: skip
    desk.apply(children_file(*rows))
    kept = session.exec(select(Child).where(col(Child.nik_index).is_not(None))).one()
    [pair] = session.exec(select(DuplicatePair)).all()
    decide_pair(
        session, pair=pair, decision=PairDecision.DUPLICATE, kept_id=kept.id, by=desk.by, now=NOW,
        keys=KEYS,
    )  # fmt: skip
    before = (kept.name, kept.born_on, session.get_one(Household, kept.household_id).address)
    for order in (rows, rows[::-1]):
        again = desk.preview(children_file(*order))
        assert {name: again.counts[name] for name in ("new", "changed", "same", "merged")} == {
            "new": 0, "changed": 0, "same": 1, "merged": 1,
        }  # fmt: skip
    later = [row | {"Tanggal Pengukuran": date(2026, 11, 25 + at)} for at, row in enumerate(rows)]
    desk.apply(children_file(*later))
    assert len(session.exec(select(Child)).all()) == 2
    assert before == (
        kept.name, kept.born_on, session.get_one(Household, kept.household_id).address,
    )  # fmt: skip
    assert find_duplicates(session, by=desk.by, now=NOW) == []


def test_what_was_decided_of_growth_and_answered_about_food_follows(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    [package] = packages_of(session, cycle)
    dropped, kept = session.get_one(Child, package.child_id), make_child(session)
    record_review(
        session, child=dropped, decision=ReviewDecision.REFER, note="rujuk", by=by, now=NOW
    )
    session.add(
        ConsumptionCheck(
            cycle_id=cycle.id or 0, package_id=package.id or 0, child_id=dropped.id or 0,
            checked_on=NOW.date(), eaten=Eaten.CHILD, by=by.username, at=NOW,
        )
    )  # fmt: skip
    session.flush()
    merge(session, kept, dropped)
    assert session.exec(select(GrowthReview.child_id)).all() == [kept.id]
    assert session.exec(select(ConsumptionCheck.child_id)).all() == [kept.id]
