"""``asuh sample``: a believable month as the files that staff really hold."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from api.cli.output import answer, refuse

PRESETS = ("city", "tiny", "large", "no-vehicles", "all-duplicates")
"""Names of ``data.sample.month.PRESETS``, which is not loaded for ``--help``."""


@click.command(
    epilog="Example: asuh sample --out in/ --children 240 --sponsors 150 --seed 7 --dirty",
)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--children", default=240, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--sponsors", default=150, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option(
    "--preset",
    type=click.Choice(PRESETS),
    help="A shape by name, in place of --children, --sponsors and --dirty.",
)
@click.option("--seed", default=7, show_default=True)
@click.option("--month", default="2026-12", show_default=True)
@click.option("--dirty", is_flag=True, help="With the faults that real files have.")
@click.option("--truth", is_flag=True, help="Also write truth.json: every fault that was put in.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    out: Path,
    children: int,
    sponsors: int,
    preset: str | None,
    seed: int,
    month: str,
    dirty: bool,
    truth: bool,
    as_json: bool,
) -> None:
    """Write a sample month: e-PPGBM, KRS, sponsors, places, fleet, stock, consents, last month.

    Every name and number is made up. The same options write the same files.
    """
    from data.sample.month import write_preset, write_sample

    try:
        faults = (
            write_preset(out, preset, seed=seed, month=month)
            if preset
            else write_sample(
                out, children=children, sponsors=sponsors, seed=seed, dirty=dirty, month=month
            )
        )
    except ValueError as error:
        refuse(str(error), as_json=as_json)
    if truth:
        (out / "truth.json").write_text(
            json.dumps(asdict(faults), ensure_ascii=False, indent=1, default=str), encoding="utf-8"
        )
    files = sorted(path.name for path in out.iterdir() if path.is_file())
    answer({"out": str(out), "files": files}, as_json=as_json, text=f"{out}: {', '.join(files)}")
