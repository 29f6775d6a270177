"""``asuh run``: the whole month without a server, from files to files."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from api.cli.arguments import DAY, MONTH, SECONDS, SEED
from api.cli.output import answer, in_words, progress_bar, refusal_text, refuse
from api.services.dispatch import ExportKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.whole_month import InputFile, MonthOptions, WholeMonth
    from data.schema import Cycle
    from data.sealing import KeyRing

SHEETS = {
    "sheets/route-sheets.pdf": ExportKind.SHEETS_PDF,
    "sheets/loading-list.pdf": ExportKind.LOADING_PDF,
    "sheets/labels.pdf": ExportKind.LABELS_PDF,
    "sheets/delivery-notes.pdf": ExportKind.DELIVERY_NOTES_PDF,
    "sheets/sign-lists.pdf": ExportKind.SIGN_LIST_PDF,
    "sheets/route-sheets.xlsx": ExportKind.RESULTS_XLSX,
    "stops.csv": ExportKind.STOPS_CSV,
    "stops-planner.csv": ExportKind.PLANNER_CSV,
    "routes.gpx": ExportKind.GPX,
    "routes.kml": ExportKind.KML,
    "routes.geojson": ExportKind.GEOJSON,
    "map-links.txt": ExportKind.MAP_LINKS,
}
WRITTEN = {
    *SHEETS, "assignments.csv", "unassigned.csv", "matching.json", "changes.csv", "packages.csv",
    "shortages.csv", "plan.json", "unserved.csv", "duplicates.csv", "report.json", "report.pdf",
    "rejected-rows.xlsx",
}  # fmt: skip
"""Everything that a run may write; what an earlier run left of it is replaced or removed."""
PRIVATE = "asuh-run-"
FORGOTTEN_S = 86_400.0
"""A run that has written nothing to its database for a day was killed."""
NAMES_SHOWN = 8
READ = {".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".txt"}


@click.command(
    epilog="Example: asuh run --in in/ --month 2026-12 --out out/",
)
@click.option(
    "--in",
    "source",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the files that staff hold; each is recognised by its headers.",
)
@click.option("--month", required=True, type=MONTH, help="The month, as 2026-12.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--seed", default=1, show_default=True, type=SEED, help="Seed of lottery and route search."
)
@click.option(
    "--date-order",
    type=click.Choice(["dmy", "mdy"]),
    help="How to read dates that could be read both ways; asked for when it matters.",
)
@click.option(
    "--shortage",
    type=click.Choice(["purchase", "wait", "leave_out"]),
    default="purchase",
    show_default=True,
    help="When stock is short: list what to buy, let the least needy wait, or go without the item.",
)
@click.option(
    "--delivery",
    type=click.Choice(["choose", "homes", "drop_points"]),
    default="choose",
    show_default=True,
    help="Where packages go: whatever drives best, to each home, or to drop points only.",
)
@click.option(
    "--seconds",
    type=SECONDS,
    help="End the route search by the clock; without it the search is counted, and the same files "
    "give the same routes.",
)
@click.option(
    "--roads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Road map (.roads, .osm, .osm.pbf, .graphml); without it: straight lines with detour.",
)
@click.option(
    "--roads-as-of", default="", type=DAY, help="Date of the map (2026-11-01) where FILE has none."
)
@click.option("--force", is_flag=True, help="Replace files in --out that are of another month.")
@click.option("--split-siblings", is_flag=True, help="Let siblings go to different sponsors.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    source: Path,
    month: str,
    out: Path,
    seed: int,
    date_order: str | None,
    shortage: str,
    delivery: str,
    seconds: float | None,
    roads: Path | None,
    roads_as_of: str,
    force: bool,
    split_siblings: bool,
    language: str,
    as_json: bool,
) -> None:
    """Do the month without a server: import, match, pack, plan, sheets.

    The result is a proposal: a person's approval is still owed before anything is handed out. A
    second run of the same month replaces what the first wrote into --out; files of another month,
    or that no run wrote, stay unless --force is given.
    """
    from api.i18n import sentence
    from api.services.errors import ServiceError
    from api.services.planning import DeliveryMode
    from api.services.shortages import Remedy
    from api.services.whole_month import MonthOptions
    from data.readers.messages import sentence as file_sentence
    from data.readers.records import FileRefused

    options = MonthOptions(
        seed=seed,
        date_order=date_order,
        shortage=Remedy(shortage),
        delivery=DeliveryMode(delivery),
        route_seconds=seconds,
        split_siblings=split_siblings,
    )
    from logistics.roads import RoadFileError

    try:
        replaced = _replaceable(source, out, month, force=force)
        with progress_bar("asuh run", shown=not as_json) as progress:
            report = run_month(
                source, month, out, options, cast("Language", language),
                in_words(progress, language), roads, roads_as_of,
            )  # fmt: skip
    except FileRefused as error:
        text = file_sentence(error.code, error.params, language)
        refuse(text, as_json=as_json, code=error.code)
    except (ServiceError, RoadFileError) as error:
        text = refusal_text(error.code, error.params, language)
        refuse(text, as_json=as_json, code=error.code)
    text = _summary(report, out, language)
    if replaced:
        text = f"{sentence('run.replaced', {'count': len(replaced)}, language)}\n{text}"
    answer(report, as_json=as_json, text=text)


def run_month(
    source: Path,
    month: str,
    out: Path,
    options: MonthOptions,
    language: Language,
    progress: Callable[[float, str], None],
    roads: Path | None = None,
    roads_as_of: str = "",
) -> dict[str, object]:
    """Run the month in a private database and write its files; return what was reported."""
    from api.services.errors import Refused
    from api.services.months import checked_month
    from api.services.whole_month import WholeMonth, people_of_a_run
    from data.engine import make_engine, migrate, write_session
    from data.sealing import new_key_ring

    checked_month(month)
    files = _input_files(source)
    if not files:
        raise Refused("run.no_files", folder=str(source))
    keys = new_key_ring()
    _drop_forgotten()
    with tempfile.TemporaryDirectory(prefix=PRIVATE) as folder:
        engine = make_engine(f"sqlite:///{folder}/month.sqlite", audit_key=keys.audit)
        try:
            migrate(engine)
            with write_session(engine) as session:
                people = people_of_a_run(session, now=_now(), language=language)
            whole = WholeMonth(
                engine,
                month=month,
                people=people,
                keys=keys,
                clock=_now,
                options=options,
                progress=progress,
            )
            if roads is not None:
                whole.drive_on(roads, as_of=roads_as_of)
            whole.take_in(files)
            whole.compare()
            if whole.match(require_consent=any(file.kind == "consents" for file in files)):
                whole.approve(as_proposal=True)
                whole.pack()
                whole.plan()
            else:
                whole.run.note("run.nobody_matched")
            return _write_files(engine, whole, out, keys, language)
        finally:
            engine.dispose()


def _replaceable(source: Path, out: Path, month: str, *, force: bool) -> list[str]:
    """Return which files of an earlier run of the month stand in ``out``.

    Raises
    ------
    Refused
        ``run.into_its_inputs``; ``run.other_files`` where a file would go that no run of this month
        wrote, unless ``force``.
    """
    from api.services.errors import Refused

    if source.resolve() == out.resolve():
        raise Refused("run.into_its_inputs", folder=str(source))
    held = sorted(name for name in WRITTEN if (out / name).exists())
    if held and not force and _month_of(out / "report.json") != month:
        shown = ", ".join(held[:NAMES_SHOWN]) + (" …" if len(held) > NAMES_SHOWN else "")
        raise Refused("run.other_files", out=str(out), files=shown, month=month)
    return held


def _month_of(report: Path) -> str | None:
    """Return the month of an earlier run's report; None where no run has ended."""
    try:
        found = json.loads(report.read_bytes())
    except (OSError, ValueError):
        return None
    month = found.get("month") if isinstance(found, dict) else None
    return month if isinstance(month, str) else None


