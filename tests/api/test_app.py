import gzip
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.app import _include, create_app, doors
from api.dependencies import Now, Visitor, WriteSession, requires
from api.pages.shell import STATIC_FOLDER
from api.services.errors import Invalid, NotFound, Refused, StaleVersion
from api.settings import Settings
from data.engine import read_session
from data.schema import Account, AuditEntry, Depot, Role
from tests.applications import stand_over

HEAVY = ("ortools", "pandas", "pyvrp", "typst", "networkx", "numpy", "babel", "alembic", "scipy")
By = Annotated[Account, requires("self:read")]
probe = APIRouter()


@probe.post("/coba/simpan")
def save(by: By, session: WriteSession, now: Now) -> dict[str, str]:
    session.add(Depot(name=f"Gudang {by.username} {now:%H}", lat=-2.1, lon=106.1))
    return {"state": "saved"}


@probe.get("/coba/{kind}")
def fail(kind: str, by: By) -> dict[str, str]:
    refusals: dict[str, Exception] = {
        "absent": NotFound("http.not_found"),
        "refused": Refused("access.role", role="staff"),
        "stale": StaleVersion("http.invalid", fields={}, version=8),
        "invalid": Invalid("http.invalid", fields={"phone": "access.role"}),
        "broken": RuntimeError("the secret of " + by.username),
    }
    raise refusals[kind]


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = create_app(Settings(var_dir=tmp_path_factory.mktemp("probed")))
    _include(app, probe, prefix="")
    _include(app, probe, prefix="/api/v1")
    app.state.engine.dispose()
    return app


@pytest.fixture
def app(probed: FastAPI, engine: Engine, settings: Settings) -> FastAPI:
    return stand_over(probed, settings=settings, engine=engine)


def test_starting_loads_nothing_heavy() -> None:
    code = f"""
import sys, tempfile, pathlib
from api.app import create_app
from api.settings import Settings
app = create_app(Settings(var_dir=pathlib.Path(tempfile.mkdtemp())))
app.openapi()
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_route_without_a_door_stops_the_start(app: FastAPI) -> None:
    open_router = APIRouter()

    @open_router.get("/terbuka")
    def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="exactly one permission"):
        _include(app, open_router, prefix="")


def test_a_permission_that_nobody_declared_stops_the_start() -> None:
    with pytest.raises(KeyError):
        requires("child:teleport")


def test_every_vendored_file_is_the_one_its_manifest_names() -> None:
    folder = STATIC_FOLDER / "vendor"
    manifest: dict[str, dict[str, Any]] = json.loads((folder / "manifest.json").read_text())
    licences = {entry["licence_file"] for entry in manifest.values()}
    assert {path.name for path in folder.iterdir()} == {*manifest, *licences, "manifest.json"}
    for name, entry in manifest.items():
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert (name, digest) == (name, entry["sha256"])
        assert {"package", "version", "licence"} <= set(entry)


def test_a_style_sheet_carries_what_means_something_for_it(client: TestClient) -> None:
    headers = client.get("/static/asuh.css").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("path", ["/tidak-ada", "/api/v1/tidak-ada", "/"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "base-uri 'none'; object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "unsafe" not in headers["content-security-policy"]


def test_pages_are_not_stored_and_versioned_static_files_are_kept(client: TestClient) -> None:
    assert client.get("/tidak-ada").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/asuh.css?v=1").headers["cache-control"]
    assert "immutable" not in client.get("/static/asuh.css").headers.get("cache-control", "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://testserver"}, 303),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Cookie": "__Host-asuh=x"}, 403),
        ({}, 303),
    ],
)
def test_unsafe_requests_from_other_sites_are_refused(
    app: FastAPI, headers: dict[str, str], status: int
) -> None:
    client = TestClient(app, base_url="https://testserver", follow_redirects=False)
    assert client.post("/bahasa", data={"bahasa": "en"}, headers=headers).status_code == status


def test_a_page_asks_an_anonymous_reader_to_sign_in(client: TestClient) -> None:
    answer = client.get("/coba/absent")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?lanjut=/coba/absent")


def test_an_endpoint_tells_an_anonymous_caller_401(client: TestClient) -> None:
    answer = client.get("/api/v1/coba/absent")
    assert answer.status_code == 401
    assert answer.json()["code"] == "access.not_signed_in"


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("absent", 404, {"id": "tidak ada, atau bukan untuk akun", "en": "does not exist, or is"}),
        ("refused", 409, {"id": "peran petugas", "en": "role staff"}),
        ("stale", 409, {"id": "kurang atau salah", "en": "missing or malformed"}),
        ("invalid", 422, {"id": "kurang atau salah", "en": "missing or malformed"}),
        ("broken", 500, {"id": "kesalahan pada sistem", "en": "failed on our side"}),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_refusals_speak_the_readers_language(
    client_for: Callable[[Role], TestClient],
    prefix: str,
    language: str,
    kind: str,
    status: int,
    words: dict[str, str],
) -> None:
    client = client_for(Role.STAFF)
    client.post("/bahasa", data={"bahasa": language})
    answer = client.get(f"{prefix}/coba/{kind}")
    assert answer.status_code == status
    assert words[language] in answer.text
    assert "secret" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers
    if prefix:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_static_styles_and_scripts_carry_only_what_means_something_for_them(
    client: TestClient,
) -> None:
    for path in ("/static/asuh.css", "/static/courier/app.js"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["etag"]
        assert "content-security-policy" not in headers
    for path in ("/static/mark.svg", "/kurir/sw.js", "/masuk"):
        assert "content-security-policy" in client.get(path).headers


def test_an_attempt_at_something_absent_is_noted(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    client_for(Role.DONOR).get("/coba/absent")
    with read_session(engine) as session:
        entry = session.exec(select(AuditEntry)).one()
    assert (entry.by, entry.action) == ("donor", "refused")
    assert entry.after == {"method": "GET", "path": "/coba/absent", "status": 404}


def test_what_an_endpoint_wrote_is_there_when_it_answers(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    assert client_for(Role.STAFF).post("/api/v1/coba/simpan").json() == {"state": "saved"}
    with read_session(engine) as session:
        assert session.exec(select(Depot.name)).all() == ["Gudang staff 02"]


def test_when_the_commit_fails_the_answer_says_so(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    """With FastAPI's default scope the answer was 200 although nothing was stored."""
    client = client_for(Role.STAFF)

    def broken(_session: Session) -> None:
        raise OSError("disk full")

    event.listen(Session, "before_commit", broken)
    try:
        answer = client.post("/api/v1/coba/simpan")
    finally:
        event.remove(Session, "before_commit", broken)
    assert answer.status_code == 500
    assert answer.json()["code"] == "http.failure"
    with read_session(engine) as session:
        assert session.exec(select(Depot)).all() == []


