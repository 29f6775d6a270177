"""Scenario 19: the month adds up or stays open; a sample is called; reports equal the stop rows."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.services import (
    exception_actions,
    exception_queue,
    fulfilment,
    packing,
    reconcile,
    reports,
)
from api.services.errors import Refused
from data.schema import (
    CycleState,
    DeliveryException,
    ExceptionAction,
    Outcome,
    Role,
    StopState,
    VerificationCall,
)
from tests.api.endpoints.month_over_http import (
    BASE,
    ClientFor,
    approved_month,
    done,
    event,
    packages_on,
    send_out,
)
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report, stops_of

LATER = NOW + timedelta(days=2)
NUM_CHILDREN, NUM_CALLED = 30, 2
"""Five per cent of the families, rounded up, are called."""


def table_of(client: TestClient, title: str) -> list[dict[str, Any]]:
    """The rows of one table of the month's report, its total last."""
    tables = done(client.get(f"{BASE}/report"))
    table = next(each for each in tables if each["title"] == title)
    names = [column["name"] for column in table["columns"]]
    rows = [*table["rows"], *([table["total"]] if table["total"] else [])]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_a_month_from_the_last_stop_to_the_frozen_books(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=8)
    approver = make_account(session, Role.APPROVER)
    for number, stop in enumerate(stops[:-1]):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    failed = report(package_at(session, stops[-1]), "f", Outcome.FAILED, reason="moved")
    fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)

    with pytest.raises(Refused, match=r"reconcile\.open_packages"):
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session,
        case=case,
        action=ExceptionAction.RETURN,
        by=coordinator,
        now=LATER,
        base_version=case.version,
    )
    exception_actions.close_exception(
        session, case=case, by=coordinator, now=LATER, base_version=case.version
    )
    [call] = session.exec(select(VerificationCall)).all()
    reconcile.answer_call(session, call=call, answer="not_received", by=coordinator, now=LATER)
    cases = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert sorted(case.reason for case in cases) == ["not_received", "same_courier"]
    assert len(next(case.calls for case in cases if case.calls)) == 6, "not the failed one"
    for view in cases:
        row = session.get_one(DeliveryException, view.id)
        exception_actions.close_exception(
            session, case=row, by=coordinator, now=LATER, base_version=row.version, text="diperiksa"
        )
    state = reconcile.reconciliation(session, cycle=cycle)
    for item in state.items:
        assert item.packed == item.delivered + item.returned
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert cycle.state == CycleState.CLOSED

    with pytest.raises(Refused, match=r"packing\.state"):
        packing.pack_cycle(session, cycle=cycle, by=coordinator, now=LATER)
    tables = reports.monthly_tables(session, cycle=cycle, now=LATER)
    table = next(each for each in tables if each.title == "Penyaluran per kelurahan")
    row_of = dict(zip([c.name for c in table.columns], table.total or (), strict=True))
    rows = stops_of(session, cycle)
    assert row_of["Perhentian"] == len(rows)
    assert row_of["Diterima"] == sum(stop.state == StopState.DELIVERED for stop in rows)


@pytest.mark.stores("sqlite")
def test_over_the_api_a_month_closes_only_when_it_adds_up_and_is_then_amended_in_sight(
    app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    month = approved_month(app, engine, client_for, num_children=NUM_CHILDREN)
    codes = packages_on(send_out(month))
    office, approver = month.coordinator, month.approver
    reports = [event(code, code) for code in codes[:-1]]
    failed = event(codes[-1], "gagal", "failed", reason="nobody_home")
    done(month.courier.post("/api/v1/deliveries", json={"events": [*reports, failed]}))
    assert done(office.post(f"{BASE}/reconcile"))["state"] == "reconciling"
    refused = approver.post(f"{BASE}/close")
    assert (refused.status_code, refused.json()["code"]) == (409, "reconcile.open_packages")
    [case] = done(office.get(f"{BASE}/exceptions"))
    act = {"action": "return", "base_version": case["version"]}
    done(office.post(f"/api/v1/exceptions/{case['id']}/act", json=act))

    calls = done(office.get(f"{BASE}/calls"))
    assert len(calls) == NUM_CALLED
    call, other = calls
    done(office.post(f"/api/v1/calls/{other['id']}", json={"answer": "received"}))
    said = done(office.post(f"/api/v1/calls/{call['id']}", json={"answer": "not_received"}))
    assert said
    cases = done(office.get(f"{BASE}/exceptions"))
    doubted = [row for row in cases if row["reason"] in ("not_received", "same_courier")]
    assert sum(row["reason"] == "not_received" for row in doubted) == 1
    [route] = [row for row in doubted if row["calls"]]
    asked = [{"id": each["id"], "answer": "received"} for each in route["calls"]]
    said = done(office.post(f"/api/v1/exceptions/{route['id']}/answers", json={"answers": asked}))
    assert len(said) == len(asked), "the other families of the route are asked in one case"
    cases = [row for row in cases if row is not route]
    assert approver.post(f"{BASE}/close").status_code == 409
    for row in cases:
        step = {"base_version": row["version"], "text": "didatangi, diterima"}
        done(office.post(f"/api/v1/exceptions/{row['id']}/close", json=step))
    balance = done(office.get(f"{BASE}/reconciliation"))
    assert balance["is_balanced"]
    for item in balance["items"]:
        parts = ("delivered", "returned", "spoiled", "lost", "carried")
        assert item["packed"] == sum(item[part] for part in parts)
    assert done(approver.post(f"{BASE}/close"))["state"] == "closed"

    frozen = office.post(f"{BASE}/pack", json={})
    assert (frozen.status_code, frozen.json()["code"]) == (409, "packing.state")
    late = event(codes[0], "terlambat", "failed", reason="nobody_home")
    [answer] = done(month.courier.post("/api/v1/deliveries", json={"events": [late]}))["answers"]
    assert answer["package_state"] == "accepted"
    rows = done(approver.get(f"{BASE}/fulfilments"))
    num_received = [row["state"] for row in rows].count("fulfilled")
    assert num_received == NUM_CHILDREN - 1
    total = table_of(approver, "Penyaluran per kelurahan")[-1]
    assert (total["Perhentian"], total["Diterima"]) == (NUM_CHILDREN, num_received)
    donors = table_of(approver, "Per donatur (untuk dinas saja)")
    assert sum(row["Paket sampai"] for row in donors) == num_received
    counted = {row["Uraian"]: row["Nilai"] for row in table_of(approver, "Hitungan GENTING")}
    assert counted["Anak yang menerima bantuan"] == num_received
    assert counted["Donatur yang bantuannya sampai"] == num_received, "each has one child"
    assert counted["Paket diterima (penuh atau sebagian)"] == num_received

    wrong = next(row for row in rows if row["state"] == "fulfilled")
    amendment = {
        "subject": "fulfilment", "subject_id": wrong["id"],
        "after": {"state": "unfulfilled", "moved_to": "lost"}, "reason": "ibu melapor tidak terima",
    }  # fmt: skip
    assert office.post(f"{BASE}/amendments", json=amendment).status_code == 403
    made = approver.post(f"{BASE}/amendments", json=amendment)
    assert made.status_code == 200, made.text
    assert made.json()["before"]["state"] == "fulfilled"
    assert "ibu melapor tidak terima" in approver.get("/bulan/2026-12/tutup").text
    amended = table_of(approver, "Penyaluran per kelurahan")[-1]
    assert amended["Diterima"] == num_received - 1
