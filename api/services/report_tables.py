"""Tables of the monthly report in one language; small figures suppressed where it leaves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.documents.report_models import Cell, Column, ColumnKind, Table
from api.i18n import all_sentences, sentence, translator
from api.sentences.reports import TITLES
from api.services.report_privacy import Beside
from data.reference.indicators import indicators
from data.reference.reasons import delivery_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from api.documents.models import Language
    from api.services.report_counts import Counts
    from api.services.report_privacy import FigureCell

__all__ = ["AREA_FIGURES", "GROWTH_GROUPS", "Figure", "Writer"]

HIDDEN = "*"
REACHED = ("delivery_delivered", "delivery_partial")
CITY_ALONE, REASON = "city alone", "reason"
"""Levels of cells that stand beside the tables by area."""
COUNT_ARRIVALS = ("genting_children", "genting_packages", "genting_value_rp")
"""Figures of the city from which the arrived packages could be read."""
MAY_BE_UNKNOWN = ("target_new",)
"""Counts that need the month before: without it they are not known, which is not nought."""
CITY_PARTS = (
    ("matching_bridged", ("city", "", "matching_matched")),
    ("sponsors_active", (CITY_ALONE, "", "sponsors_registered")),
    ("sponsors_new", (CITY_ALONE, "", "sponsors_registered")),
    ("genting_sponsors", (CITY_ALONE, "", "sponsors_active")),
)
"""Figures of the city that count some of those that another counts."""
ARRIVALS_TOLD = (
    *(("city", "", code) for code in REACHED),
    *((CITY_ALONE, "", code) for code in ("genting_children", "genting_packages")),
)
RUPIAH = (
    "sponsors_pledged_rp",
    "sponsors_received_rp",
    "sponsors_shortfall_rp",
    "genting_value_rp",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of a table by area.

    Parameters
    ----------
    code
        The indicator.
    stands_on
        The counts of the same table that a share or mean is made of; the last is its n. Where one
        of them is suppressed, so is the figure. Empty for a count, which may be added up.
    """

    code: str
    kind: ColumnKind = ColumnKind.COUNT
    stands_on: tuple[str, ...] = ()


def _counts(group: str, *names: str) -> tuple[Figure, ...]:
    return tuple(Figure(f"{group}_{name}") for name in names)


AREA_FIGURES: dict[str, tuple[Figure, ...]] = {
    "target": _counts("target", "registered", "eligible", "consented", "new", "graduated", "left"),
    "matching": _counts("matching", "matched", "unmatched"),
    "delivery": _counts(
        "delivery", "planned", "delivered", "partial", "failed", "stops", "stops_done"
    ),
    "punctuality": (
        *_counts("delivery", "attempts", "reached", "late"),
        Figure("delivery_days_late", ColumnKind.DECIMAL, ("delivery_late", "delivery_reached")),
        Figure("delivery_evidenced"),
        Figure("delivery_evidence", ColumnKind.PERCENT, ("delivery_evidenced", "delivery_reached")),
    ),
    "nutrition": (
        *_counts("nutrition", "supported", "measured"),
        Figure(
            "nutrition_measured_share",
            ColumnKind.PERCENT,
            ("nutrition_measured", "nutrition_supported"),
        ),
        *_counts("nutrition", "gain_n", "gain_t", "gain_o", "gain_b", "two_t", "severe"),
    ),
    "growth": (
        Figure("nutrition_weight_children"),
        Figure("nutrition_mean_weight_gain", ColumnKind.COUNT, ("nutrition_weight_children",)),
        Figure("nutrition_haz_children"),
        Figure("nutrition_mean_haz_change", ColumnKind.DECIMAL, ("nutrition_haz_children",)),
        *_counts("nutrition", "status_up", "status_same", "status_down"),
    ),
}
"""The tables by area with their columns."""
GROWTH_GROUPS = ("nutrition", "growth")


