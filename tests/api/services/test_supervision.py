"""Visits from the figures, checklists, findings until another person closed them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.security import HIDDEN
from api.services import supervision, visit_findings, visit_proposals
from api.services.errors import Forbidden, Invalid, NotFound, Refused, StaleVersion
from api.services.growth_tasks import growth_tasks
from api.services.monitoring_sheets import Wanted
from api.services.report_counts import area_name
from api.services.supervision_tables import supervision_tables
from data.queries.to_do import to_do_counts
from data.schema import Account, AuditEntry, Role, SupervisionFinding, SupervisionVisit
from tests.factories import (
    KELURAHAN,
    NOW,
    make_account,
    make_child,
    make_household,
    make_measurement,
)

TODAY = NOW.date()


def planned(session: Session, by: Account, **values: object) -> SupervisionVisit:
    fields: dict[str, object] = {
        "kelurahan_code": KELURAHAN, "posyandu": "Melati", "planned_on": TODAY,
        "visitor": by.username, "reasons": {}, "now": NOW,
    }  # fmt: skip
    return supervision.plan_visit(session, by=by, **(fields | values))  # type: ignore[arg-type]


def test_the_figures_propose_a_visit_with_its_reason_until_it_is_planned(
    session: Session,
) -> None:
    home = make_household(session, posyandu="Melati")
    child = make_child(session, haz=None, household_id=home.id)
    make_measurement(session, child, whz=-3.5)
    make_child(session)
    (found,) = visit_proposals.proposals(session, now=NOW)
    assert (found.place.posyandu, found.reasons) == (
        "Melati", {"unreferred": 1, "never_visited": 1},
    )  # fmt: skip
    away = make_household(session, kelurahan_code=None, posyandu="Melati")
    make_measurement(session, make_child(session, haz=None, household_id=away.id), whz=-3.5)
    assert visit_proposals.proposals(session, now=NOW) == [found]
    planned(session, make_account(session), reasons=found.reasons)
    assert visit_proposals.proposals(session, now=NOW) == []


def test_a_place_without_anybody_to_look_at_is_proposed_for_what_its_figures_say(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_household(session, posyandu="Melati")
    make_measurement(session, make_child(session, haz=None, household_id=home.id), whz=-1.0)
    assert growth_tasks(session, today=TODAY) == []
    low = {"measured": {"Bukit Sari"}, "on_time": {"Bukit Sari"}}
    monkeypatch.setattr(visit_proposals, "_low_areas", lambda *_: low)
    (found,) = visit_proposals.proposals(session, now=NOW)
    assert found.place.posyandu == "Melati"
    assert found.reasons == {"low_measured": 1, "late": 1, "never_visited": 1}


def test_a_visit_is_recorded_with_what_was_looked_at(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    visit = planned(session, by)

    def record(day: date, **answers: bool) -> None:
        supervision.record_visit(
            session, visit=visit, visited_on=day, answers=answers, notes=" baik ", by=by, now=NOW,
            base_version=visit.version,
        )  # fmt: skip

    with pytest.raises(Invalid, match=r"supervision\.future"):
        record(TODAY + timedelta(days=1), scale_zeroed=True)
    with pytest.raises(Refused, match=r"supervision\.unlooked"):
        record(TODAY, unheard_of=True)
    record(TODAY, scale_zeroed=True, read_to_digit=False, unheard_of=True)
    assert visit.checklist == {"scale_zeroed": True, "read_to_digit": False}
    assert (visit.state.value, visit.visited_on, visit.notes) == ("done", TODAY, "baik")
    with pytest.raises(Refused, match=r"supervision\.made"):
        supervision.cancel_visit(
            session, visit=visit, reason="x", by=by, now=NOW, base_version=visit.version
        )
    with pytest.raises(StaleVersion, match=r"supervision\.stale"):
        supervision.record_visit(
            session, visit=visit, visited_on=TODAY, answers={"scale_zeroed": False}, notes="",
            by=by, now=NOW, base_version=visit.version - 1,
        )  # fmt: skip
    assert visit.checklist["scale_zeroed"] is True


def test_a_planned_visit_can_be_cancelled_with_a_reason(session: Session) -> None:
    by = make_account(session)
    visit = planned(session, by)
    with pytest.raises(Refused, match=r"supervision\.reason"):
        supervision.cancel_visit(session, visit=visit, reason=" ", by=by, now=NOW, base_version=1)
    supervision.cancel_visit(session, visit=visit, reason="hujan", by=by, now=NOW, base_version=1)
    with pytest.raises(Refused, match=r"supervision\.cancelled"):
        supervision.record_visit(
            session, visit=visit, visited_on=TODAY, answers={"scale_zeroed": True}, notes="",
            by=by, now=NOW, base_version=2,
        )  # fmt: skip


def test_wrong_plans_are_refused_at_their_field(session: Session) -> None:
    by = make_account(session)
    wrong: dict[str, dict[str, object]] = {
        "tanggal": {"planned_on": TODAY - timedelta(days=1)}, "pengunjung": {"visitor": "siapa"},
        "kelurahan": {"kelurahan_code": ""},
    }  # fmt: skip
    for field, values in wrong.items():
        with pytest.raises(Invalid) as caught:
            planned(session, by, **values)
        assert list(caught.value.params["fields"]) == [field]  # type: ignore[call-overload]
    courier = make_account(session, Role.COURIER)
    with pytest.raises(Invalid, match=r"supervision\.visitor"):
        planned(session, by, visitor=courier.username)


def test_a_finding_waits_for_its_owner_and_another_person_closes_it(session: Session) -> None:
    boss, owner = make_account(session), make_account(session, Role.COORDINATOR)
    visit = planned(session, boss)
    finding = visit_findings.add_finding(
        session, visit=visit, text="Timbangan miring", action="Beri alas", owner=owner.username,
        due_on=TODAY + timedelta(days=7), by=boss, now=NOW,
    )  # fmt: skip
    number = finding.id or 0
    assert to_do_counts(session, role=owner.role, username=owner.username)["findings"] == 1
    assert to_do_counts(session, role=boss.role, username=boss.username)["findings"] == 0
    with pytest.raises(Forbidden, match=r"supervision\.owner"):
        visit_findings.answer_finding(session, finding_id=number, answer="x", by=boss, now=NOW)
    with pytest.raises(Refused, match=r"supervision\.state"):
        visit_findings.close_finding(session, finding_id=number, by=boss, now=NOW)
    with pytest.raises(Refused, match=r"supervision\.answer"):
        visit_findings.answer_finding(session, finding_id=number, answer=" ", by=owner, now=NOW)
    visit_findings.answer_finding(session, finding_id=number, answer="Sudah", by=owner, now=NOW)
    assert to_do_counts(session, role=owner.role, username=owner.username)["findings"] == 0
    with pytest.raises(Forbidden, match=r"supervision\.own"):
        visit_findings.close_finding(session, finding_id=number, by=owner, now=NOW)
    assert len(visit_findings.open_findings(session)) == 1
    visit_findings.close_finding(session, finding_id=number, by=boss, now=NOW)
    assert visit_findings.open_findings(session) == []
    with pytest.raises(Refused, match=r"supervision\.reason"):
        visit_findings.reopen_finding(session, finding_id=number, reason="", by=boss, now=NOW)
    visit_findings.reopen_finding(
        session, finding_id=number, reason="Miring lagi", by=boss, now=NOW
    )
    assert (finding.state.value, finding.done_by, finding.closed_by) == ("open", None, None)
    trail = session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
    assert trail == [
        f"supervision:{verb}" for verb in ("plan", "finding", "answer", "close", "reopen")
    ]
    with pytest.raises(NotFound, match=r"supervision\.unknown"):
        visit_findings.close_finding(session, finding_id=number + 9, by=boss, now=NOW)


def noted(session: Session, finder: Account, *, owner: Account) -> SupervisionFinding:
    """A finding of a visit of the finder's, due today."""
    return visit_findings.add_finding(
        session, visit=planned(session, finder), text="a", action="b", owner=owner.username,
        due_on=TODAY, by=finder, now=NOW,
    )  # fmt: skip


