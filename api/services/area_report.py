"""The monthly report of one kecamatan or kelurahan: the city's figures, looked at from there.

Every figure is one of the city's report of that version: nothing is counted anew, so that the two
cannot differ, and what leaves the office hides the very figures that the city's public report does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sqlmodel import col, select

from api.documents.report_models import Column, ColumnKind
from api.i18n import Formats
from api.sentences.reports import TITLES
from api.services.errors import NotFound
from api.services.months import later_month
from api.services.own_units import own_units
from api.services.public_report import hidden_in_report
from api.services.report_columns import Figure, area_figures
from api.services.report_tables import Line, Writer, rows_address
from api.services.report_versions import figures_of_months
from data.reference.indicators import indicators
from data.reference.regions import regions
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from api.documents.report_models import Table
    from api.services.report_versions import Figures
    from data.reference.regions import Kelurahan

__all__ = [
    "CITY",
    "NUM_MONTHS",
    "SIGNED_BY",
    "AreaLevel",
    "ReportArea",
    "area_tables",
    "find_area",
    "report_areas",
]

AreaLevel = Literal["city", "kecamatan", "kelurahan"]
NUM_MONTHS = 6
COURSE = tuple(
    Figure(code)
    for code in (
        "target_registered", "target_eligible", "matching_matched", "delivery_planned",
        "delivery_delivered", "delivery_partial", "delivery_late", "nutrition_measured",
        "nutrition_gain_n", "nutrition_gain_t", "nutrition_two_t", "nutrition_severe",
    )
)  # fmt: skip
"""What is told month by month."""
OF_POSYANDU = (
    "target_eligible", "matching_matched", "team_measured", "team_families", "team_accompanied",
    "delivery_planned", "delivery_delivered", "delivery_partial",
)  # fmt: skip
"""What is told of each posyandu; it stays in the office."""
SIGNED_BY: Mapping[AreaLevel, tuple[str, ...]] = {
    "city": ("head", "tpps"),
    "kecamatan": ("camat", "tpps_kecamatan"),
    "kelurahan": ("lurah", "tpps_kelurahan"),
}
"""Level → the functions that sign, by the names of their titles."""


@dataclass(frozen=True, slots=True)
class ReportArea:
    """What a monthly report is about: the city, or one kecamatan or kelurahan by its name."""

    level: AreaLevel = "city"
    name: str = ""

    @property
    def is_city(self) -> bool:
        """Whether it is the whole city."""
        return self.level == "city"

    def __str__(self) -> str:
        """Return what addresses call it (``kelurahan Bukit Sari``); nothing for the city."""
        return "" if self.is_city else f"{self.level} {self.name}"


CITY = ReportArea()


def report_areas() -> tuple[ReportArea, ...]:
    """Return every kecamatan, each followed by its kelurahan, by name."""
    found = []
    for district in sorted({kecamatan for _, kecamatan in _wards()}):
        found.append(ReportArea("kecamatan", district))
        names = sorted(ward.name for ward, kecamatan in _wards() if kecamatan == district)
        found += [ReportArea("kelurahan", name) for name in names]
    return tuple(found)


def find_area(text: str) -> ReportArea:
    """Return the area that an address names; nothing is the city.

    Raises
    ------
    NotFound
        ``report.area``.
    """
    for area in (CITY, *report_areas()):
        if str(area) == text:
            return area
    raise NotFound("report.area", found=text)


def area_tables(
    session: Session, *, cycle: Cycle, area: ReportArea, figures: Figures, writer: Writer
) -> tuple[Table, ...]:
    """Return the tables of a kecamatan or kelurahan: beside its like, by month, by posyandu.

    A kecamatan's lines are its kelurahan; a kelurahan's are itself, its kecamatan and the city.
    """
    lines, total = _lines(area, figures.by_level(), writer)
    units = own_units(session)
    if units is not None:  # what it lies in is others' as well
        lines = [line for line in lines if units.holds(line.level, line.area)]
    suffix, head = ("kelurahan", "kelurahan") if total else ("own", "area")
    tables = [
        writer.by_area(f"{group}_{suffix}", head, columns, lines, total=total)
        for group, columns in area_figures(figures.counts).items()
    ]
    tables.append(_course(session, cycle, area, writer))
    if area.level == "kelurahan" and not writer.is_public:
        tables.append(_posyandu(area, figures, writer))
    return tuple(tables)


def _lines(
    area: ReportArea,
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]],
    writer: Writer,
) -> tuple[list[Line], Line | None]:
    """Return the lines of an area's tables, and the one below them where they add up to it."""

    def line(level: str, name: str) -> Line:
        return Line(level, name, levels[level].get(name, {}), name)

    if area.level == "kecamatan":
        wards = {ward.name for ward, kecamatan in _wards() if kecamatan == area.name}
        known = [name for name in sorted(levels["kelurahan"]) if name in wards]
        return [line("kelurahan", name) for name in known], line("kecamatan", area.name)
    kecamatan = next(each for ward, each in _wards() if ward.name == area.name)
    named = f"{writer.say(TITLES['kecamatan'])} {kecamatan}"
    above = replace(line("kecamatan", kecamatan), name=named)
    return [line("kelurahan", area.name), above, line("city", "")], None


