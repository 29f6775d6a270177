from collections.abc import Callable

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.doors import PUBLIC
from data.schema import Role


def test_the_document_names_what_each_route_asks(app: FastAPI) -> None:
    document = app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert (path, method, bool(operation["x-permission"])) == (path, method, True)
            is_public = operation["x-permission"] == PUBLIC
            assert ("security" in operation) is not is_public


def test_refusals_look_as_the_document_says(
    app: FastAPI, client: TestClient, client_for: Callable[[Role], TestClient]
) -> None:
    document = app.openapi()
    problem = document["components"]["schemas"]["Problem"]
    admin = client_for(Role.ADMIN)
    answers = {
        401: client.get("/api/v1/accounts"),
        403: client_for(Role.STAFF).get("/api/v1/accounts"),
        404: admin.get("/api/v1/accounts/999"),
        422: admin.post("/api/v1/accounts", json={"username": 7}),
        409: admin.post(f"/api/v1/accounts/{admin.get('/api/v1/sessions/me').json()['id']}/link"),
    }
    malformed = admin.post(
        "/api/v1/accounts", content=b"{", headers={"Content-Type": "application/json"}
    )
    answers[malformed.status_code] = malformed
    for status, answer in answers.items():
        assert (status, answer.headers["content-type"]) == (
            answer.status_code,
            "application/problem+json",
        )
        assert set(answer.json()) <= set(problem["properties"])
        assert set(problem["required"]) <= set(answer.json())
        assert (
            str(status)
            in document["paths"]["/api/v1/accounts/{account_id}/link"]["post"]["responses"]
        )


def test_values_that_were_sent_are_not_repeated(client_for: Callable[[Role], TestClient]) -> None:
    body = {"username": "x", "full_name": "y", "role": "1971014502230012"}
    answer = client_for(Role.ADMIN).post("/api/v1/accounts", json=body)
    assert answer.status_code == 422
    assert "1971014502230012" not in answer.text
    assert answer.json()["fields"] == {"role": "enum"}


def test_no_schema_of_accounts_shows_a_hash(app: FastAPI) -> None:
    assert "password_hash" not in str(app.openapi())
    assert "token_hash" not in str(app.openapi())
