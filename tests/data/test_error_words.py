"""What an error of the store says: kind, constraint, table; never a stored value."""

import traceback

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from data.engine import make_engine, write_session
from data.schema.places import Depot

NAME, PHONE = "Ibu Rahasia", "081234567890"


def words(error: BaseException) -> str:
    """Everything a log would show of it, causes included."""
    return "".join(traceback.format_exception(error))


def test_a_broken_constraint_is_named_without_the_row(engine: Engine) -> None:
    depot = Depot(name=NAME, address=PHONE, lat=None, lon=106.1)  # type: ignore[arg-type]
    with write_session(engine) as session:
        session.add(depot)
        with pytest.raises(IntegrityError) as failure:
            session.flush()
        session.rollback()
    assert "depot" in words(failure.value)
    assert NAME not in words(failure.value)
    assert PHONE not in words(failure.value)


@pytest.mark.stores("postgresql")
def test_a_value_of_the_wrong_kind_is_not_quoted(engine: Engine) -> None:
    with pytest.raises(DataError) as failure, write_session(engine) as session:
        session.execute(text("select cast(:x as integer)"), {"x": NAME})
    assert "22P02" in words(failure.value)
    assert NAME not in words(failure.value)


@pytest.mark.stores("postgresql")
def test_a_mistake_in_a_statement_keeps_its_words(engine: Engine) -> None:
    with pytest.raises(ProgrammingError, match="no_such_table"), write_session(engine) as session:
        session.execute(text("select * from no_such_table"))


@pytest.mark.stores("postgresql")
def test_an_unreachable_server_is_still_named(engine: Engine) -> None:
    away = make_engine("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(DBAPIError, match=r"(?i)connect"), away.connect():
        pass
