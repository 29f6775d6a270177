"""The sheet of targeting: who is covered, who is left out and why, who may not need help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from api.documents.report_models import ColumnKind
from api.i18n import N_, Formats, all_sentences, translator
from api.sentences.reports import TITLES
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.figure_blocks import TOTAL_ROW, Block, tables_of
from api.services.public_report import hidden_in_report
from api.services.report_columns import Figure
from api.services.report_versions import figures_of
from api.services.target_rows import DOUBT, address_of, combined, counts_children
from api.services.targeting import chain_of, count_targeting, month_shown, target_children
from api.services.targeting_cells import coverage_counts, targeting_cell, total_cells
from data.monitoring.targeting import Covered, age_band, coverage
from data.schema import Sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlmodel import Session

    from api.documents.report_models import Table
    from api.services.monitoring_sheets import Wanted
    from api.services.report_privacy import FigureCell
    from data.monitoring.targeting import TargetChild, Targeting
    from data.schema import Cycle

__all__ = ["reason_words", "targeting_tables"]

COVERAGE = (
    Figure("target_eligible"),
    Figure("matching_matched"),
    Figure("matching_unmatched"),
    Figure("served", ColumnKind.PERCENT, ("matching_matched", "target_eligible")),
)
TIERS = {
    "1": N_("Tingkat 1: sangat pendek"),
    "2": N_("Tingkat 2: pendek, di bawah 2 tahun"),
    "3": N_("Tingkat 3: pendek, 2 tahun ke atas"),
    "": N_("Tingkat belum diketahui"),
}
BANDS = {
    "0-5": N_("0–5 bulan"),
    "6-11": N_("6–11 bulan"),
    "12-23": N_("12–23 bulan"),
    "24-59": N_("24–59 bulan"),
}
SEXES = {Sex.MALE.value: N_("Laki-laki"), Sex.FEMALE.value: N_("Perempuan")}
DOUBTS = {
    "recovered": N_("Sudah diusulkan lulus"),
    "well_off": N_("Keluarga pada desil 8 sampai 10"),
    "not_eligible": N_("Tidak memenuhi syarat saat dikunci"),
}
ELSEWHERE = {
    "mbg": N_("Juga menerima MBG menurut daftarnya"),
    "pmt": N_("Juga menerima PMT menurut daftarnya"),
    "pkh": N_("Keluarganya juga menerima PKH menurut daftarnya"),
}
NO_REASON = N_("Alasan belum dihitung")
STEPS = {
    "chain_promised": N_("Dijanjikan: tempat untuk anak"),
    "chain_received": N_("Masuk dari orang tua asuh: tempat yang penerimaannya tercatat"),
    "matching_matched": N_("Dipasangkan: anak mendapat orang tua asuh"),
    "delivery_planned": N_("Disiapkan: paket"),
    "chain_accepted": N_("Diterima: paket, penuh atau sebagian"),
    "eaten_asked": N_("Ditanyakan di posyandu: dimakan siapa"),
    "eaten_by_child": N_("Dimakan anak sendiri"),
}


class _Told(NamedTuple):
    """What is told of a month, the report's figures of the city, and the cells that are hidden.

    ``month`` is empty where no number leads to its rows.
    """

    targeting: Targeting
    city: Mapping[str, float | None]
    hidden: frozenset[FigureCell] = frozenset()
    month: str = ""

    def behind(self, by: str, parts: Iterable[str]) -> tuple[str, ...]:
        """Return where the numbers of rows lead to, and those of their total."""
        return _behind(self.month, by, parts)

    def hidden_rows(
        self, block: str, names: Iterable[str], figures: Sequence[Figure]
    ) -> frozenset[tuple[int, str]]:
        """Return row and figure of what is hidden in a block; its totals too."""
        totals = total_cells(self.targeting, self.city)
        found = {
            (row, figure.code)
            for row, name in enumerate(names)
            for figure in figures
            if targeting_cell(block, name, figure.code) in self.hidden
        }
        return frozenset(found) | {
            (TOTAL_ROW, code) for code, (cell, _) in totals.items() if cell in self.hidden
        }


def targeting_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the tables of a month; none before a month was approved.

    In the office they are counted from the locked month with what is known by now. What leaves it
    is what a version of the month's report keeps (``wanted.version``, else the last), and has
    neither rows by kelurahan nor the chain: the report publishes those.

    Raises
    ------
    Refused
        Outside the office as :func:`api.services.public_report.hidden_in_report`;
        ``report.without_targeting`` for a version from before this was kept.
    """
    cycle = month_shown(session, wanted.last_month)
    if cycle is None:
        return ()
    return _public(session, cycle, wanted) if wanted.is_public else _inside(session, cycle, wanted)


