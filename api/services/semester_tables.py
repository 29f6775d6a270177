"""The tables of the semester report in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.documents.report_models import Column, ColumnKind
from api.i18n import N_, translator
from api.services.clock import local_date
from api.services.pillars import pillars
from api.services.report_tables import HIDDEN
from api.services.table_writer import TableWriter
from data.reference import read_table
from data.reference.indicators import indicators, known_indicators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.documents.models import Language
    from api.documents.report_models import Cell, Table
    from api.services.pillars import Pillar
    from api.services.semester import Semester, SemesterMonth

__all__ = ["GENTING", "is_added_up", "semester_tables"]

LAST = ("target_registered", "target_eligible", "matching_matched", "matching_unmatched")
"""Figures of a moment: those of the last closed month stand for the semester."""
ADDED = (
    "target_new",
    "target_graduated",
    "target_left",
    "delivery_planned",
    "delivery_delivered",
    "delivery_partial",
    "delivery_failed",
    "delivery_late",
    "nutrition_measured",
    "nutrition_gain_n",
    "nutrition_gain_t",
    "nutrition_two_t",
    "nutrition_severe",
)
"""Figures of what happened: the months are added up."""
GENTING = ("genting_children", "genting_sponsors", "genting_packages", "genting_value_rp")
OF_MOMENT = (*LAST, "sponsors_active", "team_families", "team_accompanied")
OF_TEAMS = "team_"
"""Figures of teams stay in the office."""
ARRIVED = ("delivery_delivered", "delivery_partial")


def is_added_up(code: str) -> bool:
    """Whether a half year adds a figure's months up; of others it takes its last month."""
    of_pillars = {figure for pillar in pillars() for figure in pillar.figures}
    return code in {*ADDED, *GENTING, *ARRIVED, *of_pillars} - {*OF_MOMENT}


def semester_tables(semester: Semester, *, language: Language = "id") -> tuple[Table, ...]:
    """Return the tables of a half year; none without a closed month."""
    if not semester.months:
        return ()
    writer = _Writer(semester, language)
    return (
        writer.sources(),
        writer.blocks(),
        writer.by_kecamatan(N_("Sasaran menurut kecamatan"), (*LAST, *ADDED[:3])),
        writer.by_kecamatan(N_("Penyaluran dan gizi menurut kecamatan"), ADDED[3:]),
        writer.by_month(N_("Perkembangan kota, bulan demi bulan"), (*LAST, *ADDED[:3])),
        writer.by_month(
            N_("Penyaluran dan gizi kota, bulan demi bulan"),
            ("delivery_planned", *ARRIVED, "delivery_late", *ADDED[8:]),
        ),
        writer.by_month(N_("Hitungan GENTING, bulan demi bulan"), GENTING),
        writer.pillars(),
        writer.pillar_texts(),
    )


