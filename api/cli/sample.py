"""``asuh sample``: a believable month as the files that staff really hold."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from api.cli.arguments import MONTH, SEED
from api.cli.output import answer, refuse
from api.i18n import sentence

PRESETS = ("city", "tiny", "large", "no-vehicles", "all-duplicates")
"""Names of ``data.sample.month.PRESETS``, which is not loaded for ``--help``."""


NAMES_SHOWN = 8


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
@click.option("--seed", default=7, show_default=True, type=SEED)
@click.option("--month", default="2026-12", show_default=True, type=MONTH)
@click.option("--dirty", is_flag=True, help="With the faults that real files have.")
@click.option("--truth", is_flag=True, help="Also write truth.json: every fault that was put in.")
@click.option("--force", is_flag=True, help="Write into a folder that holds files already.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
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
    force: bool,
    language: str,
    as_json: bool,
) -> None:
    """Write a sample month: e-PPGBM, KRS, sponsors, places, fleet, stock, consents, last month.

    Every name and number is made up. The same options write the same files. A folder that holds
    files is refused unless --force says that those of the same name may be replaced.
    """
    from data.sample.month import write_preset, write_sample

    if not force:
        _refuse_files(out, language, as_json=as_json)
    try:
        faults = (
            write_preset(out, preset, seed=seed, month=month)
            if preset
            else write_sample(
                out, children=children, sponsors=sponsors, seed=seed, dirty=dirty, month=month
            )
        )
    except ValueError:
        text = sentence("cli.sample_month", {"month": month}, language)
        refuse(text, as_json=as_json, code="sample.month")
    if truth:
        (out / "truth.json").write_text(
            json.dumps(asdict(faults), ensure_ascii=False, indent=1, default=str), encoding="utf-8"
        )
    files = sorted(path.name for path in out.iterdir() if path.is_file())
    text = sentence("cli.sample_done", {"out": str(out), "files": ", ".join(files)}, language)
    answer({"out": str(out), "files": files}, as_json=as_json, text=text)


def _refuse_files(out: Path, language: str, *, as_json: bool) -> None:
    """Refuse a folder with files, and name some: they may be the ones that staff really hold."""
    held = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    if not held:
        return
    shown = ", ".join(held[:NAMES_SHOWN]) + (" …" if len(held) > NAMES_SHOWN else "")
    params: dict[str, object] = {"out": str(out), "files": shown}
    text = sentence("sample.folder_not_empty", params, language)
    refuse(text, as_json=as_json, code="sample.folder_not_empty")
