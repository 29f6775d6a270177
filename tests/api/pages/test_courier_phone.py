"""The frame of the courier's phone page: holds nothing of a day, and names all that it needs."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.pages import courier_phone
from api.pages.names import Names
from api.pages.shell import STATIC_FOLDER
from data.engine import read_session, write_session
from data.reference.reasons import delivery_reasons
from data.schema import Account, Role, Route, Stop
from tests.conftest import NOW
from tests.factories import make_account
from tests.factories_routes import make_dispatched_cycle

ClientFor = Callable[[Role | Account], TestClient]
MODULES = Path(STATIC_FOLDER) / "courier"


@pytest.fixture
def courier(client_for: ClientFor, engine: Engine) -> TestClient:
    with write_session(engine) as session:
        account = make_dispatched_cycle(session)[4]
    return client_for(account)


def test_the_frame_is_the_same_for_everybody(courier: TestClient, client: TestClient) -> None:
    assert courier.get("/kurir/hp").text == client.get("/kurir/hp").text
    frame = client.get("/kurir/hp")
    assert frame.headers["x-version"] == courier_phone.version()
    assert "<h1>Rute hari ini</h1>" in frame.text.partition("<template")[0], "while it loads"


def test_the_worker_names_its_files_and_each_is_there(client: TestClient) -> None:
    worker = client.get("/kurir/sw.js")
    assert worker.headers["service-worker-allowed"] == "/kurir"
    found = re.search(r"const FILES = (\[.*\]);", worker.text)
    assert found is not None
    files = json.loads(found[1])
    assert {client.get(url).status_code for url in files} == {200}
    served = {url.split("/")[-1] for url in files if "/courier/" in url and url.endswith(".js")}
    alone = {"start.js", "sw.js"}
    assert served == {path.name for path in MODULES.glob("*.js")} - alone


def test_every_module_that_is_imported_is_kept_too() -> None:
    imported = {
        name
        for path in MODULES.glob("*.js")
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text(encoding="utf-8"))
    }
    assert imported <= set(courier_phone.MODULES)


def test_every_text_that_a_script_says_is_on_the_page() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in MODULES.glob("*.js"))
    said = set(re.findall(r'\bsay\("(\w+)"', scripts))
    assert len(said) > 20
    assert said <= set(courier_phone.TEXTS)
    families = ("state_", "link_", "sent_", "record_")
    unsaid = {name for name in courier_phone.TEXTS if not name.startswith(families)} - said
    assert unsaid == {"code", "no_routes", "no_day"}


def test_a_phone_may_install_it(client: TestClient) -> None:
    manifest = client.get("/kurir/manifest.webmanifest").json()
    assert manifest["start_url"] == "/kurir/hp"
    assert manifest["display"] == "standalone"
    assert {client.get(icon["src"]).status_code for icon in manifest["icons"]} == {200}


def test_the_day_holds_the_own_route_and_notes_that_it_was_opened(
    courier: TestClient, engine: Engine
) -> None:
    day = courier.get("/api/v1/my/day").json()
    assert day["day"] == "2026-12-01"
    assert day["ends_at"] == "2026-12-01T17:00:00Z"
    assert day["now"] == "2026-12-01T02:00:00Z"
    assert [stop["sequence"] for stop in day["routes"][0]["stops"]] == [1, 2, 3]
    assert day["routes"][0]["stops"][0]["kelurahan_name"] == "Bukit Sari"
    with read_session(engine) as session:
        assert session.exec(select(Route)).one().opened_at == NOW


def test_another_courier_takes_nothing_along(
    courier: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        other = make_account(session, Role.COURIER)
    answer = client_for(other).get("/api/v1/my/day")
    assert answer.json()["routes"] == []
    with read_session(engine) as session:
        assert [stop.uid for stop in session.exec(select(Stop)) if stop.uid in answer.text] == []


def test_a_couriers_sign_in_outlasts_hours_without_signal_but_not_the_day(
    courier: TestClient, app: FastAPI
) -> None:
    app.state.clock = lambda: NOW + timedelta(hours=14)
    assert courier.get("/api/v1/my/day").status_code == 200
    app.state.clock = lambda: NOW + timedelta(hours=15, minutes=1)
    assert courier.get("/api/v1/my/day").status_code == 401


@pytest.mark.parametrize("applies_to", ["stop", "line"])
def test_every_reason_is_offered_once_under_what_it_is_about(applies_to: str) -> None:
    groups = Names("id").reasons(applies_to)
    offered = [code for _, choices in groups for code, _ in choices]
    assert sorted(offered) == sorted(delivery_reasons())
    assert groups[0][0] == ("Keluarga dan anak" if applies_to == "stop" else "Barang")
