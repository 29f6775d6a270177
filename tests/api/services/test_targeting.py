"""Targeting and consumption from the rows of a month."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import Cell, Table
from api.services import consumption
from api.services import targeting_tables as sheet_of_targeting
from api.services.consumption import Answer
from api.services.errors import Invalid, Refused
from api.services.monitoring_sheets import Wanted, export_sheet, find_sheet
from api.services.months import later_month
from api.services.report_versions import figures_of, recount_month
from api.services.targeting import month_shown, target_children
from api.services.targeting_tables import ELSEWHERE, reason_words, targeting_tables
from data.queries.targeting import accepted_packages
from data.schema import (
    Account,
    AuditEntry,
    Child,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    Eaten,
    HelpProgramme,
    Household,
    OtherHelp,
    Package,
    PackageState,
    ReportVersion,
    Role,
    Unassigned,
)
from matcher.explain import ReasonCode
from tests.api.services.test_reconcile import LATER, closed_month, delivered_month
from tests.factories import make_account, make_child, make_cycle_child
from tests.factories_routes import close_as_it_is

pytestmark = pytest.mark.stores("sqlite")


def tables(session: Session, *, is_public: bool = False) -> dict[str, Table]:
    wanted = Wanted(now=LATER, is_public=is_public, opens_children=True)
    return {table.title: table for table in targeting_tables(session, wanted)}


def rows(table: Table) -> dict[str, tuple[Cell, ...]]:
    return {str(row[0]): row[1:] for row in table.rows}


def left_out(session: Session, cycle: Cycle, reason: str, months: int) -> Child:
    child = make_child(session)
    make_cycle_child(session, cycle, child, months_waiting=months, tier=1, age_days=400)
    session.add(
        Unassigned(
            cycle_id=cycle.id or 0, match_run_id=cycle.match_run_id or 0, child_id=child.id or 0,
            reason=reason,
        )
    )  # fmt: skip
    session.flush()
    return child


def foot_of(session: Session, by: Account, *, version: int | None, is_public: bool = True) -> str:
    """Return what the foot of a workbook says first of *Tepat sasaran*."""
    made = export_sheet(
        session, sheet=find_sheet("sasaran"), file_format="xlsx", by=by, purpose="arsip",
        wanted=Wanted(now=LATER, is_public=is_public, version=version),
    )  # fmt: skip
    sheet = openpyxl.load_workbook(BytesIO(made.content)).worksheets[0]
    cells = [str(row[0].value) for row in sheet.iter_rows()]
    (foot,) = [cell for cell in cells if " · dicetak " in cell]
    return next(part for part in foot.split(" · ") if part.startswith(("versi", "sidik")))


def test_without_an_approved_month_there_is_nothing(session: Session) -> None:
    assert month_shown(session, None) is None
    assert targeting_tables(session, Wanted(now=LATER)) == ()


def test_coverage_has_the_figures_of_the_monthly_report(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    children = target_children(session, cycle=cycle)
    city = figures_of(session, cycle=cycle).counts.by_level()["city"][""]
    served = sum(child.is_served for child in children if child.is_eligible)
    assert sum(child.is_eligible for child in children) == city["target_eligible"] == 3
    assert served == city["matching_matched"] == 3


def test_packages_are_counted_of_the_months_asked_for_and_of_those_accepted(
    session: Session,
) -> None:
    cycle, _, _ = closed_month(session)
    month, before = cycle.month, later_month(cycle.month, -1)
    packages = session.exec(select(Package).order_by(col(Package.id))).all()
    own = {package.child_id: 1 for package in packages}
    assert len(own) == 3
    assert accepted_packages(session, first_month=before, last_month=month) == own
    assert accepted_packages(session, first_month=before, last_month=before) == {}
    packages[0].state = PackageState.LOST
    session.flush()
    del own[packages[0].child_id]
    assert accepted_packages(session, first_month=month, last_month=month) == own


def test_who_is_left_out_stands_with_reason_and_months(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    left_out(session, cycle, "x.no_place", 4)
    left_out(session, cycle, "x.no_place", 1)
    found = tables(session)
    assert rows(found["Memenuhi syarat tetapi belum terlayani"]) == {"x.no_place": (2, 1, 2.5)}
    by_tier = rows(found["Menurut tingkat kebutuhan"])
    assert by_tier["Tingkat 1: sangat pendek"] == (2, 0, 2, 0.0)
    assert by_tier["Tingkat 3: pendek, 2 tahun ke atas"] == (3, 3, 0, 1.0)
    assert rows(found["Menurut umur"])["12–23 bulan"] == (2, 0, 2, 0.0)
    assert found["Menurut kelurahan"].total == ("Jumlah", 5, 3, 2, 0.6)
    spread = found["Paket enam bulan terakhir menurut kebutuhan"]
    # Two of tier 1 got nothing, three of tier 3 one each: mean rank of the latter is 0.7.
    assert spread.total is not None
    assert spread.total[1:4] == (5, 3, 0.6)
    assert spread.total[4] == pytest.approx(0.4)


def test_doubtful_help_is_counted_by_its_reason(session: Session) -> None:
    closed_month(session)
    homes = session.exec(select(Household)).all()
    homes[0].poverty_decile, homes[1].poverty_decile = 8, 7
    child = session.exec(select(Child)).all()[2]
    child.review_reasons = ["graduation_proposed"]
    frozen = session.exec(select(CycleChild)).all()[1]
    frozen.is_eligible = False
    for each in (*homes, child, frozen):
        session.add(each)
    session.flush()
    found = rows(tables(session)["Dilayani, padahal mungkin tidak memerlukan"])
    assert found == {
        "Sudah diusulkan lulus": (1,),
        "Keluarga pada desil 8 sampai 10": (1,),
        "Tidak memenuhi syarat saat dikunci": (1,),
        **dict.fromkeys(ELSEWHERE.values(), (None,)),  # no list of the month is here
    }


def test_who_is_served_twice_is_counted_where_a_list_is_given(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    first, *others = session.exec(select(Child)).all()
    unserved = left_out(session, cycle, "x.no_place", 1)
    for programme, month, child in (
        (HelpProgramme.MBG, cycle.month, first),
        (HelpProgramme.MBG, cycle.month, unserved),
        (HelpProgramme.MBG, "2026-01", others[0]),
        (HelpProgramme.PKH, cycle.month, unserved),
    ):
        session.add(
            OtherHelp(programme=programme, month=month, child_id=child.id or 0, by="x", at=LATER)
        )
    session.flush()
    found = rows(tables(session)["Dilayani, padahal mungkin tidak memerlukan"])
    assert [found[word] for word in ELSEWHERE.values()] == [(1,), (None,), (0,)]


def answer(session: Session, cycle: Cycle, by: Account, *given: Answer, day: date) -> int:
    home = session.exec(select(Household)).first()
    assert home is not None
    return consumption.record_answers(
        session, cycle=cycle, kelurahan_code=home.kelurahan_code or "", posyandu="",
        answers=given, checked_on=day, by=by, now=LATER,
    )  # fmt: skip


def test_the_chain_runs_from_promise_to_mouth(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    by = make_account(session, Role.COORDINATOR)
    packages = session.exec(select(Package)).all()
    own, shared = packages[0].id or 0, packages[1].id or 0
    answer(
        session, cycle, by, Answer(own, Eaten.CHILD), Answer(shared, Eaten.SHARED, "adik"),
        day=LATER.date(),
    )  # fmt: skip
    assert [row[1] for row in tables(session)["Dari janji sampai dimakan"].rows] == [
        3, 0, 3, 3, 3, 2, 1,
    ]  # fmt: skip


def test_an_answer_can_be_changed_and_taken_back_with_a_trace(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    by = make_account(session, Role.STAFF)
    number = session.exec(select(Package.id)).first() or 0
    day = LATER.date()
    assert answer(session, cycle, by, Answer(number, Eaten.CHILD), day=day) == 1
    assert answer(session, cycle, by, Answer(number, Eaten.CHILD), day=day) == 0
    assert answer(session, cycle, by, Answer(number, Eaten.SHARED), day=day) == 1
    assert session.exec(select(ConsumptionCheck)).one().eaten is Eaten.SHARED
    assert answer(session, cycle, by, Answer(number, None), day=day) == 1
    assert session.exec(select(ConsumptionCheck)).all() == []
    trace = session.exec(select(AuditEntry).where(AuditEntry.action == "consumption:record")).all()
    assert len(trace) == 3


def test_only_packages_of_that_place_and_days_that_have_been_are_taken(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    by = make_account(session, Role.STAFF)
    number = session.exec(select(Package.id)).first() or 0
    with pytest.raises(Refused, match=r"consumption\.package"):
        answer(session, cycle, by, Answer(number + 99, Eaten.CHILD), day=LATER.date())
    for day in (LATER.date() + timedelta(days=1), date(2026, 11, 30)):
        with pytest.raises(Invalid, match=r"consumption\.day"):
            answer(session, cycle, by, Answer(number, Eaten.CHILD), day=day)
    assert session.exec(select(ConsumptionCheck)).all() == []


def test_outside_the_office_no_kelurahan_and_no_small_figure(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    left_out(session, cycle, "x.no_place", 4)
    public = tables(session, is_public=True)
    assert "Menurut kelurahan" not in public
    assert "Dari janji sampai dimakan" not in public
    shown = [cell for table in public.values() for row in table.rows for cell in row[1:]]
    assert not [cell for cell in shown if isinstance(cell, int) and 0 < cell < 5]
    assert "*" in shown


@pytest.mark.parametrize("hidden", ["waiting_long", "matching_unmatched"])
def test_means_of_waiting_tell_nothing_of_a_hidden_count(
    session: Session, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    closed_month(session)
    version = session.exec(select(ReportVersion)).one()
    left = {"x.a": (8, 1, 3), "x.b": (20, 12, 68), "x.c": (10, 0, 5)}
    rows_kept = {
        reason: {"children": children, "long": long, "months": months}
        for reason, (children, long, months) in left.items()
    }
    told = version.figures["targeting"] | {"left_out": rows_kept}  # type: ignore[operator]
    version.figures, version.digest = {**version.figures, "targeting": told}, hidden
    session.add(version)
    session.flush()
    title, cell = "Memenuhi syarat tetapi belum terlayani", ("targeting", "left_out:x.a", hidden)
    by_rule = tables(session, is_public=True)[title]
    assert rows(by_rule)["x.a"][1:] == ("*", "*")
    assert (by_rule.total or ())[-1] == "*"
    monkeypatch.setattr(sheet_of_targeting, "hidden_in_report", lambda *_: frozenset())
    whole = tables(session, is_public=True)[title]
    assert rows(whole)["x.a"] == (8, 1, 3 / 8)
    assert whole.total == ("Jumlah", 38, 13, 2.0)
    monkeypatch.setattr(sheet_of_targeting, "hidden_in_report", lambda *_: frozenset({cell}))
    table = tables(session, is_public=True)[title]
    # With the mean of all, those of the others would leave the months of the eight: 76 - 68 - 5.
    assert table.total == ("Jumlah", 38, 13, "*")
    assert rows(table)["x.a"][2] == "*"
    assert rows(table)["x.a"].count("*") == 2
    assert rows(table) | {"x.a": ()} == rows(whole) | {"x.a": ()}


def test_what_was_published_of_a_version_stays_as_it_was(session: Session) -> None:
    cycle, *_ = delivered_month(session, num_children=10)
    approver = make_account(session, Role.APPROVER)
    close_as_it_is(session, cycle)
    before = [table.rows for table in tables(session, is_public=True).values()]
    title = "Dilayani, padahal mungkin tidak memerlukan"
    children = session.exec(select(Child)).all()
    session.add_all(
        OtherHelp(
            programme=HelpProgramme.MBG, month=cycle.month, child_id=each.id or 0, by="x", at=LATER
        )
        for each in children[:6]
    )  # fmt: skip
    session.flush()
    assert rows(tables(session)[title])[ELSEWHERE["mbg"]] == (6,)
    assert [table.rows for table in tables(session, is_public=True).values()] == before
    recount_month(session, cycle=cycle, by=approver, now=LATER, reason="daftar MBG")
    outside = tables(session, is_public=True)
    assert rows(outside[title])[ELSEWHERE["mbg"]] == ("*",)  # of ten, and who is not on it
    assert all("versi 2" in table.source for table in outside.values())
    first = targeting_tables(session, Wanted(now=LATER, is_public=True, version=1))
    assert [table.rows for table in first] == before
    assert [foot_of(session, approver, version=asked) for asked in (None, 1)] == [
        "versi 2", "versi 1",
    ]  # fmt: skip
    for asked in (None, 1):  # counted now, whatever version was chosen for outside
        assert foot_of(session, approver, is_public=False, version=asked).startswith("sidik")


def test_a_version_from_before_targeting_was_kept_is_not_published(session: Session) -> None:
    closed_month(session)
    version = session.exec(select(ReportVersion)).one()
    version.figures = {k: v for k, v in version.figures.items() if k != "targeting"}
    version.digest = "before"
    session.add(version)
    session.flush()
    with pytest.raises(Refused, match=r"report\.without_targeting"):
        tables(session, is_public=True)
    assert tables(session)


def test_who_alone_is_on_no_list_cannot_be_worked_out_outside(session: Session) -> None:
    cycle, *_ = delivered_month(session, num_children=10)
    helped = session.exec(select(Child).order_by(col(Child.id))).all()[1:]
    session.add_all(
        OtherHelp(programme=programme, month=cycle.month, child_id=each.id or 0, by="x", at=LATER)
        for programme, on_list in ((HelpProgramme.MBG, helped), (HelpProgramme.PKH, helped[4:]))
        for each in on_list
    )
    session.flush()
    close_as_it_is(session, cycle)
    title, listed = "Dilayani, padahal mungkin tidak memerlukan", (*ELSEWHERE.values(),)[::2]
    inside, outside = (rows(tables(session, is_public=way)[title]) for way in (False, True))
    assert [inside[word] for word in listed] == [(9,), (5,)]
    assert [outside[word] for word in listed] == [("*",), (5,)]  # of ten who are served


def test_reasons_for_staying_uncovered_are_told_in_words() -> None:
    codes = [each.value for each in ReasonCode if not each.value.startswith("reason.pair")]
    assert [
        code for code in codes if reason_words(code) == code or "%(" in reason_words(code)
    ] == []
