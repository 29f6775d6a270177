"""``asuh zscores``: WHO z-scores and flags for a file of any size."""

from pathlib import Path

import click

from api.cli.arguments import LANGUAGE
from api.cli.output import answer, progress_bar, refuse

BYTES_PER_ROW = 24
"""About; only for the bar."""


@click.command(
    epilog="Example: asuh zscores survey.csv --out survey-z.csv",
    help="Add WHO 2006 z-scores and flags to FILE.csv.\n\n"
    "FILE.csv has the columns sex,age,weight,lenhei,measure,oedema (age in days; measure l, h or "
    "empty). The columns zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi are added. Streaming: any size.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(file: Path, out: Path, language: str, as_json: bool) -> None:
    """Run the command."""
    from api.i18n import sentence
    from data.growth.files import zscore_csv

    unreadable = 0

    def count(_row: int, _column: str) -> None:
        nonlocal unreadable
        unreadable += 1

    if file.resolve() == out.resolve():
        text = sentence("cli.zscores_same_file", {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="zscores.same_file")
    size = max(1, file.stat().st_size)
    try:
        with progress_bar("asuh zscores", shown=not as_json) as progress:
            num_rows = zscore_csv(
                file,
                out,
                on_rows=lambda rows: progress(min(0.99, rows * BYTES_PER_ROW / size), str(rows)),
                on_unreadable=count,
            )
    except (ValueError, OSError) as error:
        is_table = isinstance(error, ValueError)
        code = "cli.zscores_columns" if is_table else "cli.file_unreadable"
        text = sentence(code, {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="zscores.file")
    said = [sentence("cli.zscores_done", {"rows": num_rows, "out": str(out)}, language)]
    if unreadable:
        said.append(sentence("cli.zscores_unreadable", {"n": unreadable}, language))
    answer(
        {"rows": num_rows, "unreadable_cells": unreadable, "out": str(out)},
        as_json=as_json,
        text="\n".join(said),
    )
