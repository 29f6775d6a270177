"""People at their pages, and months at the stages in which the pages meet them."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Account, Cycle, Role, Route, Stop
from tests.factories_routes import make_dispatched_cycle

ClientFor = Callable[[Role | Account], TestClient]


@pytest.fixture
def coordinator(client_for: ClientFor) -> TestClient:
    return client_for(Role.COORDINATOR)


@pytest.fixture
def away(engine: Engine) -> tuple[Cycle, Route, list[Stop]]:
    """A month with one route on its way: three stops of one package each."""
    with write_session(engine) as session:
        cycle, route, stops, _, _ = make_dispatched_cycle(session)
    return cycle, route, stops
