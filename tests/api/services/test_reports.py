import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import ColumnKind, Table
from api.services import donor, donor_letters, fulfilment, reports
from api.services.donor_aliases import name_children
from api.services.errors import Forbidden, NotFound, Refused
from api.services.monitoring_sheets import Wanted
from api.services.report_counts import count_month
from api.services.report_privacy import Tables, hidden_figures
from api.services.report_tables import Writer
from api.services.targeting_tables import targeting_tables
from data.reference.indicators import indicators
from data.reference.regions import regions
from data.schema import (
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    ConsentPurpose,
    Cycle,
    CycleChild,
    CycleState,
    DeliveryEvent,
    DeliveryPhoto,
    MatchRun,
    Outcome,
    Package,
    PackageState,
    Pledge,
    Role,
    Sponsor,
    Stop,
)
from matcher.explain import ReasonCode
from tests.factories import (
    KELURAHAN,
    NOW,
    known_as,
    make_account,
    make_assignment,
    make_child,
    make_consent,
    make_cycle,
    make_cycle_child,
    make_match_run,
    make_measurement,
    make_pledge,
    show_to_donors,
)
from tests.factories_routes import (
    close_as_it_is,
    make_dispatched_cycle,
    package_at,
    report,
    stops_of,
)
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")

TITLE = "Penyaluran per kelurahan"


@kept
def month(session: Session, *, num_children: int = 6) -> tuple[Cycle, list[Stop]]:
    """All packages accepted but the last, at which nobody was at home."""
    cycle, _, stops, _, courier = make_dispatched_cycle(session, num_children=num_children)
    for number, stop in enumerate(stops[:-1]):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    failed = report(package_at(session, stops[-1]), "f", Outcome.FAILED, reason="nobody_home")
    fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    return cycle, stops


def table(session: Session, cycle: Cycle, title: str, **values: Any) -> Table:
    if values.get("is_public"):
        close_as_it_is(session, cycle)
    tables = reports.monthly_tables(session, cycle=cycle, now=NOW, **values)
    return next(each for each in tables if each.title == title)


def test_the_counts_of_delivery_are_those_of_the_stop_rows(session: Session) -> None:
    cycle, _ = month(session)
    found = table(session, cycle, TITLE)
    names = [column.name for column in found.columns]
    row = dict(zip(names, found.rows[0], strict=True))
    assert row["Paket direncanakan"] == 6
    assert (row["Diterima"], row["Belum diterima"]) == (5, 1)
    assert row["Perhentian"] == len(stops_of(session, cycle))
    assert row["Perhentian selesai diserahkan"] == 5
    assert found.total is not None
    assert found.total[1:] == found.rows[0][1:]


def test_every_table_says_where_its_figures_come_from_and_when(session: Session) -> None:
    cycle, _ = month(session)
    for each in reports.monthly_tables(session, cycle=cycle, now=NOW):
        assert "Desember 2026" in each.source
        assert each.as_of.isoformat() == "2026-12-01"


def test_figures_below_five_do_not_leave_the_office(session: Session) -> None:
    cycle, _ = month(session)
    inside = table(session, cycle, TITLE)
    outside = table(session, cycle, TITLE, is_public=True)
    assert inside.rows[0][4] == 1
    assert outside.rows[0][4] == "*"


def test_nothing_of_an_open_month_leaves_the_office(session: Session) -> None:
    """Two looks with one delivery between them would tell of that one child."""
    cycle, _ = month(session)
    with pytest.raises(Refused, match=r"report\.open"):
        reports.monthly_tables(session, cycle=cycle, now=NOW, is_public=True)
    with pytest.raises(Refused, match=r"report\.open"):
        targeting_tables(session, Wanted(now=NOW, is_public=True))
    close_as_it_is(session, cycle)
    assert reports.monthly_tables(session, cycle=cycle, now=NOW, is_public=True)
    assert targeting_tables(session, Wanted(now=NOW, is_public=True))


