"""Serve made-up months to look at monitoring with: `make history`.

All months from January 2025 to the last one, as `bench/monitoring_history.py` makes them: lived
through the real use cases with a story for every figure, their children copied all over the city,
each month counted anew.
What was made lies in var/history and is served again the next time; nobody in it exists.
"""

import argparse
import secrets
import shutil
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine

from api.app import create_app
from api.services.accounts import create_account
from api.services.clock import local_date, utc_now
from api.services.demonstration import ACCOUNTS, add_bound_accounts
from api.services.months import later_month, month_of
from api.settings import Settings
from bench.monitoring_history import history, num_lived
from data.engine import migrate, write_session
from data.schema import Role
from data.sealing import dump_keys
from tests.history import FIRST_MONTH, Script
from tests.history.script import HELPED, NUM_COMPARED, STARTS, WAITING
from tests.stores import KEYS, build_schema, open_engine

FOLDER = Path("var/history")
PASSWORD = "password"
OF_ROUTINE = 30
"""Children of a town without a story of their own, beside those who have one."""
SIGNING_IN = [each for each in ACCOUNTS if each.role not in {Role.DONOR, Role.COURIER}]
"""Who looks at monitoring."""


class City(Script):
    """A city in which a quarter of the children of routine have no sponsor, and some recover.

    Of the children who are compared half are there from the beginning, the others come one after
    the other, and some move away again: in the tests' script they come and leave together, which no
    city does.
    """

    @property
    def num_sponsors(self) -> int:
        """Sponsors of a child each, from the first month on."""
        return self.num_children * 3 // 4

    def comes(self, child: int) -> int:
        """The month in which a child is written down."""
        if child in HELPED or child in WAITING:
            half = NUM_COMPARED // 2
            return (STARTS - 3) * max(0, child % 100 - half) // half
        return super().comes(child)

    def leaves(self, child: int) -> int | None:
        """The month at whose end a child moves away."""
        if child in HELPED or child in WAITING:
            last = super().leaves(child)
            return last + child // 4 % 8 if last is not None and child % 4 == 0 else None
        return super().leaves(child)

    def is_measured(self, child: int, month: int) -> bool:
        """Whether a child that is known comes to be measured, those who are compared too."""
        if (child in HELPED or child in WAITING) and month >= self.comes(child):
            is_first = month == self.comes(child)
            return is_first or super().is_measured(child, month) or (child + month) % 4 != 3
        return super().is_measured(child, month)

    def aimed_haz(self, child: int, month: int) -> float:
        """How tall a child without a story is for its age: some are caught up by now."""
        if child == 2 or child not in range(self.num_children):
            return super().aimed_haz(child, month)
        return -2.1 - 0.13 * (child % 11) + 0.02 * (child % 5) * month


def make(engine: Engine, towns: int) -> str:
    """Live and copy the months; return the password of every account."""
    build_schema(engine)
    months = 1
    while later_month(FIRST_MONTH, months) < month_of(local_date(utc_now())):
        months += 1
    script = City(num_months=months, num_children=OF_ROUTINE, has_stories=True)
    history(engine, script, children=towns * num_lived(script))
    password = f"asuh-{secrets.token_hex(4)}"
    with write_session(engine) as session:
        for each in (one for one in SIGNING_IN if not one.place):
            create_account(
                session, username=each.username, full_name=each.full_name, role=each.role,
                by="asuh-history", now=utc_now(), password=password,
            )  # fmt: skip
    return password


def main() -> None:
    """Make the months where they are not there yet, and serve them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=10, help="of some hundred children each")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true", help="throw away what was made before")
    options = parser.parse_args()
    kept = FOLDER / PASSWORD
    if options.fresh or not kept.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
    engine = open_engine(f"sqlite:///{FOLDER}/asuh.db")
    if not kept.exists():
        password = make(engine, options.towns)
        kept.touch(mode=0o600)
        kept.write_text(password)
    migrate(engine)  # made by an earlier version of the program
    add_bound_accounts(engine, password=kept.read_text(), now=utc_now(), profile="production")
    settings = Settings(
        var_dir=FOLDER,
        keys=SecretStr(dump_keys(KEYS)),
        demo=True,
        secure_cookies=False,
        workers_in_process=True,
    )
    settings.demo_accounts = [(each.username, kept.read_text()) for each in SIGNING_IN]
    for username, password in settings.demo_accounts:
        print(f"  {username:<12} {password}")
    print(f"http://127.0.0.1:{options.port}/monev  (Ctrl+C)", flush=True)
    uvicorn.run(
        create_app(settings, engine=engine), host="127.0.0.1", port=options.port,
        log_level="warning", access_log=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
