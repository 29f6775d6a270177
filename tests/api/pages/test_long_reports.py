"""A month's report with more sponsors than a page shows."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from api.pages.reports import MOST_ROWS
from data.engine import write_session
from data.schema import Role
from tests.factories import make_approved_cycle

ClientFor = Callable[[Role], TestClient]
REPORT = "/bulan/2026-12/laporan"
CODES = re.compile(r">(OTA-T\d+)<")
PURPOSE = {"keperluan": "Pertanggungjawaban dan arsip"}


def many_sponsors(engine: Engine, number: int, month: str = "2026-12") -> None:
    """A month in which so many sponsors carry a child each."""
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=number, month=month)


def table_of(client: TestClient) -> int:
    """Return the number of the sponsors' table."""
    page = client.get(REPORT).text
    [number] = set(re.findall(r"tabel=(\d+)&amp;halaman=2#tabel-\1\"", page))
    return int(number)


@pytest.mark.stores("sqlite")
def test_sponsors_stand_page_by_page_and_the_sums_stay(
    client_for: ClientFor, engine: Engine
) -> None:
    many_sponsors(engine, 120)
    client = client_for(Role.STAFF)
    table = table_of(client)
    first, second, third = (
        client.get(f"{REPORT}?tabel={table}&halaman={number}").text for number in (1, 2, 3)
    )
    shown = [CODES.findall(page) for page in (first, second, third)]
    assert [len(codes) for codes in shown] == [50, 50, 20]
    assert CODES.findall(client.get(REPORT).text) == shown[0]
    assert "Halaman 2 dari 3" in second
    sums = [re.findall(r"<tfoot>.*?</tfoot>", page, re.DOTALL) for page in (first, second)]
    assert sums[0] == sums[1] != []
    opened = rf'<details class="whole-table" open><summary><h2 id="judul-{table}">'
    assert re.search(opened, second)
    assert not re.search(opened, client.get(REPORT).text)
    beyond = client.get(f"{REPORT}?tabel={table}&halaman=99").text
    assert CODES.findall(beyond) == shown[2]
    elsewhere = client.get(f"{REPORT}?tabel={table - 1}&halaman=2").text
    assert CODES.findall(elsewhere) == shown[0], "another table's page is not this one's"
    whole = client_for(Role.AUDITOR).post(
        f"{REPORT}/unduh", data=PURPOSE | {"bentuk": "json"}
    ).json()["tables"][table - 1]  # fmt: skip
    assert [row[0] for row in whole["rows"]] == [code for codes in shown for code in codes]
    assert sum(row[2] for row in whole["rows"]) == 120


@pytest.mark.stores("sqlite")
def test_as_many_rows_as_the_city_has_areas_stand_on_one_page(
    client_for: ClientFor, engine: Engine
) -> None:
    many_sponsors(engine, MOST_ROWS)
    page = client_for(Role.STAFF).get(REPORT).text
    assert len(CODES.findall(page)) == MOST_ROWS
    assert "halaman=2" not in page


@pytest.mark.stores("sqlite")
def test_more_sponsors_ask_the_store_no_more(client_for: ClientFor, engine: Engine) -> None:
    many_sponsors(engine, 110, "2026-11")
    many_sponsors(engine, 220)
    client = client_for(Role.STAFF)
    asked: list[object] = []

    def note(*given: object) -> None:
        asked.append(given)

    counts = []
    for month in ("2026-11", "2026-12"):
        client.get(f"/bulan/{month}/laporan")
        event.listen(engine, "before_cursor_execute", note)
        client.get(f"/bulan/{month}/laporan")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
        asked.clear()
    assert counts[0] == counts[1] > 0
