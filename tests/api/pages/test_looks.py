"""Who looks at rows of children is noted before they are shown, and keeps nobody from writing."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.pages import units
from api.services import audit, figure_rows, target_rows
from data.engine import read_session, write_session
from data.schema import AuditEntry, Child, Role
from tests.api.pages.test_units import closed
from tests.factories import make_sponsor

ClientFor = Callable[[Role], TestClient]
WARD = "tingkat=kelurahan&wilayah=Bukit Sari"
LOOKS = (
    ("/monev/sasaran/baris?angka=served&bulan=2026-12", target_rows, "target_children"),
    (f"/monev/baris?angka=served&bulan=2026-12&{WARD}", figure_rows, "family_places"),
    ("/api/v1/monitoring/rows/served?month=2026-12&level=kelurahan&unit=Bukit Sari",
     figure_rows, "family_places"),
    (f"/monev/wilayah?{WARD}", units, "heights_of_unit"),
)  # fmt: skip
CASES = pytest.mark.parametrize(("address", "module", "reads"), LOOKS)


def looked(engine: Engine) -> list[AuditEntry]:
    with read_session(engine) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")))


@CASES
def test_others_write_while_rows_are_read(
    address: str, module: Any, reads: str, client_for: ClientFor, engine: Engine, app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    closed(engine, app)
    client = client_for(Role.AUDITOR)
    reading, written = getattr(module, reads), []

    def meanwhile(*given: Any, **named: Any) -> Any:
        with write_session(engine) as session:  # waits for a lock that the request would hold
            written.append(make_sponsor(session).code)
        return reading(*given, **named)

    monkeypatch.setattr(module, reads, meanwhile)
    answer = client.get(address)
    assert (answer.status_code, len(written)) == (200, 1)
    [entry] = looked(engine)
    assert (entry.by, (entry.after or {})["rows"]) == ("auditor", 3)


@CASES
def test_rows_are_not_shown_when_the_look_cannot_be_noted(
    address: str, module: Any, reads: str, client_for: ClientFor, engine: Engine, app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    del module, reads
    closed(engine, app)
    with read_session(engine) as session:
        codes = session.exec(select(Child.code)).all()
    client = client_for(Role.AUDITOR)

    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    client = TestClient(client.app, raise_server_exceptions=False, cookies=client.cookies,
                        base_url=str(client.base_url), headers=dict(client.headers))  # fmt: skip
    answer = client.get(address)
    assert answer.status_code == 500
    assert not any(code in answer.text for code in codes)
    assert looked(engine) == []
