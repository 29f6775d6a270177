"""Sheets of shares: one share over all units, and one unit over all shares; office only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, sentence, translator
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.monitoring import find_ratio, shares, unit_shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.monitoring import MonthShare
    from api.services.monitoring_sheets import Wanted
    from data.reference.indicators import Indicator

__all__ = ["share_tables", "unit_name", "unit_tables"]

SOURCE = N_("Asuh, laporan bulan yang ditutup")
NOT_RANKED = N_(
    "Bukan peringkat: hanya yang di luar batas 99,8 % patut ditanyakan sebabnya; di bawah lima "
    "kasus tidak dikatakan apa-apa."
)


def unit_name(unit: str, level: str, language: str) -> str:
    """Return what a unit is called; one that nobody knows by a word of its level."""
    return unit or sentence(f"unknown.{level}", {}, language)


def share_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return a share by unit with what may be said of each, and all together month by month.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office: names of people, small counts.
    """
    _stay_inside(wanted)
    say = translator(wanted.language)
    ratio = find_ratio(wanted.figure)
    found = shares(
        session, ratio=ratio, level=wanted.level, first_month=wanted.first_month,
        last_month=wanted.last_month,
    )  # fmt: skip
    level = sentence(f"level.{wanted.level}", {}, wanted.language)
    return (
        _table(
            _name(ratio, wanted),
            (level, *_parts(ratio, wanted), say(N_("Dibanding yang lain"))),
            tuple(
                (
                    unit_name(unit.name, wanted.level, wanted.language),
                    unit.hits,
                    unit.count,
                    unit.share,
                    sentence(f"verdict.{unit.verdict.value}", {}, wanted.language),
                )
                for unit in found.funnel.units
            ),
            ratio,
            wanted,
            notes=(say(NOT_RANKED),),
        ),
        _table(
            say(N_("Bulan demi bulan")),
            (say(N_("Bulan")), *_parts(ratio, wanted), say(N_("Versi laporan"))),
            tuple(_month(each, wanted) for each in found.months),
            ratio,
            wanted,
        ),
    )


def unit_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return every share of a unit beside the others, then each month by month.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office.
    """
    _stay_inside(wanted)
    say = translator(wanted.language)
    found = unit_shares(
        session, level=wanted.level, unit=wanted.unit, first_month=wanted.first_month,
        last_month=wanted.last_month,
    )  # fmt: skip
    summary = Table(
        title=unit_name(wanted.unit, wanted.level, wanted.language),
        columns=(
            Column(say(N_("Angka"))),
            Column(say(N_("Ya")), ColumnKind.COUNT),
            Column(say(N_("Dari")), ColumnKind.COUNT),
            Column(say(N_("Bagian")), ColumnKind.PERCENT),
            Column(say(N_("Semua bersama")), ColumnKind.PERCENT),
            Column(say(N_("Dibanding yang lain"))),
        ),
        rows=tuple(
            (
                _name(each.ratio, wanted),
                each.placed.hits,
                each.placed.count,
                each.placed.share,
                each.overall,
                sentence(f"verdict.{each.placed.verdict.value}", {}, wanted.language),
            )
            for each in found
        ),
        source=say(SOURCE),
        as_of=local_date(wanted.now),
        notes=(say(NOT_RANKED),),
        row_indicators=tuple(each.ratio.code for each in found),
    )
    courses = (
        _table(
            _name(each.ratio, wanted),
            (say(N_("Bulan")), *_parts(each.ratio, wanted), say(N_("Versi laporan"))),
            tuple(_month(month, wanted) for month in each.months),
            each.ratio,
            wanted,
        )
        for each in found
    )
    return (summary, *courses)


def _stay_inside(wanted: Wanted) -> None:
    if wanted.is_public:
        raise Refused("monitoring.inside")


def _name(ratio: Indicator, wanted: Wanted) -> str:
    return ratio.name_en if wanted.language == "en" else ratio.name_id


def _parts(ratio: Indicator, wanted: Wanted) -> tuple[str, str, str]:
    """Return the heads of hits, cases and share: what is counted, not just yes and of."""
    if wanted.language == "en":
        return ratio.numerator, ratio.denominator, "share"
    return ratio.numerator_id, ratio.denominator_id, translator("id")(N_("bagian"))


def _month(each: MonthShare, wanted: Wanted) -> tuple[Cell, ...]:
    month = Formats(wanted.language).month(each.month)
    return (month, each.hits, each.cases, each.share, each.version)


def _table(
    title: str,
    heads: tuple[str, ...],
    rows: tuple[tuple[Cell, ...], ...],
    ratio: Indicator,
    wanted: Wanted,
    notes: tuple[str, ...] = (),
) -> Table:
    kinds: Mapping[int, ColumnKind] = {
        1: ColumnKind.COUNT, 2: ColumnKind.COUNT, 3: ColumnKind.PERCENT,
    }  # fmt: skip
    return Table(
        title=title,
        columns=tuple(
            Column(head, kinds.get(number, ColumnKind.TEXT), ratio.code if number == 3 else "")
            for number, head in enumerate(heads)
        ),
        rows=rows,
        source=translator(wanted.language)(SOURCE),
        as_of=local_date(wanted.now),
        notes=notes,
    )
