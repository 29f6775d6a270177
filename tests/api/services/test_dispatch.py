from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, select

from api.services import departures, dispatch, results, routes
from api.services.clock import local_date
from api.services.couriers import assign_courier
from api.services.dispatch import ExportKind
from api.services.errors import Forbidden, NotFound, Refused
from api.services.fulfilment import AckState, record_delivery
from data.schema import (
    Account,
    AuditEntry,
    Cycle,
    CycleState,
    DeliveryEvent,
    PackageState,
    Role,
    Route,
    RouteState,
    StopState,
)
from tests.api.documents.pdf_reading import title_of
from tests.api.services.test_routes import planned_month
from tests.factories import NOW, make_account
from tests.factories_goods import packages_of
from tests.factories_routes import report, stops_of
from tests.kept import kept
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")


@kept
def confirmed_month(session: Session, **vehicle: Any) -> tuple[Cycle, Account, list[Route]]:
    cycle, by, found = planned_month(session, **vehicle)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    return cycle, by, found


def export(session: Session, cycle: Cycle, by: Account, kind: ExportKind) -> bytes:
    return dispatch.export_routes(
        session, cycle=cycle, kind=kind, by=by, now=NOW, purpose="cetak untuk kurir"
    ).content


@pytest.mark.parametrize("kind", list(ExportKind))
def test_every_export_is_one_file_of_all_routes_and_leaves_a_trace(
    session: Session, kind: ExportKind
) -> None:
    cycle, by, _ = confirmed_month(session)
    content = export(session, cycle, by, kind)
    starts = {
        "pdf": b"%PDF", "xlsx": b"PK", "csv": b"\xef\xbb\xbf", "links": b"\xef\xbb\xbf",
        "gpx": b"<?xml", "kml": b"<?xml", "geojson": b"{",
    }  # fmt: skip
    assert content.startswith(starts[kind.value.split("_")[-1]])
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "route:export")).one()
    assert entry.purpose == "cetak untuk kurir"


def test_files_made_together_are_those_made_alone_and_each_leaves_its_trace(
    session: Session,
) -> None:
    cycle, by, _ = confirmed_month(session)
    kinds = (ExportKind.STOPS_CSV, ExportKind.LABELS_PDF, ExportKind.GPX)
    made = dispatch.export_files(
        session, cycle=cycle, kinds=kinds, by=by, now=NOW, purpose="cetak untuk kurir"
    )
    traces = session.exec(select(AuditEntry).where(AuditEntry.action == "route:export")).all()
    assert [(entry.after or {})["kind"] for entry in traces] == [kind.value for kind in kinds]
    for kind in kinds:
        assert made[kind].content == export(session, cycle, by, kind)


TITLES = {
    ExportKind.ALL_PDF: "Lembar rute", ExportKind.SHEETS_PDF: "Lembar rute",
    ExportKind.LOADING_PDF: "Daftar muat", ExportKind.LABELS_PDF: "Label paket",
    ExportKind.DELIVERY_NOTES_PDF: "Surat jalan",
    ExportKind.SIGN_LIST_PDF: "Berita acara dan daftar tanda terima",
}  # fmt: skip


def test_prints_of_one_route_are_named_and_titled_by_it(session: Session) -> None:
    cycle, by, [route] = confirmed_month(session)
    one, whole = (
        dispatch.export_files(
            session, cycle=cycle, kinds=tuple(TITLES), by=by, now=NOW, purpose="cetak", routes=only
        )
        for only in ([route], None)
    )
    for kind, title in TITLES.items():
        assert one[kind].file_name.endswith(f"-2026-12-{route.code}.pdf")
        assert whole[kind].file_name.endswith("-2026-12.pdf")
        assert route.code not in whole[kind].file_name
        assert title_of(one[kind].content) == f"{title} Desember 2026 – {route.code}"
        assert title_of(whole[kind].content) == f"{title} Desember 2026"