def waits(session: Session, *people: Account) -> list[int]:
    counts = (to_do_counts(session, role=each.role, username=each.username) for each in people)
    return [each["findings"] for each in counts]


def test_what_its_finder_did_waits_for_an_approver_and_else_for_the_others(
    session: Session,
) -> None:
    finder, other = make_account(session), make_account(session, Role.COORDINATOR)
    finding = noted(session, finder, owner=finder)
    visit_findings.answer_finding(
        session, finding_id=finding.id or 0, answer="Sudah", by=finder, now=NOW
    )
    assert waits(session, finder, other) == [0, 1]  # there is no approver
    boss = make_account(session, Role.APPROVER)
    assert waits(session, finder, other, boss) == [0, 0, 1]
    (mine,) = visit_findings.open_findings(session, waiting_for=boss)
    assert mine[0] is finding
    finding.found_by = finding.done_by = boss.username
    session.add(finding)
    assert waits(session, finder, other, boss) == [1, 1, 0]


@pytest.mark.parametrize(
    "place",
    [
        {"area_code": KELURAHAN, "posyandu": ["Mawar"]},
        {"area_code": KELURAHAN},
        {"posyandu": ["Mawar"]},
        {"puskesmas": "Gerunggang"},
    ],
)
def test_what_is_done_waits_for_an_approver_once_its_finder_has_a_place(
    session: Session, place: dict[str, Any]
) -> None:
    """Who has one closes no finding, not even at the own posyandu."""
    finder, owner = make_account(session), make_account(session, Role.COORDINATOR)
    boss = make_account(session, Role.APPROVER)
    finding = noted(session, finder, owner=owner)
    visit_findings.answer_finding(
        session, finding_id=finding.id or 0, answer="x", by=owner, now=NOW
    )
    assert waits(session, finder, owner, boss) == [1, 0, 0]
    for name, value in place.items():
        setattr(finder, name, value)
    session.add(finder)
    assert waits(session, finder, owner, boss) == [0, 0, 1]
    finder.area_code, finder.posyandu, finder.puskesmas = None, [], None
    assert waits(session, finder, owner, boss) == [1, 0, 0]


