"""The whole month in one go, step by step through the same use cases as the pages.

The command line runs it on a private database (``asuh run``), and the demonstration uses it to
show a month that is already matched and planned. Each step is a transaction of its own.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func
from sqlmodel import col, select

from api.i18n import sentence
from api.services import cycles, duplicates, intake, matching, packing, planning, routes
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.engine import write_session
from data.queries.cycles import state_word
from data.schema import (
    Account,
    Assignment,
    Cycle,
    CycleChild,
    ImportBatch,
    Package,
    PairKind,
    Role,
    Route,
    Unassigned,
    UnservedStop,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlmodel import Session

    from data.readers.table import Workbook
    from data.sealing import KeyRing

LOCK_REASON = "asuh run"
"""Nobody is there to decide on pairs: both children are held and the pairs are written out."""

KIND_ORDER = (
    "places", "fleet", "stock", "children", "krs", "consents", "sponsors", "last_month",
)  # fmt: skip
"""What must be known before what: a consent names a child, a pair names both."""


@dataclass(frozen=True)
class InputFile:
    """A file that staff hold, parsed; ``kind`` is found in its headers, never in its name."""

    book: Workbook
    kind: str

    @property
    def name(self) -> str:
        """The file's name as staff know it."""
        return self.book.file_name


@dataclass(frozen=True, kw_only=True)
class MonthOptions:
    """What one may choose for a month that runs by itself.

    Attributes
    ----------
    seed
        Of the lottery that breaks ties, and of the route search.
    date_order
        ``dmy`` or ``mdy``: the answer for date columns that could be read both ways.
    shortage
        What is done about items that are short.
    delivery, route_seconds
        Where packages go, and how long routes are searched for; None: counted, not timed, so that
        the same files give the same routes.
    split_siblings
        Whether children of one household may go to different sponsors.
    """

    seed: int = 1
    date_order: str | None = None
    shortage: Remedy = Remedy.PURCHASE
    delivery: planning.DeliveryMode = planning.DeliveryMode.CHOOSE
    route_seconds: float | None = None
    split_siblings: bool = False


@dataclass
class People:
    """Who acts: three persons, because the proposer never approves."""

    staff: Account
    approver: Account
    coordinator: Account


@dataclass
class MonthRun:
    """What happened, to be reported."""

    month: str
    imports: list[ImportBatch] = field(default_factory=list)
    notes: list[dict[str, object]] = field(default_factory=list)
    reached: str = "draft"

    def note(self, code: str, **params: object) -> None:
        """Remember something that the reader must know."""
        self.notes.append({"code": code, "params": params})


def recognised(name: str, content: bytes) -> InputFile:
    """Say what kind of file this is.

    Raises
    ------
    FileRefused
        It cannot be read, or is of no known kind.
    """
    from data.readers.recognise import recognise
    from data.readers.table import read_workbook

    book = read_workbook(content, name)
    return InputFile(book, recognise(book).kind.value)


