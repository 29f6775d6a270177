from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Engine, inspect, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from data.engine import downgrade, migrate, read_session, revisions, write_session
from data.schema import (
    Child,
    ChildState,
    CycleChild,
    Depot,
    Package,
    Pledge,
    Role,
    Route,
    Stop,
    StopKind,
    Vehicle,
)
from tests.factories import (
    KELURAHAN,
    make_account,
    make_child,
    make_cycle,
    make_measurement,
    make_pledge,
)
from tests.factories_routes import make_dispatched_cycle
from tests.stores import open_engine

VERSION_TABLE = "alembic_version"


def empty_store(request: pytest.FixtureRequest, store: str, name: str, folder: Path) -> Engine:
    if store == "sqlite":
        return open_engine(f"sqlite:///{folder / name}.db")
    server = make_url(request.getfixturevalue("postgresql_url"))
    admin = open_engine(server.render_as_string(hide_password=False))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return open_engine(server.set(database=name).render_as_string(hide_password=False))


@pytest.fixture
def migrated(request: pytest.FixtureRequest, store: str, tmp_path: Path) -> Iterator[Engine]:
    engine = empty_store(request, store, "migrated", tmp_path)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def built(request: pytest.FixtureRequest, store: str, tmp_path: Path) -> Iterator[Engine]:
    engine = empty_store(request, store, "built", tmp_path)
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that the store itself knows of its tables, CHECKs and triggers included."""
    found = inspect(engine)
    tables: dict[str, Any] = {}
    for table in found.get_table_names():
        if table == VERSION_TABLE:
            continue
        tables[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "key": found.get_pk_constraint(table),
            "checks": {
                check["name"]: " ".join(check["sqltext"].split())
                for check in found.get_check_constraints(table)
            },
            "unique": {
                (unique["name"], *unique["column_names"])
                for unique in found.get_unique_constraints(table)
            },
            "foreign": {
                (key["name"], *key["constrained_columns"], key["referred_table"])
                for key in found.get_foreign_keys(table)
            },
            "indexes": {
                (index["name"], bool(index["unique"]), *index["column_names"])
                for index in found.get_indexes(table)
            },
        }
    return tables | {"triggers": triggers(engine)}


def triggers(engine: Engine) -> set[str]:
    statement = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return set(connection.execute(text(statement)).scalars())


def test_the_migrated_schema_is_the_models(migrated: Engine, built: Engine) -> None:
    ours, models = shape(migrated), shape(built)
    assert set(ours) == set(models)
    for name, table in models.items():
        assert (name, ours[name]) == (name, table)
    assert len(models["triggers"]) >= 2


def test_alembic_sees_no_difference(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(migrated: Engine) -> None:
    before = shape(migrated)
    migrate(migrated)
    assert shape(migrated) == before
    current, expected = revisions(migrated)
    assert current == expected is not None


def test_the_way_back_leaves_nothing_and_the_way_up_works_again(migrated: Engine) -> None:
    before = shape(migrated)
    downgrade(migrated)
    assert set(inspect(migrated).get_table_names()) <= {VERSION_TABLE}
    migrate(migrated)
    assert shape(migrated) == before


@pytest.mark.stores("sqlite")
def test_a_migration_that_fails_midway_leaves_the_old_state(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    downgrade(migrated)

    def power_cut(statement: object, *_args: object, **_options: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(op, "execute", power_cut)
    with pytest.raises(OSError, match="power cut"):
        migrate(migrated)
    assert set(inspect(migrated).get_table_names()) <= {VERSION_TABLE}
    assert revisions(migrated)[0] is None


@pytest.mark.stores("sqlite")
def test_a_database_in_use_goes_a_version_back_and_forth_with_its_rows(engine: Engine) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session)
    downgrade(engine, revision="0005")
    migrate(engine)
    with write_session(engine) as session:
        packages = session.exec(select(Package)).all()
        assert {stop.id: stop.loaded_package_ids for stop in session.exec(select(Stop))} == {
            package.stop_id: [package.id] for package in packages
        }
        assert len(packages) == 3
        route = session.exec(select(Route)).one()
        vehicle = session.get_one(Vehicle, route.vehicle_id)
        assert (route.is_locked, route.capacity_g) == (False, vehicle.capacity_g)
        assert route.courier_account_id == vehicle.courier_account_id is not None
        assert route.handed_to_id == vehicle.courier_account_id  # as it was seen until then
        depot = session.get_one(Depot, route.depot_id)
        assert (route.depot_name, route.depot_lat) == (depot.name, depot.lat)
        session.add(Stop(cycle_id=99_999, kind=StopKind.HOME, label="no such month"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_who_was_bound_to_a_place_does_not_see_the_whole_city_after_the_way_back(
    engine: Engine,
) -> None:
    with write_session(engine) as session:
        make_account(session, Role.STAFF, username="kantor")
        make_account(session, Role.STAFF, username="lurah", area_code=KELURAHAN)
        make_account(session, Role.AUDITOR, username="puskesmas", puskesmas="Girimaya")
        make_account(session, Role.KADER, username="kader", area_code=KELURAHAN, posyandu=["Mawar"])
    downgrade(engine, revision="0041")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT username, role, is_active FROM account"))
        found = {name: (role, bool(is_active)) for name, role, is_active in rows}
    assert found == {
        "kantor": ("staff", True), "lurah": ("staff", False),
        "puskesmas": ("auditor", False), "kader": ("courier", False),
    }  # fmt: skip
    migrate(engine)


@pytest.mark.stores("sqlite")
def test_a_migration_that_leaves_references_leading_nowhere_changes_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session)
    before = revisions(engine)[0]

    def careless(config: Any, revision: str) -> None:
        connection = config.attributes["connection"]
        connection.execute(text("DELETE FROM route"))

    monkeypatch.setattr("alembic.command.upgrade", careless)
    with pytest.raises(IntegrityError, match="stop lead nowhere"):
        migrate(engine)
    with read_session(engine) as session:
        assert session.exec(select(Route)).one().code == "R-2612-01"
    assert revisions(engine)[0] == before


def test_billions_of_rupiah_fit_and_small_amounts_survive_the_way_back(engine: Engine) -> None:
    with write_session(engine) as session:
        pledge = make_pledge(session)
        pledge.amount_rp = 25_000_000_000
        session.add(pledge)
        session.flush()
        session.refresh(pledge)
        assert pledge.amount_rp == 25_000_000_000
        pledge.amount_rp = 450_000
    downgrade(engine, revision="0018")
    migrate(engine)
    with read_session(engine) as session:
        assert [row.amount_rp for row in session.exec(select(Pledge))] == [450_000]


@pytest.mark.stores("sqlite")
def test_children_in_review_before_it_was_noted_keep_their_programme(engine: Engine) -> None:
    with write_session(engine) as session:
        measured, never_in, served = (
            make_child(session, state=ChildState.NEEDS_REVIEW, haz=-1.9) for _ in range(3)
        )
        make_measurement(session, measured, measured_on=date(2026, 6, 1), haz=-2.4)
        make_measurement(session, never_in, measured_on=date(2026, 6, 1), haz=-6.5)
        frozen = CycleChild(
            cycle_id=make_cycle(session).id or 0, child_id=served.id or 0,
            household_id=served.household_id, is_eligible=True, age_days=900,
        )  # fmt: skip
        session.add(frozen)
        ids = [measured.id, never_in.id, served.id]
    downgrade(engine, revision="0023")
    migrate(engine)
    with read_session(engine) as session:
        found = {row.id: row.was_in_programme for row in session.exec(select(Child))}
    assert [found[number] for number in ids] == [True, False, True]


def test_no_rupiah_column_is_left_in_four_bytes() -> None:
    narrow = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_rp") and not isinstance(column.type, BigInteger)
    ]
    assert narrow == []
