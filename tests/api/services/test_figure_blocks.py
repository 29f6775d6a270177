"""Blocks as tables: what stands in two of them is one figure to whoever reads both."""

from datetime import date

from api.documents.report_models import Cell, ColumnKind
from api.services.figure_blocks import Block, tables_of
from api.services.report_columns import Figure

FIGURES = (
    Figure("target_eligible"),
    Figure("matching_matched"),
    Figure("matching_unmatched"),
    Figure("served", ColumnKind.PERCENT, ("matching_matched", "target_eligible")),
)
SPLIT = (("target_eligible", ("matching_matched", "matching_unmatched")),)


def row(eligible: int, matched: int) -> dict[str, float | None]:
    return {
        "target_eligible": eligible,
        "matching_matched": matched,
        "matching_unmatched": eligible - matched,
        "served": matched / eligible,
    }


def block(title: str, *rows: tuple[int, int]) -> Block:
    return Block(
        title=title, head="Wilayah", figures=FIGURES, made_up_of=SPLIT,
        rows=tuple((f"baris {i}", row(*one)) for i, one in enumerate(rows)),
        total=row(sum(e for e, _ in rows), sum(m for _, m in rows)),
    )  # fmt: skip


def cells(*blocks: Block, is_public: bool) -> list[tuple[tuple[Cell, ...], ...]]:
    tables = tables_of(
        blocks, language="id", source="x", as_of=date(2026, 12, 1), is_public=is_public
    )
    return [(*table.rows, table.total or ()) for table in tables]


def test_inside_the_office_every_figure_is_shown() -> None:
    (table,) = cells(block("a", (40, 30), (20, 18)), is_public=False)
    assert table == (
        ("baris 0", 40, 30, 10, 0.75),
        ("baris 1", 20, 18, 2, 0.9),
        ("Jumlah", 60, 48, 12, 0.8),
    )


def test_a_small_count_takes_its_share_and_enough_others_along() -> None:
    (table,) = cells(block("a", (40, 30), (20, 18)), is_public=True)
    assert table[1][3] == "*"
    # Eligible less matched would be the two, and so would the other rows less the total.
    assert "*" in (table[1][1], table[1][2])
    assert "*" in (table[0][3], table[2][3])
    assert all(line[4] == "*" for line in table if "*" in (line[1], line[2]))


def test_a_total_hidden_in_one_block_is_hidden_in_the_other() -> None:
    first, second = cells(block("a", (6, 4), (6, 5)), block("b", (12, 9)), is_public=True)
    assert first[-1][1:4] == second[-1][1:4]
    assert second[0][3] == second[-1][3]
    assert first[0][2] == "*"


def test_figures_of_five_and_more_are_left_alone() -> None:
    (table,) = cells(block("a", (40, 30), (20, 15)), is_public=True)
    assert not any("*" in line for line in table)