def beside_areas(counts: Counts) -> Beside:
    """Return the reasons and the city's own counts of people, with what they add up to."""
    cells: dict[FigureCell, int] = {
        (CITY_ALONE, "", code): value
        for code, value in counts.city.items()
        if isinstance(value, int) and code not in (*RUPIAH, "delivery_routes")
    }
    arrived = [("city", "", code) for code in REACHED]
    packages = sum(row[code] for row in counts.areas.values() for code in REACHED)
    cells[CITY_ALONE, "", "genting_packages"] = packages
    sums: list[tuple[FigureCell, tuple[FigureCell, ...]]] = [
        ((CITY_ALONE, "", code), tuple(arrived))
        for code in ("genting_packages", "genting_children")
    ]
    for indicator, reasons, wholes in (
        ("matching_unmatched", counts.unmatched_reasons, ("matching_unmatched",)),
        ("delivery_not_in_full", counts.failure_reasons, ("delivery_partial", "delivery_failed")),
    ):
        named: Counter[str] = Counter()
        for code, count in reasons.items():
            named[_reason_key(code)] += count
        own = {(REASON, key, indicator): count for key, count in named.items()}
        together = (REASON, "", indicator)
        if own:
            cells |= {**own, together: sum(own.values())}
            sums.append((together, tuple(own)))
            sums.append((together, tuple(("city", "", code) for code in wholes)))
    return Beside(
        tuple(cells.items()),
        tuple(sums),
        tuple(((CITY_ALONE, "", part), whole) for part, whole in CITY_PARTS),
    )


def _reason_key(code: str) -> str:
    """Return what a reason is counted under: sensitive ones are one."""
    known = delivery_reasons().get(code)
    return "sensitive" if known is not None and known.is_sensitive else code


