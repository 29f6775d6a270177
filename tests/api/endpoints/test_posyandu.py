"""A kader's JSON: the same families, the same doors."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import fulfilment
from data.engine import write_session
from data.schema import Account, Household, Package, Role
from tests.conftest import NOW
from tests.factories_routes import make_dispatched_cycle, report

ClientFor = Callable[[Role | Account], TestClient]
URL = "/api/v1/posyandu"


@pytest.fixture
def homes(engine: Engine) -> list[str]:
    """Codes of two families: of Mawar with a package that arrived, and of Melati."""
    with write_session(engine) as session:
        _, _, _, coordinator, _ = make_dispatched_cycle(session, num_children=2)
        found: list[str] = []
        for package in session.exec(select(Package).order_by(col(Package.id))).all():
            home = session.get_one(Household, package.household_id)
            home.posyandu = "Melati" if found else "Mawar"
            event = report(package, f"sampai-{home.code}", channel="page")
            fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
            found.append(home.code)
        return found


def test_a_month_is_read_and_recorded(client_for: ClientFor, homes: list[str]) -> None:
    kader, (own, other) = client_for(Role.KADER), homes
    listed = kader.get(f"{URL}/families").json()
    assert (listed["month"], listed["total"]) == ("2026-12", 1)
    (family,) = listed["families"]
    (child,) = family["children"]
    assert (family["code"], family["codes"], child["status"]) == (own, [], "arrived")
    assert set(family) == {
        "code", "guardian_name", "phone", "address", "rt", "rw", "landmark", "kelurahan_code",
        "posyandu", "codes", "children",
    }  # fmt: skip
    assert set(child) == {
        "code", "name", "age_months", "state", "measured_on", "is_measured", "signs", "asks",
        "status", "comes_on", "package",
    }  # fmt: skip
    given = {"month": "2026-12", "families": [{"family": own, "codes": [7, 3]}]}
    for changed in (1, 0):
        assert kader.post(f"{URL}/accompaniment", json=given).json() == {"changed": changed}
    answer = {"package": child["package"]["code"], "eaten": "child", "note": ""}
    body = {"month": "2026-12", "checked_on": "2026-12-01", "answers": [answer]}
    for changed in (1, 0):
        assert kader.post(f"{URL}/eaten", json=body).json() == {"changed": changed}
    late = {"families": [{"family": own, "codes": [1]}], "month": "2026-12", "only_new": True}
    assert kader.post(f"{URL}/accompaniment", json=late).json() == {"changed": 0}
    other_answer = body | {"answers": [answer | {"eaten": "shared"}], "only_new": True}
    assert kader.post(f"{URL}/eaten", json=other_answer).json() == {"changed": 0}
    again = kader.get(f"{URL}/families/{own}").json()
    assert (again["codes"], again["children"][0]["package"]["eaten"]) == ([3, 7], "child")
    assert kader.get(f"{URL}/families/{other}").status_code == 404
    given["families"][0]["family"] = other  # type: ignore[index]
    assert kader.post(f"{URL}/accompaniment", json=given).status_code == 404


def test_reports_are_taken_once(client_for: ClientFor, homes: list[str]) -> None:
    kader = client_for(Role.KADER)
    (child,) = kader.get(f"{URL}/families/{homes[0]}").json()["children"]
    told = {"child": child["code"], "kind": "exit", "text": "pindah kota"}
    made = kader.post(f"{URL}/reports", json=told)
    assert (made.status_code, made.json()["kind"]) == (201, "exit")
    assert kader.post(f"{URL}/reports", json=told).status_code == 409
    doubt = {"package": child["package"]["code"], "text": "tidak ada"}
    assert kader.post(f"{URL}/not-received", json=doubt).status_code == 201
    assert kader.post(f"{URL}/not-received", json=doubt).status_code == 409
    assert kader.get(f"{URL}/list").content.startswith(b"%PDF")


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("role", [Role.STAFF, Role.COORDINATOR, Role.DONOR, Role.COURIER])
def test_the_posyandu_is_the_kaders_alone(client_for: ClientFor, role: Role) -> None:
    client = client_for(role)
    assert client.get(f"{URL}/families").status_code == 403
    assert client.get("/posyandu").status_code == 403
    body = {"month": "2026-12", "families": []}
    assert client.post(f"{URL}/accompaniment", json=body).status_code == 403
