"""``asuh import``: files into the database, after showing what would change."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.output import answer, refuse

KINDS = {
    "children": "children",
    "sponsors": "sponsors",
    "krs": "krs",
    "consents": "consents",
    "places": "places",
    "fleet": "fleet",
    "stock": "stock",
    "last-month": "last_month",
    "results": "results",
}


@click.command(epilog="Example: asuh import children e-ppgbm.xls --as petugas --yes")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="The account that imports.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]))
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    kind: str,
    file: Path,
    username: str,
    yes: bool,
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
        counts, applied = _import(kind, file, username, yes, date_order, as_json)
    except ServiceError as error:
        text = sentence(error.code, error.params, language)
        refuse(text, as_json=as_json, code=error.code)
    text = " ".join(f"{name}={count}" for name, count in counts.items())
    answer({"applied": applied, "counts": counts}, as_json=as_json, text=text)


def _import(
    kind: str, file: Path, username: str, yes: bool, date_order: str | None, as_json: bool
) -> tuple[dict[str, int], bool]:
    from api.services import intake, results
    from api.services.accounts import find_account
    from api.services.clock import utc_now
    from api.services.errors import NotFound
    from api.settings import Settings
    from data.engine import write_session
    from data.schema import ImportBatch

    settings = Settings()
    engine = settings.open_engine()
    try:
        with write_session(engine) as session:
            by = find_account(session, username=username)
            if by is None or not by.is_active:
                raise NotFound("account.unknown")
            reader = results if kind == "results" else intake
            batch = reader.preview_import(
                session,
                file_name=file.name,
                content=file.read_bytes(),
                by=by,
                now=utc_now(),
                keys=settings.key_ring,
                kind=KINDS[kind],
                options={"date_order": date_order} if date_order else None,
            )
            batch_id, counts = batch.id, dict(batch.counts)
        shown = " ".join(f"{name}={count}" for name, count in counts.items())
        if not (yes or (not as_json and click.confirm(f"{file.name}: {shown}\nApply?"))):
            return counts, False
        with write_session(engine) as session:
            by = find_account(session, username=username)
            batch = session.get_one(ImportBatch, batch_id)
            assert by is not None  # noqa: S101 - found above
            reader.apply_import(session, batch=batch, by=by, now=utc_now(), keys=settings.key_ring)
        return counts, True
    finally:
        engine.dispose()
