"""Blocks as tables: what is hidden takes the shares that stand on it along."""

from datetime import date

from api.documents.report_models import Cell, ColumnKind
from api.services.figure_blocks import TOTAL_ROW, Block, tables_of
from api.services.report_columns import Figure

FIGURES = (
    Figure("target_eligible"),
    Figure("matching_matched"),
    Figure("matching_unmatched"),
    Figure("served", ColumnKind.PERCENT, ("matching_matched", "target_eligible")),
)


def row(eligible: int, matched: int) -> dict[str, float | None]:
    return {
        "target_eligible": eligible,
        "matching_matched": matched,
        "matching_unmatched": eligible - matched,
        "served": matched / eligible,
    }


def cells(*hidden: tuple[int, str]) -> tuple[tuple[Cell, ...], ...]:
    block = Block(
        title="a", head="Wilayah", figures=FIGURES, hidden=frozenset(hidden),
        rows=(("baris 0", row(40, 30)), ("baris 1", row(20, 18))), total=row(60, 48),
    )  # fmt: skip
    (table,) = tables_of(
        (block,),
        month="2026-12",
        language="id",
        source="x",
        as_of=date(2026, 12, 1),
        is_public=bool(hidden),
    )
    assert bool(table.notes) is bool(hidden)
    return (*table.rows, table.total or ())


def test_inside_the_office_every_figure_is_shown() -> None:
    assert cells() == (
        ("baris 0", 40, 30, 10, 0.75),
        ("baris 1", 20, 18, 2, 0.9),
        ("Jumlah", 60, 48, 12, 0.8),
    )


def test_a_hidden_count_takes_its_share_along_and_nothing_else() -> None:
    assert cells((1, "matching_matched"), (1, "matching_unmatched")) == (
        ("baris 0", 40, 30, 10, 0.75),
        ("baris 1", 20, "*", "*", "*"),
        ("Jumlah", 60, 48, 12, 0.8),
    )
    assert cells((TOTAL_ROW, "target_eligible"))[-1] == ("Jumlah", "*", 48, 12, "*")


def test_a_share_can_be_hidden_for_itself() -> None:
    assert cells((TOTAL_ROW, "served"))[-1] == ("Jumlah", 60, 48, 12, "*")
