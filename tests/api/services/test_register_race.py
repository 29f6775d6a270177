"""Two who add people at once: each gets codes of its own, or is asked to try again."""

import re
from collections.abc import Callable
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, UniqueConstraint
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

from api.i18n import sentence
from api.services.intake import apply_import, preview_import
from api.services.registering import register_child
from api.services.taken import HAND_ENTERED
from data.engine import read_session, write_session
from data.schema import Account, Child, Household, ImportBatch, Role, Sex, StockItem
from data.schema.places import Depot
from data.sealing import KeyRing
from tests.api.pages.reading import text_of
from tests.api.services.test_packing_race import at_once
from tests.applications import browser
from tests.factories import NOW, make_account
from tests.intake_desk import child_row, children_file


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
def test_what_was_stored_by_somebody_else_meanwhile_is_said_as_a_moment_later(
    own_app: FastAPI, engine: Engine
) -> None:
    def taken() -> None:
        with write_session(engine) as session:
            session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
            session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
            session.flush()

    def numbered() -> None:
        with write_session(engine) as session:
            depot = Depot(name="Gudang", lat=-2.1, lon=106.1)
            session.add(depot)
            session.flush()
            for _ in range(2):
                session.add(StockItem(depot_id=depot.id or 0, item_code="telur"))
            session.flush()

    def broken() -> None:
        with write_session(engine) as session:
            session.add(StockItem(depot_id=987, item_code="telur"))
            session.flush()

    own_app.add_api_route("/api/v1/terambil", taken)
    own_app.add_api_route("/api/v1/bernomor", numbered)
    own_app.add_api_route("/api/v1/rusak", broken)
    client = browser(own_app)
    answer = client.get("/api/v1/terambil")
    assert (answer.status_code, answer.json()["fields"]) == (422, {"name": "depot.name_taken"})
    answer = client.get("/api/v1/bernomor")
    assert (answer.status_code, answer.json()["code"]) == (409, "http.at_once")
    assert client.get("/api/v1/rusak").status_code == 500


@pytest.mark.stores("postgresql")
@pytest.mark.parametrize(
    ("role", "url", "form", "said"),
    [
        (
            Role.COORDINATOR,
            "/armada/baru",
            {
                "name": "Pikap baru", "kind": "pickup", "capacity_g": "700", "capacity_ml": "900",
                "shift_starts": "08:00", "shift_ends": "16:00", "is_active": "ya",
            },
            "vehicle.name_taken",
        ),
        (
            Role.ADMIN,
            "/admin/akun/baru",
            {"username": "sari", "full_name": "Sari", "role": "courier"},
            "account.username_taken",
        ),
        (
            Role.STAFF,
            "/monev/tpk",
            {"nama": "TPK 1", "kelurahan": "19.71.05.1005"},
            "companion.name",
        ),
        (Role.STAFF, "/bulan", {"bulan": "2026-12"}, "field.taken"),
    ],
)  # fmt: skip
def test_of_two_who_enter_the_same_at_once_the_second_is_told_at_the_field(
    client_for: Callable[[Role], TestClient],
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
    url: str,
    form: dict[str, str],
    said: str,
) -> None:
    """Both have looked before either has stored."""
    both_looked, looking = Barrier(2), Session.flush

    def flush(session: Session, *args: Any) -> None:
        mine = [row for row in session.new if type(row).__tablename__ in ENTERED]
        if mine:
            both_looked.wait(timeout=20)
        looking(session, *args)

    clients = [client_for(role), client_for(role)]
    monkeypatch.setattr(Session, "flush", flush)
    answers = []
    at_once(*(lambda one=one: answers.append(one.post(url, data=form)) for one in clients))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    [late] = [answer for answer in answers if answer.status_code == 422]
    assert sentence(said, {}, "id") in text_of(late)
    first = next(iter(form.values()))
    assert f'value="{first}"' in late.text, "what was typed stays"


ENTERED = {table for table, _ in HAND_ENTERED}


def test_every_rule_of_one_only_has_its_field_or_is_of_the_machine() -> None:
    """A new constraint is a decision: what people type gets a sentence at its field."""
    of_machine = re.compile(
        r"uid|.*_uid|.*_id|code|item_code|alias|hash|token_hash|digest|number|kind|sequence"
    )
    rules = {
        (table.name, tuple(column.name for column in rule.columns))
        for table in SQLModel.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
    }
    typed = {rule for rule in rules if not all(of_machine.fullmatch(name) for name in rule[1])}
    assert typed == set(HAND_ENTERED)
