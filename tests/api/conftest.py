"""A town whose families carry marks, and accounts bound to each kind of place in it."""

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from data.engine import write_session
from data.schema import Account
from tests.town import LATER, Town, bound_accounts, build_town


@pytest.fixture
def town(engine: Engine, app: FastAPI) -> Town:
    """The town in the application's store; the clock stands where its month is closed."""
    with write_session(engine) as session:
        found = build_town(session)
    app.state.clock = lambda: LATER
    return found


@pytest.fixture
def bound(engine: Engine, town: Town) -> dict[str, Account]:
    """Accounts by the kind of their place."""
    del town
    with write_session(engine) as session:
        return bound_accounts(session)
