"""Whoever ends a pledge or a child's part after approval gets the repair proposed with it."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from api.kept_words import told
from api.services import packing, planning, stock
from api.services.children import exit_child, graduate_child
from api.services.cycles import approve_cycle
from api.services.donor_wishes import months_ahead
from api.services.matching import assignments
from api.services.plan_options import PlanOptions
from api.services.pledges import end_pledge, resume_pledge, suspend_pledge
from api.services.replacements import decide_replacement, list_replacements, propose_replacements
from api.services.routes import confirm_route
from data.queries.to_do import to_do_counts
from data.schema import (
    AssignmentState,
    AuditEntry,
    Child,
    Package,
    PackageState,
    Pledge,
    Replacement,
    Role,
    Route,
    RouteState,
)
from tests.api.services.test_matching import Month
from tests.factories import make_account, make_depot, make_pledge, make_vehicle
from tests.factories_goods import kits_in_stock, packages_of

pytestmark = pytest.mark.stores("sqlite")


def approved(session: Session, now: datetime, *, standby: int = 0, **values: object) -> Month:
    month = Month(session, now, **values)  # type: ignore[arg-type]  # children and places
    if standby:
        make_pledge(session, num_children=standby, is_standby=True)
    month.lock().propose()
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    return month


def end(month: Month, pledge: Pledge, ended_on: date = date(2026, 12, 12)) -> None:
    end_pledge(
        month.session,
        pledge=pledge,
        reason="cannot_continue",
        ended_on=ended_on,
        by=month.staff,
        now=month.now,
    )


def leave(month: Month, child: Child) -> None:
    exit_child(
        month.session,
        child=child,
        by=month.staff,
        now=month.now,
        effective_on=date(2026, 12, 9),
        reason="moved_out",
    )


def open_rows(month: Month) -> list[Replacement]:
    rows = list_replacements(month.session, cycle=month.cycle)
    return sorted((row for row in rows if row.state == "proposed"), key=lambda row: row.child_id)


def packed(month: Month, count: int) -> None:
    coordinator, depot = make_account(month.session, Role.COORDINATOR), make_depot(month.session)
    kits_in_stock(month.session, depot, coordinator, count)
    packing.pack_cycle(month.session, cycle=month.cycle, by=coordinator, now=month.now)
    packing.mark_packed(month.session, cycle=month.cycle, by=coordinator, now=month.now)


def test_an_ended_pledge_is_repaired_by_itself(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=3, places=(3,), standby=2)
    end(month, month.pledges[0])
    assert sorted(row.is_bridge_fund for row in open_rows(month)) == [False, False, True]
    assert {row.proposed_by for row in open_rows(month)} == {month.staff.username}


def test_a_pledge_that_lasts_the_month_out_leaves_it_alone(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    end(month, month.pledges[0], date(2026, 12, 31))
    assert open_rows(month) == []


def rest(month: Month, first: date = date(2026, 12, 1), last: date = date(2026, 12, 31)) -> None:
    suspend_pledge(
        month.session, pledge=month.pledges[0], suspended_from=first, suspended_until=last,
        by=month.staff, now=month.now,
    )  # fmt: skip


def test_a_rest_in_an_approved_month_is_filled_from_standby(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=2, places=(2,), standby=1)
    ahead = months_ahead(session, pledge=month.pledges[0], now=now)
    assert [(one.month, one.stage, one.num_children) for one in ahead] == [
        ("2026-12", "agreed", 2), ("2027-01", "open", 0),
    ]  # fmt: skip
    rest(month)
    assert sorted(row.is_bridge_fund for row in open_rows(month)) == [False, True]
    assert to_do_counts(session, role=Role.STAFF)["replacements"] == 2
    standby = next(row for row in open_rows(month) if not row.is_bridge_fund)
    decide_replacement(session, replacement=standby, accept=True, by=month.approver, now=now)
    resume_pledge(session, pledge=month.pledges[0], by=month.staff, now=now)
    assert open_rows(month) == [], "who goes on keeps whom nobody took over yet"
    assert sorted(month.pairs().values()).count(month.pledges[0].code) == 1


def test_a_rest_of_a_pledge_with_an_end_ahead_is_told_as_a_rest(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    month.pledges[0].ended_on = date(2027, 1, 31)
    rest(month)
    assert [told(row.reason, "id") for row in open_rows(month)] == [
        f"Janji {month.pledges[0].code} beristirahat."
    ]


def test_a_rest_leaves_a_month_alone_that_has_begun_or_is_over(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    rest(month, date(2026, 12, 2), date(2027, 1, 31))
    assert open_rows(month) == []
    rest(month, date(2026, 10, 1), date(2026, 11, 30))
    assert open_rows(month) == []


def test_a_pledge_that_rests_stands_in_for_nobody(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1, 1), standby=1)
    standby = session.exec(select(Pledge).where(Pledge.is_standby)).one()
    suspend_pledge(
        session, pledge=standby, suspended_from=date(2026, 12, 1),
        suspended_until=date(2026, 12, 31), by=month.staff, now=now,
    )  # fmt: skip
    rest(month)
    assert [row.is_bridge_fund for row in open_rows(month)] == [True]


def test_a_rest_that_ends_answers_the_others_anew(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1, 1), standby=1)
    rest(month)
    end(month, month.pledges[1])
    assert sorted(row.is_bridge_fund for row in open_rows(month)) == [False, True]
    resume_pledge(session, pledge=month.pledges[0], by=month.staff, now=now)
    (row,) = open_rows(month)
    assert not row.is_bridge_fund, "the standby place is free for the other child"
    assert month.pledges[1].code in row.reason


def test_a_rest_that_ends_leaves_the_place_of_a_child_who_left_to_the_next(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=4, places=(1, 2))
    code_of = {pledge.code: pledge.id for pledge in month.pledges}
    pledge_of = {child: code_of[code] for child, code in month.pairs().items()}
    by_second = [c for c in month.children if pledge_of.get(c.code) == month.pledges[1].id]
    leave(month, by_second[0])
    [row] = open_rows(month)
    asked = (row.child_id, row.pledge_id)
    rest(month)
    resume_pledge(session, pledge=month.pledges[0], by=month.staff, now=now)
    assert [(row.child_id, row.pledge_id) for row in open_rows(month)] == [asked]


def test_before_approval_nothing_is_proposed(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1,)).lock()
    month.propose()
    end(month, month.pledges[0])
    leave(month, month.children[0])
    assert list_replacements(session, cycle=month.cycle) == []


def test_two_drop_outs_in_a_row_make_one_set_of_proposals(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1, 1), standby=2)
    for pledge in month.pledges:
        end(month, pledge)
    rows = open_rows(month)
    assert [row.child_id for row in rows] == sorted(child.id or 0 for child in month.children)
    for row in rows:
        decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)
    assert not {pledge.code for pledge in month.pledges} & set(month.pairs().values())


def test_loaded_children_are_still_delivered(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(2,), standby=2)
    packed(month, 2)
    loaded, waiting = packages_of(session, month.cycle)
    loaded.state = PackageState.LOADED
    session.add(loaded)
    session.flush()
    end(month, month.pledges[0])
    assert [row.child_id for row in open_rows(month)] == [waiting.child_id]
    assert loaded.state is PackageState.LOADED


def test_a_child_that_left_while_loaded_does_not_stop_later_repairs(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=2, places=(1, 1), standby=1)
    packed(month, 2)
    gone, other = month.children
    package = session.exec(select(Package).where(Package.child_id == gone.id)).one()
    package.state = PackageState.LOADED
    session.add(package)
    session.flush()
    leave(month, gone)
    assert gone.code in month.pairs()
    assert package.state is PackageState.LOADED
    session.refresh(other)
    pledge = session.get_one(
        Pledge,
        next(
            p.pledge_id for p in assignments(session, cycle=month.cycle) if p.child_id == other.id
        ),
    )
    end(month, pledge)
    assert [row.child_id for row in open_rows(month)] == [other.id]


@pytest.mark.parametrize("state", [PackageState.RESERVED, PackageState.PACKED])
def test_the_package_of_a_child_that_left_is_cancelled_and_its_goods_are_free(
    session: Session, now: datetime, state: PackageState
) -> None:
    month = approved(session, now, num_children=2, places=(1,))
    coordinator, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    kits_in_stock(session, depot, coordinator, 1)
    packing.pack_cycle(session, cycle=month.cycle, by=coordinator, now=now)
    if state is PackageState.PACKED:
        packing.mark_packed(session, cycle=month.cycle, by=coordinator, now=now)
    first, second = month.children
    leave(month, first)
    [package] = packages_of(session, month.cycle)
    assert package.state is PackageState.CANCELLED
    assert all(row.available == row.on_hand > 0 for row in stock.stock_list(session))
    assert stock.check_stock(session) == []
    [row] = open_rows(month)
    assert (row.child_id, row.pledge_id) == (second.id, month.pledges[0].id)


def test_a_package_listed_but_short_is_cancelled_too(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=1, places=(1,))
    coordinator, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    kits_in_stock(session, depot, coordinator, 1, telur=3)
    packing.pack_cycle(session, cycle=month.cycle, by=coordinator, now=now)
    assert [p.state for p in packages_of(session, month.cycle)] == [PackageState.PLANNED]
    leave(month, month.children[0])
    assert [p.state for p in packages_of(session, month.cycle)] == [PackageState.CANCELLED]


def test_routes_of_a_child_that_left_become_stale(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(2,))
    packed(month, 2)
    make_vehicle(session)
    coordinator = make_account(session, Role.COORDINATOR)
    planning.plan_routes(
        session,
        cycle=month.cycle,
        by=coordinator,
        now=now,
        options=PlanOptions(seconds=1, iterations=20),
    )
    for route in session.exec(select(Route)).all():
        confirm_route(session, route=route, base_version=route.version, by=coordinator, now=now)
    leave(month, month.children[0])
    assert [route.state for route in session.exec(select(Route))] == [RouteState.STALE]


def test_a_graduates_place_goes_to_the_next_child(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=3, places=(2,))
    graduate_child(
        session,
        child=month.children[0],
        by=month.approver,
        now=now,
        effective_on=date(2026, 12, 9),
        reason="tinggi badan pulih",
    )
    [row] = open_rows(month)
    assert row.child_id == month.children[2].id
    pairs = {pair.child_id: pair for pair in assignments(session, cycle=month.cycle)}
    assert month.children[0].id not in pairs
    assert session.get_one(type(pairs[month.children[1].id or 0]), row.assignment_id).state is (
        AssignmentState.WITHDRAWN
    )


def test_a_place_may_be_proposed_again_by_another_so_that_one_approver_suffices(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=2, places=(1,))
    child = month.children[0]
    graduate_child(
        session,
        child=child,
        by=month.approver,
        now=now,
        effective_on=date(2026, 12, 9),
        reason="tinggi badan pulih",
    )
    [row] = propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="lulus", child=child
    )
    assert open_rows(month) == [row]
    decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)
    assert list(month.pairs()) == [month.children[1].code]


def test_the_proposal_is_in_the_audit_trail(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1,))
    leave(month, month.children[0])
    [row] = session.exec(select(AuditEntry).where(AuditEntry.action == "replacement:propose")).all()
    assert row.after == {"num_proposals": 1, "pledge": None, "child": month.children[0].code}
