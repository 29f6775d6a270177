"""Two who add people at once: each gets codes of its own, or is asked to try again."""

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.services.intake import apply_import, preview_import
from api.services.registering import register_child
from data.engine import read_session, write_session
from data.schema import Account, Child, Household, ImportBatch, Sex, StockItem
from data.schema.places import Depot
from data.sealing import KeyRing
from tests.api.services.test_intake import child_row, children_file
from tests.api.services.test_packing_race import at_once
from tests.factories import NOW, make_account


def register(session: Session, number: int, by: Account, keys: KeyRing) -> Child:
    return register_child(
        session,
        fields={"name": f"Anak {number}", "sex": Sex.FEMALE, "born_on": date(2025, 1, 2)},
        home={"guardian_name": f"Ibu {number}"},
        by=by,
        now=NOW,
        keys=keys,
    )


@pytest.mark.stores("postgresql")
def test_children_registered_at_once_get_codes_of_their_own(engine: Engine, keys: KeyRing) -> None:
    with write_session(engine) as session:
        by = make_account(session)

    def register_some(first: int) -> None:
        for number in range(first, first + 5):
            with write_session(engine) as session:
                register(session, number, by, keys)

    at_once(lambda: register_some(1), lambda: register_some(11))
    with read_session(engine) as session:
        assert len(set(session.exec(select(Child.code)).all())) == 10
        assert len(set(session.exec(select(Household.code)).all())) == 10


@pytest.mark.stores("postgresql")
def test_of_two_files_applied_at_once_both_are_stored(engine: Engine, keys: KeyRing) -> None:
    with write_session(engine) as session:
        by = make_account(session)
        batches = [
            preview_import(
                session, file_name="a.xlsx", content=children_file(child_row(number)), by=by,
                now=NOW, keys=keys,
            )
            for number in (1, 2)
        ]  # fmt: skip

    def apply(batch: ImportBatch) -> None:
        with write_session(engine) as session:
            found = session.get_one(ImportBatch, batch.id)
            apply_import(session, batch=found, by=by, now=NOW, keys=keys)

    at_once(lambda: apply(batches[0]), lambda: apply(batches[1]))
    with read_session(engine) as session:
        assert len(set(session.exec(select(Child.code)).all())) == 2


@pytest.mark.stores("sqlite", "postgresql")
def test_what_was_stored_by_somebody_else_meanwhile_may_be_tried_again(
    app: FastAPI, client: TestClient, engine: Engine
) -> None:
    def taken() -> None:
        with write_session(engine) as session:
            session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
            session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
            session.flush()

    def broken() -> None:
        with write_session(engine) as session:
            session.add(StockItem(depot_id=987, item_code="telur"))
            session.flush()

    app.add_api_route("/api/v1/terambil", taken)
    app.add_api_route("/api/v1/rusak", broken)
    answer = client.get("/api/v1/terambil")
    assert (answer.status_code, answer.json()["code"]) == (409, "http.at_once")
    assert client.get("/api/v1/rusak").status_code == 500
