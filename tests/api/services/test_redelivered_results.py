"""A results sheet of a second attempt: its rows speak of that attempt, not of the first."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, col, select

from api.services import departures, planning, results, routes
from api.services.dispatch import ExportKind
from data.schema import Account, Cycle, DeliveryException, ExceptionAction, PackageState, Route
from tests.api.services.test_dispatch import dispatched_with_sheet, export, filled_sheet
from tests.api.services.test_routes import QUICK
from tests.factories import NOW
from tests.factories_cases import act
from tests.factories_goods import packages_of
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")

NEXT_DAY = NOW + timedelta(days=1)
NOBODY = (0, 1, "Tidak ada orang di rumah")
TAKEN = (1, 0, None)


def test_a_blank_row_counts_as_told_only_by_its_own_attempt(session: Session) -> None:
    cycle, by, first = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)]

    def preview(content: bytes, now: datetime = NEXT_DAY) -> results.ResultsPreview:
        return results.preview_results(
            session, cycle=cycle, file_name="hasil.xlsx", content=content, by=by, now=now,
            keys=KEYS,
        )  # fmt: skip

    def outcome(found: results.ResultsPreview) -> tuple[int, int, int, list[tuple[str, str]]]:
        lines = sorted((line.package_code, line.code) for line in found.rejected)
        return found.num_new, found.num_changed, found.num_same, lines

    assert outcome(preview(filled_sheet(first, {codes[2]: TAKEN}))) == (
        1, 0, 0, [(code, "results.cell") for code in (codes[0], codes[1], codes[3])],
    ), "nothing is on record yet"  # fmt: skip
    told = filled_sheet(
        first, {codes[0]: NOBODY, codes[1]: NOBODY, codes[2]: TAKEN, codes[3]: TAKEN}
    )
    results.apply_results(session, batch=preview(told, NOW).batch, by=by, now=NOW, keys=KEYS)
    for case in session.exec(select(DeliveryException)).all():
        act(session, case, ExceptionAction.REDELIVER, by, day=NEXT_DAY.date())
    assert outcome(preview(filled_sheet(first, {codes[2]: TAKEN}))) == (0, 0, 4, [])

    second = leave_again(session, cycle, by)
    asked = preview(filled_sheet(second, {codes[0]: TAKEN}))
    assert outcome(asked) == (1, 0, 0, [(codes[1], "results.attempt_blank")])
    assert outcome(preview(filled_sheet(second, {codes[0]: NOBODY}))) == (
        1, 0, 0, [(codes[1], "results.attempt_blank")],
    ), "nobody at home for the second time is news"  # fmt: skip
    assert outcome(preview(filled_sheet(first, {codes[2]: TAKEN}))) == (0, 0, 4, [])

    results.apply_results(session, batch=asked.batch, by=by, now=NEXT_DAY, keys=KEYS)
    states = {package.code: package.state for package in packages_of(session, cycle)}
    assert (states[codes[0]], states[codes[1]]) == (PackageState.ACCEPTED, PackageState.LOADED)
    assert outcome(preview(filled_sheet(second, {codes[1]: TAKEN}))) == (1, 0, 1, [])


def leave_again(session: Session, cycle: Cycle, by: Account) -> bytes:
    """Plan what is brought anew, let it leave the next day; return the sheet of that route."""
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    book = load_workbook(BytesIO(export(session, cycle, by, ExportKind.RESULTS_XLSX)))
    [route] = session.exec(select(Route).where(col(Route.dispatched_at).is_(None))).all()
    departures.dispatch_route(session, route=route, by=by, now=NEXT_DAY)
    for sheet in book.worksheets:
        if sheet.title.startswith("R-") and sheet.title != route.code:
            book.remove(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
