"""A correction moves only what it can change, and to just what counting the city again gives."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import report_counts, report_versions
from api.services.amendments import amend_cycle
from api.services.companions import save_team
from api.services.corrected_figures import content_as_corrected, count_pair
from api.services.errors import Refused
from api.services.kept_figures import Figures, as_reported, read_content, written
from api.services.report_counts import count_month
from data.schema import (
    Child,
    Cycle,
    Fulfilment,
    FulfilmentState,
    Household,
    Package,
    ReportVersion,
    Role,
    Sponsor,
    Stop,
)
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import make_account
from tests.history import Script, live

pytestmark = pytest.mark.stores("sqlite")


def correct(session: Session, cycle: Cycle, row: Fulfilment, **after: Any) -> ReportVersion:
    """Correct a judgement; return the version that tells it, which counting anew would give."""
    last = report_versions.list_versions(session, cycle=cycle)[-1]
    amend_cycle(
        session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0, after=after,
        reason="ibu melapor", by=make_account(session, Role.APPROVER), now=LATER,
    )  # fmt: skip
    version = report_versions.list_versions(session, cycle=cycle)[-1]
    whole = Figures(count_month(session, cycle=cycle), read_content(last.figures).growth)
    assert alike(version.figures) == alike(as_reported(written(whole), last.figures))
    return version


def alike(content: dict[str, Any]) -> dict[str, Any]:
    """As it is read back from the store."""
    found: dict[str, Any] = json.loads(json.dumps(content, sort_keys=True))
    return found


def judged(session: Session, cycle: Cycle) -> list[Fulfilment]:
    rows = select(Fulfilment).where(Fulfilment.cycle_id == cycle.id).order_by(col(Fulfilment.id))
    return list(session.exec(rows))


@pytest.mark.slow
def test_every_package_of_a_lived_month_corrected_to_and_fro(session: Session) -> None:
    script = Script(num_months=6, num_children=8, has_stories=True)
    *_, (_, cycle) = live(session, script)
    first = report_versions.list_versions(session, cycle=cycle)[-1]
    changed = 0
    for row in judged(session, cycle):
        if row.state is FulfilmentState.FULFILLED:
            correct(session, cycle, row, state="unfulfilled", moved_to="lost")
            again = {"delivered_on": str(row.delivered_on), "moved_to": "lost"}
            correct(session, cycle, row, state="fulfilled", **again)
        else:
            wanted = {"state": "fulfilled", "moved_to": "returned", "delivered_on": "2025-06-20"}
            try:
                correct(session, cycle, row, **wanted)
            except Refused:  # this box's goods are not where they could be accepted from
                continue
        changed += 1
    assert changed >= 6
    last = report_versions.list_versions(session, cycle=cycle)[-1]
    found = {(row.level, row.code) for row in report_versions.differences(first, last)}
    assert ("kelurahan", "nutrition_supported") not in found
    if all(row.state is FulfilmentState.FULFILLED for row in judged(session, cycle)):
        assert alike(last.figures) == alike(first.figures)


def test_a_stop_of_two_families_is_done_until_neither_got_anything(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    packages = session.exec(select(Package).order_by(col(Package.id))).all()
    stop = session.get_one(Stop, packages[0].stop_id)
    stop.household_id = None
    packages[1].stop_id = stop.id
    session.add_all([stop, packages[1]])
    approver = make_account(session, Role.APPROVER)
    report_versions.recount_month(session, cycle=cycle, by=approver, now=LATER, reason="satu titik")
    pairs = {row.assignment_id: row for row in judged(session, cycle)}
    one, two = (pairs[each.assignment_id] for each in packages[:2])

    def done(version: ReportVersion) -> int:
        areas = read_content(version.figures).counts.areas
        return sum(row["delivery_stops_done"] for row in areas.values())

    before = done(report_versions.list_versions(session, cycle=cycle)[-1])
    assert done(correct(session, cycle, one, state="unfulfilled", moved_to="lost")) == before
    assert done(correct(session, cycle, two, state="unfulfilled", moved_to="lost")) == before - 1
    again = {"delivered_on": str(one.delivered_on), "moved_to": "lost"}
    assert done(correct(session, cycle, one, state="fulfilled", **again)) == before


def test_a_correction_reads_no_other_family(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, _, _ = closed_month(session)

    def whole(*_: object, **__: object) -> None:
        raise AssertionError("the city is counted")

    monkeypatch.setattr(report_versions, "count_month", whole)
    row = judged(session, cycle)[0]
    before = count_pair(session, cycle=cycle, assignment_id=row.assignment_id)
    assert {each.household_id for each in before.rows} == {
        session.exec(
            select(Package.household_id).where(Package.assignment_id == row.assignment_id)
        ).one()
    }
    amend_cycle(
        session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0,
        after={"state": "unfulfilled", "moved_to": "lost"}, reason="ibu melapor",
        by=make_account(session, Role.APPROVER), now=LATER,
    )  # fmt: skip
    assert report_versions.list_versions(session, cycle=cycle)[-1].number == 2


def test_where_the_register_moved_on_the_month_is_counted_as_a_whole(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    row = judged(session, cycle)[0]
    last = report_versions.list_versions(session, cycle=cycle)[-1]
    before = count_pair(session, cycle=cycle, assignment_id=row.assignment_id)
    same = content_as_corrected(
        session, cycle=cycle, last=last.figures, before=before, after=before
    )
    assert same is not None
    assert alike(same) == alike(last.figures)
    sponsor = session.exec(select(Sponsor).where(col(Sponsor.code).in_(before.sponsors))).one()
    sponsor.code = "OTA-999"  # as after a merge, the report names another one
    home = session.exec(
        select(Household).where(Household.id == next(iter(before.rows)).household_id)
    ).one()
    home.posyandu = "Pindah"
    session.add_all([sponsor, home])
    session.flush()
    correct(session, cycle, row, state="unfulfilled", moved_to="lost")
    told = report_counts.count_month(session, cycle=cycle)
    assert ("OTA-999", 1, 0, 0) in told.sponsors


@pytest.mark.parametrize("moves", ["family", "team"])
def test_a_family_that_counts_elsewhere_by_now_has_the_month_counted_anew(
    session: Session, moves: str
) -> None:
    cycle, _, _ = closed_month(session)
    homes = session.exec(select(Household).order_by(col(Household.id))).all()
    for number, home in enumerate(homes):
        home.posyandu = "Melati" if number else "Mawar"
        session.add(home)
    session.flush()
    approver = make_account(session, Role.APPROVER)
    report_versions.recount_month(
        session, cycle=cycle, by=approver, now=LATER, reason="posyandu ditulis"
    )
    row = judged(session, cycle)[0]
    child = session.get_one(Child, row.child_id)
    home = session.get_one(Household, child.household_id)
    if moves == "family":
        home.posyandu, home.updated_at = "Melati", LATER + timedelta(hours=1)
        session.add(home)
    else:
        save_team(
            session, name="TPK Mawar", kelurahan_code=home.kelurahan_code or "",
            posyandu=["Mawar"], is_active=True, by=approver,
            now=LATER + timedelta(hours=1),
        )  # fmt: skip
    session.flush()
    correct(session, cycle, row, state="unfulfilled", moved_to="lost")
