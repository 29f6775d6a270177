"""Every page of a month on its way answers on PostgreSQL, whatever it can be asked."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import get_args

import pytest
from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import doors
from api.doors import Door
from data.schema import Account, Role
from tests.every_page import pages_of

pytestmark = pytest.mark.slow

ANSWERS = {200, 303}
"""What a page may say to a question about a month that is there; 303 leads to where it shows."""


def questions(door: Door) -> Iterator[str]:
    """The page as it is, and with each thing that it can be asked: every choice, a word, a yes."""
    yield ""
    for parameter in get_flat_params(door.route.dependant):
        if not isinstance(parameter.field_info, Query):
            continue
        asked = parameter.field_info.annotation
        kinds = [asked, *get_args(asked)]
        choices = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]
        values = [each.value for kind in choices for each in kind]
        yield from (f"{parameter.alias}={value}" for value in values or ["1"])


@pytest.mark.stores("postgresql")
def test_every_page_answers_whatever_it_can_be_asked(
    app: FastAPI,
    engine: Engine,
    person: Callable[[Role], Account],
    client_for: Callable[[Role | Account], TestClient],
) -> None:
    """On PostgreSQL, which refuses statements that SQLite lets pass."""
    app.state.settings.demo = True
    failed: dict[str, int] = {}
    clients: dict[str, TestClient] = {}
    by_path = {door.path: door for door in doors(app) if door.method == "GET"}
    for path, who, address in pages_of(engine, app, person):
        if who.username not in clients:
            clients[who.username] = client_for(who)
        for question in questions(by_path[path]):
            joined = address + ("&" if "?" in address else "?") * bool(question) + question
            status = clients[who.username].get(joined).status_code
            if status >= 500 or (not question and status not in ANSWERS):
                failed[joined] = status
    assert failed == {}
