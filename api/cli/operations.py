"""``asuh migrate``, ``backup``, ``restore``, ``doctor``: looking after an installation."""

import sys
from datetime import datetime
from pathlib import Path

import click

from api.cli.arguments import LANGUAGE
from api.cli.output import answer, refuse


@click.command(epilog="Example: asuh migrate")
@click.option("--new-keys", is_flag=True, help="Draw keys for a new database server.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def migrate(new_keys: bool, as_json: bool) -> None:
    """Bring the database to the schema of this version, all of it or nothing."""
    from api.settings import Settings
    from data.engine import migrate as bring_up
    from data.engine import revisions

    settings = Settings()
    if new_keys:
        settings.draw_keys()
    engine = settings.open_engine()
    try:
        before, _ = revisions(engine)
        bring_up(engine)
        after, _ = revisions(engine)
    finally:
        engine.dispose()
    found = {"before": before, "after": after}
    answer(found, as_json=as_json, text=f"{before or '–'} → {after}")


@click.command(epilog="Example: asuh backup --to /media/usb/asuh")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path))
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def backup(folder: Path | None, language: str, as_json: bool) -> None:
    """Copy the database while it is in use, and encrypt the copy.

    The keys are not in it: keep keys.json in another place.
    """
    from api.i18n import sentence
    from api.services.clock import utc_now
    from api.settings import Settings
    from data.backup import BackupUnusable, RestoreRefused, write_backup

    settings = Settings()
    engine = settings.open_engine()
    try:
        path = write_backup(
            engine,
            keys=settings.key_ring,
            folder=folder or settings.var_dir / "backups",
            now=utc_now(),
        )
    except (BackupUnusable, RestoreRefused) as error:
        known = error.code in ("no_tool", "tool_failed", "other_keys")
        code = f"restore.{error.code}" if known else "backup.failed"
        text = sentence(code, {"file": str(folder or settings.var_dir)}, language)
        refuse(text, as_json=as_json, code="backup")
    finally:
        engine.dispose()
    answer({"file": str(path), "bytes": path.stat().st_size}, as_json=as_json, text=str(path))


@click.command(epilog="Example: asuh restore /media/usb/asuh/asuh-20261201-080000.asuh")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in place of the present data.")
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def restore(file: Path, replace: bool, language: str, as_json: bool) -> None:
    """Put a backup back: whole, or not at all. Stop the server first."""
    from api.i18n import sentence
    from api.settings import DATABASE_FILE, Settings
    from data.backup import BackupUnusable, RestoreRefused, restore_postgresql, restore_sqlite
    from data.sealing import KeysUnusable

    settings = Settings()
    try:
        if settings.database_url is None:
            header = restore_sqlite(
                file,
                keys=settings.kept_keys(),
                target=settings.var_dir / DATABASE_FILE,
                replace=replace,
            )
        else:
            engine = settings.open_engine()
            header = restore_postgresql(
                file, keys=settings.kept_keys(), engine=engine, replace=replace
            )
            engine.dispose()
    except (BackupUnusable, RestoreRefused, KeysUnusable) as error:
        code = getattr(error, "code", "keys")
        text = sentence(f"restore.{code}", {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="restore")
    params: dict[str, object] = {"file": str(file), "at": _moment(header.created_at, language)}
    text = sentence("cli.restored", params, language)
    answer(header.__dict__, as_json=as_json, text=text)


def _moment(text: str, language: str) -> str:
    """Write an instant as people read it; what a backup of another version says stays."""
    from api.i18n import Formats

    try:
        return Formats(language).moment(datetime.fromisoformat(text))
    except ValueError:
        return text


@click.command(epilog="Example: asuh doctor")
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def doctor(language: str, as_json: bool) -> None:
    """Look at everything that an installation needs; exit code 1 when something is wrong."""
    from api.i18n import sentence
    from api.services.clock import utc_now
    from api.services.doctor import examine
    from api.settings import Settings

    settings = Settings()
    engine = settings.open_engine()
    try:
        found = examine(engine, keys=settings.key_ring, var_dir=settings.var_dir, now=utc_now())
    finally:
        engine.dispose()
    lines = [
        f"{'✓' if each.is_well else '✗'} {sentence(each.code, each.params, language)}"
        for each in found
    ]
    is_well = all(each.is_well for each in found)
    report = {"is_well": is_well, "findings": [each.__dict__ for each in found]}
    answer(report, as_json=as_json, text="\n".join(lines))
    sys.exit(0 if is_well else 1)