def _public(session: Session, cycle: Cycle, wanted: Wanted) -> tuple[Table, ...]:
    figures = figures_of(session, cycle=cycle, number=wanted.version)
    hidden = hidden_in_report(session, figures)
    if figures.targeting is None or figures.version is None:
        raise Refused("report.without_targeting", month=cycle.month)
    told = _Told(figures.targeting, figures.by_level()["city"].get("", {}), hidden)
    return tables_of(
        [*_coverage(told), _left_out(told), _doubtful(told), _spread(told)],
        month=cycle.month,
        language=wanted.language,
        source=translator(wanted.language)(
            N_("Asuh, laporan %(bulan)s versi %(nomor)s"),
            bulan=Formats(wanted.language).month(cycle.month),
            nomor=figures.version.number,
        ),
        as_of=local_date(figures.version.at),
        is_public=True,
        version=figures.version.number,
    )


def _inside(session: Session, cycle: Cycle, wanted: Wanted) -> tuple[Table, ...]:
    figures, children = figures_of(session, cycle=cycle), target_children(session, cycle=cycle)
    linked = cycle.month if wanted.opens_children else ""
    told = _Told(
        count_targeting(session, cycle=cycle, children=children),
        figures.by_level()["city"].get("", {}),
        month=linked,
    )
    chain = chain_of(session, cycle=cycle, figures=figures, targeting=told.targeting)
    return tables_of(
        [
            *_coverage(told),
            _by_area(children, linked),
            _by_all(children, linked),
            _left_out(told),
            _doubtful(told),
            _spread(told),
            _chain(chain, cycle.month, opens_children=wanted.opens_children),
        ],
        month=cycle.month,
        language=wanted.language,
        source=translator(wanted.language)(
            N_("Asuh, data %(bulan)s yang dikunci"),
            bulan=Formats(wanted.language).month(cycle.month),
        ),
        as_of=local_date(wanted.now),
    )


def _behind(month: str, by: str, parts: Iterable[str]) -> tuple[str, ...]:
    """Return where the rows of a table and its total lead to; nowhere without a month."""
    if not month:
        return ()
    rows = [address_of(month, by=by, part=part) for part in parts]
    return (*rows, address_of(month))


def _coverage(told: _Told) -> list[Block]:
    targeting = told.targeting
    blocks = []
    for code, by, title, head, words, groups in (
        (
            "tiers", "tier", N_("Menurut tingkat kebutuhan"), N_("Tingkat kebutuhan"), TIERS,
            targeting.tiers,
        ),
        ("ages", "age", N_("Menurut umur"), N_("Umur"), BANDS, targeting.ages),
        ("sexes", "sex", N_("Menurut jenis kelamin"), N_("Jenis kelamin"), SEXES, targeting.sexes),
    ):  # fmt: skip
        names = [name for name in words if name in groups]
        rows = [(words[name], groups[name]) for name in names]
        block = _coverage_block(title, head, rows, told.behind(by, names))
        blocks.append(replace(block, hidden=told.hidden_rows(code, names, COVERAGE)))
    return blocks


def _by_area(children: Sequence[TargetChild], month: str) -> Block:
    found = coverage(children, lambda child: child.area)
    shown = sorted(found)
    rows = [(area, found[area]) for area in shown]
    behind = _behind(month, "area", shown)
    return _coverage_block(N_("Menurut kelurahan"), N_("Kelurahan"), rows, behind)


def _by_all(children: Sequence[TargetChild], month: str) -> Block:
    """Return every combination that has children; the tier of an eligible child is known."""
    found = coverage(
        children, lambda child: (child.area, child.tier or 0, age_band(child.age_days), child.sex)
    )
    rows = [
        (f"{area or '–'} · T{tier or '–'} · {band} · {sex[:1].upper()}", found[group])
        for group in sorted(found)
        for area, tier, band, sex in [group]
    ]
    behind = _behind(month, "all", (combined(*group) for group in sorted(found)))
    title, head = N_("Kelurahan × tingkat × umur × jenis kelamin"), N_("Kelompok")
    note = N_("T1 sampai T3 tingkat kebutuhan; umur dalam bulan; M laki-laki, F perempuan.")
    return replace(_coverage_block(title, head, rows, behind), notes=(note,))


def _coverage_block(
    title: str, head: str, rows: Sequence[tuple[str, Covered]], behind: tuple[str, ...]
) -> Block:
    everybody = Covered(
        sum(each.eligible for _, each in rows), sum(each.served for _, each in rows)
    )
    return Block(
        title=title,
        head=head,
        figures=COVERAGE,
        rows=tuple((name, _values(each)) for name, each in rows),
        total=_values(everybody),
        behind=behind,
    )


def _values(group: Covered) -> dict[str, float | None]:
    return {**coverage_counts(group), "served": group.share}


