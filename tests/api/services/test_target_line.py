"""Sources side by side, entered figures, our own months and where they lead."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import Cell
from api.services import target_line
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.kept_figures import digest_of
from api.services.monitoring_sheets import Wanted, table_json
from api.services.target_tables import target_tables
from data.schema import (
    Account,
    AuditEntry,
    Cycle,
    CycleState,
    FigureKind,
    FigureUnit,
    HiddenFigures,
    PublishedFigure,
    ReportVersion,
    Role,
)
from tests.factories import NOW, make_account

pytestmark = pytest.mark.stores("sqlite")


def closed(session: Session, month: str, children: int, *, new: int = 0, out: int = 0) -> None:
    """A closed month of so many children, half of them served, whose report says so."""
    cycle = Cycle(city_code="19.71", month=month, state=CycleState.CLOSED, updated_at=NOW)
    session.add(cycle)
    session.flush()
    row = {
        "target_eligible": children, "target_new": new, "target_graduated": out, "target_left": 1,
        "matching_matched": children // 2,
    }  # fmt: skip
    figures: dict[str, object] = {
        "areas": {"19.71.04.1001": row}, "city": {}, "unmatched_reasons": {},
        "failure_reasons": {}, "sponsors": [],
        "growth": {level: {} for level in ("kelurahan", "kecamatan", "city")},
    }  # fmt: skip
    session.add(
        ReportVersion(
            cycle_id=cycle.id or 0,
            number=1,
            figures=figures,
            digest=digest_of(figures),
            by="x",
            at=NOW,
        )
    )
    session.flush()


def half_year(session: Session) -> None:
    for number in range(6):
        closed(session, f"2026-{number + 6:02d}", 200 - 4 * number, new=3, out=6)


def enter(session: Session, by: Account, **values: object) -> PublishedFigure:
    fields: dict[str, object] = {
        "kind": FigureKind.TARGET, "area": "Kota", "on": date(2027, 5, 31), "value": 150,
        "unit": FigureUnit.CHILDREN, "name": "Target kota", "source": "RPJMD", "now": NOW,
    }  # fmt: skip
    return target_line.add_figure(session, by=by, **(fields | values))  # type: ignore[arg-type]


def test_sources_stand_side_by_side_with_their_dates_and_doubts(session: Session) -> None:
    enter(session, make_account(session), kind=FigureKind.SURVEY, on=date(2024, 12, 30),
          value=17.3, unit=FigureUnit.PERCENT, name="SSGI 2024", source="Kemenkes")  # fmt: skip
    found = target_line.published(session)
    assert [each.on for each in found] == sorted(each.on for each in found)
    assert {each.name: each.value for each in found}["SSGI 2024"] == 17.3
    disputed = [each for each in found if each.is_unsure]
    assert {each.value for each in disputed} == {14.4, 17.3, 17.4}
    assert {each.name for each in target_line.published(session, language="en")} >= {
        "City target 2024", "National target 2029", "SKI 2023",
    }  # fmt: skip


def test_a_wrong_figure_is_refused_at_its_field_and_a_mistake_withdrawn(session: Session) -> None:
    staff = make_account(session)
    wrong: dict[str, dict[str, object]] = {
        "nilai": {"value": 101, "unit": FigureUnit.PERCENT}, "nama": {"name": " "},
        "sumber": {"source": ""}, "tanggal": {"kind": FigureKind.SURVEY},
    }  # fmt: skip
    for field, values in wrong.items():
        with pytest.raises(Invalid) as caught:
            enter(session, staff, **values)
        assert list(caught.value.params["fields"]) == [field]  # type: ignore[call-overload]
    with pytest.raises(Forbidden, match=r"published\.role"):
        enter(session, make_account(session, Role.COORDINATOR))
    row = enter(session, staff)
    with pytest.raises(Refused, match=r"published\.reason"):
        target_line.withdraw_figure(session, figure_id=row.id or 0, reason="", by=staff, now=NOW)
    target_line.withdraw_figure(session, figure_id=row.id or 0, reason="salah", by=staff, now=NOW)
    assert "Target kota" not in {each.name for each in target_line.published(session)}
    assert session.exec(select(PublishedFigure)).one().withdrawal_reason == "salah"
    with pytest.raises(NotFound, match=r"published\.unknown"):
        target_line.withdraw_figure(session, figure_id=row.id or 0, reason="x", by=staff, now=NOW)
    actions = session.exec(select(AuditEntry.action)).all()
    assert actions == ["published:add", "published:withdraw"]


def test_a_steady_fall_of_four_a_month_meets_what_lies_on_its_way(session: Session) -> None:
    half_year(session)
    staff = make_account(session)
    enter(session, staff, value=156, name="tercapai")
    enter(session, staff, value=155, name="tidak")
    counts = target_line.month_counts(session)
    assert [each.children for each in counts] == [200, 196, 192, 188, 184, 180]
    found = target_line.courses(counts, target_line.published(session))
    assert [(each.target.name, each.months_ahead, each.outlook.value) for each in found] == [
        ("tercapai", 6, "on_course"), ("tidak", 6, "off_course"),
    ]  # fmt: skip
    projection = found[0].projection
    assert projection is not None
    assert (projection.middle, found[0].coverage_now) == (156, 0.5)


def test_the_coverage_it_would_take_follows_from_the_months(session: Session) -> None:
    half_year(session)
    enter(session, make_account(session), value=179, on=date(2026, 12, 31))
    (course,) = target_line.courses(
        target_line.month_counts(session), target_line.published(session)
    )
    assert course.flow is not None
    # New 3 a month; 36 of 570 served graduated and 6 of 1140 left: 180 + 3 - 180 (l + c g) = 179.
    assert (course.flow.new, course.flow.graduating, course.flow.leaving) == (
        3, 36 / 570, 6 / 1140,
    )  # fmt: skip
    assert course.coverage == pytest.approx((4 / 180 - 6 / 1140) / (36 / 570), abs=1e-6)


def test_of_few_months_and_of_targets_in_per_cent_nothing_is_projected(session: Session) -> None:
    staff = make_account(session)
    enter(session, staff)
    assert target_line.courses([], target_line.published(session)) == []
    closed(session, "2026-11", 100)
    (course,) = target_line.courses(
        target_line.month_counts(session), target_line.published(session)
    )
    assert (course.projection, course.outlook.value) == (None, "too_few")
    past = enter(session, staff, on=NOW.date() - timedelta(days=60), name="lampau")
    found = target_line.courses(target_line.month_counts(session), target_line.published(session))
    assert past.name not in {each.target.name for each in found}


def test_our_own_months_stay_in_the_office(session: Session) -> None:
    half_year(session)
    titles = {
        is_public: [
            table.title for table in target_tables(session, Wanted(now=NOW, is_public=is_public))
        ]
        for is_public in (False, True)
    }
    assert "Daftar sendiri, bulan demi bulan" in titles[False]
    assert "Daftar sendiri, bulan demi bulan" not in titles[True]


def test_outside_the_office_no_projection_tells_what_the_public_reports_hide(
    session: Session,
) -> None:
    half_year(session)
    enter(session, make_account(session))
    public = Wanted(now=NOW, is_public=True)

    def course() -> tuple[Cell, ...]:
        return target_tables(session, public)[0].rows[0]

    assert course()[3] == 180
    version = session.exec(select(ReportVersion).order_by(col(ReportVersion.id))).first()
    assert version is not None
    session.add(
        HiddenFigures(
            version_id=version.id or 0, cells=[["city", "", "target_eligible"]], at=NOW
        )
    )  # fmt: skip
    session.flush()
    assert set(course()[3:-1]) == {"*"}
    assert target_tables(session, Wanted(now=NOW))[0].rows[0][3] == 180


@pytest.mark.parametrize("code", ["target_new", "target_graduated", "target_left"])
def test_the_coverage_it_would_take_tells_nothing_of_who_came_and_left(
    session: Session, code: str
) -> None:
    half_year(session)
    enter(session, make_account(session), value=179, on=date(2026, 12, 31))
    public = Wanted(now=NOW, is_public=True)
    versions = session.exec(select(ReportVersion).order_by(col(ReportVersion.id))).all()
    for version in versions:
        session.add(HiddenFigures(version_id=version.id or 0, cells=[], at=NOW))
    session.flush()
    shown = target_tables(session, public)[0].rows[0]
    assert shown[8] == pytest.approx((4 / 180 - 6 / 1140) / (36 / 570), abs=1e-6)
    kept = session.get_one(HiddenFigures, versions[2].id)
    kept.cells = [["city", "", code]]
    session.add(kept)
    session.flush()
    hidden = target_tables(session, public)[0]
    assert hidden.rows[0] == (*shown[:8], "*", shown[9])
    assert table_json(hidden)["rows"] == [list(hidden.rows[0])]
    assert any("*" in note for note in hidden.notes)


def test_a_month_that_cannot_tell_who_came_is_left_out_of_the_flow(session: Session) -> None:
    closed(session, "2026-10", 100, new=9)
    closed(session, "2026-11", 100, new=3)
    version = session.exec(select(ReportVersion)).first()
    assert version is not None
    rows: dict[str, dict[str, int]] = version.figures["areas"]  # type: ignore[assignment]
    kept = {code: {k: v for k, v in row.items() if k != "target_new"} for code, row in rows.items()}
    version.figures = {**version.figures, "areas": kept}
    version.digest = digest_of(version.figures)
    session.add(version)
    session.flush()
    enter(session, make_account(session))
    counts = target_line.month_counts(session)
    assert [each.new for each in counts] == [None, 3]
    (course,) = target_line.courses(counts, target_line.published(session))
    assert course.flow is not None
    assert course.flow.new == 3
    (alone,) = target_line.courses(counts[:1], target_line.published(session))
    assert (alone.flow, alone.coverage) == (None, None)


def test_a_text_longer_than_its_column_is_refused_at_its_field(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        enter(session, make_account(session), area="K" * 81)
    assert caught.value.params["fields"] == {"wilayah": "field.long"}