def test_a_busy_store_is_503_and_nothing_is_saved(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    client = client_for(Role.STAFF)

    def locked(_session: Session) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    event.listen(Session, "before_commit", locked)
    try:
        answer = client.post("/api/v1/coba/simpan")
    finally:
        event.remove(Session, "before_commit", locked)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["code"] == "http.busy"


def test_a_body_that_says_it_is_too_large_is_refused_unread(
    app: FastAPI, client: TestClient
) -> None:
    limit = app.state.settings.max_body_bytes
    page = client.post("/bahasa", content=b"x", headers={"Content-Length": str(limit + 1)})
    endpoint = client.post("/api/v1/x", content=b"x", headers={"Content-Length": str(limit + 1)})
    assert (page.status_code, endpoint.status_code) == (413, 413)
    assert "terlalu besar" in page.text
    assert '<a href="/">' in page.text
    sent = {"Content-Length": str(limit + 1), "Referer": "http://testserver/berkas?x=1"}
    assert '<a href="/berkas">' in client.post("/bahasa", content=b"x", headers=sent).text
    assert "too large" in endpoint.json()["title"]


def test_a_body_of_unsaid_size_is_cut_off(app: FastAPI, client: TestClient) -> None:
    chunk = b"bahasa=" + b"x" * (1 << 20)
    chunks = (chunk for _ in range(app.state.settings.max_body_bytes // len(chunk) + 2))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/bahasa", content=chunks, headers=form).status_code == 413


def test_the_language_is_kept_by_browser_and_account(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    client = client_for(Role.STAFF)
    answer = client.post("/bahasa", data={"bahasa": "en", "kembali": "/akun"})
    assert answer.headers["location"] == "/akun"
    with read_session(engine) as session:
        assert session.exec(select(Account.language)).one() == "en"


@pytest.mark.parametrize("target", ["//jahat.example", "https://jahat.example", "/\\jahat", ""])
def test_no_form_leads_to_another_site(client: TestClient, target: str) -> None:
    answer = client.post("/bahasa", data={"bahasa": "en", "kembali": target})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("role", list(Role))
def test_the_first_page_is_the_roles_own(
    client_for: Callable[[Role], TestClient], role: Role
) -> None:
    assert client_for(role).get("/").headers["location"].startswith("/")
    assert client_for(role).get("/").headers["location"] != "/masuk"


def test_the_first_page_of_a_stranger_is_the_sign_in(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/masuk"


def test_every_door_is_listed(app: FastAPI) -> None:
    listed = {(door.method, door.path): door.permission for door in doors(app)}
    assert listed["POST", "/api/v1/coba/simpan"] == "self:read"
    assert listed["POST", "/bahasa"] == "public"


def test_visitor_marks_a_public_route(app: FastAPI) -> None:
    router = APIRouter()

    @router.get("/umum")
    def public(visitor: Visitor) -> str:
        return visitor.username if visitor else "?"

    _include(app, router, prefix="")
    assert TestClient(app).get("/umum").json() == "?"


def test_a_first_visit_weighs_little(client: TestClient) -> None:
    """The promise is 60 KB; the frame leaves most of it to the page."""
    page = client.get("/masuk")
    contents = [page.content] + [
        client.get(address).content
        for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    ]
    assert len(contents) >= 4
    assert sum(len(gzip.compress(content)) for content in contents) < 25_000
