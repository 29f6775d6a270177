"""Scenario 16: the courier used paper; the filled-in sheet is read, checked, and read again."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.services import results
from data.engine import write_session
from data.schema import Account, DeliveryEvent, PackageState, Role
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


@pytest.mark.stores("sqlite")
def test_over_the_api_a_sheet_changes_nothing_the_second_time(
    engine: Engine, client_for: Callable[[Role | Account], TestClient]
) -> None:
    with write_session(engine) as session:
        cycle, by, sheet = dispatched_with_sheet(session)
        codes = [package.code for package in packages_of(session, cycle)]
    office = client_for(by)

    def upload(marks: Mapping[str, tuple[int, int, str | None]]) -> Any:
        answer = office.post(
            "/api/v1/cycles/2026-12/results",
            params={"file_name": "hasil.xlsx"},
            content=filled_sheet(sheet, dict(marks)),
            headers={"Content-Type": "application/octet-stream"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def counts(found: Any) -> tuple[int, int, int]:
        return found["num_new"], found["num_changed"], found["num_same"]

    silent = upload(dict.fromkeys(codes, (0, 0, None)))
    assert counts(silent) == (0, 0, 0)
    assert len(silent["rejected"]) >= len(codes), "0 for all still asks the reason"
    too_much = upload({codes[0]: (2, 0, None)})
    assert counts(too_much)[0] == 0
    assert too_much["rejected"], "accepted and rejected must be what was loaded"
    marks = dict.fromkeys(codes[:3], (1, 0, None)) | {codes[3]: (0, 1, "Keluarga menolak")}
    first = upload(marks)
    assert (counts(first), first["rejected"]) == ((4, 0, 0), [])
    assert office.get(f"/api/v1/packages/{codes[0]}/events").json() == []
    applied = office.post(f"/api/v1/results/{first['batch_id']}/apply").json()
    assert {answer["state"] for answer in applied} == {"stored"}
    second = upload(marks)
    assert counts(second) == (0, 0, 4)
    office.post(f"/api/v1/results/{second['batch_id']}/apply")
    for code in codes:
        assert len(office.get(f"/api/v1/packages/{code}/events").json()) == 1
    otherwise = upload({codes[0]: (1, 0, None), codes[3]: (1, 0, None)})
    assert counts(otherwise) == (0, 1, 3), "two rows left blank are on record"
    page = office.get(f"/bulan/2026-12/hasil/berkas/{otherwise['batch_id']}").text
    told = page.partition("Tercatat sekarang")[2]
    assert re.search(rf"{codes[3]}</td><td[^>]*>[Dd]itolak .*{by.username}.*</td>", told)
    states = {
        row["code"]: row["state"] for row in office.get("/api/v1/cycles/2026-12/packages").json()
    }
    assert [states[code] for code in codes] == ["accepted"] * 3 + ["rejected"]
