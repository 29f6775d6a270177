"""``asuh import``: files and returned sheets into the database."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlmodel import select

from api.cli import main
from api.services import clock
from data.engine import read_session, write_session
from data.schema import Child, DeliveryEvent
from data.sealing import dump_keys
from tests.api.services.test_dispatch import dispatched_with_sheet, filled_sheet
from tests.factories import NOW, make_account
from tests.factories_goods import packages_of
from tests.intake_desk import child_row, children_file
from tests.stores import KEYS


def asuh(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *(str(each) for each in arguments)])


@pytest.fixture(autouse=True)
def installation(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASUH_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(days=3))
    monkeypatch.setenv("ASUH_KEYS", dump_keys(KEYS))


def test_children_are_shown_first_and_stored_when_told(engine: Engine, tmp_path: Path) -> None:
    with write_session(engine) as session:
        by = make_account(session).username
    file = tmp_path / "anak.xlsx"
    file.write_bytes(children_file(child_row(1)))
    shown = asuh("children", file, "--as", by, "--json")
    assert json.loads(shown.stdout)["applied"] is False
    with read_session(engine) as session:
        assert session.exec(select(Child)).all() == []
    assert asuh("children", file, "--as", by, "--yes").exit_code == 0
    with read_session(engine) as session:
        assert len(session.exec(select(Child)).all()) == 1


def test_a_returned_sheet_is_recorded_in_the_month_on_its_way(
    engine: Engine, tmp_path: Path
) -> None:
    with write_session(engine) as session:
        cycle, by, sheet = dispatched_with_sheet(session)
        codes = [package.code for package in packages_of(session, cycle)]
        name = by.username
    file = tmp_path / "hasil.xlsx"
    file.write_bytes(filled_sheet(sheet, dict.fromkeys(codes, (1, 0, None))))
    wrong = asuh("results", file, "--as", name, "--yes", "--month", "2027-01", "--json")
    assert (wrong.exit_code, json.loads(wrong.stdout)["refused"]) == (1, "cycle.not_found")
    done = asuh("results", file, "--as", name, "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["counts"]["new"] == len(codes)
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == len(codes)


def test_without_a_month_on_its_way_the_month_is_asked_for(engine: Engine, tmp_path: Path) -> None:
    with write_session(engine) as session:
        by = make_account(session).username
    file = tmp_path / "hasil.xlsx"
    file.write_bytes(b"x")
    refused = asuh("results", file, "--as", by, "--json")
    assert json.loads(refused.stdout)["refused"] == "results.which_month"
