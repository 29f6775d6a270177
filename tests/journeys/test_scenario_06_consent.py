"""Scenario 6: what a donor may see hangs on the guardian's word, and the package does not."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, Assignment, Child, ConsentPurpose, Package, Pledge, Role
from tests.factories import NOW, make_account, make_consent
from tests.factories_routes import make_dispatched_cycle

Browsers = Callable[[Role | Account], TestClient]

pytestmark = pytest.mark.stores("sqlite")


def test_without_a_word_for_photos_there_is_none_and_withdrawal_hides_at_once(
    client_for: Browsers, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=1)
        child = session.exec(select(Child)).one()
        make_consent(session, child, purpose=ConsentPurpose.DISPLAY)
        pair = session.exec(select(Assignment)).one()
        sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
        account = make_account(session, Role.DONOR, sponsor_id=sponsor_id)
        package = session.exec(select(Package)).one()
    donor, staff = client_for(account), client_for(Role.STAFF)
    coordinator = client_for(Role.COORDINATOR)

    (shown,) = donor.get("/api/v1/my/donations").json()["children"]
    assert shown["sex"] is not None
    assert "photo" not in str(shown).replace("has_photo", "")
    assert [month["has_photo"] for month in shown["months"]] == [False]

    path = f"/api/v1/children/{child.code}/consents/display"
    assert staff.delete(path).status_code == 200
    hidden = donor.get("/api/v1/my/donations")
    assert (hidden.json()["children"], hidden.json()["num_hidden"]) == ([], 1)
    for page in (hidden.text, donor.get("/donatur").text):
        assert shown["alias"] not in page
        assert child.code not in page
    assert donor.get(f"/donatur/anak/{shown['alias']}").status_code == 404

    event = {
        "event_uid": "kantor-0001",
        "package_code": package.code,
        "outcome": "accepted",
        "happened_at": NOW.isoformat(),
        "channel": "page",
    }
    answer = coordinator.post("/api/v1/deliveries", json={"events": [event]})
    assert answer.status_code == 200, answer.text
    hidden = donor.get("/api/v1/my/donations")
    assert (hidden.json()["children"], hidden.json()["num_received"]) == ([], 1)
    assert "1 paket dari Anda sudah diterima keluarga." in donor.get("/donatur").text
    with read_session(engine) as session:
        assert session.get_one(Package, package.id).state.value == "accepted"
