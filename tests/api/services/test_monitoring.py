"""Shares over closed months: added up by area, from the last version of each report."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from operator import attrgetter

import pytest
from sqlalchemy import event
from sqlmodel import Session

from api.services import (
    figure_rows,
    growth_tasks,
    monitoring,
    report_versions,
    visit_proposals,
)
from api.services.errors import Invalid, NotFound
from api.services.kept_figures import digest_of
from data.reference.indicators import indicators
from data.schema import Cycle, CycleState, ReportVersion
from tests.api.services.test_reconcile import closed_month
from tests.factories import (
    NOW,
    make_account,
    make_approved_cycle,
    make_child,
    make_cycle_child,
)

pytestmark = pytest.mark.stores("sqlite")

AREAS = {"19.71.04.1001": (40, 36), "19.71.04.1002": (20, 10), "19.71.06.1001": (4, 0)}
"""Eligible and matched children of Pintu Air and Bintang (Rangkui) and Selindung (Gabek)."""


def reported(
    session: Session, month: str, areas: dict[str, tuple[int, int]] = AREAS, number: int = 1
) -> Cycle:
    """A closed month with a report of so many eligible and matched children by kelurahan."""
    cycle = Cycle(city_code="19.71", month=month, state=CycleState.CLOSED, updated_at=NOW)
    session.add(cycle)
    session.flush()
    add_version(session, cycle, areas, number)
    return cycle


def add_version(
    session: Session, cycle: Cycle, areas: dict[str, tuple[int, int]], number: int
) -> None:
    rows = {
        code: {"target_eligible": eligible, "matching_matched": matched}
        for code, (eligible, matched) in areas.items()
    }
    figures: dict[str, object] = {
        "areas": rows, "city": {}, "unmatched_reasons": {}, "failure_reasons": {}, "sponsors": [],
        "growth": {level: {} for level in ("kelurahan", "kecamatan", "city")},
    }  # fmt: skip
    session.add(
        ReportVersion(
            cycle_id=cycle.id or 0, number=number, figures=figures, digest=digest_of(figures),
            by="x", at=NOW,
        )
    )  # fmt: skip
    session.flush()


def served(session: Session, **wanted: str) -> monitoring.Shares:
    level: monitoring.Level = "kecamatan" if wanted.pop("level", "") else "kelurahan"
    ratio = monitoring.find_ratio("served")
    return monitoring.shares(session, ratio=ratio, level=level, **wanted)


def test_areas_are_added_up_over_the_months_and_judged_beside_each_other(session: Session) -> None:
    reported(session, "2026-11")
    reported(session, "2026-12")

    found = served(session)

    units = found.funnel.units
    assert {unit.name: (unit.hits, unit.count, unit.verdict.value) for unit in units} == {
        "Bintang": (20, 40, "within"),
        "Pintu Air": (72, 80, "higher"),
        "Selindung": (0, 8, "lower"),
    }
    assert found.funnel.share == pytest.approx(92 / 128)
    assert [(m.month, m.version, m.hits, m.cases) for m in found.months] == [
        ("2026-11", 1, 46, 64),
        ("2026-12", 1, 46, 64),
    ]


def test_kecamatan_are_the_sums_of_their_kelurahan(session: Session) -> None:
    reported(session, "2026-12")
    units = {unit.name: (unit.hits, unit.count) for unit in served(session, level="x").funnel.units}
    assert units == {"Gabek": (0, 4), "Rangkui": (46, 60)}


def test_the_last_version_counts(session: Session) -> None:
    cycle = reported(session, "2026-12")
    add_version(session, cycle, {"19.71.04.1001": (40, 40)}, 2)
    (month,) = served(session).months
    assert (month.version, month.hits, month.cases) == (2, 40, 40)


def test_only_the_months_asked_for_and_by_default_the_last_six(session: Session) -> None:
    for month in ("2026-06", "2026-07", "2026-12"):
        reported(session, month)
    assert [m.month for m in served(session).months] == ["2026-07", "2026-12"]
    until = served(session, first_month="2026-01", last_month="2026-07")
    assert [m.month for m in until.months] == ["2026-06", "2026-07"]


def test_an_open_month_does_not_count_and_without_any_there_is_nothing(session: Session) -> None:
    cycle = reported(session, "2026-12")
    cycle.state = CycleState.RECONCILING
    session.add(cycle)
    found = served(session)
    assert (found.months, found.funnel.units, found.funnel.share) == ((), (), None)


def test_a_month_that_only_a_file_of_its_pairs_brought_has_no_figures(session: Session) -> None:
    cycle = Cycle(city_code="19.71", month="2026-11", state=CycleState.CLOSED, updated_at=NOW)
    session.add(cycle)
    session.flush()
    assert served(session).months == ()
    reported(session, "2026-12")
    assert [each.month for each in served(session).months] == ["2026-12"]
    assert monitoring.closed_figures(session, "2026-11", "2026-11") == []


def test_months_that_cannot_be_are_refused(session: Session) -> None:
    reported(session, "2026-12")
    with pytest.raises(Invalid, match=r"monitoring\.months"):
        served(session, first_month="2026-12", last_month="2026-11")
    with pytest.raises(Invalid, match=r"month\.unreadable"):
        served(session, first_month="Desember")
    with pytest.raises(NotFound, match=r"monitoring\.ratio"):
        monitoring.find_ratio("prevalence")


@pytest.mark.parametrize(
    ("code", "hits", "cases"),
    [("served", 3, 3), ("arrived", 3, 3), ("on_time", 3, 3), ("evidenced", 0, 3),
     ("measured", 0, 3), ("gained", 0, 0), ("measured_on_time", 0, 3),
     ("accompaniment_recorded", 0, 3), ("accompanied", 0, 3), ("first_attempt", 3, 3),
     ("cases_in_time", 0, 0), ("reports_in_time", 3, 3)],
)  # fmt: skip
def test_every_ratio_is_made_of_figures_that_a_real_month_reports(
    session: Session, code: str, hits: int, cases: int
) -> None:
    cycle, _, _ = closed_month(session)
    ratio = monitoring.find_ratio(code)
    (month,) = monitoring.shares(session, ratio=ratio, level="kelurahan").months
    assert (month.hits, month.cases) == (hits, cases)
    content = str(report_versions.list_versions(session, cycle=cycle)[0].figures)
    assert not cases or all(name in content for name in ratio.codes("cases"))


def test_a_changed_definition_leaves_reported_months_as_they_were(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(session, "2027-01")
    reported(session, "2027-02")
    old = monitoring.find_ratio("served")
    new = replace(old, since="2027-02", hits="target_eligible")
    rows = (replace(old, until="2027-01"), new)
    monkeypatch.setattr("data.reference.indicators.definitions", lambda: rows)

    found = served(session)

    assert [(m.month, m.hits, m.cases) for m in found.months] == [
        ("2027-01", 46, 64),
        ("2027-02", 64, 64),
    ]


def test_every_figure_names_the_function_that_counts_it() -> None:
    for each in indicators():
        if each.missing:
            continue
        name, _, path = each.counted_by.partition(".")
        assert callable(attrgetter(path)(import_module(f"api.services.{name}"))), each.code


def test_a_share_is_known_for_the_levels_of_its_definition(session: Session) -> None:
    assert monitoring.levels_of(monitoring.find_ratio("gained"))[-1] == "kelurahan"
    assert monitoring.levels_of(monitoring.find_ratio("served"))[-1] == "tpk"
    assert monitoring.levels_of(monitoring.find_ratio("reports_in_time"))[-1] == "kader"
    with pytest.raises(Invalid, match=r"monitoring\.level"):
        monitoring.shares(session, ratio=monitoring.find_ratio("served"), level="kader")


def test_a_unit_stands_beside_the_others_with_its_own_course(session: Session) -> None:
    reported(session, "2026-11")
    reported(session, "2026-12", {"19.71.04.1001": (40, 40)})
    found = monitoring.unit_shares(session, level="kelurahan", unit="Pintu Air")
    share = next(each for each in found if each.ratio.code == "served")
    assert (share.placed.hits, share.placed.count, share.overall) == (76, 80, 86 / 104)
    assert [(m.month, m.hits, m.cases) for m in share.months] == [
        ("2026-11", 36, 40),
        ("2026-12", 40, 40),
    ]
    with pytest.raises(NotFound, match=r"monitoring\.unit"):
        monitoring.unit_shares(session, level="kelurahan", unit="Atlantis")


def test_teams_of_a_real_month_are_placed_like_areas(session: Session) -> None:
    _, _, coordinator = closed_month(session)
    del coordinator
    ratio = monitoring.find_ratio("reports_in_time")
    (unit,) = monitoring.shares(session, ratio=ratio, level="kader").funnel.units
    assert (unit.hits, unit.count, unit.verdict.value) == (3, 3, "too_few")
    (place,) = monitoring.shares(session, ratio=ratio, level="posyandu").funnel.units
    assert (place.name, place.count) == ("", 3)


def test_what_lies_in_what() -> None:
    assert monitoring.lies_in("Pintu Air", "kelurahan", "Rangkui")
    assert not monitoring.lies_in("Pintu Air", "kelurahan", "Gabek")
    assert monitoring.lies_in("Melati · Pintu Air", "posyandu", "Pintu Air")
    assert not monitoring.lies_in("Melati · Asam", "posyandu", "Pintu Air")


def test_the_queries_do_not_grow_with_the_months(session: Session) -> None:
    reported(session, "2026-12")
    few = count_queries(session, lambda: served(session))
    for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
        reported(session, month)
    assert count_queries(session, lambda: served(session)) == few == 2


def test_the_queries_do_not_grow_with_the_children(session: Session) -> None:
    cycle, _ = make_approved_cycle(session, num_children=2)
    by = make_account(session)

    def asked() -> list[int]:
        return [
            count_queries(session, ask)
            for ask in (
                lambda: growth_tasks.growth_tasks(session, today=NOW.date()),
                lambda: visit_proposals.proposals(session, now=NOW),
                lambda: figure_rows.rows_behind(
                    session, cycle=cycle, code="served", level="kelurahan", unit="Bukit Sari",
                    by=by, now=NOW,
                ),
                lambda: figure_rows.rows_behind(
                    session, cycle=cycle, code="nutrition_gain_t", level="kelurahan",
                    unit="Bukit Sari", by=by, now=NOW,
                ),
            )
        ]  # fmt: skip

    asked()
    few = asked()
    for _ in range(6):
        make_cycle_child(session, cycle, make_child(session))
    assert asked() == few
    assert few[0] == 3


def count_queries(session: Session, ask: Callable[[], object]) -> int:
    """Return how many statements the store was sent."""
    sent = []
    engine = session.get_bind()

    def note(*values: object) -> None:
        sent.append(values)

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
