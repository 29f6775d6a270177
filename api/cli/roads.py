"""``asuh roads``: the road map that routes are driven on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.arguments import DAY
from api.cli.output import answer, refuse
from api.cli.person import acting_account

if TYPE_CHECKING:
    from logistics.roads import RoadNetwork

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
BY = click.option("--as", "username", help="The account that installs it.")


@click.group()
def command() -> None:
    """Build, check and install the road map that routes are driven on."""


@command.command(epilog="Example: asuh roads build bangka.osm.pbf --use --as koordinator")
@FILE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.roads")
@click.option(
    "--as-of", default="", type=DAY, help="Date of the data (2026-11-01) where FILE has none."
)
@click.option("--use", is_flag=True, help="Install it in the database as well.")
@BY
@AS_JSON
def build(
    file: Path, out: Path | None, as_of: str, use: bool, username: str | None, as_json: bool
) -> None:
    """Make a road map from an OpenStreetMap extract (.osm, .osm.pbf) or a GraphML graph."""
    from logistics.roads import to_bytes

    network = _read(file, as_of, as_json)
    target = out or file.with_name(f"{file.name.split('.')[0]}.roads")
    target.write_bytes(to_bytes(network))
    found = _facts(network) | {"out": str(target)}
    if use:
        found |= _install(network, file.name, username, as_json)
    answer(found, as_json=as_json, text=_text(found))


@command.command(epilog="Example: asuh roads check bangka.roads")
@FILE
@AS_JSON
def check(file: Path, as_json: bool) -> None:
    """Say what a road map holds, and which bridges have no second way round."""
    from dataclasses import asdict

    from logistics.road_survey import survey

    network = _read(file, "", as_json)
    found = survey(network)
    lines = [
        *(f"  {name}: {km} km" for name, km in found.km_by_class.items()),
        *(f"  {kind}: {km} km passable" for kind, km in found.km_by_kind.items()),
        f"named {found.share_named:.0%}, one-way {found.share_one_way:.0%}, "
        f"{found.num_banned_turns} banned turns",
        *(
            f"only bridge: {each.street or 'unnamed'} at {each.lat:.5f}, {each.lon:.5f}, "
            f"{each.num_junctions} junctions behind it"
            for each in found.only_bridges
        ),
    ]
    text = "\n".join([_text(_facts(network)), *lines])
    answer(_facts(network) | asdict(found), as_json=as_json, text=text)


@command.command(epilog="Example: asuh roads use bangka.roads --as koordinator")
@FILE
@click.option("--as-of", default="", type=DAY, help="Date of the data where FILE has none.")
@BY
@AS_JSON
def use(file: Path, as_of: str, username: str | None, as_json: bool) -> None:
    """Install a road map in the database: plans from now on follow it."""
    network = _read(file, as_of, as_json)
    found = _facts(network) | _install(network, file.name, username, as_json)
    answer(found, as_json=as_json, text=_text(found))


def _read(file: Path, as_of: str, as_json: bool) -> RoadNetwork:
    from api.i18n import sentence
    from logistics.road_files import read_roads
    from logistics.roads import RoadFileError

    try:
        return read_roads(file, as_of=as_of)
    except RoadFileError as error:
        params = {"file": file.name} | error.params
        refuse(sentence(error.code, params, "id"), as_json=as_json, code=error.code)


def _install(
    network: RoadNetwork, name: str, username: str | None, as_json: bool
) -> dict[str, object]:
    from api.i18n import sentence
    from api.services.clock import utc_now
    from api.services.errors import ServiceError
    from api.services.road_map import install_map
    from api.settings import Settings
    from data.engine import write_session

    if not username:
        raise click.UsageError("--as USERNAME is needed to install a map")
    engine = Settings().open_engine()
    try:
        with write_session(engine) as session:
            by = acting_account(session, username)
            row = install_map(session, network=network, name=name, by=by, now=utc_now())
            return {"installed": row.name, "digest": row.digest}
    except ServiceError as error:
        refuse(sentence(error.code, error.params, "id"), as_json=as_json, code=error.code)
    finally:
        engine.dispose()


def _facts(network: RoadNetwork) -> dict[str, object]:
    return {
        "as_of": network.as_of or "unknown",
        "junctions": int(network.lat.size),
        "arcs": network.num_arcs,
        "left_out": network.num_nodes_left_out,
        "street_names": len(network.names) - 1,
    }


def _text(found: dict[str, object]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in found.items())
