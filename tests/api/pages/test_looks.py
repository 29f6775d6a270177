"""Who looks at rows of children is noted before they are shown, and keeps nobody from writing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.pages import children as child_pages
from api.pages import growth_reviews, units
from api.services import (
    audit,
    children,
    companions,
    consumption,
    figure_rows,
    measuring_quality,
    monitoring_sheets,
    target_rows,
)
from data.engine import read_session, write_session
from data.schema import AuditEntry, Child, Role
from tests.api.pages.test_units import closed
from tests.factories import make_measurement, make_sponsor

ClientFor = Callable[[Role], TestClient]
WARD = "tingkat=kelurahan&wilayah=Bukit Sari"
PLACE = "kelurahan=19.71.05.1004&posyandu=Melati"
FIGURE = "figure:read"
LOOKS = (
    ("/monev/sasaran/baris?angka=served&bulan=2026-12", target_rows, "target_children", FIGURE),
    (f"/monev/baris?angka=served&bulan=2026-12&{WARD}", figure_rows, "family_places", FIGURE),
    ("/api/v1/monitoring/rows/served?month=2026-12&level=kelurahan&unit=Bukit Sari",
     figure_rows, "family_places", FIGURE),
    (f"/monev/wilayah?{WARD}", units, "heights_of_unit", FIGURE),
    ("/monev/mutu-ukur/bacaan?bulan=2026-12&kelurahan=Bukit Sari&posyandu=Melati",
     measuring_quality, "readings_of", FIGURE),
    (f"/monev/konsumsi/2026-12?{PLACE}", consumption, "packages_to_ask", "consumption:read"),
    (f"/monev/pendampingan/2026-12?{PLACE}", companions, "families_of_place",
     "accompaniment:read"),
    ("/monev/pertumbuhan/{child}", growth_reviews, "growth_series", "child:read"),
    ("/anak/{child}", child_pages, "area_names", "child:read"),
    ("/api/v1/children/{child}", children, "_other_help", "child:read"),
)  # fmt: skip
CASES = pytest.mark.parametrize(("address", "module", "reads", "action"), LOOKS)


def looked(engine: Engine, action: str) -> list[AuditEntry]:
    with read_session(engine) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.action == action)))


def first_child(engine: Engine) -> str:
    with write_session(engine) as session:
        child = session.exec(select(Child).order_by(col(Child.id))).first()
        assert child is not None
        make_measurement(session, child, measured_on=date(2026, 12, 3))
        return child.code


@CASES
def test_others_write_while_rows_are_read(
    address: str, module: Any, reads: str, action: str, client_for: ClientFor, engine: Engine,
    app: FastAPI, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    closed(engine, app)
    code = first_child(engine)
    client = client_for(Role.STAFF)
    reading, written = getattr(module, reads), []

    def meanwhile(*given: Any, **named: Any) -> Any:
        with write_session(engine) as session:  # waits for a lock that the request would hold
            written.append(make_sponsor(session).code)
        return reading(*given, **named)

    monkeypatch.setattr(module, reads, meanwhile)
    answer = client.get(address.format(child=code))
    assert (answer.status_code, len(written)) == (200, 1)
    [entry] = looked(engine, action)
    assert entry.by == "staff"


@CASES
def test_rows_are_not_shown_when_the_look_cannot_be_noted(
    address: str, module: Any, reads: str, action: str, client_for: ClientFor, engine: Engine,
    app: FastAPI, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    del module, reads
    closed(engine, app)
    code = first_child(engine)
    with read_session(engine) as session:
        codes = session.exec(select(Child.code)).all()
    client = client_for(Role.STAFF)

    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    client = TestClient(client.app, raise_server_exceptions=False, cookies=client.cookies,
                        base_url=str(client.base_url), headers=dict(client.headers))  # fmt: skip
    answer = client.get(address.format(child=code))
    assert answer.status_code == 500
    asked = code if "{child}" in address else ""  # stands in the address itself
    assert not any(each in answer.text for each in codes if each != asked)
    assert looked(engine, action) == []


def test_an_attempt_to_open_a_child_that_is_not_there_is_noted(
    client_for: ClientFor, engine: Engine, app: FastAPI
) -> None:
    closed(engine, app)
    assert client_for(Role.STAFF).get("/monev/pertumbuhan/T-999").status_code == 404
    [entry] = looked(engine, "child:unknown")
    assert entry.subject_id == "T-999"


def test_a_file_is_typeset_while_others_write(
    client_for: ClientFor, engine: Engine, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(engine, app)
    client, made, written = client_for(Role.STAFF), monitoring_sheets._written, []

    def meanwhile(*given: Any) -> Any:
        with write_session(engine) as session:  # waits for a lock that the request would hold
            written.append(make_sponsor(session).code)
        return made(*given)

    monkeypatch.setattr(monitoring_sheets, "_written", meanwhile)
    ask = {"angka": "served", "tingkat": "kelurahan", "wilayah": "Bukit Sari", "bentuk": "json"}
    answer = client.post(
        "/monev/baris/unduh", data=ask | {"sampai": "2026-12", "keperluan": "arsip"}
    )
    assert (answer.status_code, len(written)) == (200, 1)
    [entry] = looked(engine, "monitoring:export")
    assert (entry.by, entry.purpose, entry.subject_id) == ("staff", "arsip", "baris")