class WholeMonth:
    """One month from files to confirmed routes, on one database.

    Parameters
    ----------
    progress
        Called with the share done and a step's code.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        month: str,
        people: People,
        keys: KeyRing,
        clock: Callable[[], datetime],
        options: MonthOptions,
        progress: Callable[[float, str], None],
    ) -> None:
        self.engine = engine
        self.people = people
        self.keys = keys
        self.clock = clock
        self.options = options
        self.progress = progress
        self.run = MonthRun(month)

    @contextmanager
    def _cycle(self) -> Iterator[tuple[Session, Cycle]]:
        with write_session(self.engine) as session:
            yield session, cycles.find_cycle(session, month=self.run.month)

    def take_in(self, files: Sequence[InputFile]) -> None:
        """Import every file, in the order in which they need one another."""
        ordered = sorted(files, key=lambda file: (KIND_ORDER.index(file.kind), file.name))
        for number, file in enumerate(ordered):
            self.progress(0.35 * number / len(ordered), file.name)
            with write_session(self.engine) as session:
                batch = intake.import_file(
                    session,
                    file_name=file.name,
                    content=file.book,
                    by=self.people.staff,
                    now=self.clock(),
                    keys=self.keys,
                    kind=file.kind,
                    options=self._import_options(file.kind),
                )
                self.run.imports.append(batch)
        given = {file.kind for file in files}
        for kind in KIND_ORDER:
            if kind not in given:
                self.run.note(f"run.no_file.{kind}")

    def _import_options(self, kind: str) -> Mapping[str, object]:
        options: dict[str, object] = {}
        if self.options.date_order:
            options["date_order"] = self.options.date_order
        if kind == "last_month":
            from api.services.months import later_month

            options["month"] = later_month(self.run.month, -1)
        return options

    def drive_on(self, path: Path, *, as_of: str = "") -> None:
        """Install a road map, of a day where its file says none; raises `RoadFileError`."""
        from api.services.road_map import install_map
        from logistics.road_files import read_roads

        network = read_roads(path, as_of=as_of)
        with write_session(self.engine) as session:
            install_map(
                session,
                network=network,
                name=path.name,
                by=self.people.coordinator,
                now=self.clock(),
            )

    def compare(self) -> None:
        """Look for children and sponsors that may be one; a person judges the pairs."""
        self.progress(0.36, "duplicates")
        with write_session(self.engine) as session:
            for kind in PairKind:
                duplicates.find_duplicates(
                    session, by=self.people.staff, now=self.clock(), kind=kind
                )

    def match(self, *, require_consent: bool) -> bool:
        """Open, lock and match the month; False when it has nobody to match."""
        from matcher.policy import Policy

        staff = self.people.staff
        with write_session(self.engine) as session:
            cycles.open_cycle(
                session, month=self.run.month, by=staff, now=self.clock(), any_month=True
            )
        if not require_consent:
            self.run.note("run.consent_not_required")
        self.progress(0.45, "lock")
        with self._cycle() as (session, cycle):
            cycles.lock_cycle(
                session,
                cycle=cycle,
                by=staff,
                now=self.clock(),
                require_consent=require_consent,
                reason=LOCK_REASON,
            )
        self.progress(0.5, "match")
        policy = Policy(seed=self.options.seed, split_siblings=self.options.split_siblings)
        with self._cycle() as (session, cycle):
            found = matching.propose_matching(
                session,
                cycle=cycle,
                by=staff,
                now=self.clock(),
                policy=policy,
                seed=self.options.seed,
                progress=lambda share, note: self.progress(0.5 + 0.15 * share, note),
            )
            self.run.reached = cycle.state.value
            unproved = [str(level["name"]) for level in found.levels if level["status"] == "gap"]
            if unproved:
                self.run.note("run.unproved", levels=[f"level_{name}" for name in unproved])
            return bool(found.num_assigned)

    def approve(self, *, as_proposal: bool) -> None:
        """Submit and approve with two different accounts.

        Parameters
        ----------
        as_proposal
            Go on as if it were approved, because packing needs that; nobody is named as approver,
            so that every list and paper of the month says that it is a proposal.
        """
        with self._cycle() as (session, cycle):
            cycles.submit_cycle(session, cycle=cycle, by=self.people.staff, now=self.clock())
        with self._cycle() as (session, cycle):
            cycles.approve_cycle(session, cycle=cycle, by=self.people.approver, now=self.clock())
            if as_proposal:
                cycle.approved_by = None
                session.add(cycle)
            self.run.reached = state_word(cycle)

    def pack(self) -> None:
        """Make the packages; what is short is signed for as the options say."""
        self.progress(0.66, "pack")
        by = self.people.coordinator
        with self._cycle() as (session, cycle):
            result = packing.pack_cycle(session, cycle=cycle, by=by, now=self.clock())
            for short in result.shortages:
                self.run.note(
                    "run.shortage", item=short.item_code, missing=short.missing,
                    remedy=self.options.shortage.value,
                )  # fmt: skip
                sign_shortage(
                    session,
                    cycle=cycle,
                    item_code=short.item_code,
                    remedy=self.options.shortage,
                    by=by,
                    now=self.clock(),
                )
            if result.shortages:
                packing.pack_cycle(session, cycle=cycle, by=by, now=self.clock())
            if not result.has_stock_list:
                self.run.note("run.purchase_list")
            packing.mark_packed(session, cycle=cycle, by=by, now=self.clock())
            self.run.reached = state_word(cycle)

    def plan(self) -> int:
        """Plan and confirm the routes; the number of routes."""
        self.progress(0.72, "plan")
        by = self.people.coordinator
        with self._cycle() as (session, cycle):
            plan = planning.plan_routes(
                session,
                cycle=cycle,
                by=by,
                now=self.clock(),
                options=planning.PlanOptions(
                    mode=self.options.delivery,
                    seed=self.options.seed,
                    seconds=self.options.route_seconds,
                ),
                progress=lambda share, note: self.progress(0.72 + 0.13 * share, note),
            )
            for said in plan.notes:
                self.run.note(said.code, **said.params)
            routes.confirm_all(session, cycle=cycle, by=by, now=self.clock())
            return len(plan.routes)


def people_of_a_run(session: Session, *, now: datetime, language: str = "id") -> People:
    """Make the three accounts under which a month runs by itself; none of them can sign in.

    Their name stands on every paper, in the language of the papers.
    """
    by_itself = sentence("run.by_itself", {}, language)
    accounts = [
        Account(
            username=name,
            full_name=by_itself,
            role=role,
            created_at=now,
            is_active=False,
            language=language,
        )
        for name, role in (
            ("asuh-run", Role.STAFF),
            ("asuh-run-approver", Role.APPROVER),
            ("asuh-run-coordinator", Role.COORDINATOR),
        )
    ]
    session.add_all(accounts)
    session.flush()
    return People(*accounts)


def imports_report(run: MonthRun) -> list[dict[str, object]]:
    """Return per file what became of each of its rows, and whether the counts add up."""
    report = []
    for batch in run.imports:
        parts = {
            name: batch.counts.get(name, 0)
            for name in ("new", "changed", "same", "merged", "rejected")
        }
        report.append(
            {
                "file": batch.file_name,
                "kind": batch.kind,
                "sha256": batch.sha256,
                "rows": batch.counts.get("total", 0),
                **parts,
                "warnings": batch.counts.get("warnings", 0),
                "adds_up": batch.counts.get("total", 0) == sum(parts.values()),
            }
        )
    return report


def totals_of(session: Session, cycle: Cycle) -> dict[str, int]:
    """Return how many were eligible, paired, left out, packed, routed and left unserved."""

    def count(*where: Any) -> int:
        return session.exec(select(func.count()).where(*where)).one()

    run_id, plan_id = cycle.match_run_id or 0, cycle.plan_run_id or 0
    return {
        "registered": count(CycleChild.cycle_id == cycle.id),
        "eligible": count(CycleChild.cycle_id == cycle.id, col(CycleChild.is_eligible).is_(True)),
        "assigned": count(Assignment.match_run_id == run_id),
        "unassigned": count(Unassigned.match_run_id == run_id),
        "packages": count(Package.cycle_id == cycle.id),
        "routes": count(Route.plan_run_id == plan_id),
        "unserved": count(UnservedStop.plan_run_id == plan_id),
    }


def kept_off(session: Session, cycle: Cycle) -> dict[str, int]:
    """Return how many children each rule keeps off the month, but for those never stunted."""
    rows = session.exec(
        select(CycleChild.reason, func.count())
        .where(
            CycleChild.cycle_id == cycle.id,
            col(CycleChild.is_eligible).is_(False),
            CycleChild.reason != "child.not_stunted",
        )
        .group_by(col(CycleChild.reason))
    ).all()
    return {str(reason): count for reason, count in rows}


def report_with(
    run: MonthRun, totals: dict[str, int], kept_off: dict[str, int], report: bytes
) -> bytes:
    """Return the month's report as JSON with files, notes and totals of this run in front."""
    content = json.loads(report)
    head = {
        "month": run.month,
        "reached": run.reached,
        "files": imports_report(run),
        "notes": run.notes,
        "totals": totals,
        "kept_off": kept_off,
    }
    return json.dumps({**head, **content}, ensure_ascii=False, indent=1).encode()
