"""Sheets of shares: one share over all units, and one unit over all shares; office only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, sentence, translator
from api.services.clock import local_date
from api.services.errors import NotFound, Refused
from api.services.monitoring import SMALLER, find_ratio, shares, unit_shares
from api.services.own_units import need_own_unit, own_units
from api.services.unit_dashboard import unit_month, unit_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from api.documents.models import Language
    from api.documents.report_models import Cell
    from api.services.monitoring import Level, MonthShare
    from api.services.monitoring_sheets import Wanted
    from api.services.unit_dashboard import UnitMonth, UnitPart
    from data.reference.indicators import Indicator

__all__ = ["share_tables", "titles_of_unit", "unit_name", "unit_tables"]

SOURCE = N_("Asuh, laporan bulan yang ditutup")
IN_FIGURES = N_("%(bulan)s dalam angka")
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
    NotFound
        ``monitoring.unit`` of a sponsor: shares are of areas and teams.
    """
    _stay_inside(wanted)
    say, asked_level = translator(wanted.language), _level(wanted)
    ratio = find_ratio(wanted.figure)
    found = shares(
        session, ratio=ratio, level=asked_level, first_month=wanted.first_month,
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


def titles_of_unit(
    last: UnitMonth,
    told: Sequence[Indicator],
    *,
    level: str,
    unit: str,
    has_parts: bool,
    language: Language,
) -> list[str]:
    """Return what the tables of :func:`unit_tables` are called, in their order."""
    month = Formats(language).month(last.month)
    return [
        unit_name(unit, level, language),
        translator(language)(IN_FIGURES, bulan=month),
        *([sentence(f"level.{SMALLER[level]}", {}, language)] if has_parts else []),
        *(each.name_en if language == "en" else each.name_id for each in told),
    ]


def unit_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return every share of a unit beside the others, its last month, its parts, then each share.

    Who works in a place is told nothing of the others.

    Raises
    ------
    Forbidden
        ``access.place`` for a unit outside the place of who asks.
    Refused
        ``monitoring.inside`` where it would leave the office.
    """
    _stay_inside(wanted)
    asked_level = _level(wanted)
    need_own_unit(session, asked_level, wanted.unit)
    say = translator(wanted.language)
    asked: Any = {
        "level": asked_level, "unit": wanted.unit, "first_month": wanted.first_month,
        "last_month": wanted.last_month,
    }  # fmt: skip
    found = unit_shares(session, **asked)
    last = unit_month(session, **asked)
    if last is None:
        return ()
    ratios, parts = unit_parts(session, **asked, also=wanted.figure)
    titles = titles_of_unit(
        last, [each.ratio for each in found], level=wanted.level, unit=wanted.unit,
        has_parts=bool(parts), language=wanted.language,
    )  # fmt: skip
    told = None if own_units(session) is None else 4  # the rest compares with the others
    summary = Table(
        title=titles[0],
        columns=(
            Column(say(N_("Angka"))),
            Column(say(N_("Ya")), ColumnKind.COUNT),
            Column(say(N_("Dari jumlah")), ColumnKind.COUNT),
            Column(say(N_("Bagian")), ColumnKind.PERCENT),
            Column(say(N_("Semua bersama")), ColumnKind.PERCENT),
            Column(say(N_("Dibanding yang lain"))),
        )[:told],
        rows=tuple(
            (
                _name(each.ratio, wanted),
                each.placed.hits,
                each.placed.count,
                each.placed.share,
                each.overall,
                sentence(f"verdict.{each.placed.verdict.value}", {}, wanted.language),
            )[:told]
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
    return (
        summary,
        _last_month(titles[1], last, wanted),
        *((_parts_table(titles[2], ratios, parts, wanted),) if parts else ()),
        *courses,
    )


def _last_month(title: str, last: UnitMonth, wanted: Wanted) -> Table:
    """Return the figures of a unit's last month beside those of the month before."""
    months = [last.month, *([last.before] if last.before else [])]
    return Table(
        title=title,
        columns=(
            Column(translator(wanted.language)(N_("Angka"))),
            *(Column(Formats(wanted.language).month(each), ColumnKind.COUNT) for each in months),
        ),
        rows=tuple(
            (_name(each.indicator, wanted), *(each.now, each.before)[: len(months)])
            for each in last.figures
        ),
        source=translator(wanted.language)(SOURCE),
        as_of=local_date(wanted.now),
        row_indicators=tuple(each.indicator.code for each in last.figures),
    )


def _parts_table(
    title: str, ratios: Sequence[Indicator], parts: Sequence[UnitPart], wanted: Wanted
) -> Table:
    """Return the parts of a unit: of each share hits and cases."""
    level = SMALLER[wanted.level]
    say = translator(wanted.language)
    return Table(
        title=title,
        columns=(
            Column(sentence(f"level.{level}", {}, wanted.language)),
            *(
                Column(f"{_name(ratio, wanted)}, {word}", ColumnKind.COUNT, ratio.code)
                for ratio in ratios
                for word in (say(N_("Ya")).lower(), say(N_("Dari")).lower())
            ),
        ),
        rows=tuple(
            (
                unit_name(part.name, level, wanted.language),
                *(number for pair in part.shares for number in pair),
            )
            for part in parts
        ),
        source=say(SOURCE),
        as_of=local_date(wanted.now),
    )


def _stay_inside(wanted: Wanted) -> None:
    if wanted.is_public:
        raise Refused("monitoring.inside")


def _level(wanted: Wanted) -> Level:
    if wanted.level == "sponsor":
        raise NotFound("monitoring.unit", found=wanted.unit)
    return wanted.level


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
