"""A store as seen from a place: the same rows as a filter written by hand, on both stores."""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, inspect, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, func, select

from data.engine import read_session, write_session
from data.place import Place, place_of
from data.place_rows import COMMON, INSIDE, KEPT_BY_ANYBODY, REFUSED
from data.place_scope import BeyondPlace, narrowed, place_of_session, whole
from data.reference.regions import regions
from data.schema import (
    Accompaniment,
    Account,
    Child,
    CompanionTeam,
    Consent,
    ConsentPurpose,
    Household,
    Measurement,
    Role,
    Sponsor,
)
from tests.factories import NOW, make_account, make_child, make_household, make_sponsor

WARD, NEXT_WARD, FAR_WARD = "19.71.05.1004", "19.71.05.1005", "19.71.01.1004"
ROOT = Path(__file__).parents[2]
KINDS: tuple[Any, ...] = (Measurement, Consent)
SEES_WHOLE = {
    "api/services/child_states.py",
    "api/services/children.py",
    "api/services/codes.py",
    "api/services/figure_rows.py",
    "api/services/posyandu.py",
    "api/services/registering.py",
    "api/services/report_versions.py",
}
"""Use cases that see beyond a place: what the system does by itself, numbers of codes, whether a
NIK is known, kept reports that are cut to own units, rows that are then held to own families,
the day on which a route brings own packages."""


@pytest.fixture
def town(engine: Engine) -> dict[str, int]:
    """Families in three kelurahan and two kecamatan, of two posyandu and puskesmas each."""
    ids = {}
    with write_session(engine) as session:
        for ward in (WARD, NEXT_WARD, FAR_WARD, None):
            for posyandu in ("Mawar", "Melati", None):
                for puskesmas in ("Selindung", "Girimaya"):
                    home = make_household(
                        session, kelurahan_code=ward, posyandu=posyandu, puskesmas=puskesmas
                    )
                    child = make_child(session, household_id=home.id)
                    ids[f"{ward} {posyandu} {puskesmas}"] = child.id or 0
        make_sponsor(session)
    return ids


def accounts() -> Iterator[tuple[str, Account, Callable[[Household], bool]]]:
    """An account of each kind of place, and by hand which homes are inside."""

    def bound(role: Role = Role.STAFF, **place: Any) -> Account:
        fields: dict[str, Any] = {
            "id": 1,
            "username": "siti",
            "full_name": "Siti",
            "created_at": NOW,
        }
        return Account(**fields | place, role=role)

    yield "kecamatan", bound(area_code="19.71.05"), lambda home: home.kelurahan_code in (
        WARD, NEXT_WARD,
    )  # fmt: skip
    yield "kelurahan", bound(area_code=WARD), lambda home: home.kelurahan_code == WARD
    yield (
        "posyandu",
        bound(area_code=WARD, posyandu=["Mawar"]),
        lambda home: home.kelurahan_code == WARD and home.posyandu == "Mawar",
    )
    yield (
        "two posyandu",
        bound(area_code=WARD, posyandu=["Mawar", "Melati"]),
        lambda home: home.kelurahan_code == WARD and home.posyandu in ("Mawar", "Melati"),
    )
    yield "puskesmas", bound(puskesmas="Girimaya"), lambda home: home.puskesmas == "Girimaya"
    yield (
        "kader",
        bound(Role.KADER, area_code=WARD, posyandu=["Melati"]),
        lambda home: home.kelurahan_code == WARD and home.posyandu == "Melati",
    )
    yield "kader without posyandu", bound(Role.KADER, area_code=WARD), lambda _: False
    yield "kader of nothing", bound(Role.KADER), lambda _: False
    yield "posyandu without ward", bound(posyandu=["Mawar"]), lambda _: False
    yield (
        "posyandu in a kecamatan",
        bound(area_code="19.71.05", posyandu=["Mawar"]),
        lambda _: False,
    )
    yield "unknown area", bound(area_code="99.99.99.9999"), lambda _: False


