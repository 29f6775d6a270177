"""The sheet of targeting: who is covered, who is left out and why, who may not need help."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from api.documents.report_models import ColumnKind
from api.i18n import N_, Formats, all_sentences, translator
from api.sentences.reports import TITLES
from api.services.clock import local_date
from api.services.figure_blocks import Block, tables_of
from api.services.public_report import hidden_in_report
from api.services.report_beside import REASON, reason_key
from api.services.report_columns import Figure
from api.services.report_reach import STEPS as WAY
from api.services.report_versions import figures_of
from api.services.target_rows import DOUBT, address_of, combined
from api.services.targeting import chain_of, lists_given, month_shown, target_children
from data.monitoring.targeting import (
    Covered,
    age_band,
    concentration_index,
    coverage,
    exclusion,
)
from data.schema import Sex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlmodel import Session

    from api.documents.report_models import Table
    from api.services.monitoring_sheets import Wanted
    from api.services.report_privacy import FigureCell
    from data.monitoring.targeting import TargetChild

__all__ = ["reason_words", "targeting_tables"]

Group = TypeVar("Group")
COVERAGE = (
    Figure("target_eligible"),
    Figure("matching_matched"),
    Figure("matching_unmatched"),
    Figure("served", ColumnKind.PERCENT, ("matching_matched", "target_eligible")),
)
SPLIT = (("target_eligible", ("matching_matched", "matching_unmatched")),)
TIERS: dict[int | None, str] = {
    1: N_("Tingkat 1: sangat pendek"),
    2: N_("Tingkat 2: pendek, di bawah 2 tahun"),
    3: N_("Tingkat 3: pendek, 2 tahun ke atas"),
    None: N_("Tingkat belum diketahui"),
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
    "matching_matched": N_("Dipasangkan: anak mendapat orang tua asuh"),
    "delivery_planned": N_("Disiapkan: paket"),
    "chain_accepted": N_("Diterima: paket, penuh atau sebagian"),
    "eaten_asked": N_("Ditanyakan di posyandu: dimakan siapa"),
    "eaten_by_child": N_("Dimakan anak sendiri"),
}


def targeting_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the tables of a month; none before a month was approved.

    What leaves the office has neither rows by kelurahan nor the chain: the monthly report publishes
    those figures, and two publications of one figure could give each other away.
    """
    cycle = month_shown(session, wanted.last_month)
    if cycle is None:
        return ()
    hidden: frozenset[FigureCell] = frozenset()
    if wanted.is_public:
        hidden = hidden_in_report(session, figures_of(session, cycle=cycle))
    children, month = target_children(session, cycle=cycle), cycle.month
    blocks = [
        _by_group(
            N_("Menurut tingkat kebutuhan"), N_("Tingkat kebutuhan"), children,
            lambda child: child.tier, TIERS, _Behind(month, "tier"),
        ),
        _by_group(
            N_("Menurut umur"), N_("Umur"), children,
            lambda child: age_band(child.age_days), BANDS, _Behind(month, "age"),
        ),
        _by_group(
            N_("Menurut jenis kelamin"), N_("Jenis kelamin"), children,
            lambda child: child.sex, SEXES, _Behind(month, "sex"),
        ),
        _left_out(children, hidden, _Behind(month, "reason")),
        _doubtful(children, lists_given(session, cycle=cycle), _Behind(month, DOUBT)),
        _spread(children, _Behind(month, "tier")),
    ]  # fmt: skip
    if not wanted.is_public:
        blocks.append(_chain(chain_of(session, cycle=cycle, children=children), month))
        blocks[3:3] = [
            _by_area(children, _Behind(month, "area")), _by_all(children, _Behind(month, "all")),
        ]  # fmt: skip
    return tables_of(
        blocks,
        language=wanted.language,
        source=translator(wanted.language)(
            N_("Asuh, data %(bulan)s yang dikunci"),
            bulan=Formats(wanted.language).month(cycle.month),
        ),
        as_of=local_date(wanted.now),
        is_public=wanted.is_public,
        hidden_totals=frozenset(code for level, _, code in hidden if level == "city"),
    )


