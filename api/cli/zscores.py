"""``asuh zscores``: WHO z-scores and flags for a file of any size."""

import sys
from pathlib import Path

import click

from api.cli.output import answer, refuse


@click.command(
    epilog="Example: asuh zscores survey.csv --out survey-z.csv",
    help="Add WHO 2006 z-scores and flags to FILE.csv.\n\n"
    "FILE.csv has the columns sex,age,weight,lenhei,measure,oedema (age in days; measure l, h or "
    "empty). The columns zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi are added. Streaming: any size.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(file: Path, out: Path, as_json: bool) -> None:
    """Run the command."""
    from data.growth import zscore_csv

    try:
        num_rows = zscore_csv(file, out)
    except ValueError as error:
        refuse(f"{file}: {error}", as_json=as_json)
    answer({"rows": num_rows, "out": str(out)}, as_json=as_json, text=f"{num_rows} → {out}")
    sys.exit(0)