def placed(session: Session) -> dict[int, Household]:
    """Child → its home, read with the whole store's session."""
    homes = {home.id: home for home in session.exec(select(Household))}
    return {child.id or 0: homes[child.household_id] for child in session.exec(select(Child))}


@pytest.mark.parametrize(("account", "is_inside"), [
    pytest.param(account, inside, id=name) for name, account, inside in accounts()
])  # fmt: skip
def test_a_place_sees_the_rows_that_a_filter_by_hand_finds(
    engine: Engine, town: dict[str, int], account: Account, is_inside: Callable[[Household], bool]
) -> None:
    with read_session(engine) as session:
        inside = {number for number, home in placed(session).items() if is_inside(home)}
        papers = {
            kind: {row.id for row in session.exec(select(kind)) if row.child_id in inside}
            for kind in KINDS
        }
        homes = {home.id for home in placed(session).values() if is_inside(home)}
    assert len(town) == 24
    with read_session(narrowed(engine, place_of(account))) as session:
        assert {row.id for row in session.exec(select(Child))} == inside
        assert {row.id for row in session.exec(select(Household))} == homes
        for kind, numbers in papers.items():
            assert {row.id for row in session.exec(select(kind))} == numbers
        assert session.exec(select(func.count()).select_from(Child)).one() == len(inside)
        for number in town.values():
            assert (session.get(Child, number) is not None) == (number in inside)


def test_without_a_place_everything_is_seen(engine: Engine, town: dict[str, int]) -> None:
    office = Account(id=1, username="ani", full_name="Ani", role=Role.STAFF, created_at=NOW)
    assert place_of(office) is None
    with read_session(narrowed(engine, place_of(office))) as session:
        assert place_of_session(session) is None
        assert session.exec(select(func.count()).select_from(Child)).one() == len(town)
        assert len(session.exec(select(Sponsor)).all()) == 1


@pytest.fixture
def place() -> Place:
    return Place(account_id=7, username="siti", wards=(WARD,))