class _Behind(NamedTuple):
    """Where the figures of a month lead to, by what their table parts children."""

    month: str
    by: str

    def of(self, parts: Iterable[object]) -> tuple[str, ...]:
        """Return the addresses of the rows, and of their total."""
        rows = [address_of(self.month, by=self.by, part=str(part or "")) for part in parts]
        return (*rows, address_of(self.month))


def _by_group(
    title: str,
    head: str,
    children: Sequence[TargetChild],
    by: Callable[[TargetChild], Group],
    words: Mapping[Group, str],
    behind: _Behind,
) -> Block:
    found = coverage(children, by)
    shown = [group for group in words if group in found]
    rows = tuple((words[group], _values(found[group])) for group in shown)
    return _coverage_block(title, head, rows, found, behind.of(shown))


def _by_area(children: Sequence[TargetChild], behind: _Behind) -> Block:
    found = coverage(children, lambda child: child.area)
    shown = sorted(found)
    rows = tuple((area, _values(found[area])) for area in shown)
    return _coverage_block(N_("Menurut kelurahan"), N_("Kelurahan"), rows, found, behind.of(shown))


def _by_all(children: Sequence[TargetChild], behind: _Behind) -> Block:
    """Return every combination that has children; the tier of an eligible child is known."""
    found = coverage(
        children, lambda child: (child.area, child.tier or 0, age_band(child.age_days), child.sex)
    )
    rows = tuple(
        (f"{area or '–'} · T{tier or '–'} · {band} · {sex[:1].upper()}", _values(found[group]))
        for group in sorted(found)
        for area, tier, band, sex in [group]
    )
    block = _coverage_block(
        N_("Kelurahan × tingkat × umur × jenis kelamin"), N_("Kelompok"), rows, found,
        behind.of(combined(*group) for group in sorted(found)),
    )  # fmt: skip
    note = N_("T1 sampai T3 tingkat kebutuhan; umur dalam bulan; M laki-laki, F perempuan.")
    return replace(block, notes=(note,))


def _coverage_block(
    title: str,
    head: str,
    rows: tuple[tuple[str, Mapping[str, float | None]], ...],
    groups: Mapping[Group, Covered],
    behind: tuple[str, ...],
) -> Block:
    everybody = Covered(
        sum(each.eligible for each in groups.values()), sum(each.served for each in groups.values())
    )
    return Block(
        title=title,
        head=head,
        figures=COVERAGE,
        made_up_of=SPLIT,
        rows=rows,
        total=_values(everybody),
        behind=behind,
    )


def _values(group: Covered) -> dict[str, float | None]:
    return {
        "target_eligible": group.eligible,
        "matching_matched": group.served,
        "matching_unmatched": group.unserved,
        "served": group.share,
    }


def _left_out(
    children: Sequence[TargetChild], hidden: frozenset[FigureCell], behind: _Behind
) -> Block:
    """Return who is left out by reason; a reason that the monthly report hides is hidden here."""
    found = exclusion(children)
    kept_back = {reason for level, reason, _ in hidden if level == REASON}
    of_unmatched = {cause for _, cause, step in hidden if step == WAY[2]}
    # Who has no reason here has one of the causes that are not told here.
    kept_back |= {""} if of_unmatched - {reason_key(reason) for reason in found} else set()
    everybody = Covered(sum(one.children for one in found.values()), 0)
    return Block(
        title=N_("Memenuhi syarat tetapi belum terlayani"),
        head=N_("Alasan"),
        figures=(
            Figure("matching_unmatched"),
            Figure("waiting_long"),
            Figure("waiting_months", ColumnKind.DECIMAL, ("matching_unmatched",)),
        ),
        part_of=(("waiting_long", "matching_unmatched"),),
        hidden_elsewhere=frozenset(
            (row, "matching_unmatched")
            for row, reason in enumerate(sorted(found))
            if reason_key(reason) in kept_back
        ),
        rows=tuple(
            (
                reason_words(reason),
                {
                    "matching_unmatched": one.children,
                    "waiting_long": one.long,
                    "waiting_months": one.mean_months,
                },
            )
            for reason, one in sorted(found.items())
        ),
        total={
            "matching_unmatched": everybody.eligible,
            "waiting_long": sum(one.long for one in found.values()),
            "waiting_months": sum(one.mean_months * one.children for one in found.values())
            / everybody.eligible
            if everybody.eligible
            else None,
        },
        behind=behind.of(sorted(found)),
    )