def test_what_its_owner_left_behind_waits_for_an_approver_who_hands_it_on(
    session: Session,
) -> None:
    finder, owner = make_account(session), make_account(session, Role.COORDINATOR)
    boss = make_account(session, Role.APPROVER)
    finding = noted(session, finder, owner=owner)
    assert waits(session, finder, owner, boss) == [0, 1, 0]
    owner.is_active = False
    session.add(owner)
    assert waits(session, finder, boss) == [0, 1]

    def hand_on(**values: object) -> None:
        given: dict[str, object] = {"owner": finder.username, "due_on": TODAY, "reason": "pindah"}
        visit_findings.hand_on_finding(
            session, finding_id=finding.id or 0, by=boss, now=NOW, **(given | values)  # type: ignore[arg-type]
        )  # fmt: skip

    with pytest.raises(Refused, match=r"supervision\.reason"):
        hand_on(reason=" ")
    with pytest.raises(Invalid) as caught:
        hand_on(owner=owner.username, due_on=TODAY - timedelta(days=1))
    assert list(caught.value.params["fields"]) == ["penanggung", "tenggat"]  # type: ignore[call-overload]
    near = make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Melati"])
    far = make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Mawar"])
    with pytest.raises(Invalid) as elsewhere:
        hand_on(owner=far.username)
    told = {"name": far.full_name, "place": f"Melati · {area_name(KELURAHAN, 'kelurahan')}"}
    assert elsewhere.value.params["fields"] == {"penanggung": ("supervision.owner_place", told)}
    hand_on(owner=near.username)
    assert waits(session, finder, near, boss) == [0, 1, 0]
    near.posyandu = ["Mawar"]  # who works elsewhere now no longer sees it
    session.add(near)
    assert waits(session, finder, near, boss) == [0, 0, 1]
    (lost,) = visit_findings.open_findings(session, waiting_for=boss)
    assert lost[0] is finding
    near.posyandu = ["Mawar", "Melati"]
    assert waits(session, finder, near, boss) == [0, 1, 0]
    hand_on()
    assert waits(session, finder, boss) == [1, 0]
    visit_findings.answer_finding(
        session, finding_id=finding.id or 0, answer="x", by=finder, now=NOW
    )
    with pytest.raises(Refused, match=r"supervision\.state"):
        hand_on()


def test_the_sheet_counts_days_past_due_and_stays_in_the_office(session: Session) -> None:
    by = make_account(session)
    visit = planned(session, by)
    visit_findings.add_finding(
        session, visit=visit, text="a", action="b", owner=by.username, due_on=TODAY, by=by, now=NOW
    )
    later = Wanted(now=NOW + timedelta(days=3))
    visits, findings = supervision_tables(session, later)
    assert visits.rows[0][6:] == (0, 0)
    codes = [row["code"] for row in supervision.checklist()]
    supervision.record_visit(
        session, visit=visit, visited_on=TODAY, notes="", by=by, now=NOW, base_version=1,
        answers={codes[0]: True, codes[1]: True, codes[2]: False},
    )  # fmt: skip
    assert supervision_tables(session, later)[0].rows[0][6:] == (2, 1)
    assert findings.rows[0][6] == 3
    assert findings.rows[0][1:3] == (HIDDEN, HIDDEN)
    shown = supervision_tables(session, replace(later, shows_texts=True))[1]
    assert shown.rows[0][1:3] == ("a", "b")
    assert supervision_tables(session, Wanted(now=NOW, is_public=True)) == ()


def test_a_place_that_is_none_or_too_long_is_refused(session: Session) -> None:
    by = make_account(session)
    with pytest.raises(Invalid, match=r"supervision\.place"):
        planned(session, by, kelurahan_code="99.99.99.9999")
    with pytest.raises(Invalid, match=r"field\.long"):
        planned(session, by, posyandu="M" * 121)