class Writer:
    """Tables of one month in one language.

    ``hidden`` are the figures by area that may not leave the office, in tables that do.
    """

    def __init__(
        self,
        *,
        month: str,
        as_of: date,
        language: Language,
        hidden: frozenset[FigureCell] | None = None,
    ) -> None:
        self.month, self.as_of, self.language = month, as_of, language
        self.hidden, self.is_public = hidden or frozenset(), hidden is not None
        self.say = translator(language)
        self.source = self.say(TITLES["source"], month=month)

    def by_area(
        self,
        group: str,
        figures: Sequence[Figure],
        areas: Mapping[str, Mapping[str, float | None]],
        city: Mapping[str, Mapping[str, float | None]],
        level: str,
    ) -> Table:
        """Return a table of one group of figures, a row per kecamatan or kelurahan."""
        names = sorted(areas)
        shown: dict[str, list[Cell]] = {}
        total: dict[str, Cell] = {}
        whole = city.get("", {})
        for figure in figures:
            if figure.stands_on:
                continue
            code = figure.code
            shown[code] = [self._count(level, name, code, areas[name]) for name in names]
            total[code] = self._count("city", "", code, whole)
        for figure in figures:
            if not figure.stands_on:
                continue
            shown[figure.code] = [
                self._derived(figure, areas[name], {code: shown[code][i] for code in shown})
                for i, name in enumerate(names)
            ]
            total[figure.code] = self._derived(figure, whole, total)
        return self._table(
            f"{group}_{level}",
            (
                Column(self.say(TITLES[level])),
                *(
                    Column(self.say(TITLES[figure.code]), figure.kind, figure.code)
                    for figure in figures
                ),
            ),
            tuple(
                (
                    name or self.say(TITLES["unknown_area"]),
                    *(shown[figure.code][i] for figure in figures),
                )
                for i, name in enumerate(names)
            ),
            total=(self.say(TITLES["total"]), *(total[figure.code] for figure in figures)),
            behind=()
            if self.is_public
            else (
                *(_rows_address(self.month, level, name) for name in names),
                _rows_address(self.month, "city", ""),
            ),
            notes=(
                *((self.say(TITLES[f"{group}_note"]),) if f"{group}_note" in TITLES else ()),
                *(
                    self.say(TITLES[f"unknown_{code}"])
                    for code, value in total.items()
                    if value is None and code in MAY_BE_UNKNOWN
                ),
                *((self.say(TITLES["suppressed"]),) if self.is_public else ()),
            ),
        )

    def city(self, group: str, counts: Counts) -> Table:
        """Return the figures of the whole city that begin with a group's name."""
        figures = dict(counts.city)
        if group == "genting":
            figures["genting_packages"] = sum(
                row[code] for row in counts.areas.values() for code in REACHED
            )
        codes = [code for code in sorted(figures) if code.startswith(f"{group}_")]
        return self._table(
            f"{group}_city",
            (
                Column(self.say(TITLES["figure"])),
                Column(self.say(TITLES["value"]), ColumnKind.COUNT),
            ),
            tuple((self.say(TITLES[code]), self._city_cell(code, figures[code])) for code in codes),
            row_indicators=tuple(codes),
        )

    def reasons(self, group: str, indicator: str, reasons: Mapping[str, int]) -> Table:
        """Return reasons with their counts; sensitive ones are one line."""
        named: Counter[str] = Counter()
        for code, count in reasons.items():
            named[self._reason(code)] += count
        hidden = {
            self._reason(code)
            for code in reasons
            if (REASON, _reason_key(code), indicator) in self.hidden
        }
        return self._table(
            group,
            (
                Column(self.say(TITLES["reason"])),
                Column(self.say(TITLES["count"]), ColumnKind.COUNT, indicator),
            ),
            tuple((name, HIDDEN if name in hidden else named[name]) for name in sorted(named)),
        )

    def sponsors(self, counts: Counts, names: Mapping[str, str]) -> Table:
        """Return a row per sponsor with children in the month; stays in the office.

        ``names`` are those of today by code: a version of figures holds none.
        """
        return self._table(
            "per_sponsor",
            (
                Column(self.say(TITLES["sponsor"])),
                Column(self.say(TITLES["name"])),
                Column(self.say(TITLES["children"]), ColumnKind.COUNT, "sponsor_children"),
                Column(self.say(TITLES["packages"]), ColumnKind.COUNT, "sponsor_packages"),
                Column(self.say(TITLES["received_rp"]), ColumnKind.RUPIAH, "sponsor_received_rp"),
            ),
            tuple((code, names.get(code, ""), *rest) for code, *rest in counts.sponsors),
        )

    def not_counted(self) -> Table:
        """Return the indicators that no table shows, and why."""
        missing = [each for each in indicators() if each.missing]
        return self._table(
            "not_counted",
            (Column(self.say(TITLES["figure"])), Column(self.say(TITLES["reason"]))),
            tuple(
                (
                    each.name_en if self.language == "en" else each.name_id,
                    self.say(TITLES[f"missing_{each.missing}"]),
                )
                for each in missing
            ),
            row_indicators=tuple(each.code for each in missing),
        )

    def _table(
        self,
        title: str,
        columns: tuple[Column, ...],
        rows: tuple[tuple[Cell, ...], ...],
        *,
        total: tuple[Cell, ...] | None = None,
        notes: tuple[str, ...] = (),
        row_indicators: tuple[str, ...] = (),
        behind: tuple[str, ...] = (),
    ) -> Table:
        return Table(
            title=self.say(TITLES[title]),
            columns=columns,
            rows=rows,
            source=self.source,
            as_of=self.as_of,
            notes=notes,
            total=total,
            row_indicators=row_indicators,
            behind=behind,
        )

    def _derived(
        self, figure: Figure, values: Mapping[str, float | None], shown: Mapping[str, Cell]
    ) -> Cell:
        """Return a share or mean: hidden with its counts, none of nothing, a word of too few."""
        if any(isinstance(shown[code], str) for code in figure.stands_on):
            return HIDDEN
        value = values.get(figure.code)
        if value is None and values.get(figure.stands_on[-1]):
            return self.say(TITLES["too_few"])
        return value

    def _city_cell(self, code: str, value: float | str) -> Cell:
        if isinstance(value, str):
            return sentence(value, {}, self.language) if value.startswith("word.") else value
        if code in COUNT_ARRIVALS and any(cell in self.hidden for cell in ARRIVALS_TOLD):
            return HIDDEN
        return HIDDEN if (CITY_ALONE, "", code) in self.hidden else value

    def _reason(self, code: str) -> str:
        reason = delivery_reasons().get(code)
        if reason is None:
            return self.say(TITLES.get(code) or all_sentences().get(code, code))
        if reason.is_sensitive:
            return self.say(TITLES["sensitive"])
        return reason.name_en if self.language == "en" else reason.name_id

    def _count(self, level: str, area: str, code: str, values: Mapping[str, float | None]) -> Cell:
        if (level, area, code) in self.hidden:
            return HIDDEN
        if code not in values and code in MAY_BE_UNKNOWN:
            return None
        return int(values.get(code) or 0)


def _rows_address(month: str, level: str, area: str) -> str:
    """Return the page with the rows behind a figure of an area in a month."""
    where = urlencode({"bulan": month, "tingkat": level, "wilayah": area})
    return f"/monev/baris?angka={{code}}&{where}"
