"""``asuh serve``: the web application with its worker; ``--demo`` with a made-up city."""

from __future__ import annotations

import fcntl
import gc
from typing import TYPE_CHECKING

import click

from api.cli.output import in_words, progress_bar, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from api.settings import Settings

DEMO_PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file
UNFINISHED = "demo-unfinished"
"""A file of the demonstration that is there, and locked, while it is being made."""
LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command(epilog="Example: asuh serve --demo --port 8000")
@click.option("--demo", is_flag=True, help="With a sample month and one account per role.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(0, 64),
    help="Processes that do long work.",
)
@click.option("--fresh", is_flag=True, help="With --demo: throw the last demonstration away.")
def command(demo: bool, host: str, port: int, workers: int, fresh: bool) -> None:
    """Serve the web application.

    Settings come from ASUH_ variables. With --demo everything lies in the folder demo of
    ASUH_VAR_DIR (var/demo), in a database of its own, and every name is made up.
    """
    import uvicorn

    from api.app import create_app
    from api.settings import Settings
    from api.worker import WorkerGroup

    settings = Settings()
    if demo:
        settings = demo_settings(settings, host=host)
        if fresh or _is_half_made(settings.var_dir):
            _throw_away(settings.var_dir)
    _prepare(settings, demo=demo)
    if not demo:
        _say_how_to_begin(settings)
    address = f"http://{host}:{port}"
    if demo:
        _print_accounts(settings, address)
    app = create_app(settings)
    calm_the_collector()
    click.echo(f"Asuh: {address}  (Ctrl+C)")
    with WorkerGroup(settings, count=workers):
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


def demo_settings(given: Settings, *, host: str) -> Settings:
    """Return the settings of the demonstration, apart from everything of the installation.

    Made-up families never go where real ones may lie: a database of the settings is refused.
    """
    if given.database_url is not None:
        refuse(
            "The demonstration keeps a database of its own: unset ASUH_DATABASE_URL, or serve "
            "without --demo."
        )
    folder = given.var_dir / "demo"
    return given.model_copy(
        update={"var_dir": folder, "demo": True, "secure_cookies": host not in LOCAL}
    )


def calm_the_collector() -> None:
    """Look for garbage in cycles less often, and not among what was loaded at the start.

    A page that reads ten thousand rows would otherwise spend a third of its time on that. Memory
    in use is hardly touched by it: nearly all of it is freed by counting references.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the schema up to date; fill an empty demonstration."""
    from data.engine import migrate, revisions

    engine = settings.open_engine()
    try:
        at, wanted = revisions(engine)
        if at != wanted:
            if at is not None and not demo:
                refuse(f"The database is at {at}, this version needs {wanted}: run `asuh migrate`.")
            migrate(engine)
        if demo:
            _fill(settings, engine)
    finally:
        engine.dispose()


def _say_how_to_begin(settings: Settings) -> None:
    """Say how the first account is made where there is none: nobody could sign in."""
    from api.services.accounts import has_accounts
    from data.engine import read_session

    engine = settings.open_engine()
    try:
        with read_session(engine) as session:
            is_new = not has_accounts(session)
    finally:
        engine.dispose()
    if is_new:
        click.echo("Belum ada akun. Buat yang pertama / no account yet; make the first one:")
        click.echo('  asuh user add admin --role admin --name "Admin"')


def _fill(settings: Settings, engine: Engine) -> None:
    from api.services.clock import utc_now
    from api.services.demonstration import add_bound_accounts, build_demo, has_demo

    path = settings.var_dir / DEMO_PASSWORD_FILE
    profile = settings.password_profile.value
    if has_demo(engine):
        add_bound_accounts(
            engine, password=path.read_text().strip(), now=utc_now(), profile=profile
        )
        return
    at_work = settings.var_dir / UNFINISHED
    click.echo("Menyiapkan bulan contoh (sekali saja) / preparing the sample month (once) …")
    with at_work.open("w") as file, progress_bar("asuh") as progress:
        fcntl.flock(file, fcntl.LOCK_EX)  # held as long as this process is at work
        password = build_demo(
            engine, keys=settings.key_ring, clock=utc_now, progress=in_words(progress, "id"),
            profile=profile,
        )  # fmt: skip
    path.touch(mode=0o600)
    path.write_text(password)
    at_work.unlink()


def _is_half_made(folder: Path) -> bool:
    """Whether a demonstration lies here whose making was interrupted; refuse while it goes on."""
    at_work = folder / UNFINISHED
    if not at_work.exists():
        return False
    with at_work.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(
                "Bulan contoh sedang disiapkan di jendela lain; tunggu sebentar. / "
                "The sample month is being prepared in another window; wait a moment."
            )
    click.echo(
        "Persiapan bulan contoh terputus; dimulai lagi. / "
        "Preparing the sample month was interrupted; it begins anew."
    )
    return True


def _throw_away(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _print_accounts(settings: Settings, address: str) -> None:
    """Print one account per role, and let the sign-in page of the demonstration list them."""
    from api.services.demonstration import ACCOUNTS

    password = (settings.var_dir / DEMO_PASSWORD_FILE).read_text().strip()
    settings.demo_accounts = [(account.username, password) for account in ACCOUNTS]
    click.echo(f"\n{address}/masuk\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.role.value:<12} {account.username:<12} {password}")
    click.echo()
