"""``asuh import``: files into the database, after showing what would change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.arguments import MONTH
from api.cli.output import answer, refusal_text, refuse
from api.cli.person import acting_account

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle, ImportBatch
    from data.sealing import KeyRing

KINDS = {
    "children": "children",
    "sponsors": "sponsors",
    "krs": "krs",
    "consents": "consents",
    "places": "places",
    "fleet": "fleet",
    "stock": "stock",
    "last-month": "last_month",
    "other-help": "other_help",
    "results": "results",
}


@click.command(epilog="Example: asuh import children e-ppgbm.xls --as petugas --yes")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="The account that imports.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option(
    "--month", type=MONTH, help="Month of results; the one being distributed when left out."
)
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]))
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    kind: str,
    file: Path,
    username: str,
    yes: bool,
    month: str | None,
    date_order: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Read FILE, show what it would change, and apply it when you agree.

    Without --yes it asks; with --json and without --yes nothing is applied.
    """
    from api.i18n import sentence
    from api.services.errors import ServiceError

    try:
        asked = _Asked(kind, file, username, month, date_order, language)
        counts, applied = _import(asked, yes, as_json)
    except ServiceError as error:
        text = refusal_text(error.code, error.params, language)
        refuse(text, as_json=as_json, code=error.code)
    said = sentence("import.cli_applied" if applied else "import.cli_not_applied", {}, language)
    text = f"{_told(asked, counts)}\n{said}"
    answer({"applied": applied, "counts": counts}, as_json=as_json, text=text)


def _told(asked: _Asked, counts: dict[str, int]) -> str:
    """Say what became, or would become, of the rows of a file."""
    from api.i18n import sentence

    code = "import.cli_results" if asked.kind == "results" else "run.file"
    values = {"file": asked.file.name, "kind": KINDS.get(asked.kind, asked.kind), **counts}
    lines = [sentence(code, {"rows": counts.get("total", 0), **values}, asked.language)]
    lines += [
        sentence(f"import.cli_{name}", {"count": counts[name]}, asked.language)
        for name in ("conflicts", "warnings", "unfilled", "duplicates")
        if counts.get(name)
    ]
    return "\n".join(lines)


@dataclass(frozen=True)
class _Asked:
    """Which file is read as what, by whom, with which answers."""

    kind: str
    file: Path
    username: str
    month: str | None
    date_order: str | None
    language: str


def _import(asked: _Asked, yes: bool, as_json: bool) -> tuple[dict[str, int], bool]:
    from api.i18n import sentence
    from api.services import intake, results
    from api.services.clock import utc_now
    from api.settings import Settings
    from data.engine import write_session
    from data.schema import ImportBatch

    settings = Settings()
    keys, engine = settings.key_ring, settings.open_engine()
    try:
        with write_session(engine) as session:
            batch = _preview(session, asked, keys)
            batch_id, counts = batch.id, dict(batch.counts)
        question = f"{_told(asked, counts)}\n{sentence('import.cli_apply', {}, asked.language)}"
        if not (yes or (not as_json and click.confirm(question))):
            return counts, False
        with write_session(engine) as session:
            by = acting_account(session, asked.username)
            batch = session.get_one(ImportBatch, batch_id)
            given: dict[str, Any] = {"batch": batch, "by": by, "now": utc_now(), "keys": keys}
            if asked.kind == "results":
                results.apply_results(session, **given)
            else:
                intake.apply_import(session, **given)
            return dict(batch.counts), True
    finally:
        engine.dispose()


def _preview(session: Session, asked: _Asked, keys: KeyRing) -> ImportBatch:
    from api.services import intake, results
    from api.services.clock import utc_now

    given: dict[str, Any] = {
        "file_name": asked.file.name,
        "content": asked.file.read_bytes(),
        "by": acting_account(session, asked.username),
        "now": utc_now(),
        "keys": keys,
    }
    if asked.kind == "results":
        cycle = _distributed(session, asked.month)
        return results.preview_results(session, cycle=cycle, **given).batch
    options = {"date_order": asked.date_order} if asked.date_order else None
    return intake.preview_import(session, **given, kind=KINDS[asked.kind], options=options)


def _distributed(session: Session, month: str | None) -> Cycle:
    """Return the month named, else the only one whose packages are on their way."""
    from api.services.cycles import find_cycle, list_cycles
    from api.services.errors import Refused
    from data.schema import CycleState

    if month:
        return find_cycle(session, month=month)
    found = [each for each in list_cycles(session) if each.state is CycleState.DISTRIBUTING]
    if len(found) != 1:
        raise Refused("results.which_month", months=[each.month for each in found])
    return found[0]
