"""docs/indicators.md says what the table of indicators says, and every figure has its test."""

import re
from pathlib import Path

from data.reference.indicators import indicators
from tools.indicators_table import OUT, document

TESTS = Path(__file__).parent
ASSERTED_AS = {
    "quality_heights": '(found["Melati"].heights.count, found["Melati"].heights.num_round) == (40,',
    "quality_heights_round": '(found["Mawar"].heights.num_round, found["Mawar"].heights.verdict',
    "quality_heights_round_share": 'rows["Melati"][1:4] == (40, 40, 1.0)',
    "quality_height_score": "digit_preference([10] * 10).score == 0",
    "quality_weights": '(found["Mawar"].weights.count, found["Mawar"].weights.num_round) == (40,',
    "quality_weights_round": '(found["Mawar"].weights.count, found["Mawar"].weights.num_round)',
    "quality_weights_round_share": 'rows["Melati"][1:4] == (40, 40, 1.0)',
    "quality_weight_score": "digit_preference([100, *[0] * 9]).score == pytest.approx(100)",
    "waiting_long": '{"x.no_place": (2, 1, 2.5)}',
    "waiting_months": '{"x.no_place": (2, 1, 2.5)}',
    "inclusion_doubtful": '"Sudah diusulkan lulus": (1,)',
    "spread_packages": "spread.total[1:4] == (5, 3, 0.6)",
    "spread_per_child": "spread.total[4] == pytest.approx(0.4)",
    "chain_number": 'tables(session)["Dari janji sampai dimakan"].rows] == [',
    "published_value": '["SSGI 2024"] == 17.3',
    "projected_children": "(projection.middle, found[0].coverage_now) == (156, 0.5)",
    "coverage_needed": "course.coverage == pytest.approx((4 / 180",
    "effect_children": ".others == answer.others + 1",
    "effect_pairs": "(answer.pairs, answer.why) == (40, Why.BETTER)",
    "effect_difference": "answer.estimate.mean == pytest.approx(0.2",
    "effect_imbalance": 'abs(found.imbalance["z"]) > 0.1',
    "effect_before": "def test_groups_that_grew_differently_before_are_not_compared",
    "visit_in_order": ".rows[0][6:] == (2, 1)",
    "visit_not_in_order": ".rows[0][6:] == (0, 0)",
    "finding_days_late": "findings.rows[0][6] == 3",
}
"""Figures that tests call by a field or a cell → what the test says."""


def test_the_document_is_what_the_table_of_indicators_says() -> None:
    assert OUT.read_text(encoding="utf-8") == document(), "run: python tools/indicators_table.py"


def test_every_figure_that_is_counted_is_asserted_by_a_test() -> None:
    """Named in a test as a figure, or called by the field that holds it there."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__)
    ] + [(TESTS / "history.py").read_text(encoding="utf-8")]
    together = "\n".join(texts)
    named = set(re.findall(r"[\"'](\w+)[\"']|\b(\w+)=", together))
    words = {word for pair in named for word in pair}
    counted = {each.code for each in indicators() if not each.missing}
    assert counted >= ASSERTED_AS.keys()
    without = {code for code in counted - words if ASSERTED_AS.get(code, "\0") not in together}
    assert without == set(), "write a test of its exact amount and of what must not count"