def _left_out(told: _Told) -> Block:
    """Return who is left out by reason.

    A mean times its number are the months waited, and three of them make a long wait: it is hidden
    with either count, and without one mean nobody has the mean of all either.
    """
    found = told.targeting.left_out
    names, children = sorted(found), sum(one.children for one in found.values())
    figures = (
        Figure("matching_unmatched"),
        Figure("waiting_long"),
        Figure("waiting_months", ColumnKind.DECIMAL, ("waiting_long", "matching_unmatched")),
    )
    hidden = told.hidden_rows("left_out", names, figures)
    is_mean_hidden = any(code in figures[-1].stands_on for _, code in hidden)
    return Block(
        title=N_("Memenuhi syarat tetapi belum terlayani"),
        head=N_("Alasan"),
        figures=figures,
        hidden=hidden | ({(TOTAL_ROW, "waiting_months")} if is_mean_hidden else frozenset()),
        rows=tuple(
            (
                reason_words(name),
                {
                    "matching_unmatched": found[name].children,
                    "waiting_long": found[name].long,
                    "waiting_months": found[name].mean_months,
                },
            )
            for name in names
        ),
        total={
            "matching_unmatched": children,
            "waiting_long": sum(one.long for one in found.values()),
            "waiting_months": sum(one.months for one in found.values()) / children
            if children
            else None,
        },
        behind=told.behind("reason", names),
    )


def reason_words(code: str) -> str:
    """Return the short words of a reason as the report has them, else its sentence or code."""
    known = TITLES.get(code) or all_sentences().get(code, "")
    return known if known and "%(" not in known else code or NO_REASON


def _doubtful(told: _Told) -> Block:
    """Return who may not need help; of a programme without a list nothing is said."""
    asked, figures = DOUBTS | ELSEWHERE, (Figure("inclusion_doubtful"),)
    return Block(
        title=N_("Dilayani, padahal mungkin tidak memerlukan"),
        head=N_("Sebab"),
        figures=figures,
        hidden=told.hidden_rows("doubtful", asked, figures),
        behind=told.behind(DOUBT, asked),
        rows=tuple(
            (word, {"inclusion_doubtful": told.targeting.doubtful[code]})
            for code, word in asked.items()
        ),
        notes=(
            N_(
                "Satu anak dapat punya lebih dari satu sebab. Penerima ganda dihitung dari daftar "
                "program itu untuk bulan ini (menu Berkas); yang kosong: daftarnya belum diterima."
            ),
        ),
    )


def _spread(told: _Told) -> Block:
    found = told.targeting.received
    names = [tier for tier in TIERS if tier in found]
    figures = (
        Figure("target_eligible"),
        Figure("spread_packages"),
        Figure("spread_per_child", ColumnKind.DECIMAL, ("spread_packages", "target_eligible")),
        Figure("concentration", ColumnKind.DECIMAL, ("spread_packages",)),
    )
    children = sum(row.children for row in found.values())
    packages = sum(row.packages for row in found.values())
    return Block(
        title=N_("Paket enam bulan terakhir menurut kebutuhan"),
        head=N_("Tingkat kebutuhan"),
        figures=figures,
        hidden=told.hidden_rows("received", names, figures)
        | told.hidden_rows("tiers", names, figures[:1]),
        behind=told.behind("tier", names),
        rows=tuple(
            (TIERS[tier], _spread_values(found[tier].children, found[tier].packages))
            for tier in names
        ),
        total=_spread_values(children, packages) | {"concentration": told.targeting.concentration},
        notes=(
            N_(
                "Indeks pemusatan: di bawah 0 berarti yang lebih membutuhkan mendapat lebih "
                "banyak, 0 berarti sama rata, di atas 0 berarti sebaliknya."
            ),
        ),
    )


def _spread_values(children: int, packages: int) -> dict[str, float | None]:
    return {
        "target_eligible": children,
        "spread_packages": packages,
        "spread_per_child": packages / children if children else None,
        "concentration": None,
    }


def _chain(chain: Mapping[str, int], month: str, *, opens_children: bool) -> Block:
    in_report = {"delivery_planned": "delivery_planned", "chain_accepted": "genting_packages"}
    return Block(
        title=N_("Dari janji sampai dimakan"),
        head=N_("Langkah"),
        figures=(Figure("chain_number"),),
        rows=tuple((word, {"chain_number": chain[code]}) for code, word in STEPS.items()),
        behind=tuple(
            f"/monev/baris?angka={in_report[code]}&bulan={month}&tingkat=city"
            if code in in_report
            else address_of(month, figure=code)
            if opens_children or not counts_children(code)
            else ""
            for code in STEPS
        ),
        notes=(
            N_(
                "Yang dimakan berasal dari tanya jawab di posyandu; paket yang tidak ditanyakan "
                "bukan berarti tidak dimakan."
            ),
        ),
    )