class _Writer(TableWriter):
    """The tables of a half year in one language."""

    def __init__(self, semester: Semester, language: Language) -> None:
        super().__init__(
            language=language,
            source=translator(language)(N_("Asuh, laporan bulan yang ditutup")),
            as_of=local_date(max(each.version.at for each in semester.months)),
            is_public=semester.is_public,
        )
        self.months, self.texts = semester.months, semester.texts
        self.held = {
            each.month: {*each.levels["city"].get("", {})}
            | {figure.code for figure in indicators(each.month)}
            for each in self.months
        }
        defined = known_indicators(self.months[-1].month)
        self.names = {
            each.code: each.name_en if language == "en" else each.name_id for each in defined
        }
        self.groups = {
            each.code: each.group_en if language == "en" else each.group_id for each in defined
        }

    def sources(self) -> Table:
        """Return which version of which month every figure comes from.

        The digest of a version covers what is hidden of it, so it stays in the office.
        """
        columns = [
            Column(self.say(N_("Bulan"))),
            Column(self.say(N_("Versi laporan")), ColumnKind.COUNT),
            Column(self.say(N_("Dicatat")), ColumnKind.DATE),
            *([] if self.is_public else [Column(self.say(N_("Sidik")))]),
        ]
        rows = tuple(
            (
                self.formats.month(each.month),
                each.version.number,
                local_date(each.version.at),
                *(() if self.is_public else (each.version.digest[:12],)),
            )
            for each in self.months
        )
        return self.table(
            N_("Sumber: laporan bulanan yang dipakai"),
            tuple(columns),
            rows,
            behind=tuple(
                f"/bulan/{each.month}/laporan?versi={each.version.number}" for each in self.months
            ),
        )

    def blocks(self) -> Table:
        """Return blocks 1A and 1B of the TPPS report; what others fill in stays empty."""
        is_english = self.language == "en"
        rows = tuple(
            (
                f"{row['block']}.{row['number']}",
                row["name_en"] if is_english else row["name_id"],
                self._block_value(row),
                row["note_en"] if is_english else row["note_id"],
            )
            for row in read_table("tpps_blocks")
        )
        return self.table(
            N_("Blok 1A (spesifik) dan 1B (sensitif)"),
            (
                Column(self.say(N_("Nomor"))),
                Column(self.say(N_("Uraian"))),
                Column(self.say(N_("Nilai")), ColumnKind.COUNT),
                Column(self.say(N_("Catatan"))),
            ),
            rows,
            behind=tuple(
                self._behind_block(row["asuh_figure"]) for row in read_table("tpps_blocks")
            ),
        )

    def pillars(self) -> Table:
        """Return what our figures tell of each of the five pillars."""
        told = [(each, code) for each in pillars() for code in self._told(each.figures)]
        notes = [
            N_(
                "Donatur aktif, keluarga, memenuhi syarat, dan pasangan: bulan terakhir. Yang "
                "lain: jumlah semua bulan."
            )
        ]
        if self.is_public:
            notes.append(N_("Angka kerja tim tidak keluar dari dinas."))
        return self.table(
            N_("Lima pilar: angka dari daftar ini"),
            (
                Column(self.say(N_("Pilar"))),
                Column(self.say(N_("Angka"))),
                Column(self.say(N_("Nilai")), ColumnKind.COUNT),
            ),
            tuple(
                (self._pillar_name(pillar), self._whose(code), self._of_city(code))
                for pillar, code in told
            ),
            behind=tuple(self._course("city", "").format(code=code) for _, code in told),
            row_indicators=tuple(code for _, code in told),
            notes=tuple(self.say(note) for note in notes),
        )

    def pillar_texts(self) -> Table:
        """Return what the office wrote of each pillar."""
        return self.table(
            N_("Lima pilar: uraian"),
            (Column(self.say(N_("Pilar"))), Column(self.say(N_("Uraian dinas")))),
            tuple(
                (
                    self._pillar_name(pillar),
                    self.texts.get(pillar.number) or self.say(N_("Belum diisi.")),
                )
                for pillar in pillars()
            ),
        )

    def _pillar_name(self, pillar: Pillar) -> str:
        return f"{pillar.number}. {pillar.name_en if self.language == 'en' else pillar.name_id}"

    def _whose(self, code: str) -> str:
        """Return a figure's name behind its group's: *Aktif* alone does not say who is."""
        return f"{self.groups[code]}: {self.names[code]}"

    def _of_city(self, code: str) -> Cell:
        """Return a figure of the city over the half year; what teams did stays in the office."""
        if self.is_public and code.startswith(OF_TEAMS):
            return None
        return self._value("city", "", code)

    def _told(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return the figures that held in a month of these: one given up before leaves."""
        return tuple(code for code in codes if any(code in held for held in self.held.values()))

    def by_kecamatan(self, title: str, figures: tuple[str, ...]) -> Table:
        """Return a row per kecamatan and the city below."""
        codes = self._told(figures)
        areas = sorted({area for each in self.months for area in each.levels["kecamatan"]})
        return self.table(
            title,
            (
                Column(self.say(N_("Kecamatan"))),
                *(Column(self.names[code], ColumnKind.COUNT, code) for code in codes),
            ),
            tuple(
                (
                    area or self.say(N_("Wilayah belum diketahui")),
                    *(self._value("kecamatan", area, code) for code in codes),
                )
                for area in areas
            ),
            total=(self.say(N_("Jumlah")), *(self._value("city", "", code) for code in codes)),
            behind=(
                *(self._course("kecamatan", area) for area in areas),
                self._course("city", ""),
            ),
            notes=(
                self.say(
                    N_(
                        "Terdaftar, memenuhi syarat, dan pasangan: bulan terakhir. Yang lain: "
                        "jumlah semua bulan."
                    )
                ),
            ),
        )

    def by_month(self, title: str, figures: tuple[str, ...]) -> Table:
        """Return a row per month for the city."""
        codes = self._told(figures)
        return self.table(
            title,
            (
                Column(self.say(N_("Bulan"))),
                *(Column(self.names[code], ColumnKind.COUNT, code) for code in codes),
            ),
            tuple(
                (
                    self.formats.month(each.month),
                    *(self._at(each, "city", "", code) for code in codes),
                )
                for each in self.months
            ),
            behind=tuple(
                f"/monev/angka/{{code}}?tingkat=city&dari={each.month}&sampai={each.month}"
                if figures == GENTING
                else f"/monev/baris?angka={{code}}&bulan={each.month}&tingkat=city"
                for each in self.months
            ),
        )

    def _course(self, level: str, area: str) -> str:
        """Return the page of a figure month by month, each month leading to its rows."""
        where = {"tingkat": level, "wilayah": area, "dari": self.months[0].month,
                 "sampai": self.months[-1].month}  # fmt: skip
        return f"/monev/angka/{{code}}?{urlencode(where)}"

    def _behind_block(self, figure: str) -> str:
        if figure == "delivery_arrived":
            span = {"dari": self.months[0].month, "sampai": self.months[-1].month}
            return f"/monev/wilayah?{urlencode(span)}#arrived"
        return self._course("city", "").format(code=figure) if self._told((figure,)) else ""

    def _value(self, level: str, area: str, code: str) -> Cell:
        if code in OF_MOMENT:
            return self._at(self.months[-1], level, area, code)
        return self._added(level, area, (code,))

    def _at(self, month: SemesterMonth, level: str, area: str, code: str) -> Cell:
        """Return a figure of a month; nothing where it had been given up: nought would be told."""
        return month.value(level, area, code) if code in self.held[month.month] else None

    def _added(self, level: str, area: str, codes: tuple[str, ...]) -> Cell:
        """Return the sum of the months in which a figure held.

        Nothing where one of them is hidden or not known, or none holds it.
        """
        values = [
            each.value(level, area, code)
            for each in self.months
            for code in codes
            if code in self.held[each.month]
        ]
        known = [value for value in values if isinstance(value, int)]
        if values and len(known) == len(values):
            return sum(known)
        return HIDDEN if HIDDEN in values else None

    def _block_value(self, row: Mapping[str, str]) -> Cell:
        figure = row["asuh_figure"]
        if not figure:
            return None
        if figure == "delivery_arrived":
            return self._added("city", "", ARRIVED)
        return self._value("city", "", figure)