def test_a_stale_or_unconfirmed_route_does_not_print(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    with pytest.raises(Refused, match=r"dispatch\.not_confirmed") as refusal:
        export(session, cycle, by, ExportKind.STOPS_CSV)
    assert refusal.value.params["routes"] == route.code
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    route.state = RouteState.STALE
    with pytest.raises(Refused, match=r"dispatch\.not_confirmed"):
        export(session, cycle, by, ExportKind.STOPS_CSV)


def test_an_export_without_a_purpose_or_by_another_role_is_refused(session: Session) -> None:
    cycle, by, _ = confirmed_month(session)
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        dispatch.export_routes(
            session, cycle=cycle, kind=ExportKind.GPX, by=by, now=NOW, purpose=" "
        )
    with pytest.raises(Forbidden, match=r"dispatch\.role"):
        export(session, cycle, make_account(session, Role.COURIER), ExportKind.GPX)


def test_the_first_route_that_leaves_takes_the_month_with_it(session: Session) -> None:
    cycle, by, [route] = confirmed_month(session)
    departures.dispatch_route(session, route=route, by=by, now=NOW)
    assert (cycle.state, route.state) == (CycleState.DISTRIBUTING, RouteState.DISPATCHED)
    assert {p.state for p in packages_of(session, cycle)} == {PackageState.LOADED}
    assert {stop.state for stop in stops_of(session, cycle)} == {StopState.EN_ROUTE}


def test_it_leaves_only_when_all_routes_are_confirmed(session: Session) -> None:
    cycle, by, [first, second] = confirmed_month(session, capacity_g=25_000)
    second.state = RouteState.STALE
    with pytest.raises(Refused, match=r"dispatch\.not_confirmed") as refusal:
        departures.dispatch_route(session, route=first, by=by, now=NOW)
    assert refusal.value.params["routes"] == second.code
    assert cycle.state == CycleState.PACKING


def test_a_route_with_a_box_that_is_not_packed_stays(session: Session) -> None:
    cycle, by, [route] = confirmed_month(session)
    package = packages_of(session, cycle)[0]
    package.state = PackageState.RESERVED
    with pytest.raises(Refused, match=r"dispatch\.not_packed") as refusal:
        departures.dispatch_route(session, route=route, by=by, now=NOW)
    assert refusal.value.params["packages"] == package.code


def test_a_courier_opens_only_the_own_route_of_the_day(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    _, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    then = datetime.combine(route.day, time(2), UTC)
    assert dispatch.courier_routes(session, by=courier, now=then) == []
    departures.dispatch_route(session, route=route, by=by, now=then)
    dispatch.open_route(session, route=route, by=courier, now=then)
    assert route.opened_at == then
    stranger = make_account(session, Role.COURIER)
    later = then + timedelta(days=1)
    assert dispatch.courier_routes(session, by=courier, now=later) == [route]  # not finished
    route.state = RouteState.FINISHED
    for who, when in ((stranger, then), (courier, later)):
        with pytest.raises(NotFound, match=r"dispatch\.courier"):
            dispatch.open_route(session, route=route, by=who, now=when)


def test_a_route_of_a_closed_month_is_under_way_no_more(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    cycle, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    later = datetime.combine(route.day + timedelta(days=1), time(2), UTC)
    assert dispatch.courier_routes(session, by=courier, now=later) == [route]
    cycle.state = CycleState.CLOSED
    assert dispatch.courier_routes(session, by=courier, now=later) == []


def test_who_drove_still_reports_after_the_vehicle_was_handed_on(session: Session) -> None:
    driver, other = make_account(session, Role.COURIER), make_account(session, Role.COURIER)
    cycle, by, [route] = confirmed_month(session, courier_account_id=driver.id)
    departures.dispatch_route(session, route=route, by=by, now=NOW)
    change: dict[str, Any] = {"vehicle_id": route.vehicle_id, "username": other.username}
    assign_courier(session, **change, by=by, now=NOW)
    assert dispatch.courier_routes(session, by=driver, now=NOW) == [route]
    assert dispatch.courier_routes(session, by=other, now=NOW) == []
    assign_courier(session, **change, by=by, now=NOW, hands_over=True)
    assert dispatch.courier_routes(session, by=driver, now=NOW) == []
    assert dispatch.courier_routes(session, by=other, now=NOW) == [route]
    first, second = packages_of(session, cycle)[:2]
    for package, who in ((first, driver), (second, other)):
        answer = record_delivery(session, report=report(package, package.code), by=who, now=NOW)
        assert answer.package_state is PackageState.ACCEPTED
    stranger = make_account(session, Role.COURIER)
    with pytest.raises(NotFound, match=r"delivery\.package"):
        record_delivery(session, report=report(first, "x"), by=stranger, now=NOW)


def test_a_courier_sees_a_route_that_left_before_its_day(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    _, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    early = datetime.combine(route.day - timedelta(days=2), time(2), UTC)
    departures.dispatch_route(session, route=route, by=by, now=early, is_sure=True)
    assert dispatch.courier_routes(session, by=courier, now=early) == [route]
    between = early + timedelta(days=1)
    assert dispatch.courier_routes(session, by=courier, now=between) == [route]


def test_the_message_for_a_courier_names_no_family(session: Session) -> None:
    cycle, by, _ = confirmed_month(session, courier_name="Budi", courier_phone="+628117000001")
    [message] = dispatch.whatsapp_messages(session, cycle=cycle, by=by, now=NOW)
    assert message.link is not None
    assert message.link.startswith("https://wa.me/628117000001?text=")
    assert "Wali" not in message.text


def test_a_message_is_in_the_language_of_the_courier_who_has_the_route(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    cycle, by, _ = confirmed_month(session, courier_account_id=courier.id)
    texts = []
    for courier.language in ("id", "en"):
        [message] = dispatch.whatsapp_messages(session, cycle=cycle, by=by, now=NOW)
        texts.append(message.text)
    assert ["Lembar rute" in texts[0], "Route sheet" in texts[1]] == [True, True]


def filled_sheet(
    content: bytes,
    marks: dict[str, tuple[int, int, str | None]],
    days: dict[str, date] | None = None,
) -> bytes:
    """Type results into the sheet as a coordinator would."""
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            codes = [cell for cell in row if cell.value in marks]
            if codes and row[0].value and len(row) > 10:
                accepted, rejected, reason = marks[str(codes[0].value)]
                row[7].value, row[8].value = accepted, rejected
                if reason:
                    row[9].value = reason
                row[10].value = (days or {}).get(str(codes[0].value))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def dispatched_with_sheet(session: Session) -> tuple[Cycle, Account, bytes]:
    cycle, by, [route] = confirmed_month(session)
    sheet = export(session, cycle, by, ExportKind.RESULTS_XLSX)
    departures.dispatch_route(session, route=route, by=by, now=NOW)
    return cycle, by, sheet


def test_a_filled_in_sheet_is_shown_applied_once_and_changes_nothing_the_second_time(
    session: Session,
) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)]
    filled = filled_sheet(
        sheet,
        {
            codes[0]: (1, 0, None),
            codes[1]: (1, 0, None),
            codes[2]: (0, 1, "Tidak ada orang di rumah"),
            codes[3]: (0, 1, "Keluarga menolak"),
        },
    )
    preview = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=by, now=NOW, keys=KEYS
    )
    assert (preview.num_new, preview.num_same, preview.rejected) == (4, 0, ())
    assert session.exec(select(DeliveryEvent)).all() == []
    answers = results.apply_results(session, batch=preview.batch, by=by, now=NOW, keys=KEYS)
    assert {answer.state for answer in answers} == {AckState.STORED}
    assert [package.state for package in packages_of(session, cycle)] == [
        PackageState.ACCEPTED,
        PackageState.ACCEPTED,
        PackageState.LOADED,
        PackageState.REJECTED,
    ]
    with pytest.raises(Refused, match=r"results\.batch"):
        results.apply_results(session, batch=preview.batch, by=by, now=NOW, keys=KEYS)
    again = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=by, now=NOW, keys=KEYS
    )
    assert (again.num_new, again.num_changed, again.num_same) == (0, 0, 4)
    assert results.apply_results(session, batch=again.batch, by=by, now=NOW, keys=KEYS) == []
    one = filled_sheet(sheet, {codes[0]: (1, 0, None)})
    rest = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=one, by=by, now=NOW, keys=KEYS
    )
    assert (rest.num_new, rest.num_same, rest.rejected) == (0, 4, ()), "blank, but on record"


