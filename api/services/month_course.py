"""The road and the pairs month by month: kilometres, days late, changes, children per sponsor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, translator
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.monitoring import closed_figures
from data.reference.indicators import indicators

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.monitoring_sheets import Wanted
    from api.services.report_versions import Figures

__all__ = ["course_tables"]

ROAD = (
    ("delivery_routes", ColumnKind.COUNT),
    ("delivery_stops", ColumnKind.COUNT),
    ("delivery_km", ColumnKind.DECIMAL),
    ("road_stops_per_route", ColumnKind.DECIMAL),
    ("road_km_per_stop", ColumnKind.DECIMAL),
    ("delivery_reached", ColumnKind.COUNT),
    ("delivery_late", ColumnKind.COUNT),
    ("delivery_days_late", ColumnKind.DECIMAL),
    ("delivery_attempts", ColumnKind.COUNT),
)
PAIRS = (
    ("matching_matched", ColumnKind.COUNT),
    ("matching_unmatched", ColumnKind.COUNT),
    ("matching_changes", ColumnKind.COUNT),
    ("matching_bridged", ColumnKind.COUNT),
    ("sponsors_active", ColumnKind.COUNT),
    ("pairs_sponsors", ColumnKind.COUNT),
    ("pairs_per_sponsor", ColumnKind.DECIMAL),
    ("matching_max_children", ColumnKind.COUNT),
)


def course_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the road and the pairs of the city, a row per closed month.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office: the monthly report publishes them.
    """
    if wanted.is_public:
        raise Refused("monitoring.inside")
    months = [
        (month, city_course(figures))
        for month, figures in closed_figures(session, wanted.first_month, wanted.last_month)
    ]
    say = translator(wanted.language)
    return tuple(
        _table(say(title), figures, months, wanted)
        for title, figures in (
            (N_("Rute dan penyaluran, bulan demi bulan"), ROAD),
            (N_("Pasangan, bulan demi bulan"), PAIRS),
        )
    )


def city_course(figures: Figures) -> dict[str, float | str | None]:
    """Return the figures of the city, with those per route, stop and sponsor."""
    counts = figures.counts
    known: dict[str, float | str | None] = {**counts.by_level()["city"].get("", {}), **counts.city}
    stops, routes = _number(known, "delivery_stops"), _number(known, "delivery_routes")
    own = [children for _, children, *_ in counts.sponsors]
    return known | {
        "road_stops_per_route": stops / routes if routes else None,
        "road_km_per_stop": _number(known, "delivery_km") / stops if stops else None,
        "pairs_sponsors": len(own),
        "pairs_per_sponsor": sum(own) / len(own) if own else None,
    }


def _number(known: dict[str, float | str | None], code: str) -> float:
    value = known.get(code)
    return value if isinstance(value, (int, float)) else 0.0


def _table(
    title: str,
    figures: tuple[tuple[str, ColumnKind], ...],
    months: list[tuple[str, dict[str, float | str | None]]],
    wanted: Wanted,
) -> Table:
    say, formats = translator(wanted.language), Formats(wanted.language)
    names = {
        each.code: each.name_en if wanted.language == "en" else each.name_id
        for each in indicators(wanted.last_month)
    }
    rows: list[tuple[Cell, ...]] = [
        (formats.month(month), *(known.get(code) for code, _ in figures)) for month, known in months
    ]
    return Table(
        title=title,
        columns=(
            Column(say(N_("Bulan"))),
            *(Column(names[code], kind, code) for code, kind in figures),
        ),
        rows=tuple(rows),
        source=say(N_("Asuh, laporan bulan yang ditutup")),
        as_of=local_date(wanted.now),
        behind=tuple(
            f"/monev/baris?angka={{code}}&bulan={month}&tingkat=city" for month, _ in months
        ),
    )
