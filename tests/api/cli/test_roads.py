"""``asuh roads``: from an extract to the installed map."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.services.clock import utc_now
from api.services.road_map import active_map
from api.settings import Settings
from data.engine import migrate, read_session, write_session
from data.schema import Account, Role
from tests.logistics.road_maps import grid_nodes, osm_text, street


def asuh(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    ways = [street(0, 1, 2, name="Jalan A"), street(1, 11, name="Jembatan", bridge="yes")]
    path = tmp_path / "kota.osm"
    path.write_text(osm_text(grid_nodes(2, 3), ways), encoding="utf-8")
    return path


def test_a_map_is_built_checked_and_installed(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASUH_VAR_DIR", str(tmp_path / "var"))
    engine = Settings().open_engine()
    migrate(engine)
    with write_session(engine) as session:
        session.add(
            Account(username="k", full_name="K", role=Role.COORDINATOR, created_at=utc_now())
        )
        session.add(
            Account(
                username="pergi",
                full_name="P",
                role=Role.COORDINATOR,
                created_at=utc_now(),
                is_active=False,
            )
        )
    built = asuh("roads", "build", extract, "--json")
    assert built.exit_code == 0
    facts = json.loads(built.output)
    assert (facts["arcs"], facts["street_names"], facts["as_of"]) == (6, 2, "2026-10-05")
    checked = asuh("roads", "check", facts["out"], "--json")
    assert json.loads(checked.output)["only_bridges"][0]["street"] == "Jembatan"
    assert asuh("roads", "use", facts["out"]).exit_code == 2
    assert asuh("roads", "use", facts["out"], "--as", "nobody").exit_code == 1
    left = asuh("roads", "use", facts["out"], "--as", "pergi", "--json")
    assert (left.exit_code, json.loads(left.stdout)["refused"]) == (1, "account.unknown")
    assert asuh("roads", "use", facts["out"], "--as", "k").exit_code == 0
    with read_session(engine) as session:
        row = active_map(session)
        assert row is not None
        assert (row.name, row.num_arcs) == ("kota.roads", 6)
    engine.dispose()


def test_a_file_that_is_no_map_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.osm").write_text("<osm", encoding="utf-8")
    result = asuh("roads", "check", tmp_path / "x.osm")
    assert result.exit_code == 1
    assert "x.osm bukan berkas OpenStreetMap" in result.output
