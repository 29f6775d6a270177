"""Control characters are refused wherever text comes in, and never keep good records out."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from api.services import fulfilment
from api.services.fulfilment import AckState
from data.engine import UnstorableText, read_session, write_session
from data.schema import Role
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report


@pytest.mark.parametrize(
    ("body", "is_refused"),
    [
        (r'{"x": "a\u0000b"}', True),
        (r'{"x": "a\u001Bb"}', True),
        (r'{"x": "a\bb"}', True),
        (r'{"x": "a\\\u0000b"}', True),
        (r'{"x": "a\\u0000b"}', False),
        (r'{"x": "C:\\bin"}', False),
        (r'{"x": "a\nb\tc\r\u00e9"}', False),
        (json.dumps({"x": "élan 🙂"}), False),
    ],
)
def test_json_with_a_control_character_is_refused(
    client: TestClient, body: str, is_refused: bool
) -> None:
    answer = client.post(
        "/api/v1/nowhere", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == (422 if is_refused else 404)
    assert (answer.json()["code"] == "http.control") is is_refused


@pytest.mark.parametrize(("query", "status"), [("%00", 422), ("%1f", 422), ("%0A", 404)])
def test_an_address_with_a_control_character_is_refused(
    client: TestClient, query: str, status: int
) -> None:
    assert client.get(f"/api/v1/nowhere?q={query}").status_code == status


def test_a_form_with_a_control_character_is_refused_and_another_is_read(
    client_for: Callable[[Role], TestClient],
) -> None:
    client = client_for(Role.STAFF)
    bad = client.post("/bahasa", data={"bahasa": "en", "kembali": "/akun\x00"})
    good = client.post("/bahasa", data={"bahasa": "en", "kembali": "/akun"})
    assert (bad.status_code, good.status_code) == (422, 303)
    assert "karakter kendali" in bad.text


@pytest.mark.parametrize(
    ("file_name", "note", "status"),
    [("anak.csv", "a\x00b", 422), ("an\x1bak.csv", "", 422), ("anak.csv", "a\tb\r\nc", 303)],
)
def test_a_field_beside_a_file_is_held_to_what_other_forms_are(
    client_for: Callable[[Role], TestClient], file_name: str, note: str, status: int
) -> None:
    file = {"berkas": (file_name, b"Gudang;Barang;Jumlah;Satuan\n;telur;3;butir\n", "text/csv")}
    answer = client_for(Role.STAFF).post("/berkas", data={"catatan": note}, files=file)
    assert answer.status_code == status
    assert ("karakter kendali" in answer.text) == (status == 422)


@pytest.mark.stores("sqlite", "postgresql")
@pytest.mark.parametrize("word", ["a\x00b", "a\ud800b"])
def test_no_store_takes_a_text_that_one_of_them_cannot_hold(engine: Engine, word: str) -> None:
    with read_session(engine) as session, pytest.raises(UnstorableText):
        session.execute(text("select :x"), {"x": word})
    with read_session(engine) as session:
        assert session.execute(text("select :x"), {"x": "a\nb"}).scalar_one() == "a\nb"


@pytest.mark.stores("sqlite", "postgresql")
def test_one_record_that_cannot_be_stored_keeps_no_other_out(engine: Engine) -> None:
    with write_session(engine) as session:
        _, _, stops, _, courier = make_dispatched_cycle(session, num_children=2)
        first, second = (package_at(session, stop) for stop in stops)
    with write_session(engine) as session:
        answers = fulfilment.record_batch(
            session,
            reports=[report(first, "e1", receiver="Ibu\x00"), report(second, "e2")],
            by=courier,
            now=NOW,
        )
    assert [(one.state, one.code) for one in answers] == [
        (AckState.REFUSED, "http.control"),
        (AckState.STORED, ""),
    ]


def test_a_bad_record_from_a_phone_is_refused_as_such(
    client_for: Callable[[Role], TestClient], session: Session
) -> None:
    client = client_for(Role.COURIER)
    event = {"event_uid": "e" * 8, "package_code": "P", "outcome": "accepted",
             "happened_at": NOW.isoformat(), "receiver": "Ibu\x00"}  # fmt: skip
    answer = client.post("/api/v1/deliveries", json={"events": [event]})
    assert (answer.status_code, answer.json()["code"]) == (422, "http.control")