def _drop_forgotten() -> None:
    """Remove the private databases of runs that were killed: they hold children's names."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PRIVATE}*"):
        try:
            last = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
        except OSError:  # another person's, or gone meanwhile
            continue
        if time.time() - last > FORGOTTEN_S:
            shutil.rmtree(folder, ignore_errors=True)


def _now() -> datetime:
    return datetime.now(tz=UTC)


def _input_files(source: Path) -> Sequence[InputFile]:
    from api.services.whole_month import recognised

    return [
        recognised(path.name, path.read_bytes())
        for path in sorted(source.iterdir())
        if path.is_file() and path.suffix.lower() in READ and not path.name.startswith(("~$", "."))
    ]


def _write_files(
    engine: Engine, whole: WholeMonth, out: Path, keys: KeyRing, language: Language
) -> dict[str, object]:
    """Write everything into a fresh folder beside ``out``, then swap: all of it or nothing."""
    from api.services import cycles, reports
    from api.services.month_files import month_files
    from api.services.whole_month import kept_off, report_with, totals_of
    from data.engine import write_session

    whole.progress(0.86, "files")
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=whole.run.month)
        files = month_files(session, cycle=cycle, language=language)
        files |= _rejected(session, whole, keys, language)
        files |= _sheets(session, cycle, whole, language)
        whole.progress(0.95, "report")
        written = reports.export_formats(
            session,
            cycle=cycle,
            formats=("pdf", "json"),
            by=whole.people.staff,
            now=_now(),
            purpose="asuh run",
            language=language,
        )
        files |= {f"report.{ending}": each.content for ending, each in written.items()}
        totals, held = totals_of(session, cycle), kept_off(session, cycle)
    files["report.json"] = report_with(whole.run, totals, held, files["report.json"])
    _replace_files(out, files)
    report: dict[str, object] = json.loads(files["report.json"])
    return report


def _sheets(
    session: Session, cycle: Cycle, whole: WholeMonth, language: Language
) -> dict[str, bytes]:
    """Return what couriers and warehouse get; without a route only the labels of packages."""
    from api.services.dispatch import export_files
    from api.services.package_list import list_packages
    from api.services.route_views import list_routes

    sheets = SHEETS
    if not list_routes(session, cycle=cycle):
        if not list_packages(session, cycle=cycle):
            return {}
        sheets = {name: kind for name, kind in SHEETS.items() if kind is ExportKind.LABELS_PDF}
    made = export_files(
        session,
        cycle=cycle,
        kinds=tuple(sheets.values()),
        by=whole.people.coordinator,
        now=_now(),
        purpose="asuh run",
        language=language,
    )
    return {name: made[kind].content for name, kind in sheets.items()}


def _rejected(
    session: Session, whole: WholeMonth, keys: KeyRing, language: Language
) -> dict[str, bytes]:
    """Return the rows that were kept out as one workbook, a sheet per file; empty sheets too."""
    from api.services.import_batches import rejected_rows_file
    from data.readers.rejects import gathered_xlsx

    by, now = whole.people.staff, _now()
    found = [
        (batch.file_name, held[1])
        for batch in whole.run.imports
        if (held := rejected_rows_file(session, batch=batch, by=by, now=now, keys=keys))
    ]
    return {"rejected-rows.xlsx": gathered_xlsx(found, language=language)}


def _replace_files(out: Path, files: dict[str, bytes]) -> None:
    """Write all beside, then rename; what an earlier run left and this one has not is removed.

    A run that ends while it writes leaves the earlier files whole. The report comes last: where it
    is new, every file is.
    """
    out.mkdir(parents=True, exist_ok=True)
    beside = {name: out / f"{name}.part" for name in WRITTEN | set(files)}
    for path in beside.values():
        path.unlink(missing_ok=True)
    for name, content in files.items():
        beside[name].parent.mkdir(parents=True, exist_ok=True)
        beside[name].write_bytes(content)
    for name in sorted(files, key=lambda name: (name == "report.json", name)):
        beside[name].replace(out / name)
    for name in WRITTEN - set(files):
        (out / name).unlink(missing_ok=True)


def _summary(report: dict[str, object], out: Path, language: str) -> str:
    """Say in a few lines what became of the month, and what a person must still look at."""
    from api.i18n import sentence

    files = report["files"]
    notes = report["notes"]
    assert isinstance(files, list) and isinstance(notes, list)  # noqa: S101, PT018 - we wrote them
    lines = [sentence("run.file", file, language) for file in files]
    lines += [sentence(str(note["code"]), note["params"], language) for note in notes]
    totals, held = report["totals"], report["kept_off"]
    assert isinstance(totals, dict) and isinstance(held, dict)  # noqa: S101, PT018
    lines += [
        sentence("run.kept_off", {"count": count, "why": sentence(code, {}, language)}, language)
        for code, count in sorted(held.items(), key=lambda each: -each[1])
    ]
    lines.append(sentence("run.totals", totals, language))
    lines.append(sentence("run.done", {"out": str(out)}, language))
    return "\n".join(lines)