def _course(session: Session, cycle: Cycle, area: ReportArea, writer: Writer) -> Table:
    """Return the closed months up to this one, each as its last report tells it."""
    first = later_month(cycle.month, 1 - NUM_MONTHS)
    closed = select(Cycle).where(
        Cycle.state == CycleState.CLOSED, Cycle.month >= first, Cycle.month <= cycle.month
    )
    formats = Formats(writer.language)
    rows, behind = [], []
    for each, figures in figures_of_months(
        session, cycles=session.exec(closed.order_by(col(Cycle.month))).all()
    ):
        own = Writer(
            month=each.month,
            as_of=writer.as_of,
            language=writer.language,
            hidden=hidden_in_report(session, figures) if writer.is_public else None,
        )
        values = figures.by_level()[area.level].get(area.name, {})
        cells = own.line(COURSE, Line(area.level, area.name, values))
        rows.append((formats.month(each.month), *cells))
        behind.append(rows_address(each.month, area.level, area.name))
    return writer.table(
        TITLES["course"],
        (
            Column(writer.say(TITLES["month"])),
            *(
                Column(writer.say(TITLES[figure.code]), figure.kind, figure.code)
                for figure in COURSE
            ),
        ),
        tuple(rows),
        behind=tuple(behind),
        notes=(
            writer.say(TITLES["course_note"]),
            writer.say(TITLES["city_only_note"]),
            *((writer.say(TITLES["suppressed"]),) if writer.is_public else ()),
        ),
    )


def _posyandu(area: ReportArea, figures: Figures, writer: Writer) -> Table:
    """Return the posyandu of a kelurahan; of a month closed before they were counted, none."""
    units = figures.counts.teams.get("posyandu", {})
    ending = f" · {area.name}"
    names = [name for name in sorted(units) if name.endswith(ending)]
    is_english = writer.language == "en"
    titles = {
        each.code: each.name_en if is_english else each.name_id for each in indicators(writer.month)
    }
    return writer.table(
        TITLES["posyandu"],
        (
            Column(writer.say(TITLES["posyandu_head"])),
            *(Column(titles[code], ColumnKind.COUNT, code) for code in OF_POSYANDU),
        ),
        tuple(
            (name.removesuffix(ending), *(units[name].get(code, 0) for code in OF_POSYANDU))
            for name in names
        ),
        behind=tuple(rows_address(writer.month, "posyandu", name) for name in names),
    )


def _wards() -> list[tuple[Kelurahan, str]]:
    """Return every kelurahan with the name of its kecamatan."""
    known = regions()
    return [(ward, known.kecamatan(ward.kecamatan_code).name) for ward in known.all_kelurahan]
