"""``asuh roads``: the road map that routes are driven on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.arguments import DAY, LANGUAGE
from api.cli.output import answer, refuse
from api.cli.person import acting_account
from api.cli.usage import wrong_usage
from api.i18n import Formats, sentence, word

if TYPE_CHECKING:
    from collections.abc import Mapping

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
@LANGUAGE
@AS_JSON
def build(
    file: Path,
    out: Path | None,
    as_of: str,
    use: bool,
    username: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Make a road map from an OpenStreetMap extract (.osm, .osm.pbf) or a GraphML graph."""
    from logistics.roads import to_bytes

    network = _read(file, as_of, language, as_json)
    target = out or file.with_name(f"{file.name.split('.')[0]}.roads")
    target.write_bytes(to_bytes(network))
    found = _facts(network) | {"out": str(target)}
    if use:
        found |= _install(network, file.name, username, language, as_json)
    answer(found, as_json=as_json, text=_text(found, language))


@command.command(epilog="Example: asuh roads check bangka.roads")
@FILE
@LANGUAGE
@AS_JSON
def check(file: Path, language: str, as_json: bool) -> None:
    """Say what a road map holds, and which bridges have no second way round."""
    from dataclasses import asdict

    from logistics.road_survey import survey

    network = _read(file, "", language, as_json)
    found = survey(network)
    lines = [
        *_each("roads.by_class", found.km_by_class, language),
        *_each("roads.by_kind", found.km_by_kind, language),
        sentence(
            "roads.shares",
            {
                "named": f"{found.share_named:.0%}",
                "one_way": f"{found.share_one_way:.0%}",
                "turns": found.num_banned_turns,
            },
            language,
        ),
        *(
            sentence(
                "roads.only_bridge",
                {
                    "street": each.street or sentence("roads.unnamed", {}, language),
                    "lat": f"{each.lat:.5f}",
                    "lon": f"{each.lon:.5f}",
                    "n": each.num_junctions,
                },
                language,
            )
            for each in found.only_bridges
        ),
    ]
    text = "\n".join([_text(_facts(network), language), *lines])
    answer(_facts(network) | asdict(found), as_json=as_json, text=text)


@command.command(epilog="Example: asuh roads use bangka.roads --as koordinator")
@FILE
@click.option("--as-of", default="", type=DAY, help="Date of the data where FILE has none.")
@BY
@LANGUAGE
@AS_JSON
def use(file: Path, as_of: str, username: str | None, language: str, as_json: bool) -> None:
    """Install a road map in the database: plans from now on follow it."""
    network = _read(file, as_of, language, as_json)
    found = _facts(network) | _install(network, file.name, username, language, as_json)
    answer(found, as_json=as_json, text=_text(found, language))


def _read(file: Path, as_of: str, language: str, as_json: bool) -> RoadNetwork:
    from logistics.road_files import read_roads
    from logistics.roads import RoadFileError

    try:
        return read_roads(file, as_of=as_of)
    except RoadFileError as error:
        params = {"file": file.name} | error.params
        refuse(sentence(error.code, params, language), as_json=as_json, code=error.code)


def _install(
    network: RoadNetwork, name: str, username: str | None, language: str, as_json: bool
) -> dict[str, object]:
    from api.services.clock import utc_now
    from api.services.errors import ServiceError
    from api.services.road_map import install_map
    from api.settings import Settings
    from data.engine import write_session

    if not username:
        raise wrong_usage("--as USERNAME is needed to install a map")
    engine = Settings().open_engine()
    try:
        with write_session(engine) as session:
            by = acting_account(session, username)
            row = install_map(session, network=network, name=name, by=by, now=utc_now())
            return {"installed": row.name, "digest": row.digest}
    except ServiceError as error:
        refuse(sentence(error.code, error.params, language), as_json=as_json, code=error.code)
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


def _each(code: str, km_by_name: Mapping[str, float], language: str) -> list[str]:
    fmt = Formats(language)
    return [
        sentence(code, {"name": word(name, language), "km": fmt.number(km, decimals=1)}, language)
        for name, km in km_by_name.items()
    ]


def _text(found: dict[str, object], language: str) -> str:
    unknown = sentence("roads.unknown_day", {}, language)
    return "\n".join(
        sentence(
            f"roads.line.{name}",
            {"value": unknown if value == "unknown" else value},
            language,
        )
        for name, value in found.items()
    )
