"""How far each child came, what stopped it first, and that it all adds up."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import Table
from api.services import reports, snapshot
from api.services.eligibility import Rules, why_not
from api.services.figure_rows import rows_behind
from api.services.kept_figures import digest_of
from api.services.need import need_policy
from api.services.report_counts import Counts, count_month
from api.services.report_reach import KEPT_OFF, LEFT, STEPS, step_of
from data.schema import (
    AssignmentState,
    AuditEntry,
    Child,
    ChildState,
    Consent,
    Cycle,
    CycleState,
    DuplicatePair,
    Package,
    PackageState,
    PairKind,
    Sex,
    Unassigned,
)
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import (
    NOW,
    make_account,
    make_assignment,
    make_child,
    make_consent,
    make_cycle,
    make_household,
    make_match_run,
    make_measurement,
    make_pledge,
    stored,
)
from tests.factories_routes import close_as_it_is

pytestmark = pytest.mark.stores("sqlite")

OLD, YOUNG = date(2021, 12, 1), date(2024, 6, 1)


def withdrawn(session: Session, child: Child) -> None:
    make_consent(session, child, withdrawn_at=NOW)


def refused(session: Session, child: Child) -> None:
    make_consent(session, child, withdrawn_at=NOW, is_refusal=True)


def torn(session: Session, child: Child) -> None:
    withdrawn(session, child)
    refused(session, child)


def run_out(session: Session, child: Child) -> None:
    make_consent(session, child, expires_on=date(2026, 11, 30))


def doubled(session: Session, child: Child) -> None:
    other = make_child(session, state=ChildState.EXITED, effective_on=date(2026, 10, 1))
    pair = DuplicatePair(
        kind=PairKind.CHILD, first_id=child.id or 0, second_id=other.id or 0, score=90
    )
    stored(session, pair)


def measured_in_may(session: Session, child: Child) -> None:
    make_measurement(session, child, measured_on=date(2026, 5, 29), haz=-2.5)


def nothing(session: Session, child: Child) -> None:
    """Leave the child as it is."""


ONE_OF_EACH: tuple[tuple[str, dict[str, Any], Callable[[Session, Child], None]], ...] = (
    ("child.graduated",
     {"state": ChildState.GRADUATED, "effective_on": date(2026, 12, 1), "born_on": OLD}, nothing),
    ("child.exited",
     {"state": ChildState.EXITED, "effective_on": date(2026, 12, 31), "born_on": OLD}, nothing),
    ("child.too_old", {"born_on": OLD, "state": ChildState.PAUSED, "consented": False}, doubled),
    ("child.open_duplicate", {"state": ChildState.PAUSED, "consented": False}, doubled),
    ("child.needs_review",
     {"state": ChildState.NEEDS_REVIEW, "kelurahan_code": None, "consented": False}, nothing),
    ("child.paused",
     {"state": ChildState.PAUSED, "kelurahan_code": None, "consented": False}, nothing),
    ("child.moved_pending",
     {"state": ChildState.MOVED_PENDING, "kelurahan_code": None, "haz": None}, nothing),
    ("child.no_kelurahan", {"kelurahan_code": None, "haz": None, "consented": False}, nothing),
    ("child.out_of_city",
     {"kelurahan_code": "19.04.01.1001", "haz": None, "consented": False}, nothing),
    ("child.not_measured", {"haz": None, "consented": False}, nothing),
    ("child.measured_long_ago", {"haz": None, "consented": False}, measured_in_may),
    ("child.not_stunted",
     {"haz": -2.0, "state": ChildState.NOT_ELIGIBLE, "consented": False}, nothing),
    ("child.no_consent", {"consented": False}, nothing),
    ("child.consent_refused", {"consented": False}, refused),
    ("child.consent_contradictory", {"consented": False}, torn),
    ("child.consent_withdrawn", {"consented": False}, withdrawn),
    ("child.consent_expired", {"consented": False}, run_out),
)  # fmt: skip
"""A cause, and a child with that cause and others that are asked after it."""


def locked(session: Session, num_each: int = 1) -> Cycle:
    """A locked month with so many children of each cause, and one whom nothing keeps off."""
    cycle = make_cycle(session, state=CycleState.LOCKED)
    for _, values, mend in ONE_OF_EACH * num_each:
        fields = dict(values)
        ward = {k: fields.pop(k) for k in ("kelurahan_code",) if k in fields}
        child = make_child(session, household_id=make_household(session, **ward).id, **fields)
        mend(session, child)
    make_child(session)
    cycle.snapshot_hash = snapshot.take_snapshot(session, cycle=cycle, require_consent=True)
    session.flush()
    return cycle


def city(counts: Counts) -> dict[str, float | None]:
    return counts.by_level()["city"][""]


def adds_up(counts: Counts) -> bool:
    """Whether each step less its causes is the next, in the city and in every kelurahan."""
    causes = counts.causes or {}
    whole = city(counts)
    taken = [int(whole.get(step) or 0) for step in STEPS]
    stopped = [sum(n for each, n in causes.items() if step_of(each) == step) for step in STEPS]
    groups = all(
        int(area["target_known"]) == area[LEFT] + area["target_registered"]
        and area["target_known"] == sum(area[group] for group in KEPT_OFF) + area["target_eligible"]
        and area["target_eligible"] == area["matching_matched"] + area["matching_unmatched"]
        for area in counts.areas.values()
    )
    return groups and all(
        before - out == after
        for before, out, after in zip(taken, stopped, [*taken[1:], 0 + taken[-1]], strict=True)
    )


def test_every_child_is_counted_once_at_the_first_cause(session: Session) -> None:
    counts = count_month(session, cycle=locked(session))
    expected = {cause: 1 for cause, _, _ in ONE_OF_EACH}
    assert counts.causes == expected | {"reason.not_matched": 1}
    whole = city(counts)
    assert {group: whole[group] for group in KEPT_OFF} == {
        "kept_off_left": 2, "kept_off_age": 1, "kept_off_doubt": 2, "kept_off_paused": 1,
        "kept_off_place": 3, "kept_off_measurement": 2, "kept_off_need": 1, "kept_off_consent": 5,
    }  # fmt: skip
    assert [whole[step] for step in STEPS[:4]] == [18, 16, 1, 0]
    assert (whole["target_graduated"], whole["target_left"]) == (1, 1)
    assert adds_up(counts)


def test_the_order_of_causes_is_the_order_in_which_the_rules_are_asked() -> None:
    """A child with every fault at once, mended one by one, meets the causes in their order."""
    on = date(2026, 12, 1)
    rules = Rules(
        on=on, ages_on=on, city_code="19.71", policy=need_policy(on), require_consent=True
    )

    def stopped(num_mended: int) -> str | None:
        has = [at >= num_mended for at in range(6)]
        child = Child(
            code="A", household_id=1, name="A", sex=Sex.FEMALE, born_on=OLD if has[0] else YOUNG,
            state=ChildState.NEEDS_REVIEW if has[2] else ChildState.DRAFT,
            registered_month="2026-10", updated_at=NOW, updated_by="test",
        )  # fmt: skip
        home = make_home(None if has[3] else "19.71.05.1004")
        haz = None if has[4] else -2.5
        return why_not(
            child, home, measurements=[measured(haz)], consents=[], has_open_pair=has[1],
            rules=rules if has[5] else Rules(
                on=on, ages_on=on, city_code="19.71", policy=need_policy(on),
                require_consent=False,
            ),
        )  # fmt: skip

    met = [stopped(num) for num in range(7)]
    assert met == [
        "child.too_old", "child.open_duplicate", "child.needs_review", "child.no_kelurahan",
        "child.not_measured", "child.no_consent", None,
    ]  # fmt: skip
    order = [cause for causes in KEPT_OFF.values() for cause in causes]
    places = [order.index(cause) for cause in met if cause]
    assert places == sorted(places)


def make_home(ward: str | None) -> Any:
    from data.schema import Household

    return Household(
        code="H", guardian_name="Wali", kelurahan_code=ward, updated_at=NOW, updated_by="test"
    )


def measured(haz: float | None) -> Any:
    from data.schema import Measurement

    return Measurement(child_id=1, measured_on=date(2026, 11, 10), haz=haz)


def test_consent_is_counted_of_all_who_are_registered(session: Session) -> None:
    """Three of fourteen agree: the eligible one, and two whom another cause keeps off."""
    cycle = locked(session)
    assert city(count_month(session, cycle=cycle))["target_with_consent"] == 2
    late = session.exec(select(Consent).where(col(Consent.expires_on).is_not(None))).one()
    late.expires_on = date(2026, 12, 31)
    assert city(count_month(session, cycle=cycle))["target_with_consent"] == 3
    late.expires_on = date(2026, 12, 30)
    assert city(count_month(session, cycle=cycle))["target_with_consent"] == 2


def test_a_consent_that_is_withdrawn_after_the_month_held_in_it(session: Session) -> None:
    cycle = make_cycle(session, state=CycleState.LOCKED)
    child = make_child(session)
    snapshot.take_snapshot(session, cycle=cycle, require_consent=True)
    consent = session.exec(select(Consent).where(Consent.child_id == child.id)).one()
    for withdrawn_at, held in (
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), 0),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), 1),
    ):
        consent.withdrawn_at = withdrawn_at
        assert city(count_month(session, cycle=cycle))["target_with_consent"] == held


def test_who_left_in_another_month_or_after_the_lock_did_not_leave_before_it(
    session: Session,
) -> None:
    cycle = make_cycle(session, state=CycleState.LOCKED)
    stays = make_child(session)
    for day in (date(2026, 11, 30), date(2027, 1, 1)):
        make_child(session, state=ChildState.EXITED, effective_on=day)
    assert count_month(session, cycle=cycle).causes == {}
    cycle.snapshot_hash = snapshot.take_snapshot(session, cycle=cycle, require_consent=True)
    stays.state, stays.effective_on = ChildState.EXITED, date(2026, 12, 20)
    counts = count_month(session, cycle=cycle)
    assert counts.causes == {"reason.not_matched": 1}
    assert (city(counts)[LEFT], city(counts)["target_left"]) == (0, 1)


def delivered(session: Session, states: tuple[PackageState | None, ...]) -> Cycle:
    """An approved month: a child per state of its package, None without one."""
    cycle = make_cycle(session, state=CycleState.DISTRIBUTING)
    run = make_match_run(session, cycle)
    children = [make_child(session) for _ in states]
    cycle.snapshot_hash = snapshot.take_snapshot(session, cycle=cycle, require_consent=True)
    make_run_pairs(session, run, children)
    for number, (child, state) in enumerate(zip(children, states, strict=True)):
        if state is not None:
            put(session, cycle, child, state, number)
    return cycle


def make_run_pairs(session: Session, run: Any, children: list[Child]) -> None:
    pledge = make_pledge(session, num_children=len(children))
    for child in children:
        make_assignment(session, run, child, pledge)


def put(session: Session, cycle: Cycle, child: Child, state: PackageState, number: int) -> None:
    package = Package(
        code=f"P-{number}", cycle_id=cycle.id or 0, assignment_id=child.id or 0,
        child_id=child.id or 0, household_id=child.household_id, kit_code="k", kit_version="1",
        deliver_on=date(2026, 12, 14), state=state, weight_g=1, volume_ml=1, updated_at=NOW,
    )  # fmt: skip
    stored(session, package)


def test_what_stops_a_package_is_told_by_its_state(session: Session) -> None:
    states = (None, *PackageState)
    counts = count_month(session, cycle=delivered(session, states))
    assert counts.causes == {
        "stopped.no_package": 1, "stopped.cancelled": 1, "stopped.not_packed": 2,
        "stopped.under_way": 3, "stopped.carried": 1, "stopped.refused": 1,
        "stopped.returned": 2, "stopped.spoiled": 1, "stopped.lost": 1,
    }  # fmt: skip
    assert [city(counts)[step] for step in STEPS] == [15, 15, 15, 15, 11, 2]
    assert adds_up(counts)


def test_a_package_that_was_packed_anew_counts_where_the_child_came_to(session: Session) -> None:
    cycle = delivered(session, (PackageState.CANCELLED, PackageState.CANCELLED))
    first, second = session.exec(select(Child).order_by(col(Child.id))).all()
    put(session, cycle, first, PackageState.ACCEPTED, 8)
    put(session, cycle, second, PackageState.PLANNED, 9)
    counts = count_month(session, cycle=cycle)
    assert counts.causes == {"stopped.not_packed": 1}
    assert (city(counts)["target_packed"], city(counts)["target_received"]) == (1, 1)


def test_an_entitled_child_without_a_sponsor_says_why(session: Session) -> None:
    cycle = delivered(session, (None,) * 4)
    run_id = cycle.match_run_id or 0
    children = session.exec(select(Child).order_by(col(Child.id))).all()
    from data.schema import Assignment

    pairs = session.exec(select(Assignment).order_by(col(Assignment.id))).all()
    pairs[0].state = AssignmentState.PROPOSED
    pairs[1].state = AssignmentState.WITHDRAWN
    session.delete(pairs[2])
    stored(session, Unassigned(
        cycle_id=cycle.id or 0, match_run_id=run_id, child_id=children[2].id or 0,
        reason="reason.bottleneck",
    ))  # fmt: skip
    counts = count_month(session, cycle=cycle)
    assert counts.unmatched_reasons == {
        "reason.bottleneck": 1, "reason.not_approved": 1, "reason.pair_ended": 1,
    }  # fmt: skip
    assert counts.causes == counts.unmatched_reasons | {"stopped.no_package": 1}
    assert adds_up(counts)


def way(session: Session, cycle: Cycle, **values: Any) -> Table:
    if values.get("is_public"):
        close_as_it_is(session, cycle)
    return reports.monthly_tables(session, cycle=cycle, now=NOW, **values)[0]


def test_the_table_of_the_way_names_every_cause_in_order_and_adds_up(session: Session) -> None:
    cycle = locked(session)
    table, english = way(session, cycle), way(session, cycle, language="en")
    assert english.row_indicators == table.row_indicators
    assert not {name for name, _ in english.rows} & {name for name, _ in table.rows}
    codes = [code.partition(":") for code in table.row_indicators]
    assert [cause for _, _, cause in codes if cause.startswith("child.")] == [
        "child.graduated", "child.exited", "child.too_old", "child.open_duplicate",
        "child.needs_review", "child.paused", "child.moved_pending", "child.no_kelurahan",
        "child.out_of_city", "child.not_measured", "child.measured_long_ago",
        "child.not_stunted", "child.no_consent", "child.consent_refused",
        "child.consent_contradictory", "child.consent_withdrawn", "child.consent_expired",
    ]  # fmt: skip
    left = 0
    for (step, _, cause), (name, count) in zip(codes, table.rows, strict=True):
        assert "child." not in str(name)
        if cause:
            left -= int(str(count))
        elif step == STEPS[0]:
            left = int(str(count))
        assert cause or left == count, step


def test_every_number_of_the_way_leads_to_its_rows(session: Session) -> None:
    cycle = locked(session, num_each=2)
    table, by = way(session, cycle), make_account(session)
    for code, (_, count), address in zip(
        table.row_indicators, table.rows, table.behind, strict=True
    ):
        figure, _, cause = code.partition(":")
        assert address.startswith(f"/monev/baris?angka={figure}&bulan=2026-12&tingkat=city")
        assert ("sebab" in address) is bool(cause)
        found = rows_behind(
            session, cycle=cycle, code=figure, level="city", unit="", by=by, now=NOW, cause=cause
        )
        assert (len(found.rows), found.told[0], found.now[0]) == (count, count, count), code
        assert {row.cause for row in found.rows} == {cause} or not cause
    looked = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    assert "child.no_consent" in {entry.after.get("cause") for entry in looked if entry.after}


def test_small_causes_are_hidden_outside_with_as_many_others_as_it_takes(
    session: Session,
) -> None:
    """Six of each but one of the last: it may not be the rest of any sum that is shown."""
    cycle = locked(session, num_each=6)
    table = way(session, cycle, is_public=True)
    shown = dict(zip(table.row_indicators, (row[1] for row in table.rows), strict=True))
    assert shown["target_registered:child.no_consent"] == 6
    # One child is eligible and not matched.
    assert shown["target_eligible"] == "*"
    assert shown["target_eligible:reason.not_matched"] == "*"
    # Registered less those kept off would be the one: another figure is hidden with it.
    assert "*" in {shown["target_registered"], *(
        value for code, value in shown.items() if code.startswith("target_registered:")
    )}  # fmt: skip
    assert table.behind == ()


def test_large_causes_are_shown_outside(session: Session) -> None:
    cycle = locked(session, num_each=6)
    for _ in range(5):
        make_child(session)
    cycle.snapshot_hash = snapshot.take_snapshot(session, cycle=cycle, require_consent=True)
    table = way(session, cycle, is_public=True)
    assert "*" not in [row[1] for row in table.rows[: table.row_indicators.index(STEPS[3])]]


def test_a_month_closed_before_keeps_the_tables_that_it_was_closed_with(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    from api.services.report_versions import list_versions

    (version,) = list_versions(session, cycle=cycle)
    new = {"target_known", "target_with_consent", "target_packed", "target_received", *KEPT_OFF}
    areas: Any = version.figures["areas"]
    version.figures = {
        **{key: part for key, part in version.figures.items() if key != "causes"},
        "areas": {
            area: {code: n for code, n in row.items() if code not in new} | {"target_consented": 2}
            for area, row in areas.items()
        },
        "unmatched_reasons": {"reason.bottleneck": 4},
    }
    version.digest = digest_of(version.figures)
    session.flush()

    def told() -> tuple[list[str], list[Any], Any]:
        tables = reports.monthly_tables(session, cycle=cycle, now=LATER)
        columns = [column.indicator for table in tables for column in table.columns]
        target = next(table for table in tables if table.title == "Sasaran per kelurahan")
        reasons = next(t for t in tables if t.title.startswith("Belum mendapat orang tua asuh, m"))
        return columns, list(target.rows[0][1:4]), reasons.rows

    columns, target, reasons = told()
    assert not new & {*columns}
    assert target == [3, 3, 2]
    assert reasons == (("Semua tempat pada janji yang dapat menjangkaunya terpakai", 4),)


def test_a_correction_of_such_a_month_does_not_count_by_the_new_meanings(
    session: Session,
) -> None:
    test_a_month_closed_before_keeps_the_tables_that_it_was_closed_with(session)
    from api.services.report_versions import differences, list_versions
    from tests.api.services.test_report_versions import spoil_one

    cycle = session.exec(select(Cycle)).one()
    spoil_one(session, cycle, make_approver(session))
    first, second = list_versions(session, cycle=cycle)
    assert second.figures["causes"] is None
    assert second.figures["unmatched_reasons"] == {"reason.bottleneck": 4}
    changed = {row.code for row in differences(first, second)}
    assert "delivery_delivered" in changed
    assert not {code for code in changed if code.startswith(("target_", "kept_off_"))}


def make_approver(session: Session) -> Any:
    from data.schema import Role

    return make_account(session, Role.APPROVER)


def test_a_child_let_go_after_closing_stays_known_in_a_corrected_version(session: Session) -> None:
    from api.services.report_versions import figures_of
    from tests.api.services.test_report_versions import spoil_one

    gone = make_child(session, state=ChildState.EXITED, effective_on=date(2026, 12, 1))
    cycle, approver, _ = closed_month(session)
    cycle.snapshot_hash = cycle.snapshot_hash or "x"
    from api.services.report_versions import recount_month

    recount_month(session, cycle=cycle, by=approver, now=LATER, reason="x")
    before = figures_of(session, cycle=cycle).counts
    assert (city(before)["target_known"], (before.causes or {})["child.exited"]) == (4, 1)
    gone.state, gone.effective_on = ChildState.ELIGIBLE, None
    session.flush()
    spoil_one(session, cycle, approver)
    after = figures_of(session, cycle=cycle).counts
    assert Counter(after.causes) == Counter({"child.exited": 1, "stopped.corrected": 1})
    assert (city(after)["target_known"], city(after)["target_received"]) == (4, 2)
    assert adds_up(after)


def test_all_package_states_are_known_to_the_way() -> None:
    from api.services.report_reach import ARRIVED, UNDELIVERED

    others = {PackageState.PLANNED, PackageState.RESERVED, PackageState.CANCELLED}
    assert {*PackageState} == {*UNDELIVERED, *ARRIVED} | others
    assert get_args(reports.ReportFormat) == ("pdf", "xlsx", "json")