def test_every_way_of_asking_is_narrowed(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    other = aliased(Child)
    asked: dict[str, Any] = {
        "columns": select(Child.id),
        "alias": select(other.id),
        "core table": select(SQLModel.metadata.tables["child"].c.id),
        "where alone": select(Child.id).where(Household.id == Child.household_id),
        "join": select(Child.id).join(Household, col(Household.id) == Child.household_id),
        "outer": select(Child.id).outerjoin(Measurement, col(Measurement.child_id) == Child.id),
        "subquery": select(select(Child.id).subquery().c.id),
        "expression": select(select(Child.id).cte("picked").c.id),
        "union": select(Child.id).union(select(Child.id)),
        "self join": select(Child.id).join(other, col(other.id) == Child.id),
        "exists": select(Child.id).where(
            select(Household.id).where(Household.id == Child.household_id).exists()
        ),
        "text": text("SELECT child.id FROM child"),
        "quoted text": text('SELECT c.id FROM "child" AS c'),
        "brackets of a join": text(
            "SELECT c.id FROM (child AS c LEFT JOIN measurement AS m ON m.child_id = c.id)"
        ),
        "capitals": text("SELECT id FROM Child"),
        "label with marks": text(
            """SELECT id AS "sponsor's ? (WHERE", '? " sponsor' AS b FROM child WHERE id > :least"""
        ).bindparams(least=0),
        "many lines": text("SELECT id\nFROM\n  child\nWHERE\n 1 = 1"),
    }
    inside = {number for name, number in town.items() if name.startswith(f"{WARD} ")}
    with read_session(narrowed(engine, place)) as session:
        for name, statement in asked.items():
            found = [row[0] for row in session.execute(statement)]
            assert (name, set(found)) == (name, inside)
        counted = select(func.count(), func.max(Child.id))
        assert session.exec(counted).one() == (len(inside), max(inside))


def test_what_no_place_asks_is_refused(engine: Engine, town: dict[str, int], place: Place) -> None:
    schema = "main" if engine.dialect.name == "sqlite" else "public"
    other, far = aliased(Child), town[f"{FAR_WARD} Mawar Girimaya"]
    statements: dict[str, Any] = {
        "office": select(Sponsor),
        "joined office": select(Child).where(select(Sponsor.id).exists()),
        "schema": text(f"SELECT id FROM {schema}.child"),
        "quoted schema": text(f'SELECT id FROM "{schema}"."child"'),
        "change within": text("WITH gone AS (DELETE FROM child RETURNING id) SELECT id FROM gone"),
        "change within, small": text(
            "WITH gone AS (\ndelete\nfrom child RETURNING id) SELECT id FROM gone"
        ),
        "change after a list": text("WITH a AS (SELECT 1) UPDATE child SET name = 'x'"),
        "new table": text("SELECT name INTO copied FROM child"),
        "two statements": text("BEGIN; SELECT name FROM sponsor"),
        "a remark": text("SELECT id FROM/* all */child"),
        "quote in a remark": text("SELECT name -- it's all\nFROM sponsor -- isn't it"),
        "quote in a name": text("""SELECT id AS "a'b", name FROM sponsor WHERE 'x' = 'x'"""),
        "escaped quote": text(
            "SELECT id FROM child WHERE E'\\\\'' = '' OR id IN (SELECT id FROM sponsor) OR 'a' = ''"
        ),
        "dollar quote": text("SELECT $$'$$, name FROM sponsor WHERE 'x' = 'x'"),
        "escaped name": text("""SELECT name FROM U&"sp\\\\006fnsor" """),
        "other quotes": text("SELECT name AS `a'b` FROM sponsor WHERE 'x' = 'x'"),
        "brackets as quotes": text("SELECT name AS [a'b] FROM sponsor WHERE 'x' = 'x'"),
        "other schema": text("SELECT name FROM asuh.child"),
        "other verb": text("DROP TABLE child"),
        "insert select": text(
            "INSERT INTO measurement (child_id, measured_on) SELECT id, born_on FROM child"
        ),
        "insert without object": SQLModel.metadata.tables["child"].insert().values(name="x"),
        "insert by text": text("INSERT INTO child (name) VALUES ('x')"),
        "office changed": update(Sponsor).values(name="x"),
        "change of common": text("UPDATE cycle SET seed = 2"),
        "change by others": text(
            "UPDATE child SET name = 'x' WHERE household_id IN (SELECT id FROM household)"
        ),
        "change by others in brackets": update(Child)
        .values(name=select(other.name).where(other.id == far).scalar_subquery())
        .execution_options(synchronize_session=False),
        "change beside itself": text(
            "UPDATE child SET name = c.name FROM child AS c WHERE c.id = :far"
        ).bindparams(far=far),
        "gone beside itself": text(
            "DELETE FROM child USING child AS c WHERE c.id = :far"
        ).bindparams(far=far),
    }
    with write_session(narrowed(engine, place)) as session:
        for name, statement in statements.items():
            try:
                session.execute(statement)
            except BeyondPlace:
                continue
            pytest.fail(name)
        session.rollback()
    with read_session(engine) as session:
        assert session.exec(select(func.count()).select_from(Child)).one() == len(town)


def test_bulk_changes_touch_rows_inside_alone(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    inside = {number for name, number in town.items() if name.startswith(f"{WARD} ")}
    numbers = list(town.values())
    with write_session(narrowed(engine, place)) as session:
        session.execute(
            update(Child)
            .where((col(Child.id) == numbers[0]) | (col(Child.id) == numbers[-1]))
            .values(name="one")
        )
        session.execute(update(Child).values(exit_reason="other"))
        session.execute(delete(Measurement).where(col(Measurement.child_id).in_(numbers)))
        session.execute(text("UPDATE household SET landmark = 'x (WHERE 1 = 1)'"))
    with read_session(engine) as session:
        children = session.exec(select(Child)).all()
        assert {each.id for each in children if each.exit_reason == "other"} == inside
        assert {each.id for each in children if each.name == "one"} == {numbers[0]}
        kept = {row.child_id for row in session.exec(select(Measurement))}
        assert kept == set(numbers) - inside
        marked = [row for row in session.exec(select(Household)) if row.landmark]
        assert {row.kelurahan_code for row in marked} == {WARD}
        assert marked[0].landmark == "x (WHERE 1 = 1)"


def test_nothing_is_stored_or_moved_outside(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    def move_out(session: Session) -> None:
        home = session.exec(select(Household)).first()
        assert home
        home.kelurahan_code = NEXT_WARD
        session.add(home)

    def register_outside(session: Session) -> None:
        make_household(session, kelurahan_code=FAR_WARD)

    def give_away(session: Session) -> None:
        child = session.exec(select(Child)).first()
        assert child
        child.household_id = outside
        session.add(child)

    def weigh_outside(session: Session) -> None:
        number = town[f"{FAR_WARD} Mawar Girimaya"]
        session.add(Measurement(child_id=number, measured_on=date(2026, 11, 2)))

    with read_session(engine) as session:
        outside = (
            session.exec(select(Household.id).where(Household.kelurahan_code == FAR_WARD)).first()
            or 0
        )
    for deed in (move_out, register_outside, give_away, weigh_outside):
        with pytest.raises(BeyondPlace), write_session(narrowed(engine, place)) as session:
            deed(session)
    with write_session(narrowed(engine, place)) as session:
        home = make_household(session, kelurahan_code=WARD)
        make_child(session, household_id=home.id)
    with read_session(engine) as session:
        assert session.exec(select(func.count()).select_from(Child)).one() == len(town) + 1


def test_who_sees_the_whole_forgets_it_afterwards(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    outside = town[f"{FAR_WARD} Mawar Girimaya"]
    with write_session(narrowed(engine, place)) as session:
        with whole(session):
            assert session.get(Child, outside) is not None
            assert len(session.exec(select(Sponsor)).all()) == 1
            with whole(session):
                assert session.get_one(Child, outside).id == outside
            assert session.exec(select(func.count()).select_from(Child)).one() == len(town)
        assert session.get(Child, outside) is None
        with contextlib.suppress(ZeroDivisionError), whole(session):
            assert session.get(Child, outside) is not None
            raise ZeroDivisionError
        assert session.get(Child, outside) is None
        with pytest.raises(BeyondPlace):
            session.exec(select(Sponsor)).all()


def test_a_connection_that_saw_the_whole_is_narrowed_again(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    """Connections are used again: what one block set must not stay on it."""
    with pytest.raises(IntegrityError), write_session(narrowed(engine, place)) as session:  # noqa: SIM117
        with whole(session):
            session.add(
                Consent(
                    child_id=99_999,
                    purpose=ConsentPurpose.PHOTO,
                    guardian_name="",
                    granted_on=date(2026, 1, 1),
                    recorded_by="siti",
                )
            )
    for _ in range(3):
        with read_session(narrowed(engine, place)) as session:
            assert len(session.exec(select(Child)).all()) == 6


def test_who_rolls_back_while_seeing_the_whole_leaves_no_wide_connection(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    """The pool gives a connection to the next one while the block still runs."""

    def seen(session: Session) -> int:
        return session.exec(select(func.count()).select_from(Child)).one()

    for end in (Session.rollback, Session.commit):
        with write_session(narrowed(engine, place)) as session:
            with whole(session):
                assert seen(session) == len(town)
                end(session)
                with read_session(narrowed(engine, place)) as other:
                    assert seen(other) == 6
                with whole(session):
                    assert seen(session) == len(town)
                assert seen(session) == 6  # a new transaction begins narrow
            assert seen(session) == 6


def test_who_sees_the_whole_after_a_savepoint_that_failed_is_narrowed_again(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    with write_session(narrowed(engine, place)) as session:
        with contextlib.suppress(ZeroDivisionError), session.begin_nested(), whole(session):
            assert session.exec(select(func.count()).select_from(Child)).one() == len(town)
            raise ZeroDivisionError
        assert session.exec(select(func.count()).select_from(Child)).one() == 6


def test_rows_are_stored_as_objects_alone(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    """Nobody would look where others lie: not past the session, nor over a row that is there."""
    insert = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert
    table = SQLModel.metadata.tables["child"]
    with read_session(engine) as session:
        row = session.get_one(Child, town[f"{FAR_WARD} Mawar Girimaya"]).model_dump()
    new = {**row, "id": 9_000, "code": "T-NEW"}
    over = insert(table).values(**row)

    def spoiled(session: Session) -> None:
        """A flush that fails in a savepoint leaves the session as it was."""
        with pytest.raises(IntegrityError), session.begin_nested():  # noqa: PT012
            session.add(Measurement(child_id=town[f"{WARD} Mawar Girimaya"]))  # type: ignore[call-arg]
            session.flush()
        session.connection().execute(table.insert().values(**new))

    deeds: dict[str, Callable[[Session], object]] = {
        "over": lambda session: session.connection().execute(
            over.on_conflict_do_update(index_elements=["id"], set_={"name": "CHANGED"})
        ),
        "beside": lambda session: session.connection().execute(
            over.on_conflict_do_nothing(index_elements=["id"])
        ),
        "core": lambda session: session.connection().execute(table.insert().values(**new)),
        "bulk": lambda session: session.bulk_insert_mappings(inspect(Child), [new]),
        "after a failure": spoiled,
    }
    for name, deed in deeds.items():
        try:
            with write_session(narrowed(engine, place)) as session:
                deed(session)
        except BeyondPlace:
            continue
        pytest.fail(name)
    with read_session(engine) as session:
        assert {each.name for each in session.exec(select(Child))} >= {row["name"]}
        assert session.exec(select(func.count()).select_from(Child)).one() == len(town)


@pytest.mark.stores("postgresql")
def test_locks_that_would_hold_nothing_are_refused(
    engine: Engine, town: dict[str, int], place: Place
) -> None:
    """What a place narrows by an expression of the table's name cannot be locked."""
    child = select(Child)
    home = col(Household.id) == Child.household_id
    other = aliased(Child)
    unlockable: dict[str, Any] = {
        "needs it": child.where(col(Child.id).in_(select(Measurement.child_id))).with_for_update(),
        "join": child.join(Household, home).with_for_update(),
        "alias": select(other).with_for_update(),
        "within": select(child.with_for_update().subquery().c.id),
        "text": text("SELECT id FROM (SELECT id FROM child for share) AS c"),
    }
    for name, asked in unlockable.items():
        with write_session(narrowed(engine, place)) as session:
            try:
                session.execute(asked)
            except BeyondPlace:
                continue
        pytest.fail(name)
    with write_session(narrowed(engine, place)) as session:
        assert len(session.exec(child.with_for_update()).all()) == 6
        number = town[f"{WARD} Mawar Girimaya"]
        with pytest.raises(OperationalError), write_session(engine) as office:  # noqa: PT012
            office.execute(text("SET LOCAL lock_timeout = '200ms'"))
            office.execute(update(Child).where(col(Child.id) == number).values(name="y"))


def test_locks_hold_rows_of_the_place(engine: Engine, town: dict[str, int], place: Place) -> None:
    inside, outside = (town[f"{ward} Mawar Girimaya"] for ward in (WARD, FAR_WARD))
    with write_session(narrowed(engine, place)) as session:
        child = session.get_one(Child, inside)
        session.refresh(child, with_for_update=True)
        assert session.get(Child, inside, with_for_update=True) is child
        assert session.get(Child, outside, with_for_update=True) is None
        held = select(Child).where(col(Child.id).in_([inside, outside])).order_by(col(Child.id))
        assert [row.id for row in session.exec(held.with_for_update())] == [inside]


def test_every_table_is_sorted_and_every_inside_one_has_a_number() -> None:
    sorts = [set(INSIDE), COMMON, REFUSED]
    assert sum(map(len, sorts)) == len(set().union(*sorts))
    assert set().union(*sorts) == set(SQLModel.metadata.tables)
    assert set(INSIDE) | COMMON >= KEPT_BY_ANYBODY
    lacking = [name for name in INSIDE if "id" not in SQLModel.metadata.tables[name].columns]
    assert lacking == []


def test_no_column_is_called_as_a_table() -> None:
    """What a statement names is read from its words: a column of a table's name would refuse it."""
    tables = SQLModel.metadata.tables
    assert [c.name for table in tables.values() for c in table.columns if c.name in tables] == []


def test_only_these_use_cases_see_the_whole_store() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "api").rglob("*.py")
        if re.search(r"\bwith whole\(", path.read_text())
    }
    assert found == SEES_WHOLE


def test_the_own_account_is_the_only_one(engine: Engine) -> None:
    with write_session(engine) as session:
        mine = make_account(session, area_code=WARD)
        make_account(session, Role.APPROVER)
    with read_session(narrowed(engine, place_of(mine))) as session:
        assert [row.id for row in session.exec(select(Account))] == [mine.id]
    assert WARD in {ward.code for ward in regions().all_kelurahan}


def test_a_team_is_seen_by_the_posyandu_that_it_names_letter_by_letter(engine: Engine) -> None:
    """SQLite's LIKE takes small letters for capitals; PostgreSQL's does not."""
    named = {"own": ["Mawar", "Mélati"], "small": ["mawar"], "longer": ["Mawar 2"], "all": []}
    with write_session(engine) as session:
        for name, posyandu in named.items():
            session.add(
                CompanionTeam(
                    name=name, kelurahan_code=WARD, posyandu=posyandu, updated_at=NOW,
                    updated_by="siti",
                )
            )  # fmt: skip
    for own, seen in (("Mawar", {"own", "all"}), ("Mélati", {"own", "all"}), ("M%", {"all"})):
        place = Place(account_id=1, username="siti", wards=(WARD,), posyandu=(own,))
        with read_session(narrowed(engine, place)) as session:
            assert {team.name for team in session.exec(select(CompanionTeam))} == seen


def test_several_rows_are_stored_at_once_and_none_outside(
    engine: Engine, town: dict[str, int]
) -> None:
    """As a form does that records a posyandu's families: PostgreSQL is given them in one piece."""
    place = Place(account_id=1, username="siti", wards=(WARD,), posyandu=("Mawar",))
    with read_session(engine) as session:
        homes = [
            session.get_one(Child, town[f"{WARD} {posyandu} Selindung"]).household_id
            for posyandu in ("Mawar", "Melati")
        ]
    own, other = homes

    def given(home: int, month: str) -> Accompaniment:
        return Accompaniment(household_id=home, month=month, codes=[7], by="siti", at=NOW)

    with write_session(narrowed(engine, place)) as session:
        session.add_all([given(own, "2026-11"), given(own, "2026-12")])
    with pytest.raises(BeyondPlace), write_session(narrowed(engine, place)) as session:
        session.add_all([given(own, "2026-10"), given(other, "2026-10")])
    with read_session(engine) as session:
        rows = session.exec(select(Accompaniment).order_by(col(Accompaniment.month))).all()
    assert [(row.household_id, row.month) for row in rows] == [(own, "2026-11"), (own, "2026-12")]
    into = "INSERT INTO accompaniment (household_id) SELECT household_id FROM"
    for source in ("(VALUES (1)) AS v, accompaniment", "(VALUES (1)) AS v, child", "accompaniment"):
        with pytest.raises(BeyondPlace), write_session(narrowed(engine, place)) as session:
            session.execute(text(f"{into} {source}"))
