"""How well each posyandu measures: rounded readings, unlikely ones, and those that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlmodel import col, select

from api.documents.report_models import ColumnKind
from api.i18n import N_
from api.services import looks
from api.services.clock import local_date, local_month
from api.services.errors import Refused
from api.services.figure_blocks import Block, tables_of
from api.services.months import first_day, last_day, later_month
from api.services.own_units import need_own_posyandu
from api.services.posyandu_readings import added_readings, count_readings
from api.services.report_columns import Figure
from api.services.report_counts import area_name
from api.services.report_versions import figures_reported
from data.queries.growth import readings_of
from data.reference.regions import regions
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from api.documents.report_models import Table
    from api.services.monitoring_sheets import Wanted
    from data.monitoring.digits import Digits
    from data.schema import Account

__all__ = [
    "FIGURES",
    "MeasuringPlace",
    "Reading",
    "measuring_places",
    "measuring_tables",
    "readings_behind",
]

NUM_MONTHS = 6
SOURCE = N_("Asuh, pengukuran enam bulan")
FIGURES = (
    Figure("quality_heights"),
    Figure("quality_heights_round"),
    Figure(
        "quality_heights_round_share",
        ColumnKind.PERCENT,
        ("quality_heights_round", "quality_heights"),
    ),
    Figure("quality_height_score", ColumnKind.DECIMAL, ("quality_heights",)),
    Figure("quality_weights"),
    Figure("quality_weights_round"),
    Figure(
        "quality_weights_round_share",
        ColumnKind.PERCENT,
        ("quality_weights_round", "quality_weights"),
    ),
    Figure("quality_weight_score", ColumnKind.DECIMAL, ("quality_weights",)),
)
VERDICTS = {
    "too_few": N_("terlalu sedikit untuk dinilai"),
    "within": N_("wajar"),
    "rounded": N_("dibulatkan: latih cara membaca alat"),
}


READINGS = "/monev/mutu-ukur/bacaan"
"""Where a page leads to from the figures of a place."""
WORST = ("rounded", "within", "too_few")
"""The order in which posyandu are listed: those to train first, within a verdict by name."""


@dataclass(frozen=True, slots=True)
class MeasuringPlace:
    """A posyandu (or a kelurahan's children without one) and its readings."""

    kelurahan: str
    posyandu: str
    heights: Digits
    weights: Digits


def measuring_places(session: Session, *, last_month: str) -> list[MeasuringPlace]:
    """Return every place where children were measured in six months, by name.

    A closed month counts as its last report kept it, other months as they are now.
    """
    from data.monitoring.digits import digit_preference  # scipy is slow to load

    months = [later_month(last_month, number) for number in range(1 - NUM_MONTHS, 1)]
    cycles = session.exec(
        select(Cycle).where(Cycle.state == CycleState.CLOSED, col(Cycle.month).in_(months))
    ).all()
    kept = {
        cycle.month: figures.readings
        for cycle, figures in figures_reported(session, cycles=cycles)
        if figures.readings is not None
    }
    live = count_readings(session, months=[month for month in months if month not in kept])
    counted = added_readings(
        {area_name(ward, "kelurahan"): places}
        for part in (*kept.values(), live)
        for ward, places in part.items()
    )
    return [
        MeasuringPlace(
            ward, posyandu, digit_preference(own["height"]), digit_preference(own["weight"])
        )
        for ward, places in sorted(counted.items())
        for posyandu, own in sorted(places.items())
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """A child's measuring as it was read; ``ends_round`` where the last digit is 0 or 5."""

    code: str
    measured_on: date
    height_mm: int | None
    weight_g: int | None

    @property
    def height_ends_round(self) -> bool:
        """Whether the height was read to a whole or half centimetre."""
        return self.height_mm is not None and self.height_mm % 5 == 0

    @property
    def weight_read_g(self) -> int | None:
        """The weight to the hundred grams that are looked at; what is finer was not read off."""
        return None if self.weight_g is None else self.weight_g // 100 * 100

    @property
    def weight_ends_round(self) -> bool:
        """Whether the weight was read to a whole or half kilogram."""
        return self.weight_read_g is not None and self.weight_read_g % 500 == 0


def readings_behind(
    session: Session,
    *,
    kelurahan: str,
    posyandu: str,
    last_month: str,
    by: Account,
    now: datetime,
) -> list[Reading]:
    """Return the readings of a place in six months as they are now; who looked is noted.

    Raises
    ------
    Forbidden
        ``access.place`` for a posyandu outside the place of who asks.
    """
    months = [later_month(last_month, number) for number in range(1 - NUM_MONTHS, 1)]
    known = [*(each.code for each in regions().all_kelurahan), ""]
    wards = [code for code in known if area_name(code, "kelurahan") == kelurahan]
    need_own_posyandu(session, wards=wards, posyandu=posyandu)
    found = readings_of(
        session,
        wards=wards,
        posyandu=posyandu,
        spans=[(first_day(month), last_day(month)) for month in months],
    )
    if found:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id="quality_heights",
            now=now, after={"month": last_month, "level": "posyandu", "rows": len(found),
                            "unit": " · ".join(filter(None, (posyandu, kelurahan)))},
        )  # fmt: skip
    return [Reading(*row) for row in found]


def measuring_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the readings per posyandu and what may be said of them.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office, like all figures of teams.
    """
    if wanted.is_public:
        raise Refused("monitoring.inside")
    month = wanted.last_month or local_month(wanted.now)
    places = sorted(
        measuring_places(session, last_month=month), key=lambda place: WORST.index(_worse(place))
    )
    rows = tuple(
        (" · ".join(filter(None, (place.posyandu, place.kelurahan))), _values(place))
        for place in places
    )
    asked = [
        urlencode({"bulan": month, "kelurahan": place.kelurahan, "posyandu": place.posyandu})
        for place in places
    ]
    return tables_of(
        (
            Block(
                title=N_("Angka terakhir pada tinggi dan berat"),
                head=N_("Posyandu"),
                figures=FIGURES,
                rows=rows,
                behind=tuple(f"{READINGS}?{each}" for each in asked),
                remark_head=N_("Penilaian"),
                remarks=tuple(_verdict(place) for place in places),
                notes=(
                    N_(
                        "Bila tidak dibulatkan, 0 dan 5 muncul pada dua dari sepuluh pembacaan. "
                        "Skor 0 berarti semua angka sama sering, 100 berarti hanya satu angka."
                    ),
                ),
            ),
        ),
        month=month,
        language=wanted.language,
        source=SOURCE,
        as_of=local_date(wanted.now),
    )


def _verdict(place: MeasuringPlace) -> str:
    """Return the worse of what may be said of heights and weights."""
    return VERDICTS[_worse(place)]


def _worse(place: MeasuringPlace) -> str:
    found = {place.heights.verdict.value, place.weights.verdict.value}
    return next(verdict for verdict in WORST if verdict in found)


def _values(place: MeasuringPlace) -> dict[str, float | None]:
    return {
        "quality_heights": place.heights.count,
        "quality_heights_round": place.heights.num_round,
        "quality_heights_round_share": place.heights.round_share,
        "quality_height_score": place.heights.score,
        "quality_weights": place.weights.count,
        "quality_weights_round": place.weights.num_round,
        "quality_weights_round_share": place.weights.round_share,
        "quality_weight_score": place.weights.score,
    }