def test_one_suppressed_cell_takes_the_next_smallest_with_it(session: Session) -> None:
    cycle, _ = month(session, num_children=16)
    frozen = session.exec(select(CycleChild)).all()
    codes = [ward.code for ward in regions().all_kelurahan if ward.code != KELURAHAN]
    for row, code in zip(frozen, [codes[0]] * 9 + [codes[1]] * 5, strict=False):
        row.kelurahan_code = code
        session.add(row)
    counted = count_month(session, cycle=cycle).by_level()
    alone = hidden_figures(Tables.of(counted, codes=("target_registered",)))
    small, next_smallest = (regions().kelurahan(code).name for code in (KELURAHAN, codes[1]))
    assert {area for level, area, _ in alone if level == "kelurahan"} == {small, next_smallest}
    # Beside figures that say the same of these children at least as much has to go.
    found = table(session, cycle, "Sasaran per kelurahan", is_public=True)
    assert {small, next_smallest} <= {row[0] for row in found.rows if row[1] == "*"}


def test_a_small_kelurahan_is_not_found_through_its_kecamatan(session: Session) -> None:
    cycle, _ = month(session, num_children=18)
    there = regions().kelurahan(KELURAHAN)
    near = next(w for w in regions().all_kelurahan if w.kecamatan_code == there.kecamatan_code
                and w.code != KELURAHAN)  # fmt: skip
    far = next(w for w in regions().all_kelurahan if w.kecamatan_code != there.kecamatan_code)
    frozen = session.exec(select(CycleChild)).all()
    for row, code in zip(frozen, [far.code] * 3 + [near.code] * 6, strict=False):
        row.kelurahan_code = code
        session.add(row)

    by_kelurahan = table(session, cycle, "Sasaran per kelurahan", is_public=True)
    by_kecamatan = table(session, cycle, "Sasaran per kecamatan", is_public=True)

    wards = {row[0]: row[1] for row in by_kelurahan.rows}
    assert (wards[far.name], wards[near.name]) == ("*", "*")
    assert [row[1] for row in by_kecamatan.rows] == ["*", "*"]
    assert by_kecamatan.total is not None
    assert by_kecamatan.total[1] == 18


def test_no_small_figure_is_left_that_the_published_ones_give_away(session: Session) -> None:
    """A reader's own arithmetic over all public tables, by least and largest possible values."""
    cycle, stops = month(session, num_children=30)
    for number, stop in enumerate(stops[:2]):
        package_at(session, stop).state = (
            PackageState.PARTLY_ACCEPTED if number else PackageState.RESTOCKED
        )
    session.flush()
    close_as_it_is(session, cycle)
    public = reports.monthly_tables(session, cycle=cycle, now=NOW, is_public=True)
    shown = {
        column.indicator: cell
        for each in public
        if each.title.endswith("per kelurahan")
        for column, cell in zip(each.columns, each.rows[0], strict=True)
        if column.indicator
    }
    assert shown["delivery_planned"] == 30
    for small in ("delivery_partial", "delivery_failed"):
        assert shown[small] == "*"
    # Planned less reached, and reached less delivered, would be the small ones.
    assert shown["delivery_reached"] == "*"


def test_sponsors_are_named_only_inside(session: Session) -> None:
    cycle, _ = month(session)
    close_as_it_is(session, cycle)
    titles = {
        public: [
            each.title
            for each in reports.monthly_tables(session, cycle=cycle, now=NOW, is_public=public)
        ]
        for public in (True, False)
    }
    assert "Per donatur (untuk dinas saja)" in titles[False]
    assert "Per donatur (untuk dinas saja)" not in titles[True]


def test_genting_counts_children_sponsors_packages_and_their_worth(session: Session) -> None:
    cycle, _ = month(session)
    figures = {str(row[0]): row[1] for row in table(session, cycle, "Hitungan GENTING").rows}
    assert figures["Anak yang menerima bantuan"] == 5
    assert figures["Donatur yang bantuannya sampai"] == 5
    assert figures["Paket diterima (penuh atau sebagian)"] == 5
    assert figures["Nilai paket diterima (Rp)"] == 5 * 267_000