def reason_words(code: str) -> str:
    """Return the short words of a reason as the report has them, else its sentence or code."""
    known = TITLES.get(code) or all_sentences().get(code, "")
    return known if known and "%(" not in known else code or NO_REASON


def _doubtful(children: Sequence[TargetChild], given: frozenset[str], behind: _Behind) -> Block:
    """Return who may not need help; of a programme without a list nothing is said.

    Who is served is told by the blocks beside: who alone has none of a cause is as telling.
    """
    counts = Counter(doubt for child in children for doubt in child.doubts)
    asked = DOUBTS | ELSEWHERE
    known = {*DOUBTS, *given}
    return Block(
        title=N_("Dilayani, padahal mungkin tidak memerlukan"),
        head=N_("Sebab"),
        figures=(Figure("inclusion_doubtful"),),
        part_of=(("inclusion_doubtful", "matching_matched"),),
        rows=tuple(
            (word, {"inclusion_doubtful": counts[code] if code in known else None})
            for code, word in asked.items()
        ),
        behind=behind.of(asked),
        notes=(
            N_(
                "Satu anak dapat punya lebih dari satu sebab. Penerima ganda dihitung dari daftar "
                "program itu untuk bulan ini (menu Berkas); yang kosong: daftarnya belum diterima."
            ),
        ),
    )


def _spread(children: Sequence[TargetChild], behind: _Behind) -> Block:
    eligible = [child for child in children if child.is_eligible]
    index = concentration_index(eligible)
    by_tier = {tier: [child for child in eligible if child.tier == tier] for tier in TIERS}
    shown = [tier for tier, own in by_tier.items() if own]
    total = _spread_values(eligible) | {"concentration": index}
    return Block(
        title=N_("Paket enam bulan terakhir menurut kebutuhan"),
        head=N_("Tingkat kebutuhan"),
        figures=(
            Figure("target_eligible"),
            Figure("spread_packages"),
            Figure("spread_per_child", ColumnKind.DECIMAL, ("spread_packages", "target_eligible")),
            Figure("concentration", ColumnKind.DECIMAL, ("spread_packages",)),
        ),
        rows=tuple((TIERS[tier], _spread_values(by_tier[tier])) for tier in shown),
        total=total,
        behind=behind.of(shown),
        notes=(
            N_(
                "Indeks pemusatan: di bawah 0 berarti yang lebih membutuhkan mendapat lebih "
                "banyak, 0 berarti sama rata, di atas 0 berarti sebaliknya."
            ),
        ),
    )


def _spread_values(children: Sequence[TargetChild]) -> dict[str, float | None]:
    packages = sum(child.packages for child in children)
    return {
        "target_eligible": len(children),
        "spread_packages": packages,
        "spread_per_child": packages / len(children) if children else None,
        "concentration": None,
    }


def _chain(chain: Mapping[str, int], month: str) -> Block:
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
            for code in STEPS
        ),
        notes=(
            N_(
                "Yang dimakan berasal dari tanya jawab di posyandu; paket yang tidak ditanyakan "
                "bukan berarti tidak dimakan."
            ),
        ),
    )
