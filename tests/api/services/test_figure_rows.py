"""Every figure leads to the rows that it counts."""

from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, select

from api.services import report_versions, reports
from api.services.errors import Forbidden, NotFound
from api.services.figure_rows import BehindFigure, RowsLevel, rows_behind
from api.services.figure_rules import How, has_rows
from api.services.kept_figures import digest_of
from api.services.monitoring import ratios
from api.services.replacements import BRIDGE_PLEDGE
from api.services.unit_dashboard import unit_month
from data.reference.indicators import indicators
from data.schema import (
    Assignment,
    AuditEntry,
    Child,
    Cycle,
    CycleChild,
    CycleState,
    DeliveryEvent,
    GrowthReview,
    Package,
    PackageState,
    Pledge,
    PledgeReceipt,
    ReviewDecision,
    Role,
    Route,
    RouteState,
    Sponsor,
    Stop,
)
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import make_account, make_cycle, make_match_run, make_measurement

pytestmark = pytest.mark.stores("sqlite")

Row = TypeVar("Row")


def behind(
    session: Session,
    cycle: Cycle,
    code: str,
    level: RowsLevel = "city",
    unit: str = "",
    *,
    role: Role = Role.STAFF,
    cause: str = "",
) -> BehindFigure:
    return rows_behind(
        session, cycle=cycle, code=code, level=level, unit=unit, by=make_account(session, role),
        now=LATER, cause=cause,
    )  # fmt: skip


def amounts(found: BehindFigure) -> list[tuple[str, float]]:
    return [(row.code, row.amount) for row in found.rows]