def test_every_figure_names_its_indicator_and_every_indicator_is_shown_or_marked(
    session: Session,
) -> None:
    cycle, _ = month(session)
    cycle.match_run_id = session.exec(select(MatchRun.id)).first()
    known = {each.code: each for each in indicators() if each.report == "monthly"}
    shown: set[str] = set()
    for each in reports.monthly_tables(session, cycle=cycle, now=NOW):
        by_row = bool(each.row_indicators)
        if by_row:
            assert len(each.row_indicators) == len(each.rows)
        else:
            figures = [column for column in each.columns if column.kind is not ColumnKind.TEXT]
            assert all(column.indicator for column in figures), each.title
        of_rows = {code.partition(":")[0] for code in each.row_indicators}
        codes = of_rows | {column.indicator for column in each.columns} - {""}
        assert codes <= known.keys(), each.title
        shown |= codes
    assert shown == known.keys()
    assert {code for code, each in known.items() if each.missing} == {
        "overlap_mbg",
        "overlap_pmt",
        "overlap_pkh",
    }


def row_of(found: Table) -> dict[str, Any]:
    return dict(zip([column.indicator for column in found.columns], found.rows[0], strict=True))


PUNCTUAL = "Ketepatan dan bukti penyaluran per kelurahan"


def test_days_late_attempts_and_evidence_are_counted_from_the_events(session: Session) -> None:
    cycle, _ = month(session)
    before = row_of(table(session, cycle, PUNCTUAL))
    assert (before["delivery_attempts"], before["delivery_reached"]) == (6, 5)
    events = session.exec(select(DeliveryEvent).order_by(col(DeliveryEvent.id))).all()
    handed = {event.package_id: event for event in events if event.outcome == Outcome.ACCEPTED}
    for number, (package_id, event) in enumerate(sorted(handed.items())):
        package = session.get_one(Package, package_id)
        event.happened_at = NOW.replace(hour=3)
        package.deliver_on = date(2026, 12, 1) - timedelta(days=(5, 0, -3, 0, 0)[number])
        event.receiver = "Ibu" if number < 2 else " "
    session.add(
        DeliveryPhoto(
            photo_uid="p1", event_uid=sorted(handed.items())[2][1].event_uid,
            package_id=sorted(handed)[2], sha256="0" * 64, content=b"x",
            taken_at=NOW, received_at=NOW, by="kurir",
        )
    )  # fmt: skip
    session.flush()
    after = row_of(table(session, cycle, PUNCTUAL))
    assert (after["delivery_late"], after["delivery_days_late"]) == (1, 1.0)
    assert (after["delivery_evidenced"], after["delivery_evidence"]) == (3, 0.6)
    outside = row_of(table(session, cycle, PUNCTUAL, is_public=True))
    assert (outside["delivery_late"], outside["delivery_days_late"]) == ("*", "*")
    assert (outside["delivery_evidenced"], outside["delivery_evidence"]) == ("*", "*")


GROWTH = "Pertumbuhan per kelurahan"


def weigh(session: Session, *, num: int, grams: int) -> None:
    for child in session.exec(select(Child).order_by(col(Child.id))).all()[:num]:
        for day, weight in ((date(2026, 11, 11), 9000), (date(2026, 12, 5), 9000 + grams)):
            make_measurement(session, child, measured_on=day, weight_g=weight, whz=-3.5)


def test_nutrition_is_counted_from_the_measurements(session: Session) -> None:
    cycle, _ = month(session)
    weigh(session, num=3, grams=240)
    found = row_of(table(session, cycle, "Gizi per kelurahan"))
    assert (found["nutrition_supported"], found["nutrition_measured"]) == (6, 3)
    assert found["nutrition_measured_share"] == 0.5
    assert (found["nutrition_gain_n"], found["nutrition_severe"]) == (3, 3)
    grown = row_of(table(session, cycle, GROWTH))
    assert (grown["nutrition_weight_children"], grown["nutrition_mean_weight_gain"]) == (3, 240)
    assert (grown["nutrition_haz_children"], grown["nutrition_mean_haz_change"]) == (0, None)


