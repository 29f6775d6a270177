"""The sheet that a supervisor takes along: visits in their order, and a checklist to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, sentence, translator
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.report_tally import area_name
from api.services.route_book import SOURCES
from api.services.supervision import checklist
from api.services.supervision_tables import VISITS
from api.services.visit_route import VISIT_S, visit_route

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.monitoring_sheets import Wanted
    from api.services.visit_route import VisitRoute
    from data.schema import SupervisionVisit

__all__ = ["visit_route_tables"]

NOT_EXACT = N_("* Posyandunya belum ada di peta; jaraknya sampai kantor kelurahan.")
LEFT_OVER = N_("Tidak muat pada hari itu, pindahkan ke hari lain: %(tempat)s.")
WHOLE_DAY = N_(
    "Berangkat dari %(mulai)s pukul %(berangkat)s, kembali pukul %(kembali)s, seluruhnya "
    "%(jarak)s. Setiap kunjungan dihitung %(menit)s menit (angka kerja)."
)


def visit_route_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return a day's visits in the order planned, and the checklist with a column for each.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office.
    """
    if wanted.is_public:
        raise Refused("monitoring.inside")
    say, formats = translator(wanted.language), Formats(wanted.language)
    route = visit_route(session, day=wanted.day or local_date(wanted.now), visitor=wanted.visitor)
    source = SOURCES[wanted.language].get(route.distance_source, route.distance_source)
    rows: list[tuple[Cell, ...]] = [
        (
            number,
            f"{_place(leg.visit)}{'' if leg.is_exact else ' *'}",
            _hour(leg.starts_s, formats),
            _hour(leg.ends_s, formats),
            leg.distance_m / 1000,
            "; ".join(sentence(f"sign.{sign}", {}, wanted.language) for sign in leg.visit.reasons),
        )
        for number, leg in enumerate(route.legs, start=1)
    ]
    items = [row["name_en"] if wanted.language == "en" else row["name_id"] for row in checklist()]
    return (
        Table(
            title=" · ".join((say(N_("Rute kunjungan")), formats.day(route.day), route.visitor)),
            columns=(
                Column(say(N_("Urutan")), ColumnKind.COUNT),
                Column(say(N_("Tempat"))),
                Column(say(N_("Mulai"))),
                Column(say(N_("Selesai"))),
                Column(say(N_("Jarak (km)")), ColumnKind.DECIMAL),
                Column(say(N_("Sebab"))),
            ),
            rows=tuple(rows),
            source=source,
            as_of=local_date(wanted.now),
            notes=_notes(route, wanted),
            openings=tuple(f"{VISITS}/{leg.visit.id}" for leg in route.legs),
        ),
        Table(
            title=say(N_("Daftar periksa, diisi di tempat")),
            columns=(
                Column(say(N_("Butir"))),
                *(
                    Column(f"{number}. {_place(leg.visit)}")
                    for number, leg in enumerate(route.legs, start=1)
                ),
            ),
            rows=tuple((item, *("☐" for _ in route.legs)) for item in items) if route.legs else (),
            source=say(N_("Asuh, daftar periksa pengawasan")),
            as_of=local_date(wanted.now),
        ),
    )


def _notes(route: VisitRoute, wanted: Wanted) -> tuple[str, ...]:
    say, formats = translator(wanted.language), Formats(wanted.language)
    if not route.legs and not route.left_over:
        return ()
    return (
        say(
            WHOLE_DAY,
            mulai=route.start,
            berangkat=_hour(route.leaves_s, formats),
            kembali=_hour(route.returns_s, formats),
            jarak=formats.kilometres(route.distance_m),
            menit=VISIT_S // 60,
        ),
        *((say(NOT_EXACT),) if any(not leg.is_exact for leg in route.legs) else ()),
        *(
            (say(LEFT_OVER, tempat=", ".join(_place(visit) for visit in route.left_over)),)
            if route.left_over
            else ()
        ),
    )


def _place(visit: SupervisionVisit) -> str:
    ward = area_name(visit.kelurahan_code, "kelurahan")
    return " · ".join(filter(None, (visit.posyandu, ward)))


def _hour(second: int, formats: Formats) -> str:
    return formats.hour(f"{second // 3600:02}:{second % 3600 // 60:02}")