def test_every_figure_comes_of_its_rows_as_the_report_says(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    counted = [each.code for each in indicators() if has_rows(each)]
    assert len(counted) > 60
    for code in counted:
        found = behind(session, cycle, code)
        assert found.told == found.now, code
        # Who is new is not known: the month before was not locked here.
        assert found.version == (None if code == "target_new" else 1)
        if found.how is How.SUM:
            assert sum(row.amount for row in found.rows) == found.told[0], code


def test_figures_of_sponsors_and_of_worth_lead_to_sponsors_and_packages(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    sponsors = {row.code for row in behind(session, cycle, "genting_sponsors", "city").rows}
    assert sponsors == set(session.exec(select(Sponsor.code)))
    worth = behind(session, cycle, "genting_value_rp", "city")
    costs = dict(session.exec(select(Package.code, Package.cost_rp)).all())
    assert {row.code: row.amount for row in worth.rows} == costs
    assert {worth.told, worth.now} == {(sum(costs.values()), None)}
    assert behind(session, cycle, "sponsors_stopped", "city").rows == ()


def test_a_share_shows_all_its_cases_the_misses_first(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    children = session.exec(select(Child)).all()
    make_measurement(session, children[0], measured_on=date(2026, 12, 9))
    found = behind(session, cycle, "measured_on_time", "kelurahan", "Bukit Sari")
    assert [(row.code, row.is_hit) for row in found.rows] == [
        (children[1].code, False), (children[2].code, False), (children[0].code, True),
    ]  # fmt: skip
    assert (found.told, found.now) == ((0, 3), (1, 3))
    assert behind(session, cycle, "measured_on_time", "kelurahan", "Asam").rows == ()


def test_growth_leads_to_its_children_too(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    child = session.exec(select(Child)).first()
    assert child is not None
    make_measurement(session, child, measured_on=date(2026, 12, 9), whz=-3.4)
    found = behind(session, cycle, "nutrition_severe", "kecamatan", "Gerunggang")
    assert [row.code for row in found.rows] == [child.code]
    assert (found.told, found.now) == ((0, None), (1, None))


def test_a_report_from_before_a_figure_was_counted_tells_nothing_of_it(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    child = session.exec(select(Child)).first()
    assert child is not None
    day = date(2026, 12, 9)
    make_measurement(session, child, measured_on=day, whz=-3.4)
    review = GrowthReview(
        child_id=child.id or 0, month="2026-12", reviewed_on=day, decision=ReviewDecision.REFER,
        note="x", months_served=0, by="x", at=LATER,
    )  # fmt: skip
    session.add(review)
    session.flush()
    late = behind(session, cycle, "nutrition_severe_referred", "city")
    assert (late.version, late.told, late.now) == (1, (0, None), (1, None))

    (version,) = report_versions.list_versions(session, cycle=cycle)
    version.figures = without_referrals(version.figures)
    version.digest = digest_of(version.figures)
    session.flush()
    found = behind(session, cycle, "nutrition_severe_referred", "city")
    assert (found.version, found.told, found.now) == (None, (1, None), (1, None))
    tables = reports.monthly_tables(session, cycle=cycle, now=LATER)
    table = next(each for each in tables if each.title == "Gizi per kelurahan")
    at = [column.indicator for column in table.columns].index("nutrition_severe_referred")
    assert table.total is not None
    assert (table.total[at - 1], table.total[at]) == (0, None)
    assert {row[at] for row in table.rows} == {None}
    assert "sebelum rujukan dihitung" in " ".join(table.notes)
    month = unit_month(session, level="city", unit="")
    assert month is not None
    told = {each.indicator.code: each.now for each in month.figures}
    assert (told["nutrition_severe"], told["nutrition_severe_referred"]) == (0, None)


def without_referrals(figures: dict[str, Any]) -> dict[str, Any]:
    """What a report kept before referrals were counted."""
    growth = {
        level: {
            area: {k: v for k, v in row.items() if k != "nutrition_severe_referred"}
            for area, row in areas.items()
        }
        for level, areas in figures["growth"].items()
    }
    return {**figures, "growth": growth}


def test_who_looked_at_rows_is_noted(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    behind(session, cycle, "target_eligible", "city")
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).one()
    assert noted.after == {"month": "2026-12", "level": "city", "unit": "", "rows": 3}


def test_a_figure_without_rows_says_so(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    for code in ("matching_run", "concentration", "nothing"):
        with pytest.raises(NotFound, match=r"monitoring\.figure"):
            behind(session, cycle, code, "city")


def all_of(session: Session, kind: type[Row]) -> list[Row]:
    return list(session.exec(select(kind).order_by(kind.id)))  # type: ignore[attr-defined]


def make_receipt(session: Session, pledge: Pledge, month: str, amount_rp: int) -> None:
    number = len(all_of(session, PledgeReceipt))
    receipt = PledgeReceipt(
        receipt_uid=f"r{number}", pledge_id=pledge.id or 0, month=month, amount_rp=amount_rp,
        received_on=date(2026, 12, 1), recorded_by="x", recorded_at=LATER,
    )  # fmt: skip
    session.add(receipt)
    session.flush()


def test_a_shortfall_is_what_each_sponsor_still_owes(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    first, second, third = all_of(session, Pledge)
    first.amount_rp, second.amount_rp = 300_000, 200_000
    for pledge, month, amount_rp in (
        (first, "2026-12", 100_000), (second, "2026-11", 200_000), (third, "2026-12", 50_000),
    ):  # fmt: skip
        make_receipt(session, pledge, month, amount_rp)
    session.flush()
    one, two, three = (each.code for each in all_of(session, Sponsor))
    found = behind(session, cycle, "sponsors_shortfall_rp")
    assert amounts(found) == [(one, 200_000), (two, 200_000), (three, -50_000)]
    assert (found.told, found.now, found.how) == ((0, None), (350_000, None), How.SUM)
    received = behind(session, cycle, "sponsor_received_rp", "sponsor", one)
    assert amounts(received) == [(first.code, 100_000)]
    of_city = behind(session, cycle, "sponsor_received_rp")
    assert [(row.code, row.sponsor) for row in of_city.rows] == [
        (first.code, one), (third.code, three),
    ]  # fmt: skip
    for nobody in ("", "OTA-9999"):
        with pytest.raises(NotFound, match=r"sponsor\.not_found"):
            behind(session, cycle, "sponsor_received_rp", "sponsor", nobody)
    assert behind(session, cycle, "sponsor_received_rp", "sponsor", two).rows == ()

    make_receipt(session, third, "2026-12", 700_000)
    session.flush()
    over = behind(session, cycle, "sponsors_shortfall_rp")
    assert (sum(row.amount for row in over.rows), over.now) == (-350_000, (0, None))


def test_the_road_leads_to_its_routes_each_with_its_weight(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    (route,) = all_of(session, Route)
    route.distance_m = 12_340
    other = Route(
        **route.model_dump(exclude={"id"}) | {"uid": "r2", "code": "R-2612-02", "distance_m": 3_210}
    )
    gone = {"uid": "r3", "code": "R-2612-03", "distance_m": 9_000, "state": RouteState.CANCELLED}
    session.add_all([other, Route(**route.model_dump(exclude={"id"}) | gone)])
    session.flush()
    all_of(session, Stop)[2].route_id = other.id
    session.flush()
    assert amounts(behind(session, cycle, "delivery_routes")) == [(route.code, 1), (other.code, 1)]
    length = behind(session, cycle, "delivery_km")
    assert amounts(length) == [(route.code, 12.34), (other.code, 3.21)]
    assert (length.told, length.now) == ((12.0, None), (15.6, None))  # 15.55, told to a tenth
    stops = behind(session, cycle, "road_stops_per_route")
    assert (amounts(stops), stops.now) == ([(route.code, 2), (other.code, 1)], (1.5, 2))
    each = behind(session, cycle, "road_km_per_stop")
    assert [(row.code, row.amount, row.weight) for row in each.rows] == [
        (route.code, 12.34, 2), (other.code, 3.21, 1),
    ]  # fmt: skip
    assert (each.told, each.now, each.how) == ((4.0, 3), (5.2, 3), How.MEAN)


def test_pairs_lead_to_their_sponsors_and_children(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    one, two, three = all_of(session, Sponsor)
    first, second, third = all_of(session, Pledge)
    children = [each.code for each in all_of(session, Child)]
    third.sponsor_id = one.id or 0
    for package in all_of(session, Package):
        if package.child_id == all_of(session, Child)[2].id:
            package.state = PackageState.SPOILED
    kept = all_of(session, CycleChild)
    kept[0].kept_pledge_id, kept[1].kept_pledge_id = first.id, third.id
    second.code = BRIDGE_PLEDGE
    session.flush()
    most = behind(session, cycle, "matching_max_children")
    assert amounts(most) == [(one.code, 2), (two.code, 1)]
    assert (most.told, most.now, most.how) == ((1, None), (2, None), How.LARGEST)
    mean = behind(session, cycle, "pairs_per_sponsor")
    assert (mean.told, mean.now) == ((1.0, 3), (1.5, 2))
    assert amounts(behind(session, cycle, "matching_changes")) == [(children[1], 1)]
    assert amounts(behind(session, cycle, "matching_bridged")) == [(children[1], 1)]
    own = behind(session, cycle, "sponsor_children", "sponsor", one.code)
    assert (amounts(own), own.told, own.now) == (
        [(children[0], 1), (children[2], 1)], (1, None), (2, None),
    )  # fmt: skip
    served = behind(session, cycle, "sponsor_packages", "sponsor", one.code)
    assert (amounts(served), served.now) == ([(children[0], 1)], (1, None))
    assert behind(session, cycle, "sponsor_children", "sponsor", three.code).rows == ()
    with pytest.raises(Forbidden, match=r"monitoring\.kept_rows"):
        behind(session, cycle, "sponsor_children", "sponsor", one.code, role=Role.COORDINATOR)


def test_lateness_and_evidence_lead_to_packages(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    packages = all_of(session, Package)
    codes = [each.code for each in packages]
    packages[1].deliver_on -= timedelta(days=1)
    packages[2].deliver_on -= timedelta(days=4)
    for event, receiver in zip(all_of(session, DeliveryEvent), ("Ibu", " ", "Nenek"), strict=True):
        event.receiver = receiver
    session.flush()
    late = behind(session, cycle, "delivery_days_late", "kelurahan", "Bukit Sari")
    before = late.told[0] or 0
    assert [row.amount - before for row in late.rows] == [0, 1, 4]
    assert (late.now[1], late.told[1]) == (3, 3)
    assert late.now[0] == pytest.approx(before + 5 / 3)
    evidence = behind(session, cycle, "delivery_evidence")
    assert [row.is_hit for row in evidence.rows] == [False, True, True]
    assert (evidence.rows[0].code, evidence.now) == (codes[1], (2, 3))
    packages[0].state = PackageState.CANCELLED
    session.flush()
    assert behind(session, cycle, "delivery_days_late").now == (None, 2)


def test_what_fell_short_leads_to_its_packages_by_reason(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    first, second, third = all_of(session, DeliveryEvent)
    first.reason, second.reason, third.reason = "nobody_home", "harassment", "goods_damaged"
    third.is_superseded = True
    session.flush()
    codes = [each.code for each in all_of(session, Package)]
    home = behind(session, cycle, "delivery_not_in_full", cause="nobody_home")
    assert ([(row.code, row.cause) for row in home.rows], home.now) == (
        [(codes[0], "nobody_home")], (1, None),
    )  # fmt: skip
    assert behind(session, cycle, "delivery_not_in_full", cause="goods_damaged").rows == ()
    kept = behind(session, cycle, "delivery_not_in_full", role=Role.APPROVER, cause="sensitive")
    assert [(row.code, row.cause) for row in kept.rows] == [(codes[1], "sensitive")]
    for cause in ("", "sensitive"):  # whose package it was is the approver's to know
        with pytest.raises(Forbidden, match=r"monitoring\.kept_rows"):
            behind(session, cycle, "delivery_not_in_full", cause=cause)
    every = behind(session, cycle, "delivery_not_in_full", role=Role.APPROVER)
    assert (len(every.rows), every.told, every.now) == (2, (0, None), (2, None))


def test_mean_growth_leads_to_each_childs_change(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    before = make_cycle(session, month="2026-11", state=CycleState.CLOSED)
    run = make_match_run(session, before)
    for pair in all_of(session, Assignment):
        session.add(
            Assignment(
                **pair.model_dump(exclude={"id"})
                | {"cycle_id": before.id, "match_run_id": run.id or 0}
            )
        )
    children = all_of(session, Child)
    for child, grams, haz in zip(children, (150, 200, 310), (0.1, 0.0, -0.2), strict=True):
        for day, more, z in ((date(2026, 11, 20), 0, 0.0), (date(2026, 12, 9), grams, haz)):
            make_measurement(session, child, measured_on=day, weight_g=9_000 + more, haz=-2.5 + z)
    session.flush()
    weight = behind(session, cycle, "nutrition_mean_weight_gain")
    assert amounts(weight) == [
        (child.code, grams) for child, grams in zip(children, (150, 200, 310), strict=True)
    ]
    assert (weight.told, weight.now, weight.how) == ((None, 0), (220, 3), How.MEAN)
    height = behind(session, cycle, "nutrition_mean_haz_change")
    changes = [round(row.amount, 6) for row in height.rows]
    assert (changes, height.now) == ([0.1, 0.0, -0.2], (-0.033333, 3))
    measured = behind(session, cycle, "nutrition_measured_share", "kecamatan", "Gerunggang")
    assert (measured.now, [row.is_hit for row in measured.rows]) == ((3, 3), [True] * 3)
    with pytest.raises(Forbidden, match=r"monitoring\.kept_rows"):
        behind(session, cycle, "nutrition_mean_haz_change", role=Role.COORDINATOR)


def test_every_share_leads_to_rows() -> None:
    assert [each.code for each in ratios() if not has_rows(each)] == []


def test_units_are_kept_with_the_version_and_older_versions_have_none(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    (version,) = report_versions.list_versions(session, cycle=cycle)
    assert version.figures["teams"]["kader"]  # type: ignore[index]
    version.figures = {key: part for key, part in version.figures.items() if key != "teams"}
    version.digest = "of an older version"  # what has been read is known by it
    assert report_versions.figures_of(session, cycle=cycle).counts.teams == {}