def test_a_mean_of_two_is_too_few_and_a_mean_of_four_stays_inside(session: Session) -> None:
    cycle, _ = month(session)
    weigh(session, num=2, grams=240)
    assert row_of(table(session, cycle, GROWTH))["nutrition_mean_weight_gain"] == "terlalu sedikit"
    outside = row_of(table(session, cycle, GROWTH, is_public=True))
    assert (outside["nutrition_weight_children"], outside["nutrition_mean_weight_gain"]) == (
        "*",
        "*",
    )


def test_the_application_starts_without_data_frames() -> None:
    script = "import sys, api.app; sys.exit('pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_reasons_of_failure_are_words_and_sensitive_ones_are_one_line(session: Session) -> None:
    cycle, _ = month(session)
    found = table(session, cycle, "Paket tidak diterima penuh, menurut alasan", language="id")
    assert found.rows == (("Tidak ada orang di rumah", 1),)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_of_a_child_without_sponsor_is_counted_in_words(language: Any) -> None:
    writer = Writer(month="2026-12", as_of=NOW.date(), language=language)
    found = writer.reasons(
        "unmatched", "matching_unmatched", {code.value: 7 for code in ReasonCode}
    )
    names = [str(row[0]) for row in found.rows]
    assert len(names) > 15
    assert not [name for name in names if "reason." in name or "%(" in name]


@pytest.mark.parametrize(
    ("file_format", "start"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{")]
)
def test_the_report_is_a_file_and_its_export_leaves_a_trace(
    session: Session, file_format: Any, start: bytes
) -> None:
    cycle, _ = month(session)
    by = make_account(session, Role.STAFF)
    found = reports.export_report(
        session, cycle=cycle, file_format=file_format, by=by, now=NOW, purpose="rapat TPPS"
    )
    assert found.content.startswith(start)
    if file_format == "json":
        assert json.loads(found.content)["tables"][0]["source"]
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "report:export")).one()
    assert entry.purpose == "rapat TPPS"


def test_no_report_without_purpose_or_for_a_donor(session: Session) -> None:
    cycle, _ = month(session)
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        reports.export_report(
            session,
            cycle=cycle,
            file_format="json",
            by=make_account(session),
            now=NOW,
            purpose="",
        )
    with pytest.raises(Forbidden, match=r"report\.role"):
        reports.monthly_report(session, cycle=cycle, by=make_account(session, Role.DONOR), now=NOW)


def sponsor_of(session: Session, child_id: int) -> Sponsor:
    pair = session.exec(select(Assignment).where(Assignment.child_id == child_id)).one()
    pledge = session.get_one(Pledge, pair.pledge_id)
    return session.get_one(Sponsor, pledge.sponsor_id)


def donor_view(session: Session, *, sponsor: Sponsor, now: datetime) -> donor.DonorView:
    name_children(session, sponsor)
    return donor.donor_view(session, sponsor=sponsor, now=now)


def test_a_donor_sees_the_alias_the_package_and_the_month_it_was_received(
    session: Session,
) -> None:
    _, stops = month(session, num_children=2)
    package = package_at(session, stops[0])
    child = session.get_one(Child, package.child_id)
    make_consent(session, child, ConsentPurpose.DISPLAY)
    make_measurement(session, child, measured_on=NOW.date(), haz=-2.2)
    view = donor_view(session, sponsor=sponsor_of(session, child.id or 0), now=NOW)
    [shown] = view.children
    assert shown.alias == known_as(session, child, sponsor_of(session, child.id or 0))
    assert (shown.age_months, shown.kecamatan_name, shown.trend) == (
        30,
        "Gerunggang",
        "up",
    )
    [got] = shown.months
    assert (got.status, got.received_month, dict(got.contents)["telur"]) == (
        "received",
        "2026-12",
        30,
    )