def test_a_line_that_does_not_add_up_or_lacks_its_reason_is_refused_by_row(
    session: Session,
) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)]
    filled = filled_sheet(sheet, {codes[0]: (0, 1, None), codes[1]: (1, 1, "x")})
    preview = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=by, now=NOW, keys=KEYS
    )
    assert preview.num_new == 0
    assert len({line.row for line in preview.rejected}) >= 2
    assert results.apply_results(session, batch=preview.batch, by=by, now=NOW, keys=KEYS) == []


def test_a_day_that_cannot_be_is_refused_by_row_and_any_other_counts(session: Session) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)][:4]
    route = session.exec(select(Route)).one()
    now = datetime.combine(route.day + timedelta(days=2), time(2), UTC)
    left = min(route.day, NOW.date())
    days = [left - timedelta(days=1), now.date() + timedelta(days=1), route.day, now.date()]
    filled = filled_sheet(
        sheet, dict.fromkeys(codes, (1, 0, None)), dict(zip(codes, days, strict=True))
    )
    preview = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=by, now=now, keys=KEYS
    )
    assert {(line.package_code, line.code) for line in preview.rejected} == {
        (codes[0], "results.before_leaving"),
        (codes[1], "results.cell"),
    }
    answers = results.apply_results(session, batch=preview.batch, by=by, now=now, keys=KEYS)
    assert [(one.state, one.code) for one in answers] == [(AckState.STORED, "")] * 2
    events = session.exec(select(DeliveryEvent)).all()
    assert sorted(local_date(event.happened_at) for event in events) == [route.day, now.date()]


