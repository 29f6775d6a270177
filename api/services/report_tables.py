"""Tables of the monthly report in one language; small figures suppressed where it leaves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.documents.report_models import Column, ColumnKind
from api.i18n import Formats, all_sentences, sentence, translator
from api.sentences.reports import TITLES
from api.services.figure_rules import OF_RUN
from api.services.report_answers import NOT_ASKED
from api.services.report_beside import CITY_ALONE, REACHED, REASON, cause_cell, reason_key
from api.services.report_columns import MAY_BE_UNKNOWN, is_unknown
from api.services.report_reach import KEPT_OFF, STEPS, step_of
from api.services.table_writer import TableWriter
from data.reference.indicators import indicators
from data.reference.reasons import delivery_reasons

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from api.documents.models import Language
    from api.documents.report_models import Cell, Table
    from api.services.report_answers import AnswerCount, KeptRecord
    from api.services.report_columns import Figure
    from api.services.report_counts import Counts
    from api.services.report_privacy import FigureCell

__all__ = ["HIDDEN", "Line", "Writer", "cause_name", "rows_address", "shortfall_reason"]

HIDDEN = "*"
COUNT_ARRIVALS = ("genting_children", "genting_packages", "genting_value_rp")
"""Figures of the city from which the arrived packages could be read."""
ARRIVALS_TOLD = (
    *(("city", "", code) for code in REACHED),
    *((CITY_ALONE, "", code) for code in ("genting_children", "genting_packages")),
)


def cause_name(cause: str, language: str) -> str:
    """Return what stopped a child, as a few words."""
    return translator(language)(TITLES.get(cause) or all_sentences().get(cause, cause))


def shortfall_reason(code: str, language: str) -> str:
    """Return in words why a package did not arrive in full; a confidential reason says no more."""
    reason = delivery_reasons().get(code)
    if reason is None:
        return cause_name(code, language)
    if reason.is_sensitive:
        return translator(language)(TITLES["sensitive"])
    return reason.name_en if language == "en" else reason.name_id


_ORDER = {cause: at for at, cause in enumerate(each for own in KEPT_OFF.values() for each in own)}
"""The order in which the rules are asked; other causes stand by their words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table by area: which area, its figures, and what it is called."""

    level: str
    area: str
    values: Mapping[str, float | None]
    name: str = ""


class Writer(TableWriter):
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
        source = translator(language)(TITLES["source"], month=Formats(language).month(month))
        super().__init__(
            language=language, source=source, as_of=as_of, is_public=hidden is not None
        )
        self.month, self.hidden = month, hidden or frozenset()

    def by_area(
        self,
        title: str,
        head: str,
        figures: Sequence[Figure],
        lines: Sequence[Line],
        *,
        total: Line | None = None,
    ) -> Table:
        """Return a table of one group of figures, a line per area."""
        cells = [self.line(figures, line) for line in lines]
        last = self.line(figures, total) if total else ()
        group = title.rpartition("_")[0]
        not_known = {
            figure.code
            for row in ([last] if total else cells)
            for figure, value in zip(figures, row, strict=True)
            if value is None and figure.code in MAY_BE_UNKNOWN
        }
        return self.table(
            TITLES[title],
            (
                Column(self.say(TITLES[head])),
                *(
                    Column(self.say(TITLES[figure.code]), figure.kind, figure.code)
                    for figure in figures
                ),
            ),
            tuple((self._name(line), *row) for line, row in zip(lines, cells, strict=True)),
            total=(self.say(TITLES["total"]), *last) if total else None,
            behind=tuple(
                rows_address(self.month, line.level, line.area)
                for line in (*lines, *((total,) if total else ()))
            ),
            notes=(
                *((self.say(TITLES[f"{group}_note"]),) if f"{group}_note" in TITLES else ()),
                *(self.say(TITLES[f"unknown_{code}"]) for code in sorted(not_known)),
                *((self.say(TITLES["suppressed"]),) if self.is_public else ()),
            ),
        )

    def _name(self, line: Line) -> str:
        if line.level == "city":
            return self.say(TITLES["city"])
        return line.name or self.say(TITLES["unknown_area"])

    def line(self, figures: Sequence[Figure], line: Line) -> tuple[Cell, ...]:
        """Return the cells of a line: counts, and the shares and means that stand on them."""
        counts = {
            figure.code: self.count(line, figure.code) for figure in figures if not figure.stands_on
        }
        return tuple(
            self._derived(figure, line.values, counts) if figure.stands_on else counts[figure.code]
            for figure in figures
        )

    def reach(self, counts: Counts, causes: Mapping[str, int]) -> Table:
        """Return how many children took each step to a package, and what stopped the others."""
        whole = Line("city", "", counts.by_level()["city"].get("", {}))
        lines: list[tuple[str, Cell, str, str]] = []
        for step in STEPS:
            sign = "" if step == STEPS[0] else "= "
            count = self.count(whole, step)
            lines.append((f"{sign}{self.say(TITLES[step])}", count, step, ""))
            stopped = sorted(
                (_ORDER.get(cause, len(_ORDER)), cause_name(cause, self.language), cause)
                for cause in causes
                if step_of(cause) == step
            )
            lines += [
                (
                    f"− {name}",
                    HIDDEN if cause_cell(cause) in self.hidden else causes[cause],
                    f"{step}:{cause}",
                    cause,
                )
                for _, name, cause in stopped
            ]
        return self.table(
            TITLES["reach"],
            (
                Column(self.say(TITLES["step"])),
                Column(self.say(TITLES["children"]), ColumnKind.COUNT),
            ),
            tuple((name, count) for name, count, _, _ in lines),
            row_indicators=tuple(code for _, _, code, _ in lines),
            behind=tuple(
                rows_address(self.month, "city", "", figure=code.partition(":")[0], cause=cause)
                for _, _, code, cause in lines
            ),
            notes=(
                self.say(TITLES["reach_note"]),
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
        return self.table(
            TITLES[f"{group}_city"],
            (
                Column(self.say(TITLES["figure"])),
                Column(self.say(TITLES["value"]), ColumnKind.COUNT),
            ),
            tuple((self.say(TITLES[code]), self._city_cell(code, figures[code])) for code in codes),
            row_indicators=tuple(codes),
            behind=tuple(
                f"/bulan/{self.month}/pasangan"
                if code in OF_RUN
                else rows_address(self.month, "city", "", figure=code)
                for code in codes
            ),
        )

    def reasons(
        self,
        group: str,
        indicator: str,
        reasons: Mapping[str, int],
        *,
        opens: Collection[str] = (),
    ) -> Table:
        """Return reasons with their counts; sensitive ones are one line.

        ``opens`` are the reasons, as they are counted, whose packages the reader may be shown.
        """
        named: Counter[str] = Counter()
        keys = {self._reason(code): reason_key(code) for code in reasons}
        for code, count in reasons.items():
            named[self._reason(code)] += count
        hidden = {
            self._reason(code)
            for code in reasons
            if (REASON, reason_key(code), indicator) in self.hidden
        }
        return self.table(
            TITLES[group],
            (
                Column(self.say(TITLES["reason"])),
                Column(self.say(TITLES["count"]), ColumnKind.COUNT, indicator),
            ),
            tuple((name, HIDDEN if name in hidden else named[name]) for name in sorted(named)),
            behind=tuple(
                rows_address(self.month, "city", "", figure=indicator, cause=keys[name])
                if keys[name] in opens
                else ""
                for name in sorted(named)
            ),
        )

    def sponsors(self, counts: Counts, names: Mapping[str, str]) -> Table:
        """Return a row per sponsor with children in the month; stays in the office.

        ``names`` are those of today by code: a version of figures holds none.
        """
        return self.table(
            TITLES["per_sponsor"],
            (
                Column(self.say(TITLES["sponsor"])),
                Column(self.say(TITLES["name"])),
                Column(self.say(TITLES["children"]), ColumnKind.COUNT, "sponsor_children"),
                Column(self.say(TITLES["packages"]), ColumnKind.COUNT, "sponsor_packages"),
                Column(self.say(TITLES["received_rp"]), ColumnKind.RUPIAH, "sponsor_received_rp"),
            ),
            tuple((code, names.get(code, ""), *rest) for code, *rest in counts.sponsors),
            behind=tuple(rows_address(self.month, "sponsor", code) for code, *_ in counts.sponsors),
        )

    def answers(self, counts: Sequence[AnswerCount], kept: Sequence[KeptRecord]) -> list[Table]:
        """Return what families answered, and where records stand against them; none unasked.

        Both stay in the office.
        """
        asked = self.table(
            TITLES["answers"],
            (
                Column(self.say(TITLES["answer"])),
                Column(self.say(TITLES["in_sample"]), ColumnKind.COUNT),
                Column(self.say(TITLES["on_routes"]), ColumnKind.COUNT),
            ),
            tuple((self._answer(each.answer), each.in_sample, each.on_routes) for each in counts),
            behind=(f"/bulan/{self.month}/tutup#telepon",) * len(counts),
        )
        standing = self.table(
            TITLES["kept_records"],
            tuple(Column(self.say(TITLES[each])) for each in ("subject", "case", "because", "by")),
            tuple(
                (
                    each.subject,
                    sentence(f"doubt.{each.reason}", {}, self.language),
                    each.because,
                    f"{each.by}, {Formats(self.language).day(each.on)}",
                )
                for each in kept
            ),
        )
        return [*([asked] if counts else []), *([standing] if kept else [])]

    def _answer(self, answer: str) -> str:
        if answer == NOT_ASKED:
            return self.say(TITLES[NOT_ASKED])
        return sentence(f"call.{answer}", {}, self.language)

    def not_counted(self) -> Table:
        """Return the indicators that no table shows, and why."""
        missing = [each for each in indicators(self.month) if each.missing]
        return self.table(
            TITLES["not_counted"],
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
        return shortfall_reason(code, self.language)

    def count(self, line: Line, code: str) -> Cell:
        """Return a count of a line: a sign where it is hidden, None where nobody can know it."""
        if (line.level, line.area, code) in self.hidden:
            return HIDDEN
        if is_unknown(code, line.values):
            return None
        return int(line.values.get(code) or 0)


def rows_address(
    month: str, level: str, area: str, *, figure: str = "{code}", cause: str = ""
) -> str:
    """Return the page with the rows behind a figure of an area in a month."""
    where = {"bulan": month, "tingkat": level, "wilayah": area} | (
        {"sebab": cause} if cause else {}
    )
    return f"/monev/baris?angka={figure}&{urlencode(where)}"
