from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.services import accounts
from data.engine import write_session
from data.schema import Role
from tests.conftest import NOW

GOOD = "hujan di teluk bayur"
SESSIONS = "/api/v1/sessions"


def program(app: FastAPI, engine: Engine) -> TestClient:
    """A program without a browser, signed in by its token as an admin."""
    with write_session(engine) as session:
        accounts.create_account(
            session, username="sari", full_name="Sari", role=Role.ADMIN, by="system", now=NOW,
            password=GOOD, profile="cheap",
        )  # fmt: skip
    client = TestClient(app, base_url="https://testserver")
    answer = client.post(SESSIONS, json={"username": "sari", "password": GOOD})
    assert answer.status_code == 201
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return client


def test_a_wrong_password_is_401(client: TestClient) -> None:
    answer = client.post(SESSIONS, json={"username": "sari", "password": "salah"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in.failed"


def test_a_token_opens_ones_own_account(app: FastAPI, engine: Engine) -> None:
    client = program(app, engine)
    found = client.get(f"{SESSIONS}/me").json()
    assert found["username"] == "sari"
    assert "password_hash" not in found


def test_signing_out_kills_the_token(app: FastAPI, engine: Engine) -> None:
    client = program(app, engine)
    assert [row["is_this_one"] for row in client.get(SESSIONS).json()] == [True]
    assert client.delete(f"{SESSIONS}/current").status_code == 204
    assert client.get(f"{SESSIONS}/me").status_code == 401


def test_an_account_is_made_read_edited_and_given_a_password(app: FastAPI, engine: Engine) -> None:
    client = program(app, engine)
    body = {"username": "budi", "full_name": "Budi", "role": "courier"}
    made = client.post("/api/v1/accounts", json=body)
    assert made.status_code == 201
    url = f"/api/v1/accounts/{made.json()['id']}"
    assert client.get(url).json() == made.json()
    edited = client.patch(url, json={"base_version": 1, "full_name": "Budi S."})
    assert (edited.json()["full_name"], edited.json()["version"]) == ("Budi S.", 2)
    stale = client.patch(url, json={"base_version": 1, "full_name": "Budi T."})
    assert (stale.status_code, stale.json()["fields"]["full_name"]["theirs"]) == (409, "Budi S.")
    assert client.put(f"{url}/password", json={"password": GOOD}).status_code == 204
    link = client.post(f"{url}/link")
    assert link.json()["url"].startswith("https://testserver/tautan/")
    listed = client.get("/api/v1/accounts", params={"role": "courier"}).json()
    assert (listed["total"], listed["items"][0]["username"]) == (1, "budi")


def test_an_unknown_account_is_404_and_an_absurd_id_422(app: FastAPI, engine: Engine) -> None:
    client = program(app, engine)
    assert client.get("/api/v1/accounts/999").status_code == 404
    assert client.get(f"/api/v1/accounts/{2**40}").status_code == 422