def second_sheet(content: bytes, *, accepted: int | None) -> bytes:
    """Add a copy of the route's sheet on which every filled row says another number."""
    book = load_workbook(BytesIO(content))
    source = next(sheet for sheet in book.worksheets if sheet.title.startswith("R-"))
    copied = book.copy_worksheet(source)
    for row in copied.iter_rows():
        if row[7].value in (0, 1) and row[8].value in (0, 1):
            row[7].value = accepted
            row[8].value = None if accepted is None else 1 - accepted
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_sheet_of_the_workbook_is_read_and_unfilled_ones_wait(session: Session) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)]
    filled = filled_sheet(sheet, dict.fromkeys(codes, (1, 0, None)))

    def preview(content: bytes) -> results.ResultsPreview:
        return results.preview_results(
            session, cycle=cycle, file_name="hasil.xlsx", content=content, by=by, now=NOW, keys=KEYS
        )

    waiting = preview(second_sheet(filled, accepted=None))
    assert (waiting.num_new, waiting.rejected) == (len(codes), ())
    assert waiting.batch.counts["unfilled"] == len(codes)
    assert waiting.batch.counts["unfilled_sheets"] == 1

    twice = preview(second_sheet(filled, accepted=0))
    assert twice.num_new == len(codes)
    assert {line.code for line in twice.rejected} <= {"results.twice", "results.cell"}
    assert len(twice.rejected) >= len(codes)


def test_another_file_is_no_result_sheet(session: Session) -> None:
    cycle, by, _ = dispatched_with_sheet(session)
    with pytest.raises(Refused, match=r"results\.kind"):
        results.preview_results(
            session,
            cycle=cycle,
            file_name="a.csv",
            content=b"x;y\n1;2\n",
            by=by,
            now=NOW,
            keys=KEYS,
        )


def test_leaving_before_the_planned_day_is_asked_about(session: Session) -> None:
    _, by, [route] = confirmed_month(session)
    early = datetime.combine(route.day - timedelta(days=2), time(2), UTC)
    with pytest.raises(Refused, match=r"dispatch\.early") as caught:
        departures.dispatch_route(session, route=route, by=by, now=early)
    assert caught.value.params["day"] == route.day.isoformat()
    departures.dispatch_route(session, route=route, by=by, now=early, is_sure=True)
    assert route.state == RouteState.DISPATCHED
