"""Scenario 16: the courier used paper; the filled-in sheet is read, checked, and read again."""

import pytest
from sqlmodel import Session, select

from api.services import results
from data.schema import DeliveryEvent, PackageState
from tests.api.services.test_dispatch import dispatched_with_sheet, filled_sheet
from tests.factories import NOW
from tests.factories_goods import packages_of
from tests.stores import KEYS


@pytest.mark.stores("sqlite")
def test_the_sheet_is_entered_once_and_every_refusal_has_its_reason(session: Session) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    codes = [package.code for package in packages_of(session, cycle)]
    silent = filled_sheet(sheet, dict.fromkeys(codes, (0, 1, None)))
    preview = results.preview_results(
        session, cycle=cycle, file_name="hasil.xlsx", content=silent, by=by, now=NOW, keys=KEYS
    )
    assert (preview.num_new, len(preview.rejected) >= 4) == (0, True)

    filled = filled_sheet(
        sheet,
        dict.fromkeys(codes[:3], (1, 0, None)) | {codes[3]: (0, 1, "Keluarga menolak")},
    )
    for num_events in (4, 4):
        preview = results.preview_results(
            session, cycle=cycle, file_name="hasil.xlsx", content=filled, by=by, now=NOW, keys=KEYS
        )
        results.apply_results(session, batch=preview.batch, by=by, now=NOW, keys=KEYS)
        assert len(session.exec(select(DeliveryEvent)).all()) == num_events
    assert [package.state for package in packages_of(session, cycle)] == [
        PackageState.ACCEPTED,
        PackageState.ACCEPTED,
        PackageState.ACCEPTED,
        PackageState.REJECTED,
    ]
