from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from data.schema import Role
from tests.api.endpoints.month_over_http import (
    BASE,
    ClientFor,
    approved_month,
    done,
    event,
    packages_on,
    plan,
    receive,
    send_out,
)


def test_a_month_is_packed_sent_out_delivered_and_closed(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    codes = packages_on(send_out(month))
    sent = {"events": [event(code, code) for code in codes]}
    answers = done(month.courier.post("/api/v1/deliveries", json=sent))["answers"]
    assert {answer["state"] for answer in answers} == {"stored"}
    again = done(month.courier.post("/api/v1/deliveries", json=sent))["answers"]
    assert {answer["state"] for answer in again} == {"repeated"}
    assert done(month.coordinator.post(f"{BASE}/reconcile"))["state"] == "reconciling"
    refused = month.approver.post(f"{BASE}/close")
    assert refused.status_code == 409
    [call] = done(month.coordinator.get(f"{BASE}/calls"))
    done(month.coordinator.post(f"/api/v1/calls/{call['id']}", json={"answer": "received"}))
    assert done(month.coordinator.get(f"{BASE}/reconciliation"))["is_balanced"]
    assert done(month.approver.post(f"{BASE}/close"))["state"] == "closed"
    rows = done(month.approver.get(f"{BASE}/fulfilments"))
    assert [row["state"] for row in rows] == ["fulfilled"] * 3
    tables = done(month.approver.get(f"{BASE}/report"))
    assert all(table["source"] and table["as_of"] for table in tables)


def test_a_shortage_is_answered_as_not_reserved_until_it_is_signed(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    counted = {
        "depot_id": month.depot_id,
        "item_code": "telur",
        "counted": 60,
        "move_uid": "hitung-ulang",
        "note": "pecah",
    }
    assert done(month.coordinator.post("/api/v1/stock/counts", json=counted))["quantity"] == -30
    short = done(month.coordinator.post(f"{BASE}/pack", json={}))
    assert (short["is_reserved"], short["num_reserved"]) == (False, 0)
    assert short["shortages"][0]["missing"] == 30
    done(month.coordinator.post(f"{BASE}/shortages/telur/sign", json={"remedy": "wait"}))
    packed = done(month.coordinator.post(f"{BASE}/pack", json={}))
    assert (packed["is_reserved"], packed["num_waiting"]) == (True, 1)
    assert done(month.coordinator.get(f"{BASE}/packing"))["num_waiting"] == 1
    code = done(month.coordinator.get(f"{BASE}/packages?state=reserved"))[0]["code"]
    done(month.coordinator.post(f"{BASE}/packed", json={}))
    plan_ = done(month.coordinator.get(f"/api/v1/packages/{code}/repacking"))
    assert plan_["lines"][0] == {"item_code": "telur", "out": 30, "into": 30, "free": 0}
    assert plan_["lacking"] == []
    again = {"reason": "telur pecah", "is_spoiled": True}
    refused = month.coordinator.post(f"/api/v1/packages/{code}/repack", json=again)
    assert (refused.status_code, refused.json()["code"]) == (409, "packing.repack_short")
    assert (
        {row["item_code"] for row in plan_["lacking_if_spoiled"]}
        == {row["item"] for row in refused.json()["params"]["goods"]}
        == {"telur"}
    )
    again["signatures"] = [{"item_code": "telur", "remedy": "purchase"}]
    fresh = done(month.coordinator.post(f"/api/v1/packages/{code}/repack", json=again))
    assert fresh["state"] == "reserved"
    receive(month, "beras", 7)
    moves = done(month.coordinator.get("/api/v1/stock/moves?item_code=beras"))
    assert moves[0]["quantity"] == 7


def test_a_route_is_reordered_by_version_and_a_stop_moved(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    [route] = plan(month)
    order = [stop["uid"] for stop in reversed(route["stops"])]
    wanted = {"stop_uids": order, "base_version": route["version"]}
    put = month.coordinator.put(f"/api/v1/routes/{route['code']}/order", json=wanted)
    view = done(put)
    assert ([stop["uid"] for stop in view["stops"]], view["state"]) == (order, "stale")
    stale = month.coordinator.put(f"/api/v1/routes/{route['code']}/order", json=wanted)
    assert stale.status_code == 409
    stop = view["stops"][0]
    off = {"to_route": None, "base_version": stop["version"]}
    done(month.coordinator.post(f"/api/v1/stops/{stop['uid']}/move", json=off))
    [waiting] = done(month.coordinator.get(f"{BASE}/stops/waiting"))
    assert waiting["uid"] == stop["uid"]
    [place] = done(month.coordinator.get(f"/api/v1/stops/{stop['uid']}/places"))
    assert place["route_code"] == route["code"]


def test_exports_ask_for_a_purpose_and_refuse_routes_that_are_not_confirmed(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    [route] = plan(month)
    wanted = {"kind": "stops_csv", "purpose": "kurir"}
    made = month.coordinator.post(f"{BASE}/routes/export", json=wanted)
    assert made.status_code == 200
    assert "perhentian-2026-12.csv" in made.headers["content-disposition"]
    empty = month.coordinator.post(f"{BASE}/routes/export", json=wanted | {"purpose": ""})
    assert empty.status_code == 409
    order = {
        "stop_uids": [stop["uid"] for stop in route["stops"]],
        "base_version": route["version"],
    }
    done(month.coordinator.put(f"/api/v1/routes/{route['code']}/order", json=order))
    refused = month.coordinator.post(f"{BASE}/routes/export", json=wanted)
    assert refused.status_code == 409
    assert route["code"] in refused.text


def test_a_failed_stop_is_redelivered_through_its_case(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    code = packages_on(send_out(month))[0]
    sent = {"events": [event(code, "gagal", "failed", reason="nobody_home")]}
    done(month.courier.post("/api/v1/deliveries", json=sent))
    [case] = done(month.coordinator.get(f"{BASE}/exceptions"))
    act = {"action": "redeliver", "day": "2026-12-02", "base_version": case["version"]}
    acted = done(month.coordinator.post(f"/api/v1/exceptions/{case['id']}/act", json=act))
    assert acted["state"] == "action_chosen"
    [waiting] = done(month.coordinator.get(f"{BASE}/stops/waiting"))
    assert waiting["wanted_on"] == "2026-12-02"
    undo = month.courier.post(
        "/api/v1/deliveries/peristiwa-lain/undo", json={"undo_uid": "batal-001"}
    )
    assert undo.status_code == 404


def test_a_courier_sees_only_the_own_route_and_nothing_of_the_child(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for)
    sheets = send_out(month)
    text = str(sheets)
    assert "'T-0" not in text
    assert "child" not in text
    assert set(sheets[0]["stops"][0]["packages"][0]) == {
        "code",
        "household_code",
        "guardian_name",
        "kit_code",
        "state",
        "lines",
    }
    stranger = client_for(Role.COURIER)
    assert done(stranger.get("/api/v1/my/routes")) == []
    opened = stranger.post(f"/api/v1/my/routes/{sheets[0]['uid']}/open")
    assert opened.status_code == 404
    assert month.courier.post(f"/api/v1/my/routes/{sheets[0]['uid']}/open").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "role", "body"),
    [
        ("GET", f"{BASE}/packages", Role.COURIER, None),
        ("POST", f"{BASE}/pack", Role.STAFF, {}),
        ("GET", f"{BASE}/routes", Role.DONOR, None),
        ("POST", f"{BASE}/close", Role.COORDINATOR, None),
        ("GET", "/api/v1/my/donations", Role.STAFF, None),
        ("GET", f"{BASE}/report", Role.DONOR, None),
        ("POST", "/api/v1/stock/receipts", Role.AUDITOR, {}),
        ("GET", f"{BASE}/exceptions", Role.ADMIN, None),
    ],
)
def test_what_a_role_may_not_do_is_refused(
    client_for: ClientFor, method: str, path: str, role: Role, body: dict[str, Any] | None
) -> None:
    assert client_for(role).request(method, path, json=body).status_code == 403


def test_a_donor_sees_own_children_by_alias(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    from sqlmodel import select

    from data.engine import write_session
    from data.schema import Account, Sponsor
    from tests.factories import show_to_donors

    approved_month(app, engine, client_for)
    with write_session(engine) as session:
        sponsor = session.exec(select(Sponsor)).first()
        assert sponsor is not None
        account = Account(
            username="donatur-satu",
            full_name="Donatur",
            role=Role.DONOR,
            sponsor_id=sponsor.id,
            created_at=app.state.clock(),
        )
        session.add(account)
        session.flush()
        show_to_donors(session)
    view = done(client_for(account).get("/api/v1/my/donations"))
    assert view["sponsor_code"] == sponsor.code
    assert len(view["children"]) == 1
    assert client_for(Role.DONOR).get("/api/v1/my/donations").status_code == 404
