"""Figures of the report by exact amount, each with a case that must not count."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from api.services.report_counts import count_month
from api.services.report_growth import growth_of_month
from api.services.reports import monthly_tables
from data.schema import (
    Child,
    Cycle,
    MatchRun,
    Measurement,
    PackageState,
    Pledge,
    PledgeReceipt,
    PledgeState,
)
from tests.api.services.test_reports import month
from tests.factories import (
    NOW,
    make_assignment,
    make_cycle,
    make_match_run,
    make_measurement,
    make_pledge,
)
from tests.factories_routes import package_at

pytestmark = pytest.mark.stores("sqlite")


def city(session: Session, cycle: Cycle) -> dict[str, int | float | str]:
    return count_month(session, cycle=cycle).city


def children(session: Session) -> list[Child]:
    return list(session.exec(select(Child).order_by(col(Child.id))))


def growth(session: Session, cycle: Cycle) -> dict[str, float | None]:
    return growth_of_month(session, cycle=cycle).by_level["city"][""]


def test_sponsors_stopped_are_those_whose_pledge_ended_in_the_month(session: Session) -> None:
    cycle, _ = month(session)
    assert city(session, cycle)["sponsors_stopped"] == 0
    make_pledge(session, ended_on=date(2026, 12, 9), state=PledgeState.ENDED)
    make_pledge(session, ended_on=date(2026, 11, 30), state=PledgeState.ENDED)
    assert city(session, cycle)["sponsors_stopped"] == 1


def test_the_shortfall_is_what_was_promised_less_what_came_and_never_below_nought(
    session: Session,
) -> None:
    cycle, _ = month(session)
    pledge = session.exec(select(Pledge)).first()
    assert pledge is not None
    pledge.amount_rp = 300_000
    session.add(pledge)
    session.flush()
    found = city(session, cycle)
    promised = found["sponsors_pledged_rp"]
    assert isinstance(promised, int)
    assert promised >= 300_000
    assert found["sponsors_shortfall_rp"] == promised
    for amount in (100_000, promised):
        session.add(
            PledgeReceipt(
                receipt_uid=str(amount), pledge_id=pledge.id or 0, month="2026-12",
                amount_rp=amount, received_on=date(2026, 12, 2), recorded_by="x", recorded_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        got = 100_000 if amount == 100_000 else 100_000 + promised
        found = city(session, cycle)
        assert found["sponsors_received_rp"] == got
        assert found["sponsors_shortfall_rp"] == max(0, promised - got)


def test_each_sponsor_has_its_children_packages_that_arrived_and_money(session: Session) -> None:
    cycle, stops = month(session)
    # Six children, one package not accepted: it is nobody's that arrived.
    rows = count_month(session, cycle=cycle).sponsors
    assert sum(num for _, num, _, _ in rows) == 6
    assert sum(got for _, _, got, _ in rows) == 5
    table = next(
        each for each in monthly_tables(session, cycle=cycle, now=NOW)
        if any(column.indicator == "sponsor_children" for column in each.columns)
    )  # fmt: skip
    codes = [column.indicator for column in table.columns]
    assert codes[2:] == ["sponsor_children", "sponsor_packages", "sponsor_received_rp"]
    assert [row[2:] for row in table.rows] == [row[1:] for row in rows]
    assert package_at(session, stops[-1]).state is not PackageState.ACCEPTED


def test_packages_not_in_full_are_told_by_reason_and_those_accepted_are_not(
    session: Session,
) -> None:
    cycle, _ = month(session)
    table = next(
        each for each in monthly_tables(session, cycle=cycle, now=NOW)
        if any(column.indicator == "delivery_not_in_full" for column in each.columns)
    )  # fmt: skip
    assert table.rows == (("Tidak ada orang di rumah", 1),)
    told = {
        code: row[1]
        for each in monthly_tables(session, cycle=cycle, now=NOW)
        for code, row in zip(each.row_indicators, each.rows, strict=False)
        if code.startswith("genting_")
    }
    assert told["genting_packages"] == 5


@pytest.mark.parametrize(
    ("statuses", "proof"),
    [(("optimal", "optimal"), "word.optimal"), (("optimal", "feasible"), "word.gap")],
)
def test_the_run_and_whether_all_its_levels_are_proved_are_told(
    session: Session, statuses: tuple[str, str], proof: str
) -> None:
    cycle, _ = month(session)
    run = session.get_one(MatchRun, cycle.match_run_id)
    run.levels = [{"status": status} for status in statuses]
    session.add(run)
    session.flush()
    found = city(session, cycle)
    assert found["matching_run"] == str(run.id)
    assert found["matching_proof"] == proof
    cycle.match_run_id = None
    assert {"matching_run", "matching_proof"}.isdisjoint(city(session, cycle))


def test_first_weighings_and_those_after_a_gap_are_neither_gain_nor_loss(session: Session) -> None:
    cycle, _ = month(session)
    first, gap, loses = children(session)[:3]
    for row in session.exec(select(Measurement)).all():
        session.delete(row)
    make_measurement(session, first, measured_on=date(2026, 12, 5), weight_g=9000)
    for child, day in ((gap, date(2026, 10, 5)), (loses, date(2026, 11, 5))):
        make_measurement(session, child, measured_on=day, weight_g=9000)
        make_measurement(session, child, measured_on=date(2026, 12, 5), weight_g=9000)
    found = growth(session, cycle)
    assert {letter: found[f"nutrition_gain_{letter}"] for letter in "ntob"} == {
        "n": 0, "t": 1, "o": 1, "b": 1,
    }  # fmt: skip
    assert {found["nutrition_gain_o"], found["nutrition_gain_b"]} == {1}
    assert found["nutrition_measured"] == 3


def test_moves_of_the_status_are_counted_since_the_first_month_served(session: Session) -> None:
    cycle, _ = month(session)
    own = children(session)
    assert all(
        growth(session, cycle)[f"nutrition_status_{move}"] == 0 for move in ("up", "same", "down")
    )
    pledge = session.exec(select(Pledge)).first()
    assert pledge is not None
    run = make_match_run(session, make_cycle(session, "2026-10"))
    for child in own:
        make_assignment(session, run, child, pledge)
    for child, (before, after) in zip(
        own, ((-3.2, -2.5), (-2.4, -2.6), (-2.5, -3.1), (-2.5, -1.9)), strict=False
    ):
        make_measurement(session, child, measured_on=date(2026, 10, 3), haz=before)
        make_measurement(session, child, measured_on=date(2026, 12, 5), haz=after)
    found = growth(session, cycle)
    assert (found["nutrition_status_up"], found["nutrition_status_same"]) == (2, 1)
    assert found["nutrition_status_down"] == 1
    assert found["nutrition_haz_children"] == 4