def test_without_consent_to_display_only_that_packages_came_is_counted(session: Session) -> None:
    _, stops = month(session, num_children=2)
    package = package_at(session, stops[0])
    view = donor_view(session, sponsor=sponsor_of(session, package.child_id), now=NOW)
    assert (view.children, view.num_hidden, view.num_received) == ((), 1, 1)


def test_a_failed_delivery_is_on_the_way_and_its_reason_is_not_said(session: Session) -> None:
    _, stops = month(session, num_children=2)
    package = package_at(session, stops[-1])
    show_to_donors(session)
    view = donor_view(session, sponsor=sponsor_of(session, package.child_id), now=NOW)
    assert [each.status for each in view.children[0].months] == ["on_the_way"]
    assert "nobody_home" not in repr(view)


@pytest.mark.parametrize(
    ("state", "status", "received_month"),
    [
        (AssignmentState.FULFILLED, "received", "2026-10"),
        (AssignmentState.UNFULFILLED, "missed", None),
    ],
)
def test_a_closed_month_from_before_is_never_in_preparation(
    session: Session, state: AssignmentState, status: str, received_month: str | None
) -> None:
    before = make_cycle(session, "2026-10", state=CycleState.CLOSED)
    run = make_match_run(session, before)
    before.match_run_id = run.id
    pledge = make_pledge(session)
    make_assignment(session, run, make_child(session), pledge, state=state)
    show_to_donors(session)
    sponsor = session.get_one(Sponsor, pledge.sponsor_id)
    [got] = donor_view(session, sponsor=sponsor, now=NOW).children[0].months
    assert (got.status, got.received_month, got.contents) == (status, received_month, ())


def test_nothing_that_identifies_a_child_is_in_a_donors_view(session: Session) -> None:
    _, stops = month(session, num_children=2)
    package = package_at(session, stops[0])
    child = session.get_one(Child, package.child_id)
    make_consent(session, child, ConsentPurpose.DISPLAY)
    text = repr(donor_view(session, sponsor=sponsor_of(session, child.id or 0), now=NOW))
    for secret in (
        child.name,
        child.code,
        "Wali",
        "Jl. Contoh",
        "19.71.",
        "-2.5",
        str(child.born_on.year),
    ):
        assert secret not in text.replace("2026-", "")


def test_the_letter_is_a_pdf_and_nobody_elses(session: Session) -> None:
    cycle, stops = month(session, num_children=2)
    sponsor = sponsor_of(session, package_at(session, stops[0]).child_id)
    own = make_account(session, Role.DONOR, sponsor_id=sponsor.id)
    name_children(session, sponsor)
    letter = donor_letters.donor_letter(session, sponsor=sponsor, cycle=cycle, by=own, now=NOW)
    assert letter.content.startswith(b"%PDF")
    other = make_account(session, Role.DONOR)
    with pytest.raises(NotFound, match=r"donor\.unknown"):
        donor_letters.donor_letter(session, sponsor=sponsor, cycle=cycle, by=other, now=NOW)


def test_newly_in_are_those_entitled_now_and_not_the_month_before(session: Session) -> None:
    title = "Sasaran per kelurahan"
    cycle = make_cycle(session, "2026-12", snapshot_hash="b" * 64)
    stayed, came, back, never = (make_child(session) for _ in range(4))
    for child in (stayed, came, back):
        make_cycle_child(session, cycle, child)
    make_cycle_child(session, cycle, never, is_eligible=False)
    unknown = table(session, cycle, title)
    at = [column.indicator for column in unknown.columns].index("target_new")
    assert unknown.total is not None
    assert unknown.total[at] is None
    assert "Tidak diketahui" in " ".join(unknown.notes)

    before = make_cycle(session, "2026-11", snapshot_hash="a" * 64)
    make_cycle_child(session, before, stayed)
    make_cycle_child(session, before, back, is_eligible=False)
    found = table(session, cycle, title)
    assert found.total is not None
    assert found.total[at] == 2
    assert "Tidak diketahui" not in " ".join(found.notes)
